"""Hand masks for the classifiers: six numbers, twenty gestures, and negatives."""

from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from handvision.core.examples import Examples, concatenate, resize
from handvision.datasets import download
from handvision.datasets.load import load
from handvision.protocol.negatives import NEGATIVE_PARTITIONS, draw_negative_photos, negatives_at_hand
from handvision.protocol.partitions import digests, part
from handvision.protocol.task import (
    NEGATIVE_SETS,
    WORKERS,
    Task,
    choose_data,
    subset,
)
from handvision.protocol.titles import named
from handvision.synthesis import rendered
from handvision.synthesis.negatives import skin_masks
from handvision.synthesis.roughness import roughen

MASK_SIZE = 128
NUMBER_SETS = ("finger_digits", "sign_language_digits")
GESTURE_SETS = ("hand_gestures",)
# The people of Sign Language Digits have about seven pictures each, the one of Finger Digits thousands.
_OTHER_PEOPLE_REPEATED = 6


def finger_numbers(
    data: str,
    train: int,
    test: int,
    seed: int,
    *,
    other_people: bool = False,
    hands: bool = True,
    negatives: float = 0.08,
    random_split: bool = False,
) -> Task:
    """Hand masks of the six numbers, `MASK_SIZE` square.

    With real data, half of the training are frames of Finger Digits, one person. Sign Language Digits, about
    170 people, is the test on other people: all of it, or with `other_people` the people of its test part.
    (The poses of rendered hands were corrected by looking at its persons 0 to 79, never at the others.)
    Finger Counting, one more person, is a test set only, where it is at hand.

    Args:
        data: "auto", "rendered" or "real".
        train: number of masks to train on; with real data, up to half of them are real.
        test: number of rendered test masks, and of negatives to test on.
        seed: of the rendered hands.
        other_people: with real data, also train on seven in ten people of Sign Language Digits.
        hands: False trains on real frames alone, without rendered hands. For comparisons.
        negatives: share of the training masks that show no hand.
        random_split: splits the frames of Finger Digits at random, as published. For comparisons.
    """
    data = choose_data(data, NUMBER_SETS, NEGATIVE_SETS)
    drawn = _rendered_masks("numbers", train, test, seed)
    tests, real, validation = {"rendered": drawn["test"]}, [], drawn["validation"]
    divided = []
    if data == "real":
        if other_people:
            people = _masks_only(part("sign_language_digits", "train"))
            real.append(people.take(np.tile(np.arange(len(people)), _OTHER_PEOPLE_REPEATED)))
            left_out = _masks_only(part("sign_language_digits", "test"))
            tests = {"sign_language_digits_people": left_out} | tests
            divided.append("sign_language_digits")
        else:
            tests = {"sign_language_digits_all": _masks_only(load("sign_language_digits"))} | tests
        if not random_split and download.find("finger_counting") is not None:
            tests = {"finger_counting_all": _masks_only(close_up(load("finger_counting")))} | tests
        frames = "finger_digits_random" if random_split else "finger_digits"
        test_id = "finger_digits_random" if random_split else "finger_digits_last_fifth"
        tests = {test_id: _masks_only(part(frames, "test"))} | tests
        real.append(_masks_only(part(frames, "train")))
        validation = _masks_only(part(frames, "validation"))
        divided += [frames, *_divided_negatives()]
    training = _training_masks(data, real, drawn["train"] if hands else None, train, negatives, seed)
    return Task(
        training,
        validation,
        named(tests),
        data,
        _negative_masks(data, "test", test, seed),
        partitions=digests(divided),
    )


def gestures(data: str, train: int, test: int, seed: int, *, negatives: float = 0.08) -> Task:
    """Hand masks of the twenty gestures; arguments as for `finger_numbers`.

    The archive's own test part is the test. It goes on where its training part ends, so the last 50
    training frames of every class are left out.
    """
    data = choose_data(data, GESTURE_SETS, NEGATIVE_SETS)
    drawn = _rendered_masks("gestures", train, test, seed)
    tests, real, validation = {"rendered": drawn["test"]}, [], drawn["validation"]
    divided = []
    if data == "real":
        tests = {"hand_gestures_test": _masks_only(part("hand_gestures", "test"))} | tests
        real = [_masks_only(part("hand_gestures", "train"))]
        validation = _masks_only(part("hand_gestures", "validation"))
        divided = ["hand_gestures", *_divided_negatives()]
    training = _training_masks(data, real, drawn["train"], train, negatives, seed)
    return Task(
        training,
        validation,
        named(tests),
        data,
        _negative_masks(data, "test", test, seed),
        partitions=digests(divided),
    )


def close_up(examples: Examples) -> Examples:
    """The masks (a list) cropped to hand and margin: shrunk whole, gaps between fingers would close."""
    masks = []
    for mask in examples.require("masks"):
        x, y, width, height = cv2.boundingRect(np.ascontiguousarray(mask))
        margin = max(width, height) // 4
        masks.append(
            mask[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin]
            if width
            else mask
        )
    return replace(examples, photos=None, masks=masks)


def _training_masks(
    data: str, real: list[Examples], hands: Examples | None, count: int, negatives: float, seed: int
) -> Examples:
    """`count` masks: `negatives` of them no hand, up to half of them real, the others rendered."""
    negative = round(negatives * count)
    parts = []
    if real:
        most = count - negative if hands is None else count // 2
        parts.append(subset(concatenate(real, "real masks"), most))
    if hands is not None:
        # These trainings need no key points, and real masks have none.
        parts.append(replace(hands.take(np.arange(count - negative - sum(map(len, parts)))), hands=None))
    if negative:
        masks = _negative_masks(data, "train", negative, seed, jitter=8)
        parts.append(replace(masks, class_names=parts[0].class_names))
    contents = " + ".join(f"{len(some):,} {some.name}" for some in parts)
    return replace(concatenate(parts, "training masks"), source=contents)


def _negative_masks(data: str, which: str, count: int, seed: int, jitter: float = 0) -> Examples:
    photos = draw_negative_photos(data, which, seed)
    masks = skin_masks(photos.require("photos"), count, MASK_SIZE, seed, jitter)
    return replace(masks, name=f"{masks.name} ({photos.name})")


def _divided_negatives() -> tuple[str, ...]:
    return NEGATIVE_PARTITIONS if negatives_at_hand() else ()


def _rendered_masks(task: str, train: int, test: int, seed: int) -> dict[str, Examples]:
    """Training and validation in all directions, and the test upright: the evaluation rotates it itself."""
    draw = partial(
        rendered.cached_render, size=MASK_SIZE, seed=seed, task=task, photos=False, workers=WORKERS
    )
    return {
        "train": _every_second_rough(draw(train, split="train"), seed),
        "validation": draw(test, split="validation"),
        "test": draw(test, split="test", rotation_range=(-25, 25)),
    }


def _every_second_rough(hands: Examples, seed: int) -> Examples:
    """Half of the masks as they are drawn, half as a segmenter would make them."""
    masks = hands.batch("masks").copy()
    masks[1::2] = roughen(masks[1::2], seed)
    return replace(hands, masks=masks, source=f"{hands.source}; every second with a rough outline")


def _masks_only(examples: Examples) -> Examples:
    return resize(replace(examples, photos=None), MASK_SIZE, MASK_SIZE)
