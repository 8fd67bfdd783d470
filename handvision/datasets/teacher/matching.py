"""One photo's finds, from all of its views, become hands: who is found several times is one hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import box_iou

# Mean distance of two finds' points, as a share of the hand's length, below which they are one hand.
SAME_POSE = 0.2
# Overlap (IoU) of the boxes around two poses above which both were found on one hand.
SAME_PLACE = 0.4
FINGERS = np.arange(1, 21).reshape(5, 4)  # base to tip, thumb first


@dataclass(frozen=True, eq=False)
class Find:
    """A hand in one view.

    Attributes:
        points: (21, 2) x, y in pixels of the photo.
        side: "left" or "right".
        score: how sure the side is, in [0, 1].
        view: which view of the photo it is.
        turns: quarter turns of that view.
    """

    points: NDArray[np.float64]
    side: str
    score: float
    view: int
    turns: int


@dataclass(frozen=True, eq=False)
class Found:
    """A hand on which views agree.

    Attributes:
        points: (21, 2) x, y in pixels: the median of its finds.
        side: "left" or "right", by the sum of scores.
        score: the share of that sum, in [0.5, 1].
        turns: how many of the four quarter turns show it.
        views: how many views show it.
        spread: mean distance of the finds' points from `points`, as a share of the hand's length.
    """

    points: NDArray[np.float64]
    side: str
    score: float
    turns: int
    views: int
    spread: float


def match(finds: Sequence[Find]) -> list[Found]:
    """The hands of one photo, those that most turns show first."""
    clusters: list[list[Find]] = []
    for find in sorted(finds, key=lambda find: -find.score):
        length = hand_length(find.points)
        distances = [_distance(find.points, cluster[0].points) / length for cluster in clusters]
        nearest = int(np.argmin(distances)) if distances else -1
        if not distances or distances[nearest] > SAME_POSE:
            clusters.append([find])
        # A view that shows a hand twice has one find too many.
        elif all(other.view != find.view for other in clusters[nearest]):
            clusters[nearest].append(find)
    hands = sorted((_agreed(cluster) for cluster in clusters), key=lambda hand: (-hand.turns, -hand.views))
    return _one_in_each_place(hands)


def hand_length(points: NDArray[np.floating]) -> float:
    """The longest way from the wrist along a finger to its tip, in the points' unit.

    Args:
        points: (21, 2 or more) in MediaPipe's order; x and y count.
    """
    ways = np.concatenate([np.zeros((5, 1), int), FINGERS], axis=1)
    steps = np.diff(points[ways, :2], axis=1)
    return float(np.linalg.norm(steps, axis=-1).sum(axis=1).max())


def box_around(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """(4,) x0, y0, x1, y1 tight around (21, 2 or more) points."""
    return np.concatenate([points[:, :2].min(axis=0), points[:, :2].max(axis=0)])


def _agreed(cluster: list[Find]) -> Found:
    points = np.median([find.points for find in cluster], axis=0)
    votes = {side: sum(find.score for find in cluster if find.side == side) for side in ("left", "right")}
    side = max(votes, key=lambda side: votes[side])
    return Found(
        points=points,
        side=side,
        score=votes[side] / sum(votes.values()),
        turns=len({find.turns for find in cluster}),
        views=len(cluster),
        spread=float(np.mean([_distance(find.points, points) for find in cluster])) / hand_length(points),
    )


def _one_in_each_place(hands: list[Found]) -> list[Found]:
    """Without the less agreed ones of several poses that were found on one hand."""
    kept: list[Found] = []
    for hand in hands:
        box = box_around(hand.points)[None]
        others = np.reshape([box_around(other.points) for other in kept], (-1, 4))
        if not (box_iou(box, others) > SAME_PLACE).any():
            kept.append(hand)
    return kept


def _distance(points: NDArray[np.floating], others: NDArray[np.floating]) -> float:
    return float(np.linalg.norm(points - others, axis=-1).mean())
