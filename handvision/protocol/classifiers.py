"""Hand masks for the classifiers: six numbers, twenty gestures, and masks that are no hand."""

from dataclasses import replace

import cv2
import numpy as np

from handvision.core.examples import Examples, concatenate, resize
from handvision.datasets import download, load
from handvision.protocol import splits
from handvision.protocol.task import (
    NO_HAND_SETS,
    SPLIT_SEED,
    WORKERS,
    Task,
    choose_data,
    some,
)
from handvision.protocol.titles import named
from handvision.protocol.without_hands import draw_photos_without_hands
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
    no_hands: float = 0.08,
    random_split: bool = False,
) -> Task:
    """Hand masks of the six numbers, `MASK_SIZE` square.

    Finger Digits, one person, is split by blocks of frames. Sign Language Digits, about 170 people, is
    the test on other people wherever it is at hand: all of it, or those of its people who are in no part
    that is learned from. (The poses of rendered hands were mended by looking at its persons 0 to 79; the
    others were left alone.) Finger Counting, one more person, is never learned from.

    Args:
        data: "auto", "rendered" or "real".
        train: number of masks to learn from; with real data, up to half of them are real.
        test: number of rendered masks to be judged by, and of masks that are no hand.
        seed: of the rendered hands.
        other_people: with real data, also learn from seven in ten people of Sign Language Digits.
        hands: False learns from real frames alone, without rendered hands. For comparisons.
        no_hands: share of the training masks that show no hand.
        random_split: deals the frames of Finger Digits at random, as published. For comparisons.
    """
    data = choose_data(data, NUMBER_SETS, NO_HAND_SETS)
    drawn = _rendered_masks("numbers", train, test, seed)
    tests, real, validation = {"rendered": drawn["test"]}, [], drawn["validation"]
    if data == "real":
        people = _masks_only(load.load("sign_language_digits"))
        if other_people:
            parts = splits.group_split(people, seed=SPLIT_SEED)
            many = np.tile(np.arange(len(parts["train"])), _OTHER_PEOPLE_REPEATED)
            real.append(parts["train"].take(many))
            tests = {"sign_language_digits_people": parts["test"]} | tests
        else:
            tests = {"sign_language_digits_all": people} | tests
        frames = _masks_only(load.load("finger_digits"))
        if random_split:
            parts = splits.random_split(frames, seed=SPLIT_SEED)
            tests = {"finger_digits_random": parts["test"]} | tests
        else:
            parts = splits.block_split(frames, test=0.2, validation=0.1, gap=50)
            if download.find("finger_counting") is not None:
                another = _masks_only(close_up(load.load_finger_counting_raw()))
                tests = {"finger_counting_all": another} | tests
            tests = {"finger_digits_last_fifth": parts["test"]} | tests
        real.append(parts["train"])
        validation = parts["validation"]
    learned = _to_learn_from(data, real, drawn["train"] if hands else None, train, no_hands, seed)
    return Task(learned, validation, named(tests), data, _no_hand_masks(data, "test", test, seed))


def gestures(data: str, train: int, test: int, seed: int, *, no_hands: float = 0.08) -> Task:
    """Hand masks of the twenty gestures; arguments as for `finger_numbers`.

    The archive's own test part is the test. It goes on where its training part ends, so the last 50
    training frames of every class are left out.
    """
    data = choose_data(data, GESTURE_SETS, NO_HAND_SETS)
    drawn = _rendered_masks("gestures", train, test, seed)
    tests, real, validation = {"rendered": drawn["test"]}, [], drawn["validation"]
    if data == "real":
        own = _masks_only(load.load("hand_gestures", part="train", gap=50))
        frames = splits.block_split(own, test=0.0, validation=0.1, gap=50)
        tests = {"hand_gestures_test": _masks_only(load.load("hand_gestures", part="test"))} | tests
        real, validation = [frames["train"]], frames["validation"]
    learned = _to_learn_from(data, real, drawn["train"], train, no_hands, seed)
    return Task(learned, validation, named(tests), data, _no_hand_masks(data, "test", test, seed))


def close_up(examples: Examples) -> Examples:
    """Masks (a list) of the hand's surroundings: in a small picture of the whole, thin gaps would close."""
    masks = []
    for mask in examples.masks:
        x, y, width, height = cv2.boundingRect(np.ascontiguousarray(mask))
        margin = max(width, height) // 4
        masks.append(
            mask[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin]
            if width
            else mask
        )
    return replace(examples, photos=None, masks=masks)


def _to_learn_from(
    data: str, real: list[Examples], hands: Examples | None, count: int, no_hands: float, seed: int
) -> Examples:
    """`count` masks: `no_hands` of them no hand, up to half of them real, the others rendered."""
    doubtful = round(no_hands * count)
    parts = []
    if real:
        most = count - doubtful if hands is None else count // 2
        parts.append(some(concatenate(real, "real masks"), most))
    if hands is not None:
        # These trainings need no key points, and real masks have none.
        parts.append(replace(hands.take(np.arange(count - doubtful - sum(map(len, parts)))), hands=None))
    if doubtful:
        doubt = _no_hand_masks(data, "train", doubtful, seed, jitter=8)
        parts.append(replace(doubt, class_names=parts[0].class_names))
    contents = " + ".join(f"{len(part):,} {part.name}" for part in parts)
    return replace(concatenate(parts, "masks to learn from"), source=contents)


def _no_hand_masks(data: str, part: str, count: int, seed: int, jitter: float = 0) -> Examples:
    photos = draw_photos_without_hands(data, part, seed)
    masks = skin_masks(photos.photos, count, MASK_SIZE, seed, jitter)
    return replace(masks, name=f"{masks.name} ({photos.name})")


def _rendered_masks(task: str, train: int, test: int, seed: int) -> dict[str, Examples]:
    """Parts to learn from, in all directions, and the test, upright: the evaluation turns it itself."""
    draw = {"size": MASK_SIZE, "seed": seed, "task": task, "photos": False, "workers": WORKERS}
    return {
        "train": _every_second_rough(rendered.cached_render(train, split="train", **draw), seed),
        "validation": rendered.cached_render(test, split="validation", **draw),
        "test": rendered.cached_render(test, split="test", rotation_range=(-25, 25), **draw),
    }


def _every_second_rough(hands: Examples, seed: int) -> Examples:
    """Half of the masks as they are drawn, half as a segmenter would make them."""
    masks = hands.masks.copy()
    masks[1::2] = roughen(masks[1::2], seed)
    return replace(hands, masks=masks, source=f"{hands.source}; every second with a rough outline")


def _masks_only(examples: Examples) -> Examples:
    return resize(replace(examples, photos=None), MASK_SIZE, MASK_SIZE)
