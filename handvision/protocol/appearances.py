"""Judged photos as they might also look: without colour, hands in gloves, hands far away."""

from dataclasses import replace

import cv2
import numpy as np

from handvision.core.examples import Examples
from handvision.core.geometry import Affine, box_middle, box_side
from handvision.imaging.appearance import CAMERAS, GLOVES, gloved, seen_by
from handvision.protocol import everyday

# The divided sets that the everyday photos come from.
SETS = (
    *("hagrid_numbers", "hand_gesture_yolov8", "ten_people", "hands_dataset", "finger_counting"),
    "sign_language_digits",
)
IN_COLOUR, BARE = "in colour", "bare hand"
# Longer side of a hand's box as a share of the photo's height.
SIZES = (0.2, 0.15, 0.1, 0.07, 0.05, 0.035)
FAR_PHOTO = (960, 1280)
_WALL = 155


def without_colour(photos: Examples) -> dict[str, Examples]:
    """The photos as they are, and as each of `imaging.appearance.CAMERAS` sees them."""
    return {IN_COLOUR: photos} | {camera: _seen(photos, camera) for camera in CAMERAS}


def in_gloves(hands: Examples) -> dict[str, Examples]:
    """The photos as they are, and with each of `imaging.appearance.GLOVES` on; they need masks."""
    return {BARE: hands} | {f"{glove} glove": _dressed(hands, glove) for glove in GLOVES}


def far_away(hands: Examples) -> dict[float, Examples]:
    """Each hand of photos of one hand in the middle of a plain wall, ever smaller: by its share of `SIZES`.

    Args:
        hands: with masks, and the box of one hand each.

    Returns:
        Share of the photo's height -> photos of `FAR_PHOTO`, without masks.
    """
    return {size: _shrunk(hands, size) for size in SIZES}


def judged(which: str) -> dict[str, dict[str, Examples]]:
    """What the appearances are made of, by kind: everyday photos of one hand, and rendered hands.

    Args:
        which: "validation" or "test".

    Raises:
        DataUnavailable: a data set is not at hand.
    """
    return {
        "everyday": everyday.counted(which),
        "rendered": {"rendered_mesh_hands": everyday.rendered(which)["rendered_mesh_hands"]},
    }


def _seen(photos: Examples, camera: str) -> Examples:
    return replace(photos, photos=[seen_by(photo, camera) for photo in photos.require("photos")])


def _dressed(hands: Examples, glove: str) -> Examples:
    pairs = zip(hands.require("photos"), hands.require("masks"), strict=True)
    return replace(hands, photos=[gloved(photo, mask, glove) for photo, mask in pairs])


def _shrunk(hands: Examples, size: float) -> Examples:
    rng = np.random.default_rng(0)
    photos, moved = [], []
    columns = (hands.require("photos"), hands.require("masks"), hands.require("hands"))
    for photo, mask, hand in zip(*columns, strict=True):
        scale = size * FAR_PHOTO[0] / box_side(hand.boxes[0])
        small, share = (
            cv2.resize(each, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for each in (photo, mask)
        )
        height, width = share.shape
        left, top = (np.array(FAR_PHOTO[::-1]) / 2 - scale * box_middle(hand.boxes[0])).round().astype(int)
        far = (_WALL + rng.integers(0, 12, (*FAR_PHOTO, 3))).astype(np.uint8)
        wall = far[top : top + height, left : left + width]
        wall[:] = (wall + (small - wall.astype(np.float32)) * (share[..., None] / np.float32(255))).round()
        photos.append(far)
        moved.append(hand.moved(Affine.scale(scale).then(Affine.shift(left, top))))
    name = f"{hands.name}, {size:.1%} of the height"
    return Examples(name, photos=photos, labels=hands.labels, hands=moved, class_names=hands.class_names)
