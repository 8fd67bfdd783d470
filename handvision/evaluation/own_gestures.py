"""How well gestures are read that a few examples taught: these are drawn many times, the rest is asked.

A photo in which a reader finds no hand counts as wrong, whether its gesture was taught or not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Hand
from handvision.inference.own_gestures import OwnGestures

# Gesture -> which photos are its examples.
Draw = Mapping[str, NDArray[np.int64]]
# From a draw to what every photo is taken for, (n,) names, and how far it is from that, (n,): NaN for none.
Read = Callable[[Draw], tuple[NDArray[np.str_], NDArray[np.float64]]]


@dataclass(frozen=True)
class Answers:
    """What a reader said in every draw.

    Attributes:
        right: (draws, n) booleans: the gesture that the photo is most like is the one that it shows.
        distances: (draws, n) to that gesture; NaN where nothing is named.
        asked: (draws, n) booleans: the photo was asked about.
        taught: (n,) booleans: the photo shows a gesture that was taught.
        found: (n,) booleans: the reader finds a hand in the photo.
    """

    right: NDArray[np.bool_]
    distances: NDArray[np.float64]
    asked: NDArray[np.bool_]
    taught: NDArray[np.bool_]
    found: NDArray[np.bool_]

    def accuracy(self, radius: float = np.inf) -> NDArray[np.float64]:
        """(draws,) the share of photos of taught gestures that are named, and rightly.

        NaN in draws that made an example of each such photo: nothing is left to ask about.

        Args:
            radius: what is farther from its gesture is refused.
        """
        return _shares(self.right & (self.distances <= radius), self.asked & self.taught)

    def refused(self, radius: float = np.inf) -> NDArray[np.float64]:
        """(draws,) the share of photos of other gestures that show a hand, and are not named."""
        return _shares(self.found & ~(self.distances <= radius), self.asked & ~self.taught)

    def radius_that_refuses(self, share: float) -> float:
        """The largest radius at which, over all draws, at least this share of other gestures is refused."""
        others = self.asked & ~self.taught
        distances = np.sort(self.distances[others & self.found])
        allowed = int((1 - share) * others.sum()) - int((others & ~self.found).sum())
        near = distances[np.clip(allowed, 0, len(distances) - 1)] if len(distances) else np.inf
        return float(np.nextafter(near, -np.inf))


def draws(
    gestures: NDArray[np.str_],
    teachable: NDArray[np.bool_],
    taught: Sequence[str],
    examples: int,
    count: int = 200,
    seed: int = 0,
) -> list[Draw]:
    """Random choices of examples, always the same.

    Args:
        gestures: (n,) what each photo shows.
        teachable: (n,) booleans: which photos may be examples.
        taught: gestures that get examples.
        examples: of each.
        count: of draws.

    Raises:
        ValueError: a gesture has too few photos.
    """
    rows = {name: np.flatnonzero(teachable & (gestures == name)) for name in taught}
    for name, some in rows.items():
        if len(some) < examples:
            raise ValueError(
                f"{name!r} has {len(some)} photos to teach it by, {examples} are to be drawn; give more"
            )
    rng = np.random.default_rng([seed, examples])
    return [
        {name: np.sort(rng.choice(some, examples, replace=False)) for name, some in rows.items()}
        for _ in range(count)
    ]


def answers(
    read: Read,
    drawn: Sequence[Draw],
    gestures: NDArray[np.str_],
    asked: NDArray[np.bool_],
    found: NDArray[np.bool_],
) -> Answers:
    """Teaches and asks once a draw.

    Args:
        read: names every photo, from what a draw teaches.
        drawn: by `draws`.
        gestures: (n,) what each photo shows.
        asked: (n,) booleans: which photos are asked about, unless they are examples.
        found: (n,) booleans: in which photos the reader finds a hand.
    """
    names, distances = (np.stack(column) for column in zip(*(read(draw) for draw in drawn), strict=True))
    asked_in_draw = np.tile(asked, (len(drawn), 1))
    for row, draw in zip(asked_in_draw, drawn, strict=True):
        row[np.concatenate(list(draw.values()))] = False
    return Answers(names == gestures, distances, asked_in_draw, np.isin(gestures, list(drawn[0])), found)


def taught(hands: Sequence[Hand | None]) -> Read:
    """`OwnGestures`, with its own radius: what it refuses is not named, all else is 0 from its gesture."""

    def read(draw: Draw) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
        gestures = OwnGestures()
        for name, rows in draw.items():
            if examples := [hand for row in rows if (hand := hands[row]) is not None]:
                gestures.teach(name, examples)
        told = [gestures.read(hand)[0] if hand and gestures.counts else None for hand in hands]
        return np.array([name or "" for name in told]), np.where([name is None for name in told], np.nan, 0.0)

    return read


def nearest(distances: NDArray[np.float64], neighbours: int = 1) -> Read:
    """k nearest neighbours: the gesture of most of the k nearest examples, of the nearest where several tie.

    Args:
        distances: (n, n) between photos; NaN where no hand is found.
        neighbours: k, at most as many as there are examples in all.
    """

    def read(draw: Draw) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
        rows = np.concatenate(list(draw.values()))
        owners = np.repeat(np.arange(len(draw)), [len(some) for some in draw.values()])
        across = np.where(np.isfinite(distances[:, rows]), distances[:, rows], np.inf)
        order = np.argsort(across, axis=1, kind="stable")[:, :neighbours]
        near = np.take_along_axis(across, order, axis=1)
        votes = np.stack(
            [((owners[order] == i) & np.isfinite(near)).sum(axis=1) for i in range(len(draw))], axis=1
        )
        # Of gestures with equal votes, the one whose example is nearest.
        closest = np.stack([across[:, owners == i].min(axis=1) for i in range(len(draw))], axis=1)
        named = np.argmax(votes + 1 / (2 + closest), axis=1)
        closest = np.take_along_axis(closest, named[:, None], axis=1)[:, 0]
        return np.array(list(draw))[named], np.where(np.isfinite(closest), closest, np.nan)

    return read


def over_draws(shares: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and 5 % quantile of the draws that left something to ask about; NaN where none did."""
    told = shares[np.isfinite(shares)]
    return (float(told.mean()), float(np.quantile(told, 0.05))) if len(told) else (np.nan, np.nan)


def _shares(holds: NDArray[np.bool_], among: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(draws,) NaN where there is none to judge."""
    counts = among.sum(axis=1)
    return np.where(counts > 0, (holds & among).sum(axis=1) / np.maximum(counts, 1), np.nan)
