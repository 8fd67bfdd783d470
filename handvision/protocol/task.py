"""What a training is made of: training, validation and test sets, and how they were divided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import keras
import numpy as np

from handvision.core.examples import Examples, resize
from handvision.datasets import download
from handvision.protocol.partitions import SPLIT_SEED
from handvision.synthesis import rendered

WORKERS = 2
PHOTO_SETS = ("sign_language_digits", "massey", "finger_counting", "hgr1", "houses", "hands_dataset")
# Negatives come from these: rooms, and what webcam frames show beside the hands.
NEGATIVE_SETS = ("houses", "finger_counting", "hands_dataset")


@dataclass(frozen=True)
class Task:
    """Pictures to train on, to validate with (between epochs and models), and to test on.

    Attributes:
        train: Examples, or in a segmentation task a sequence of (photos, masks) batches.
        validation: Examples.
        tests: id of a test set (`titles.TITLES`) -> Examples named by its title, in the order of the report.
        data: "real" or "rendered", what was chosen.
        negatives: in a classification task, masks of things that are no hand.
        boxed: in a segmentation task, photos with boxes and weak masks; None without real data.
        partitions: name of each divided set in it -> part -> digest of its ids (`partitions.digests`).
    """

    train: Examples | keras.utils.PyDataset
    validation: Examples
    tests: dict[str, Examples]
    data: str
    negatives: Examples | None = None
    boxed: Examples | None = None
    partitions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names that labels point to."""
        return self.validation.class_names


def choose_data(choice: str, needed: Sequence[str], optional: Sequence[str] = ()) -> str:
    """Which data a task takes, "real" or "rendered"; the choice is printed.

    Args:
        choice: "real" fetches what is missing, "auto" takes real data if all of it is at hand and
            never downloads, "rendered" takes rendered hands and opens no real picture.
        needed: names of the data sets that the task cannot do without.
        optional: names of more, which are used where they are at hand; "real" fetches them too.

    Raises:
        ValueError: an unknown choice.
        DataUnavailable: "real" was asked for and a set cannot be had.
    """
    if choice not in ("auto", "rendered", "real"):
        raise ValueError(f"data is {choice!r}; use 'auto', 'rendered' or 'real'")
    if choice == "real":
        for name in (*needed, *optional):
            download.fetch(name)
    elif choice == "auto":
        missing = [name for name in needed if download.find(name) is None]
        choice = "rendered" if missing else "real"
        if missing:
            print(f"DATA: not at hand: {', '.join(missing)} (`make data` fetches them).")
    print(f"DATA: {'real pictures and rendered hands' if choice == 'real' else 'rendered hands only'}.")
    return choice


def subset(examples: Examples, count: int) -> Examples:
    """At most `count` pictures, always the same ones, in their order."""
    chosen = np.random.default_rng(SPLIT_SEED).permutation(len(examples))[:count]
    return examples.take(np.sort(chosen))


def frame_size(size: int | tuple[int, int]) -> tuple[int, int]:
    """(height, width) of photos: one number stands for a square."""
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def rendered_photos(count: int, frame: tuple[int, int], seed: int, split: str, empty: float) -> Examples:
    """Drawn square, and framed with black where the frame is not."""
    drawn = rendered.cached_render(
        count, size=min(frame), seed=seed, split=split, empty=empty, workers=WORKERS
    )
    return resize(drawn, *frame)
