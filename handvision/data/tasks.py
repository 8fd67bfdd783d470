"""What each notebook trains on and is judged by: the readers and renderers, put together.

A test set shares no frame block, no person, no session and no rendered identity with what is
trained on. The same people are held out of every task, so that the combined model is judged on
people whom neither of its parts has seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import keras
import numpy as np

from handvision.augmentation import ImageDataGenerator
from handvision.data import download, load, rendered, splits
from handvision.data.compositing import CompositeSequence, freeze
from handvision.data.examples import Examples, concatenate, resize
from handvision.data.roughness import roughen

MASK_SIZE = 128
# The seed of every split by person: one choice for all tasks, whatever the run's seed.
SPLIT_SEED = 20261125
WORKERS = 2

NUMBER_SETS = ("finger_digits", "sign_language_digits")
GESTURE_SETS = ("hand_gestures",)
PHOTO_SETS = ("sign_language_digits", "massey", "finger_counting", "hgr1", "houses")

RENDERED_TEST = "rendered hands never seen"


@dataclass(frozen=True)
class Task:
    """Pictures to learn from, to choose by, and to be judged by.

    Attributes:
        train: Examples, or in a segmentation task a sequence of (photos, masks) batches.
        validation: Examples.
        tests: name of a test -> Examples, in the order of the report.
        data: "real" or "rendered", what was chosen.
    """

    train: Examples | keras.utils.PyDataset
    validation: Examples
    tests: dict[str, Examples]
    data: str

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names that labels point to."""
        return self.validation.class_names


def choose_data(choice: str, needed: Sequence[str]) -> str:
    """Which data a task takes, "real" or "rendered"; said loudly.

    Args:
        choice: "real" fetches what is missing, "auto" takes real data if all of it is at hand and
            never downloads, "rendered" takes rendered hands.
        needed: names of data sets.

    Raises:
        ValueError: an unknown choice.
        DataUnavailable: "real" was asked for and a set cannot be had.
    """
    if choice not in ("auto", "rendered", "real"):
        raise ValueError(f"data is {choice!r}; use 'auto', 'rendered' or 'real'")
    if choice == "real":
        for name in needed:
            download.fetch(name)
    elif choice == "auto":
        missing = [name for name in needed if download.find(name) is None]
        choice = "rendered" if missing else "real"
        if missing:
            print(f"DATA: not at hand: {', '.join(missing)} (`make data` fetches them).")
    print(f"DATA: {'real pictures and rendered hands' if choice == 'real' else 'rendered hands only'}.")
    return choice


def finger_numbers(data: str, train: int, test: int, seed: int) -> Task:
    """Hand masks of the six numbers, `MASK_SIZE` square.

    Finger Digits is split by blocks of frames. Sign Language Digits, about 170 people, is never
    trained on: all of it is the test on other people, wherever it is at hand. (The poses of rendered
    hands were mended by looking at its persons 0 to 79; the others were left alone.)

    Args:
        data: "auto", "rendered" or "real".
        train: number of masks to learn from; with real data, up to half of them are real frames.
        test: number of rendered masks to be judged by.
        seed: of the rendered hands.
    """
    data = choose_data(data, NUMBER_SETS)
    parts, tests = _rendered_masks("numbers", train, test, seed)
    if download.find("sign_language_digits") is not None:
        people = _square(load.load("sign_language_digits"), MASK_SIZE)
        tests["other people (Sign Language Digits)"] = replace(people, photos=None)
    if data == "rendered":
        return Task(parts["train"], parts["validation"], tests, data)
    frames = splits.block_split(
        _square(load.load("finger_digits"), MASK_SIZE), test=0.2, validation=0.1, gap=50
    )
    tests = {"Finger Digits, last fifth of every sequence": frames["test"], **tests}
    return Task(_half_real(frames["train"], parts["train"]), frames["validation"], tests, data)


