"""Photos and hand masks for the segmenters."""

from dataclasses import replace
from functools import lru_cache

import keras
import numpy as np

from handvision.augment import ImageDataGenerator
from handvision.core.examples import Examples, resize
from handvision.core.workspace import data_folder
from handvision.datasets import load
from handvision.protocol import splits
from handvision.protocol.task import (
    PHOTO_SETS,
    SPLIT_SEED,
    WORKERS,
    Task,
    choose_data,
    frame_size,
    massey_hands,
    rendered_photos,
    some,
)
from handvision.protocol.titles import named
from handvision.protocol.without_hands import rooms_and_faces
from handvision.synthesis.compositing import CompositeSequence, freeze


def segmentation(
    data: str,
    size: int | tuple[int, int],
    train: int,
    test: int,
    batch_size: int,
    steps: int,
    seed: int,
    *,
    plain_walls: float = 0,
    empty: float = 0.07,
    several: float = 0.15,
    extent: tuple[float, float] = (0.25, 1.2),
) -> Task:
    """Photos and hand masks for the segmenters.

    With rendered hands, photo and mask are mirrored together at random. With real data, cut-out
    hands are laid over rooms and webcam frames, fresh in every epoch, beside whole photos with masks (those
    of webcam frames are weak) and rendered hands.

    Args:
        data: "auto", "rendered" or "real".
        size: of the photos in pixels, one number for squares or (height, width).
        train: number of rendered photos to learn from.
        test: number of pictures of each test set (where it has so many).
        batch_size: pictures a batch.
        steps: batches an epoch.
        seed: of the rendered hands and of what is drawn from the real ones.
        plain_walls: how often, beside every other source together (1), Sign Language Digits are shown whole,
            before their own plain wall. They are easy: they belong to the end of a training.
        empty, several, extent: of the composites with real data, see `CompositeSequence`: photos without a
            hand, with a second one, and how large hands are.
    """
    data = choose_data(data, PHOTO_SETS)
    frame = frame_size(size)
    hands = {
        split: rendered_photos(count, frame, seed, split, empty=0.07)
        for split, count in (("train", train), ("validation", max(test // 2, 1)), ("test", test))
    }
    tests = {"rendered": hands["test"]}
    if data == "rendered":
        # Rendered hands point to all sides as they are: mirroring adds pictures without an edge to fill.
        turned = ImageDataGenerator(horizontal_flip=True, vertical_flip=True, rescale=1 / 255).flow(
            hands["train"].photos,
            masks=hands["train"].masks,
            batch_size=batch_size,
            seed=seed,
            workers=WORKERS,
        )
        return Task(Steps(turned, steps), hands["validation"], named(tests), data)
    real = _real_photos()
    train_sequence = CompositeSequence(
        cutouts=real["train"]["cutouts"],
        photos=[*real["train"]["photos"], hands["train"], real["train"]["cutouts"][0]],
        backgrounds=real["train"]["backgrounds"],
        # Cut-outs: Sign Language Digits (about 100 people) most of all, Massey, HGR1 with its forearms; whole
        # photos: Finger Counting, HGR1, webcam frames with weak masks, rendered, plain walls.
        weights=(0.3, 0.13, 0.08, 0.13, 0.08, 0.13, 0.15, plain_walls),
        empty=empty,
        several=several,
        extent=extent,
        size=frame,
        batch_size=batch_size,
        steps=steps,
        seed=seed,
        workers=WORKERS,
    )
    return Task(
        train_sequence,
        _composites(real["validation"], frame, test),
        named(tests | _photo_tests(real["test"], frame, test)),
        data,
        boxed=resize(real["test"]["sessions"], *frame),
    )


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


def _real_photos() -> dict[str, dict]:
    return _read_real_photos(str(data_folder()))


@lru_cache(maxsize=1)  # every phase of a training asks again, and weak masks take a minute
def _read_real_photos(_: str) -> dict[str, dict]:
    """Cut-outs, whole photos and backgrounds for each part; no person or room in two parts.

    HGR1 has few people: persons 4 and 5 are the test. Massey's five hands and the rooms are split as
    people are; of the composites, the last fifth of the raw photos that they were made of is the test.
    """
    parts = ("train", "validation", "test")
    people = splits.group_split(load.load("sign_language_digits"), seed=SPLIT_SEED)
    massey = massey_hands()
    rooms = splits.group_split(load.backgrounds(), seed=SPLIT_SEED)
    sessions = splits.group_split(load.load_hands_dataset_weak(), seed=SPLIT_SEED)
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
    hgr1_train = hgr1.take(~hgr1_test, "HGR1, people 1 to 3")
    return {
        "train": {
            "cutouts": [people["train"], massey["train"], hgr1_train],
            "photos": [composite_parts["train"], hgr1_train, sessions["train"]],
            "backgrounds": rooms_and_faces(rooms["train"], sessions["train"]),
        },
        "validation": {
            "cutouts": [people["validation"], massey["validation"]],
            "photos": [composite_parts["validation"]],
            "backgrounds": rooms_and_faces(rooms["validation"], sessions["validation"]),
        },
        "test": {
            "cutouts": [people["test"]],
            "composites": composite_parts["test"],
            "hgr1": hgr1.take(hgr1_test, "HGR1, people 4 and 5"),
            "backgrounds": rooms["test"],
            "empty": rooms_and_faces(rooms["test"], sessions["test"]),
            "sessions": sessions["test"],
        },
    }


def _composites(part: dict, frame: tuple[int, int], count: int) -> Examples:
    """A fixed set of about `count` composites."""
    batch_size = min(count, 20)
    sequence = CompositeSequence(
        cutouts=part["cutouts"],
        photos=part.get("photos", ()),
        backgrounds=part["backgrounds"],
        size=frame,
        batch_size=batch_size,
        steps=-(-count // batch_size),
        seed=SPLIT_SEED,
        strength=0.5,
    )
    return freeze(sequence)


def _photo_tests(part: dict, frame: tuple[int, int], count: int) -> dict[str, Examples]:
    empty = resize(some(part["empty"], count), *frame)
    nothing = np.zeros((*empty.photos.shape[:3], 1), np.uint8)
    return {
        "sign_language_digits_composites": _composites(part, frame, count),
        "finger_counting_composites": resize(some(part["composites"], count), *frame),
        "hgr1_people_4_5": resize(part["hgr1"], *frame),
        "without_hands": replace(empty, masks=nothing),
    }
