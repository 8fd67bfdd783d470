"""How many fingers a hand's 21 points show: what a count label is compared with."""

import numpy as np
from numpy.typing import NDArray

WRIST, THUMB_BASE, THUMB_TIP, INDEX_BASE, LITTLE_BASE = 0, 2, 4, 5, 17
# Index, middle, ring and little finger: where they begin, second joint, tip.
BASES, JOINTS, TIPS = np.array([5, 9, 13, 17]), np.array([6, 10, 14, 18]), np.array([8, 12, 16, 20])

# Chosen on training and validation photos of six sets whose labels are numbers of fingers.
REACH = 1.1
STRAIGHT = 0.7
THUMB_REACH = 1.05
THUMB_ACROSS = 1.1


def raised_fingers(points: NDArray[np.floating]) -> int:
    """0 to 5.

    A finger is raised if its tip is farther from the wrist than its second joint, and it is nearly straight;
    a thumb if its tip is beside the palm, beyond where the index finger begins, and farther from the little
    finger than its own base is. So the closed thumb of a flat hand counts, and one across the palm does not.

    Args:
        points: (21, 2 or more) x, y in MediaPipe's order, in any unit that is equal for x and y.
    """
    points = np.asarray(points, np.float64)[:, :2]
    reach = _distance(points[TIPS], points[WRIST]) > REACH * _distance(points[JOINTS], points[WRIST])
    ways = points[BASES[:, None] + np.arange(4)]
    lengths = np.linalg.norm(np.diff(ways, axis=1), axis=-1).sum(axis=1)
    straight = _distance(points[TIPS], points[BASES]) > STRAIGHT * lengths
    return int((reach & straight).sum() + _thumb_is_raised(points))


def _thumb_is_raised(points: NDArray[np.floating]) -> bool:
    little = points[LITTLE_BASE]
    palm = points[INDEX_BASE] - little
    across = (points[THUMB_TIP] - little) @ palm
    far = _distance(points[THUMB_TIP], little) > THUMB_REACH * _distance(points[THUMB_BASE], little)
    return bool(far and across > THUMB_ACROSS * palm @ palm)


def _distance(points: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.linalg.norm(points - others, axis=-1)
