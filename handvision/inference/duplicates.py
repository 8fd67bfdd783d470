"""Whether two answers are of one hand: a first look may have two peaks on it."""

from collections.abc import Sequence

import numpy as np

from handvision.core.geometry import box_iou, box_side
from handvision.core.hand import Hand

# Boxes of two hands that touch overlap by less, and their points lie further apart.
MOST_OVERLAP = 0.6
LEAST_DISTANCE = 0.2  # mean over the points, in sides of the larger box


def distinct(hands: Sequence[Hand | None]) -> list[int]:
    """Which of the hands are there and lie on no surer one; surest first."""
    there = [(row, hand) for row, hand in enumerate(hands) if hand is not None]
    kept: list[tuple[int, Hand]] = []
    for row, hand in sorted(there, key=lambda pair: -pair[1].presence * pair[1].probability):
        if not any(same_hand(hand, other) for _, other in kept):
            kept.append((row, hand))
    return [row for row, _ in kept]


def same_hand(one: Hand, other: Hand) -> bool:
    """Whether two hands of one photo are the same: by their boxes, and where they have points by those."""
    if box_iou([one.box], [other.box])[0, 0] > MOST_OVERLAP:
        return True
    distances = np.linalg.norm(one.keypoints[:, :2] - other.keypoints[:, :2], axis=1)
    # NaN, where a model has no points, is not below anything.
    return bool(distances.mean() < LEAST_DISTANCE * max(box_side(one.box), box_side(other.box)))
