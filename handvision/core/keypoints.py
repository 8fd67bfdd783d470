"""The 21 key points of a hand, in MediaPipe's order: names, skeleton, and the direction they point in."""

import numpy as np
from numpy.typing import NDArray

WRIST, MIDDLE_KNUCKLE = 0, 9

KEYPOINT_NAMES = (
    "wrist",
    *(f"thumb_{joint}" for joint in ("cmc", "mcp", "ip", "tip")),
    *(
        f"{finger}_{joint}"
        for finger in ("index_finger", "middle_finger", "ring_finger", "pinky")
        for joint in ("mcp", "pip", "dip", "tip")
    ),
)

# Pairs of rows, counted from 0: along each finger, around the palm.
SKELETON = (
    *((0, 1), (1, 2), (2, 3), (3, 4)),
    *((0, 5), (5, 6), (6, 7), (7, 8)),
    *((5, 9), (9, 10), (10, 11), (11, 12)),
    *((9, 13), (13, 14), (14, 15), (15, 16)),
    *((13, 17), (17, 18), (18, 19), (19, 20)),
    (0, 17),
)


def direction(points: NDArray) -> NDArray[np.float64]:
    """(2,) sine and cosine of wrist to middle knuckle against image-up, counter-clockwise.

    Args:
        points: (21, 2 or more), x and y first.

    Returns:
        NaN where one of the two is not known, or both lie on one place.
    """
    right, down = np.asarray(points[MIDDLE_KNUCKLE], np.float64)[:2] - points[WRIST][:2]
    length = np.hypot(right, down)
    return np.array([-right, -down]) / length if length > 0 else np.full(2, np.nan)


def upright(vectors: NDArray[np.float64], points: NDArray) -> NDArray[np.float64]:
    """(n, 2) vectors (or points) of a hand's picture, turned as its points are to point to image-up."""
    sine, cosine = direction(points)
    return vectors @ np.array([[cosine, sine], [-sine, cosine]])
