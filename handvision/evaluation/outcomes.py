"""What became of every hand that shows a number: right, misread or not found, by its size in the photo."""

from collections.abc import Sequence
from dataclasses import dataclass

from handvision.core.examples import NO_HAND, Examples
from handvision.core.hand import Reading
from handvision.evaluation.detection import hands_at, point_boxes
from handvision.evaluation.fairness import hand_size

RIGHT, MISREAD, NOT_FOUND = "right", "wrong number", "not found"
OUTCOMES = (RIGHT, MISREAD, NOT_FOUND)


@dataclass(frozen=True)
class Outcome:
    """One true hand and what was read of it.

    Attributes:
        photo: row of its photo.
        kind: one of `OUTCOMES`.
        size: a group of `fairness.HAND_SIZES`.
    """

    photo: int
    kind: str
    size: str


def outcomes(photos: Examples, readings: Sequence[Reading]) -> list[Outcome]:
    """The outcome of each hand that shows a number; a hand is found where IoU is 0.5.

    Args:
        photos: with `hands` whose key points are known.
        readings: one a photo, of numbers.
    """
    found = []
    pairs = zip(photos.require("photos"), photos.require("hands"), readings, strict=True)
    for row, (photo, hands, reading) in enumerate(pairs):
        boxes = point_boxes(hands, photo)
        for label, box, hand in zip(hands.labels.tolist(), boxes, hands_at(boxes, reading), strict=True):
            if label != NO_HAND:
                kind = NOT_FOUND if hand is None else RIGHT if hand.label == str(label) else MISREAD
                found.append(Outcome(row, kind, hand_size(box, photo.shape[0])))
    return found
