"""What is judged of everyday photos, one function for each kind of truth."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import NO_HAND, UNKNOWN, Examples, Hands, Pictures
from handvision.core.geometry import mask_iou, wrap_degrees
from handvision.core.hand import Hand, Reading
from handvision.evaluation.detection import hands_at, point_boxes, recall_and_precision
from handvision.evaluation.estimates import Estimate, mean, median, proportion
from handvision.evaluation.fairness import hand_size, skin_tone, typology_angle

Read = Callable[[Pictures], list[Reading]]

NUMBER_RIGHT, FOUND = "number right", "a hand is found"
# A mask may lie outside possible hands, widened by so many pixels, on at most this share of the photo.
MARGIN_PIXELS, MOST_OUTSIDE = 4, 0.005
NEAR_POINT = 0.2  # of the longer side of the hand's box
NEAR_DIRECTION = 45.0  # degrees: pointing hands are labelled to a quarter turn
SMALL = (0.04, 0.10)  # longer side of a hand's box as a share of the photo's height
OTHER_SIDE = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Answer:
    """What is answered to one photo that shows one number, or no hand.

    Attributes:
        shows_hand: whether there is a hand.
        found: whether one is found.
        right: whether the surest hand's number is the photo's.
        confidence: presence times probability of the surest hand; 0 where none is found.
        skin_tone, hand_size: groups, see `evaluation.fairness`; "" where not known.
    """

    shows_hand: bool
    found: bool
    right: bool
    confidence: float
    skin_tone: str = ""
    hand_size: str = ""


Judged = tuple[dict[str, Estimate], list[Answer]]


def judge_numbers(read: Read, photos: Examples) -> Judged:
    """`number right` of the surest hand (a photo in which none is found is wrong), and `a hand is found`."""
    answers = []
    pictures, labels = photos.require("photos"), photos.require("labels").tolist()
    boxes: Sequence[NDArray] = photos.boxes or [np.empty((0, 4))] * len(photos)
    for photo, label, known, reading in zip(pictures, labels, boxes, read(pictures), strict=True):
        box = known[0] if len(known) == 1 else None
        answers.append(
            Answer(
                shows_hand=True,
                found=reading.has_hand,
                right=reading.label == str(label),
                confidence=_confidence(reading),
                skin_tone=skin_tone(typology_angle(photo, box)),
                hand_size=hand_size(box, photo.shape[0]),
            )
        )
    right, found = ([getattr(answer, name) for answer in answers] for name in ("right", "found"))
    return {NUMBER_RIGHT: proportion(right), FOUND: proportion(found)}, answers


def judge_rotated_numbers(read: Read, photos: Examples) -> Judged:
    """As `judge_numbers`, of rotated copies of photos: as answers, the photos themselves are enough."""
    return judge_numbers(read, photos)[0], []


def judge_no_hand(read: Read, photos: Examples) -> Judged:
    """`a hand is found` in photos without one."""
    readings = read(photos.require("photos"))
    answers = [Answer(False, reading.has_hand, False, _confidence(reading)) for reading in readings]
    return {FOUND: proportion([answer.found for answer in answers])}, answers


def judge_boxes(read: Read, photos: Examples) -> Judged:
    """`recall` and `precision` of all hands at IoU 0.5."""
    return recall_and_precision(photos.require("boxes"), read(photos.require("photos"))), []


def judge_pixels(read: Read, photos: Examples) -> Judged:
    """The share of photos whose mask covers more than 0.5 % of the photo where certainly no hand is."""
    kernel = np.ones((2 * MARGIN_PIXELS + 1,) * 2, np.uint8)
    readings = read(photos.require("photos"))
    if not _have_masks(readings):
        return {}, []
    outside = []
    for mask, reading in zip(photos.require("masks"), readings, strict=True):
        possible = cv2.dilate((mask[..., 0] == UNKNOWN).astype(np.uint8), kernel) > 0
        wrong = (reading.mask[..., 0] > 0) & ~possible
        outside.append(wrong.mean() > MOST_OUTSIDE)
    return {"mask where no hand is": proportion(outside)}, []


def judge_directions(read: Read, photos: Examples) -> Judged:
    """The share of pointing hands that are found with a direction within 45 degrees; and the share found."""
    near, found = [], []
    for hands, reading in zip(photos.require("hands"), read(photos.require("photos")), strict=True):
        of_true = hands_at(hands.boxes, reading)
        for row in np.flatnonzero(np.isfinite(hands.rotations)):
            hand = of_true[row]
            found.append(hand is not None)
            # A hand without a direction has NaN, which is near nothing.
            near.append(hand is not None and _degrees_apart(hand, hands.rotations[row]) <= NEAR_DIRECTION)
    return {"direction within 45 degrees": proportion(near), "recall": proportion(found)}, []


def judge_masks(read: Read, photos: Examples) -> Judged:
    """`mask IoU`, mean over the photos: of all found hands together with the true mask."""
    return _mask_figures(photos, read(photos.require("photos"))), []


def judge_rendered(read: Read, photos: Examples) -> Judged:
    """All that is known of rendered hands, of every hand in the picture.

    A hand is found by the box around its points, widened by 10 % (`heads.tight_box`), at IoU 0.5. Numbers
    and points of hands that are not found count as wrong; "of found hands" leaves them out. Points beyond
    the picture's edge are not judged. `sides swapped` is of pairs that are found in the picture and in its
    mirror image: whether the answer's handedness is the other one there.
    """
    pictures, hands = photos.require("photos"), photos.require("hands")
    readings = read(pictures)
    mirrored = read([np.ascontiguousarray(picture[:, ::-1]) for picture in pictures])
    true = [point_boxes(each, picture) for each, picture in zip(hands, pictures, strict=True)]
    rows = [
        _row(each, number, boxes, found, twin, picture)
        for each, boxes, reading, mirror, picture in zip(
            hands, true, readings, mirrored, pictures, strict=True
        )
        for number, (found, twin) in enumerate(
            zip(hands_at(boxes, reading), hands_at(_mirrored(boxes, picture), mirror), strict=True)
        )
    ]
    estimates = recall_and_precision(true, readings) | _number_figures(rows) | _hand_figures(rows)
    return estimates | _mask_figures(photos, readings), []


# Kind of truth, as `handvision.protocol.everyday` names it -> its judge.
JUDGES: dict[str, Callable[[Read, Examples], Judged]] = {
    "fingers of one hand": judge_numbers,
    "fingers of one hand, any rotation": judge_rotated_numbers,
    "boxes of every hand": judge_boxes,
    "no hand": judge_no_hand,
    "pixels that are no hand": judge_pixels,
    "directions": judge_directions,
    "masks": judge_masks,
    "rendered": judge_rendered,
}


# --- rendered hands -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Row:
    """One true hand and what was read of it; None and NaN where there is nothing to judge."""

    found: bool
    size: float  # longer side of its box, share of the photo's height
    right: bool | None  # its number; None for a hand that shows none
    side_right: bool | None
    side_swapped: bool | None
    degrees: float
    distances: NDArray[np.float64]  # of the points in the picture, in longer sides of the box


def _row(
    hands: Hands,
    number: int,
    boxes: NDArray,
    found: Hand | None,
    twin: Hand | None,
    picture: NDArray[np.uint8],
) -> _Row:
    side = max(1.0, float((boxes[number, 2:] - boxes[number, :2]).max()))
    points, label = hands.keypoints[number, :, :2], int(hands.labels[number])
    inside = ((points >= 0) & (points <= picture.shape[1::-1])).all(axis=1)
    distances = np.full(int(inside.sum()), np.nan)
    if found is not None:
        distances = np.linalg.norm(found.keypoints[inside, :2] - points[inside], axis=1) / side
    knows_side = found is not None and found.handedness != ""
    both = knows_side and twin is not None and twin.handedness != ""
    return _Row(
        found=found is not None,
        size=side / picture.shape[0],
        right=None if label == NO_HAND else found is not None and found.label == str(label),
        side_right=found.handedness == hands.handedness[number] if found and knows_side else None,
        side_swapped=twin.handedness == OTHER_SIDE[found.handedness] if found and twin and both else None,
        degrees=math.nan if found is None else _degrees_apart(found, hands.rotations[number]),
        distances=distances,
    )


def _number_figures(rows: Sequence[_Row]) -> dict[str, Estimate]:
    low, high = SMALL
    shown = [row for row in rows if row.right is not None]
    groups = {
        NUMBER_RIGHT: shown,
        f"{NUMBER_RIGHT}, hands of {low:.0%} to {high:.0%} of the height".replace("%", " %"): [
            row for row in shown if low <= row.size < high
        ],
        f"{NUMBER_RIGHT}, larger hands": [row for row in shown if row.size >= high],
    }
    return {name: proportion([bool(row.right) for row in group]) for name, group in groups.items() if group}


def _hand_figures(rows: Sequence[_Row]) -> dict[str, Estimate]:
    """Figures of handedness, key points and rotation; those of which the reader says nothing are left out."""
    sides = [row.side_right for row in rows if row.side_right is not None]
    swaps = [row.side_swapped for row in rows if row.side_swapped is not None]
    degrees = [row.degrees for row in rows if not math.isnan(row.degrees)]
    distances = np.concatenate([np.empty(0), *(row.distances for row in rows)])
    of_found = distances[np.isfinite(distances)]
    estimates: dict[str, Estimate] = {}
    if sides:
        estimates |= {"handedness right": proportion(sides), "sides swapped": proportion(swaps)}
    if len(of_found):
        estimates["points right (PCK at 0.2)"] = proportion(distances <= NEAR_POINT)
        estimates["points right, of found hands"] = proportion(of_found <= NEAR_POINT)
        medians = [np.median(row.distances) for row in rows if np.isfinite(row.distances).any()]
        estimates["median point error, of the box"] = median(medians)
    if degrees:
        estimates["rotation error"] = mean(degrees, "degrees")
    return estimates


def _mirrored(boxes: NDArray[np.float32], picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    turned = boxes.copy()
    turned[:, [0, 2]] = picture.shape[1] - boxes[:, [2, 0]]
    return turned


# --- shared ---------------------------------------------------------------------------------------------


def _confidence(reading: Reading) -> float:
    return reading.hands[0].presence * reading.hands[0].probability if reading.hands else 0.0


def _degrees_apart(hand: Hand, degrees: float) -> float:
    return float(abs(wrap_degrees(hand.rotation_degrees - degrees)))


def _have_masks(readings: Sequence[Reading]) -> bool:
    """False for a reader that finds hands and draws no mask of any."""
    hands = [hand for reading in readings for hand in reading.hands]
    return not hands or any(hand.soft_mask.size for hand in hands)


def _mask_figures(photos: Examples, readings: Sequence[Reading]) -> dict[str, Estimate]:
    if not _have_masks(readings):
        return {}
    pairs = zip(photos.require("masks"), readings, strict=True)
    overlaps = [float(mask_iou(mask[..., 0] == 255, reading.mask[..., 0] > 0)) for mask, reading in pairs]
    return {"mask IoU": mean(overlaps)}
