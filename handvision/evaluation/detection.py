"""Which of the hands that were found is which of the hands that are there."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handvision.core.geometry import box_iou
from handvision.core.hand import Hand, Reading
from handvision.core.hands import Hands
from handvision.evaluation.estimates import Estimate, proportion
from handvision.heads import tight_box

MIN_IOU = 0.5


def match_boxes(true: ArrayLike, found: ArrayLike, min_iou: float = MIN_IOU) -> NDArray[np.int64]:
    """Which true box each found one is: greedily, the surest first, each true box once.

    Args:
        true: (m, 4) x0, y0, x1, y1.
        found: (k, 4), the surest first.
        min_iou: the least overlap of a match.

    Returns:
        (k,) rows of `true`, -1 where a found box matches none.
    """
    matches = np.full(len(np.asarray(found)), -1, np.int64)
    if not len(matches) or not len(np.asarray(true)):
        return matches
    overlaps = box_iou(true, found)
    for column in range(len(matches)):
        best = int(overlaps[:, column].argmax())
        if overlaps[best, column] >= min_iou:
            matches[column] = best
            overlaps[best] = -1
    return matches


def recall_and_precision(
    true: Sequence[NDArray], readings: Sequence[Reading], min_iou: float = MIN_IOU
) -> dict[str, Estimate]:
    """Of the hands of many photos: the share that is found, and of what is found the share that is a hand.

    Args:
        true: n arrays (m, 4), the boxes of all hands of each photo.
        readings: n, one a photo.

    Returns:
        `recall` over all true hands and `precision` over all found ones.
    """
    hit, correct = [], []
    for boxes, reading in zip(true, readings, strict=True):
        matches = match_boxes(boxes, found_boxes(reading), min_iou)
        hit += np.isin(np.arange(len(boxes)), matches).tolist()
        correct += (matches >= 0).tolist()
    return {"recall": proportion(hit), "precision": proportion(correct)}


def found_boxes(reading: Reading) -> NDArray[np.float32]:
    """(k, 4) float32, the boxes of the hands that were found, the surest first."""
    return np.array([hand.box for hand in reading.hands], np.float32).reshape(-1, 4)


def hands_at(true: NDArray[np.float32], reading: Reading) -> list[Hand | None]:
    """For every true box the hand that was found there, or None."""
    found: list[Hand | None] = [None] * len(true)
    for row, hand in zip(match_boxes(true, found_boxes(reading)), reading.hands, strict=True):
        if row >= 0:
            found[row] = hand
    return found


def point_boxes(hands: Hands, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(k, 4): around each hand's points, cut to the picture, as a reader's boxes are."""
    height, width = picture.shape[:2]
    boxes = np.array([tight_box(points) for points in hands.keypoints], np.float32).reshape(-1, 4)
    return boxes.clip(0, (width, height, width, height)).astype(np.float32)