def gestures(data: str, train: int, test: int, seed: int) -> Task:
    """Hand masks of the twenty gestures; arguments as for `finger_numbers`.

    The archive's own test part is the test. It goes on where its training part ends, so the last 50
    training frames of every class are left out.
    """
    data = choose_data(data, GESTURE_SETS)
    parts, tests = _rendered_masks("gestures", train, test, seed)
    if data == "rendered":
        return Task(parts["train"], parts["validation"], tests, data)
    own = _square(load.load("hand_gestures", part="train", gap=50), MASK_SIZE)
    frames = splits.block_split(own, test=0.0, validation=0.1, gap=50)
    held_out = _square(load.load("hand_gestures", part="test"), MASK_SIZE)
    tests = {"the archive's test part": held_out, **tests}
    return Task(_half_real(frames["train"], parts["train"]), frames["validation"], tests, data)


def segmentation(data: str, size: int, train: int, test: int, batch_size: int, steps: int, seed: int) -> Task:
    """Photos and hand masks, `size` square, for the segmenters.

    With rendered hands, photo and mask are mirrored together at random. With real data, cut-out
    hands are laid over rooms, fresh in every epoch, beside whole photos with masks and rendered hands.

    Args:
        data: "auto", "rendered" or "real".
        size: height and width of the photos in pixels.
        train: number of rendered photos to learn from.
        test: number of pictures of each test set (where it has so many).
        batch_size: pictures a batch.
        steps: batches an epoch.
        seed: of the rendered hands and of what is drawn from the real ones.
    """
    data = choose_data(data, PHOTO_SETS)
    hands = {
        split: rendered.cached_render(count, size=size, seed=seed, split=split, empty=0.07, workers=WORKERS)
        for split, count in (("train", train), ("validation", max(test // 2, 1)), ("test", test))
    }
    tests = {RENDERED_TEST: hands["test"]}
    if data == "rendered":
        # Rendered hands point to all sides as they are: mirroring adds pictures without an edge to fill.
        turned = ImageDataGenerator(horizontal_flip=True, vertical_flip=True, rescale=1 / 255).flow(
            hands["train"].photos,
            masks=hands["train"].masks,
            batch_size=batch_size,
            seed=seed,
            workers=WORKERS,
        )
        return Task(Steps(turned, steps), hands["validation"], tests, data)
    real = _real_photos()
    train_sequence = CompositeSequence(
        cutouts=real["train"]["cutouts"],
        photos=[*real["train"]["photos"], hands["train"]],
        backgrounds=real["train"]["backgrounds"],
        # Sign Language Digits (about 100 people) most of all; then Massey, composites, HGR1, rendered.
        weights=(0.35, 0.15, 0.15, 0.1, 0.25),
        size=(size, size),
        batch_size=batch_size,
        steps=steps,
        seed=seed,
        workers=WORKERS,
    )
    return Task(
        train_sequence,
        _composites(real["validation"], size, test),
        tests | _photo_tests(real["test"], size, test),
        data,
    )


def photos_to_numbers(data: str, size: int, test: int, seed: int) -> dict[str, Examples]:
    """Photos with numbers for the combined model: name of a test -> Examples, `size` square.

    Args:
        data: "auto", "rendered" or "real".
        size: height and width of the photos in pixels.
        test: number of pictures of each test set (where it has so many).
        seed: of the rendered hands.
    """
    data = choose_data(data, PHOTO_SETS)
    tests = {RENDERED_TEST: rendered.cached_render(test, size=size, seed=seed, split="test", workers=WORKERS)}
    if data == "real":
        people = splits.group_split(load.load("sign_language_digits"), seed=SPLIT_SEED)["test"]
        raw = splits.block_split(load.load_finger_counting_raw(), test=0.2, validation=0.1, gap=0)["test"]
        tests["other people (Sign Language Digits)"] = _square(_some(people, test), size)
        tests["Finger Counting, last fifth"] = _square(_some(raw, test), size)
    return tests


class Steps(keras.utils.PyDataset):
    """The first `steps` batches of every epoch of another sequence (all, where it has fewer)."""

    def __init__(self, sequence: keras.utils.PyDataset, steps: int):
        super().__init__(workers=sequence.workers)
        self.sequence, self.steps = sequence, min(steps, len(sequence))

    @property
    def epoch(self) -> int:
        return self.sequence.epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self.sequence.epoch = epoch

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int):
        return self.sequence[index]

    def on_epoch_end(self) -> None:
        self.sequence.on_epoch_end()


def _rendered_masks(task: str, train: int, test: int, seed: int) -> tuple[dict[str, Examples], dict]:
    """Parts to learn from, in all directions, and the test, upright: the evaluation turns it itself."""
    draw = {"size": MASK_SIZE, "seed": seed, "task": task, "photos": False, "workers": WORKERS}
    parts = {
        "train": _every_second_rough(rendered.cached_render(train, split="train", **draw), seed),
        "validation": rendered.cached_render(test, split="validation", **draw),
    }
    upright = rendered.cached_render(test, split="test", rotation_range=(-25, 25), **draw)
    return parts, {RENDERED_TEST: upright}


def _half_real(frames: Examples, hands: Examples) -> Examples:
    """As many masks as `hands`: up to half of them real frames, spread over all, the rest rendered."""
    frames = _some(frames, len(hands) // 2)
    return concatenate(
        [frames, hands.take(np.arange(len(hands) - len(frames)))], "real frames and rendered hands"
    )


def _every_second_rough(hands: Examples, seed: int) -> Examples:
    """Half of the masks as they are drawn, half as a segmenter would make them."""
    masks = hands.masks.copy()
    masks[1::2] = roughen(masks[1::2], seed)
    return replace(hands, masks=masks, source=f"{hands.source}; every second with a rough outline")


def _real_photos() -> dict[str, dict]:
    """Cut-outs, whole photos and backgrounds for each part; no person or room in two parts.

    HGR1 has few people: persons 4 and 5 are the test. Massey's five hands and the rooms are split as
    people are; of the composites, the last fifth of the raw photos that they were made of is the test.
    """
    parts = ("train", "validation", "test")
    people = splits.group_split(load.load("sign_language_digits"), seed=SPLIT_SEED)
    massey = splits.group_split(load.load("massey"), {"train": 0.8, "validation": 0.2}, SPLIT_SEED)
    rooms = splits.group_split(load.backgrounds(), seed=SPLIT_SEED)
    composites = load.load_finger_counting_composites()
    raw = splits.block_split(load.load_finger_counting_raw(), test=0.2, validation=0.1, gap=0)
    composite_parts = {
        part: composites.take(
            np.isin(composites.groups, raw[part].groups), f"Finger Counting composites, {part}"
        )
        for part in parts
    }
    hgr1 = load.load("hgr1")
    hgr1_test = np.isin(hgr1.groups, (4, 5))
    return {
        "train": {
            "cutouts": [people["train"], massey["train"]],
            "photos": [composite_parts["train"], hgr1.take(~hgr1_test, "HGR1, people 1 to 3")],
            "backgrounds": rooms["train"],
        },
        "validation": {
            "cutouts": [people["validation"], massey["validation"]],
            "photos": [composite_parts["validation"]],
            "backgrounds": rooms["validation"],
        },
        "test": {
            "cutouts": [people["test"]],
            "composites": composite_parts["test"],
            "hgr1": hgr1.take(hgr1_test, "HGR1, people 4 and 5"),
            "backgrounds": rooms["test"],
        },
    }


def _composites(part: dict, size: int, count: int) -> Examples:
    """A fixed set of about `count` composites."""
    batch_size = min(count, 20)
    sequence = CompositeSequence(
        cutouts=part["cutouts"],
        photos=part.get("photos", ()),
        backgrounds=part["backgrounds"],
        size=(size, size),
        batch_size=batch_size,
        steps=-(-count // batch_size),
        seed=SPLIT_SEED,
        strength=0.5,
    )
    return freeze(sequence)


def _photo_tests(part: dict, size: int, count: int) -> dict[str, Examples]:
    return {
        "people never seen (Sign Language Digits) over rooms never seen": _composites(part, size, count),
        "Finger Counting composites, last fifth": _square(_some(part["composites"], count), size),
        "HGR1, people 4 and 5": _square(part["hgr1"], size),
    }


def _square(examples: Examples, size: int) -> Examples:
    return resize(examples, size, size)


def _some(examples: Examples, count: int) -> Examples:
    """At most `count` pictures, always the same ones, in their order."""
    chosen = np.random.default_rng(SPLIT_SEED).permutation(len(examples))[:count]
    return examples.take(np.sort(chosen))
