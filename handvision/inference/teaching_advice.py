"""What would make a taught gesture surer, said plainly and all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Reading
from handvision.inference.hand_shapes import different, distances

ENOUGH = 5  # examples; more help less and less
_FAR = 0.65  # an example this far from all others of its gesture shows something else
_ALIKE = 0.2  # hands of one gesture differ by this much, whoever shows it
_CONFUSED = 1 / 3  # share of the examples of two gestures that are as like the other gesture as their own


@dataclass(frozen=True)
class Advice:
    """One thing to do better. `str()` of it is its message.

    Attributes:
        kind: "no hand", "several hands", "unreadable", "unknown side", "few", "unlike" or "alike".
        message: for the user.
        gestures: names of those that it is about.
    """

    kind: str
    message: str
    gestures: tuple[str, ...]

    def __str__(self) -> str:
        return self.message


def advice_on_photos(name: str, readings: Sequence[Reading]) -> list[Advice]:
    """On pictures that cannot be read, show no hand, or several."""
    count = len(readings)
    kinds = {
        "unreadable": ("could not be read", "left out", [bool(each.error) for each in readings]),
        "no hand": (
            "show no hand that was found",
            "left out; hold the hand nearer, in more light",
            [not each.error and not each.hands for each in readings],
        ),
        "several hands": (
            "show several hands",
            "the surest hand of each was taken",
            [len(each.hands) > 1 for each in readings],
        ),
    }
    return [
        Advice(
            kind,
            f"{name}: {sum(which)} of {count} examples {what} ({_listed(readings, which)}): {done}",
            (name,),
        )
        for kind, (what, done, which) in kinds.items()
        if any(which)
    ]


def advice_on_examples(
    name: str, own: NDArray[np.float64], others: Mapping[str, NDArray[np.float64]], *, mirrored: bool
) -> list[Advice]:
    """On too few examples, on those that contradict each other, and on gestures that look the same.

    Args:
        name: of the gesture that was just taught.
        own: (n, d) shapes of all its examples, at least one.
        others: those of the other gestures, by name.
        mirrored: as in `distances`.
    """
    notes = []
    if few := _few(name, len(own), different(own, mirrored=mirrored)):
        notes.append(Advice("few", few, (name,)))
    if far := np.flatnonzero(_nearest_of_own(own, mirrored) > _FAR).tolist():
        places = ", ".join(str(row + 1) for row in far)
        message = (
            f"{name}: of {len(own)} examples these are unlike all others: {places}. If they show something "
            "else, forget the gesture and teach it anew"
        )
        notes.append(Advice("unlike", message, (name,)))
    for other, theirs in others.items():
        if _look_the_same(own, theirs, mirrored):
            message = (
                f"{name} and {other} can hardly be told apart; change one of them (in which direction a hand "
                "points does not count)"
            )
            notes.append(Advice("alike", message, (name, other)))
    return notes


def _few(name: str, count: int, different: float) -> str:
    """ "" where there are enough."""
    if count < ENOUGH:
        return f"{name}: {count} of {ENOUGH} examples; {ENOUGH - count} more make it surer"
    if different < ENOUGH / 2:
        return (
            f"{name}: {count} examples, but nearly the same; add some with the hand held a little differently"
        )
    return ""


def _look_the_same(ones: NDArray[np.float64], others: NDArray[np.float64], mirrored: bool) -> bool:
    across = distances(ones, others, mirrored=mirrored)
    nearest = np.concatenate([across.min(axis=1), across.min(axis=0)])
    own = np.concatenate([_nearest_of_own(ones, mirrored), _nearest_of_own(others, mirrored)])
    return float((nearest < np.maximum(own, _ALIKE)).mean()) > _CONFUSED


def _nearest_of_own(examples: NDArray[np.float64], mirrored: bool) -> NDArray[np.float64]:
    """(n,) distance to the nearest other example; 0 for an only one."""
    between = distances(examples, examples, mirrored=mirrored)
    np.fill_diagonal(between, np.inf if len(examples) > 1 else 0.0)
    return between.min(axis=1)


def _listed(readings: Sequence[Reading], which: Sequence[bool]) -> str:
    """The first few of the pictures, by their path, or their place among the examples."""
    names = [
        reading.source or f"number {place}"
        for place, (reading, chosen) in enumerate(zip(readings, which, strict=True), 1)
        if chosen
    ]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
