"""Splits that do not leak: by block of frames, by person or session; and the random one, to compare.

Each comes twice: as Examples, and as the rows (indices) that each part holds.
"""

from collections.abc import Mapping

import numpy as np

from handvision.core.examples import Examples

Rows = dict[str, np.ndarray]

SHARES = {"train": 0.7, "validation": 0.15, "test": 0.15}


def block_split(
    examples: Examples, test: float = 0.2, validation: float = 0.1, gap: int = 50
) -> dict[str, Examples]:
    """Cuts every class's sequence of frames into train | gap | validation | gap | test, in this order.

    Frames of a video resemble their neighbours, so a random split tests on near copies of training frames.
    Here the last frames are the test, and `gap` frames before each later part are left out.

    Args:
        examples: with labels; `groups` that are numbers give the order of frames, otherwise the order
            in `examples` does.
        test, validation: share of every class's frames, each in [0, 1), together below 1. A share of
            0 gives an empty part and no gap before it.
        gap: number of frames left out before validation and before test, at least 0.

    Returns:
        "train", "validation" and "test".

    Raises:
        ValueError: no labels, shares out of range, or a class too short for them.
    """
    return _taken(examples, rows_by_block(examples, test, validation, gap), "block")


def group_split(
    examples: Examples, fractions: Mapping[str, float] = SHARES, seed: int = 0
) -> dict[str, Examples]:
    """Deals whole groups (people, sessions) to the parts, until each has about its share of pictures.

    Args:
        examples: with groups.
        fractions: name of a part -> share of the pictures, each above 0, together 1.
        seed: of the order in which groups are dealt.

    Raises:
        ValueError: no groups, fewer groups than parts, or fractions that don't sum to 1.
    """
    return _taken(examples, rows_by_group(examples, fractions, seed), "groups")


def random_split(
    examples: Examples, fractions: Mapping[str, float] = SHARES, seed: int = 0
) -> dict[str, Examples]:
    """Deals pictures at random, as published results do. Neighbouring frames leak: use it to compare only.

    Arguments and errors as for `group_split`, without groups.
    """
    return _taken(examples, rows_at_random(examples, fractions, seed), "at random")


def rows_by_block(examples: Examples, test: float, validation: float, gap: int) -> Rows:
    """The rows of `block_split`."""
    labels = examples.require("labels")
    if not (0 <= test < 1 and 0 <= validation < 1 and test + validation < 1 and gap >= 0):
        raise ValueError(
            f"test={test}, validation={validation}, gap={gap}: shares are in [0, 1) and below 1 together, "
            "and the gap is not negative"
        )
    order = np.arange(len(examples))
    if examples.groups is not None and np.issubdtype(np.asarray(examples.groups).dtype, np.number):
        order = np.argsort(examples.groups, kind="stable")
    parts: dict[str, list[np.ndarray]] = {"train": [], "validation": [], "test": []}
    for label in np.unique(labels):
        frames = order[labels[order] == label]
        end = len(frames)
        for part, share in (("test", test), ("validation", validation)):
            count = round(share * len(frames))
            parts[part].append(frames[end - count : end])
            end -= count + (gap if count else 0)
        if end < 1:
            raise ValueError(
                f"{examples.name}: class {label} has {len(frames)} frames, too few for test={test}, "
                f"validation={validation} and gaps of {gap}; lower them"
            )
        parts["train"].append(frames[:end])
    return {part: np.sort(np.concatenate(rows)) for part, rows in parts.items()}


def rows_by_group(examples: Examples, fractions: Mapping[str, float] = SHARES, seed: int = 0) -> Rows:
    """The rows of `group_split`."""
    _check(fractions)
    names, member, sizes = np.unique(examples.require("groups"), return_inverse=True, return_counts=True)
    if len(names) < len(fractions):
        raise ValueError(f"{examples.name}: {len(names)} groups cannot make {len(fractions)} parts")
    # Roughly largest first, so that small groups even the shares out at the end.
    shuffled = np.argsort(-sizes * np.random.default_rng(seed).uniform(0.5, 1.5, len(names)))
    wanted = np.array(list(fractions.values())) * len(examples)
    got = np.zeros(len(wanted))
    home = np.empty(len(names), int)
    for place, group in enumerate(shuffled):
        empty = np.flatnonzero(got == 0)
        # The last groups go to parts that would otherwise stay empty.
        choices = empty if len(names) - place <= len(empty) else np.arange(len(wanted))
        part = choices[np.argmax((wanted - got)[choices])]
        home[group] = part
        got[part] += sizes[group]
    return {part: np.flatnonzero(home[member] == index) for index, part in enumerate(fractions)}


def rows_at_random(examples: Examples, fractions: Mapping[str, float] = SHARES, seed: int = 0) -> Rows:
    """The rows of `random_split`."""
    _check(fractions)
    shuffled = np.random.default_rng(seed).permutation(len(examples))
    cuts = np.round(np.cumsum(list(fractions.values()))[:-1] * len(examples)).astype(int)
    return {part: np.sort(rows) for part, rows in zip(fractions, np.split(shuffled, cuts), strict=True)}


def _taken(examples: Examples, rows: Rows, how: str) -> dict[str, Examples]:
    return {part: examples.take(some, f"{examples.name}, {part} ({how})") for part, some in rows.items()}


def _check(fractions: Mapping[str, float]) -> None:
    if not fractions or min(fractions.values()) <= 0 or abs(sum(fractions.values()) - 1) > 1e-6:
        raise ValueError(f"fractions are {dict(fractions)}; each must be above 0, and together they are 1")
