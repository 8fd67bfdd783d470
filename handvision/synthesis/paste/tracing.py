"""Where the hands of a picture are after it was turned and laid into a frame: tight boxes and points.

A box turned with its picture is too large. So the outline of each hand is kept, and what becomes of it has
the box.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from handvision.core.examples import UNKNOWN
from handvision.core.geometry import Affine
from handvision.core.hands import Hands
from handvision.synthesis.paste.palm import Palm, find_palm

# A hand of whose box less than this share lies in the frame is not told: what is seen of it is no hand.
LEAST_SEEN = 0.2
# Where nobody says where the hand ends, so many radii of the palm's inner circle below the palm's centre.
_WRIST = 1.5
# Key points lie inside a hand: its outline is looked for within so much of their extent around them.
_AROUND_POINTS = 0.12


class Traced:
    """The hands of one picture and the outline of each.

    Args:
        mask: (height, width) uint8, 255 = hand and forearm, perhaps UNKNOWN.
        hands: what is known of them. Where it says neither box nor points of one hand (None says nothing at
            all), all of the mask is taken for that hand, and its wrist is estimated.
    """

    def __init__(self, mask: np.ndarray, hands: Hands | None) -> None:
        hands = Hands.unknown() if hands is None else hands
        palm = None
        if len(hands) == 1 and not (_is_known(hands.boxes) or _is_known(hands.keypoints)):
            if not mask.any():
                hands = Hands()
            elif not (mask == UNKNOWN).any():
                palm = find_palm(mask)
        self.hands = hands
        self.outlines = [
            _outline(mask, box, points, palm)
            for box, points in zip(hands.boxes, hands.keypoints[..., :2], strict=True)
        ]

    def moved(self, affine: Affine, size: tuple[int, int]) -> Hands:
        """The hands in a frame (height, width): those that are seen, boxes within the frame, the score of
        points outside of it 0."""
        height, width = size
        hands = self.hands.moved(affine)
        boxes, kept = np.full((len(hands), 4), np.nan, np.float32), np.ones(len(hands), bool)
        for row, outline in enumerate(self.outlines):
            if not len(outline):
                continue
            moved = affine.points(outline)
            whole = np.concatenate([moved.min(axis=0), moved.max(axis=0)])
            inside = whole.clip(0, (width, height, width, height))
            kept[row] = _area(inside) >= LEAST_SEEN * _area(whole)
            boxes[row] = inside
        points = hands.keypoints.copy()
        outside = (points[..., :2] < 0) | (points[..., :2] >= (width, height))
        points[outside.any(axis=-1), 2] = 0
        return replace(hands, boxes=boxes, keypoints=points).take(kept)

    def moved_with_copies(self, affines: Sequence[Affine], size: tuple[int, int]) -> Hands:
        """The hands in a frame that also shows mirror images of their picture, where `affines[1:]` lead."""
        copies = [self.moved(affine, size) for affine in affines[1:]]
        # Of a hand whose place is not known, no copy is known either.
        copies = [copy.take(np.isfinite(copy.boxes).all(axis=1)) for copy in copies]
        return joined([self.moved(affines[0], size), *copies])


def behind(hands: Hands, cover: np.ndarray) -> Hands:
    """The same hands with the score 0 for points that lie where `cover` (height, width) bool is."""
    points = hands.keypoints.copy()
    x, y = (np.nan_to_num(points[..., axis], nan=-1.0) for axis in (0, 1))
    height, width = cover.shape
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    hidden = inside & cover[y.astype(int).clip(0, height - 1), x.astype(int).clip(0, width - 1)]
    points[hidden, 2] = 0
    return replace(hands, keypoints=points)


def joined(parts: Sequence[Hands]) -> Hands:
    """All hands of one picture."""
    fields = ("boxes", "keypoints", "handedness", "labels", "rotations")
    if not parts:
        return Hands()
    return Hands(**{field: np.concatenate([getattr(part, field) for part in parts]) for field in fields})


def _is_known(values: np.ndarray) -> bool:
    return bool(np.isfinite(values).all())


def _outline(mask: np.ndarray, box: np.ndarray, points: np.ndarray, palm: Palm | None) -> np.ndarray:
    """(n, 2) points around one hand; none where nothing tells where it is."""
    if palm is not None:
        return _hull(_above_wrist(mask, palm), np.array((0, 0, *mask.shape[::-1]), float))
    if not _is_known(box) and _is_known(points):
        around = _AROUND_POINTS * np.ptp(points, axis=0).max()
        box = np.concatenate([points.min(axis=0) - around, points.max(axis=0) + around])
    if not _is_known(box):
        return np.empty((0, 2))
    outline = _hull(mask, box)
    return outline if len(outline) else _ellipse(box)


def _area(box: np.ndarray) -> float:
    return float(np.prod((box[2:] - box[:2]).clip(0)))


def _hull(mask: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Corners (n, 2) of the convex hull of the mask's hand within a box."""
    height, width = mask.shape
    x0, y0 = np.floor(box[:2]).astype(int).clip(0, (width, height))
    x1, y1 = np.ceil(box[2:]).astype(int).clip(0, (width, height))
    ys, xs = np.nonzero(mask[y0:y1, x0:x1] > 127)
    if not len(xs):
        return np.empty((0, 2))
    centres = np.stack([xs, ys], axis=1).astype(np.float32) + np.float32(0.5)
    return cv2.convexHull(centres).reshape(-1, 2).astype(float) + (x0, y0)


def _ellipse(box: np.ndarray) -> np.ndarray:
    """Where no mask says what fills a box: hands fill corners seldom."""
    angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (box[:2] + box[2:]) / 2 + circle * (box[2:] - box[:2]) / 2


def _above_wrist(mask: np.ndarray, palm: Palm) -> np.ndarray:
    """The mask without what lies beyond the wrist, along the arm."""
    height, width = mask.shape
    x, y = np.arange(width) + 0.5 - palm.centre[0], np.arange(height) + 0.5 - palm.centre[1]
    along = x[None] * palm.outward[0] + y[:, None] * palm.outward[1]
    return np.where(along <= _WRIST * palm.radius, mask, np.uint8(0))
