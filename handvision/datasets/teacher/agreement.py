"""What the teacher found is believed where it agrees with itself, and with all that is known of a photo.

1. Turns: at least two quarter turns of the photo show the hand, at nearly the same points.
2. Box: where a data set has boxes, nearly all points lie in one of them, and reach through most of it.
3. Count: where a number of fingers is known, the points show as many.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import box_iou
from handvision.core.hands import NO_HAND, Hands
from handvision.datasets.teacher.finger_count import raised_fingers
from handvision.datasets.teacher.matching import Found, box_around

MIN_TURNS = 2
MAX_SPREAD = 0.1
# Share of the points that must lie in the box, or in the photo; the box is widened by a share of its side.
MIN_INSIDE = 0.9
WIDENED = 0.05
# Overlap of a box with the box around the points. Boxes are drawn loosely, points end at the nails.
MIN_IOU = 0.3


@dataclass(frozen=True, eq=False)
class Judged:
    """A hand that the teacher found, and what agrees with it.

    Attributes:
        found: the hand, points in pixels.
        row: which of the known hands it is; None if it is none of them.
        turns, box, count: whether it agrees; None where there is nothing to agree with.
    """

    found: Found
    row: int | None
    turns: bool
    box: bool | None
    count: bool | None

    @property
    def believed(self) -> bool:
        return self.turns and self.box is not False and self.count is not False


def judge(
    found: Sequence[Found], known: Hands, label: int, size: tuple[int, int], counts: bool
) -> list[Judged]:
    """What to believe of the hands that were found in one photo.

    Args:
        found: points in pixels.
        known: hands of the photo as its reader gives them; a hand of which no box is known says that there
            may be hands without a box.
        label: the photo's label, of its one hand; or NO_HAND.
        size: height and width.
        counts: whether labels are numbers of fingers.
    """
    rows = _rows(found, known)
    complete = bool(np.isfinite(known.boxes).all())  # so no hand has no box
    judged = []
    for hand, row in zip(found, rows, strict=True):
        if row is not None:
            box: bool | None = _fits(hand.points, known.boxes[row])
            expected = int(known.labels[row])
            if expected == NO_HAND and len(known) == 1:
                expected = label
        else:
            box = False if complete else None
            expected = label if len(found) == 1 else NO_HAND
        expected = expected if counts else NO_HAND
        judged.append(
            Judged(
                found=hand,
                row=row,
                turns=hand.turns >= MIN_TURNS
                and hand.spread <= MAX_SPREAD
                and _inside(hand.points, np.array([0, 0, size[1], size[0]])) >= MIN_INSIDE,
                box=box,
                count=None if expected == NO_HAND else raised_fingers(hand.points) == expected,
            )
        )
    return judged


def _rows(found: Sequence[Found], known: Hands) -> list[int | None]:
    """The known hand that each found one is: those that overlap most are joined first, each at most once."""
    rows: list[int | None] = [None] * len(found)
    if not found or not len(known):
        return rows
    overlap = box_iou([box_around(hand.points) for hand in found], np.nan_to_num(known.boxes))
    while overlap.max() > 0:
        i, row = np.unravel_index(overlap.argmax(), overlap.shape)
        rows[int(i)] = int(row)
        overlap[i], overlap[:, row] = 0, 0
    return rows


def _fits(points: NDArray[np.floating], box: NDArray[np.float32]) -> bool:
    margin = WIDENED * max(box[2] - box[0], box[3] - box[1])
    widened = box + (-margin, -margin, margin, margin)
    iou = box_iou(box_around(points)[None], box[None])[0, 0]
    return bool(_inside(points, widened) >= MIN_INSIDE and iou >= MIN_IOU)


def _inside(points: NDArray[np.floating], box: NDArray[np.floating]) -> float:
    return float(((points >= box[:2]) & (points <= box[2:])).all(axis=1).mean())
