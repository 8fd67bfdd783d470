"""The 21 key points where MediaPipe puts them, which is not where MakeHuman's joints are."""

import numpy as np

from handvision.synthesis.hand.mesh import anatomy
from handvision.synthesis.hand.mesh.rotations import unit

# Row: (another row, share of the way to it with straight fingers, and with folded ones). Measured against
# MediaPipe's points on pictures of this mesh; the median distance falls from 5 to 8 % of a hand (wrist, index
# knuckle) to 3 %. Joints not named stay.
CORRECTIONS = {
    0: (9, 0.17, 0.17),
    1: (2, 0.32, 0.32),
    2: (3, 0.18, 0.18),
    3: (2, 0.14, 0.14),
    4: (3, 0.33, 0.33),
    5: (0, 0.085, 0.085),
    7: (6, 0.0, 0.25),
    8: (7, 0.29, 0.6),
    9: (0, 0.055, 0.055),
    11: (10, 0.06, 0.25),
    12: (11, 0.34, 0.6),
    13: (0, 0.06, 0.06),
    15: (14, 0.0, 0.2),
    16: (15, 0.28, 0.55),
    17: (0, 0.05, 0.05),
    19: (18, 0.0, 0.2),
    20: (19, 0.26, 0.5),
}
# Wrist, thumb's base and knuckles lie so deep below the skin, in hand lengths.
_DEEP, _DEEP_ROWS = 0.125, (0, 1, 5, 9, 13, 17)
_FINGER_OF_ROW = np.r_[0, np.repeat(anatomy.FINGERS, 4)]


def key_points(joints: np.ndarray) -> np.ndarray:
    """Key points (21, 3) in MediaPipe's order from the joints (24, 3)."""
    points, folded = joints[:21].copy(), _folded(joints)
    for row, (other, straight_share, folded_share) in CORRECTIONS.items():
        share = straight_share + folded[_FINGER_OF_ROW[row]] * (folded_share - straight_share)
        points[row] = joints[row] + share * (joints[other] - joints[row])
    return points


def visible(
    pixels: np.ndarray, depths: np.ndarray, radii: np.ndarray, front: np.ndarray, front_finger: np.ndarray
) -> np.ndarray:
    """Which key points are seen: in the picture, with no more before them than their own flesh.

    Args:
        pixels: (21, 2) x, y.
        depths: (21,) towards the viewer, in hand lengths.
        radii: (21,) thickness of the flesh about each.
        front: (height, width) depth of what each pixel shows, -inf where there is no hand.
        front_finger: (height, width) the finger that a pixel shows, 0 = palm, -1 = no skin.

    Returns:
        (21,) bool. A point just beside the outline counts as seen.
    """
    height, width = front.shape
    column, row = np.floor(pixels).astype(int).T
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    at = np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)
    allowed = 1.5 * radii + 0.015
    allowed[list(_DEEP_ROWS)] = _DEEP
    allowed[front_finger[at] == _FINGER_OF_ROW] *= 2
    return inside & (front[at] - depths < allowed)


def _folded(joints: np.ndarray) -> np.ndarray:
    """How far each finger is folded, (6,) in [0, 1], by its last bone against its first; the palm is 0."""
    bones = unit(np.diff(joints[1:21].reshape(5, 4, 3), axis=1))
    return np.concatenate([[0.0], 0.5 - 0.5 * (bones[:, 0] * bones[:, 2]).sum(axis=1)])
