"""Who is in which part: one table for all data sets and all products.

Every training, validation and test set comes from `part`, so that the same people, recordings and places
are held out of every training, and the combined model is tested on people whom neither of its parts has seen.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from handvision.core.examples import Examples
from handvision.datasets.load import load
from handvision.protocol import splits
from handvision.protocol.splits import SHARES, Rows

# Of every split by people, recordings or places: one choice for all trainings, whatever their own seed.
SPLIT_SEED = 20261125


@dataclass(frozen=True)
class Blocks:
    """By blocks of frames, the last for the test: see `splits.block_split`. Ids are "<label>/<frame>"."""

    test: float
    validation: float
    gap: int

    def __str__(self) -> str:
        return f"the last {_percent(self.test)} test, {_percent(self.validation)} before it validation"

    def rows(self, examples: Examples) -> Rows:
        return splits.rows_by_block(examples, self.test, self.validation, self.gap)


@dataclass(frozen=True)
class Groups:
    """By whole groups (people, recording sessions, places): see `splits.group_split`. Ids are the groups."""

    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)
    seed: int = SPLIT_SEED

    def __str__(self) -> str:
        return f"dealt by chance, {_words(self.shares)}"

    def rows(self, examples: Examples) -> Rows:
        return splits.rows_by_group(examples, self.shares, self.seed)


@dataclass(frozen=True)
class Hashed:
    """By whole groups, each where a hash of its name falls: a group stays there when others come or go.

    `Groups` meets the shares more closely, but deals large groups first and so to training; here they are as
    often in the test as small ones.
    """

    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)

    def __str__(self) -> str:
        return f"by a hash of the name, {_words(self.shares)}"

    def rows(self, examples: Examples) -> Rows:
        places = np.array([_place(group) for group in _groups(examples).tolist()])
        ends = np.cumsum(list(self.shares.values()))
        parts = np.searchsorted(ends[:-1], places, side="right")
        return {part: np.flatnonzero(parts == index) for index, part in enumerate(self.shares)}


@dataclass(frozen=True)
class Listed:
    """By groups that are named here; all others are for training."""

    test: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(self.test)} test"

    def rows(self, examples: Examples) -> Rows:
        held_out = np.isin(_groups(examples), self.test)
        return {"train": np.flatnonzero(~held_out), "test": np.flatnonzero(held_out)}


@dataclass(frozen=True)
class Follows:
    """Every group stands in the part in which another set has it: the same people, under the same ids.

    Attributes:
        leader: the other set's name in PARTITIONS.
        otherwise: how the groups are dealt that the other set does not have; None if it has them all.
        parts: which of the leader's parts it has; pictures of the others are left out.
    """

    leader: str
    otherwise: Groups | Hashed | None = None
    parts: tuple[str, ...] = ("train", "validation", "test")

    def __str__(self) -> str:
        others = "" if self.otherwise is None else f"; others {self.otherwise}"
        return f"as in {self.leader}{others}"

    def rows(self, examples: Examples) -> Rows:
        groups = _groups(examples)
        leading = _pictures(self.leader)
        rows = {
            part: np.flatnonzero(np.isin(groups, _groups(leading)[led]))
            for part, led in PARTITIONS[self.leader].rule.rows(leading).items()
        }
        others = np.flatnonzero(~np.isin(groups, _groups(leading)))
        if len(others):
            if self.otherwise is None:
                raise ValueError(
                    f"{examples.name}: {self.leader} has no group {str(groups[others[0]])!r}, so its part is "
                    "unknown; say in PARTITIONS how other groups are dealt (otherwise=Groups())"
                )
            for part, own in self.otherwise.rows(examples.take(others)).items():
                rows[part] = np.sort(np.concatenate([rows.get(part, np.empty(0, int)), others[own]]))
        return {part: some for part, some in rows.items() if part in self.parts}


@dataclass(frozen=True)
class AtRandom:
    """Picture by picture, as published: neighbouring frames leak. Only to show what that is worth."""

    def __str__(self) -> str:
        return f"dealt by chance, {_words(SHARES)}: it leaks"

    def rows(self, examples: Examples) -> Rows:
        return splits.rows_at_random(examples, SHARES, SPLIT_SEED)


Rule = Blocks | Groups | Hashed | Listed | Follows | AtRandom


@dataclass(frozen=True)
class Partition:
    """How one set of pictures is divided.

    Attributes:
        unit: what stands in one part as a whole, such as "person".
        rule: which pictures are in which part.
        pictures: the names of `datasets.load` that make up the set; its own name by default.
    """

    unit: str
    rule: Rule
    pictures: tuple[str, ...] = ()


PARTITIONS: dict[str, Partition] = {
    # One person each, videos: the last frames are the test. The gestures' own test part is the last quarter
    # of every class.
    "finger_digits": Partition("block of frames", Blocks(test=0.2, validation=0.1, gap=50)),
    "finger_digits_random": Partition("frame", AtRandom(), ("finger_digits",)),
    "hand_gestures": Partition("block of frames", Blocks(test=300 / 1200, validation=85 / 1200, gap=50)),
    # One person, single photos. A composite goes where the raw photo is that it was made of.
    "finger_counting": Partition("block of photos", Blocks(test=0.2, validation=0.1, gap=0)),
    "finger_counting_composites": Partition("block of photos", Follows("finger_counting")),
    "sign_language_digits": Partition("person", Groups()),
    "massey": Partition("person", Groups({"train": 0.8, "validation": 0.2})),
    "hgr1": Partition("person", Listed(test=("4", "5"))),
    "hands_dataset": Partition("recording session", Groups()),
    "hands_dataset_masks": Partition("recording session", Follows("hands_dataset")),
    "rooms": Partition("place", Groups(), ("houses", "offices")),
    # Each photo shows another person.
    "hagrid": Partition("photo", Groups({"train": 0.55, "validation": 0.15, "test": 0.3})),
    "hagrid_numbers": Partition("photo", Follows("hagrid")),
    # Photos of a series share a place.
    "hand_gesture_yolov8": Partition("series of photos", Groups()),
    # Without a stated licence: never trained on.
    "ten_people": Partition("person", Groups({"validation": 0.5, "test": 0.5})),
    "eduart": Partition("place", Groups({"validation": 0.5, "test": 0.5})),
    "eduart_numbers": Partition("place", Follows("eduart")),
    # A person stands in one part of all three.
    "rock_paper_scissors": Partition("person", Groups()),
    "people_without_hands": Partition("person", Follows("rock_paper_scissors", otherwise=Hashed())),
    "clothing_co_parsing": Partition("person", Follows("people_without_hands", otherwise=Hashed())),
    # A teacher's labels are no test's truth.
    "people_photos": Partition("photo", Groups()),
    "people_photos_teacher": Partition("photo", Follows("people_photos", parts=("train", "validation"))),
}


def part(name: str, which: str) -> Examples:
    """One part of a set of pictures.

    Args:
        name: a key of PARTITIONS.
        which: "train", "validation" or "test".

    Raises:
        DataUnavailable: the pictures are not at hand.
        ValueError: no such set, or it has no such part; the message lists those that there are.
    """
    examples, rows = _divided(name)
    if which not in rows:
        raise ValueError(f"{name} has no part {which!r}; it has {', '.join(rows)}")
    return examples.take(rows[which], f"{examples.name}, {which}")


def counts(name: str) -> dict[str, int]:
    """How many pictures each part has.

    Raises:
        DataUnavailable, ValueError: as `part`.
    """
    return {which: len(rows) for which, rows in _divided(name)[1].items()}


def ids(name: str) -> dict[str, list[str]]:
    """Who is in each part: its sorted ids (people, sessions, places, or "<label>/<frame>").

    Raises:
        DataUnavailable, ValueError: as `part`.
    """
    examples, rows = _divided(name)
    groups = _groups(examples)
    if isinstance(PARTITIONS[name].rule, Blocks | AtRandom):
        labels = examples.require("labels")
        groups = np.array([f"{label}/{group}" for label, group in zip(labels, groups, strict=True)])
    return {which: sorted(set(groups[some].tolist())) for which, some in rows.items()}


def digest(name: str) -> dict[str, str]:
    """A hash of the ids of each part, 16 hexadecimal digits: equal if the same people are in it.

    Raises:
        DataUnavailable, ValueError: as `part`.
    """
    return {
        which: hashlib.sha256("\n".join(some).encode()).hexdigest()[:16] for which, some in ids(name).items()
    }


def digests(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """The digest of each of several sets: what a record stores of the data that made a model."""
    return {name: digest(name) for name in names}


def _divided(name: str) -> tuple[Examples, Rows]:
    if name not in PARTITIONS:
        raise ValueError(f"no set {name!r} is divided; there are {', '.join(PARTITIONS)}")
    examples = _pictures(name)
    return examples, PARTITIONS[name].rule.rows(examples)


def _pictures(name: str) -> Examples:
    """All pictures of a set. Several sources are joined: photos and groups, which differ by name already."""
    parts = [load(source) for source in PARTITIONS[name].pictures or (name,)]
    if len(parts) == 1:
        return parts[0]
    return Examples(
        name,
        photos=[photo for some in parts for photo in some.require("photos")],
        groups=np.concatenate([some.require("groups") for some in parts]),
        source=" + ".join(some.source for some in parts),
    )


def _groups(examples: Examples) -> np.ndarray:
    return examples.require("groups").astype(str)


def _words(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{_percent(share)} {part}" for part, share in shares.items())


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _place(group: str) -> float:
    """A number in [0, 1) that depends on the name alone."""
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) / 2**32
