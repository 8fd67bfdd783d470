"""Where one hand of a picture is and which way it points, by its key points first."""

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import sin_cos_from_degrees
from handvision.core.hands import Hands
from handvision.core.keypoints import direction
from handvision.heads import tight_box


def box_of(hands: Hands, row: int) -> NDArray[np.float32]:
    """(4,) around the points where all are known: boxes of data sets differ in what they take along.

    Without points it is the box that the set gives; NaN where there is none.
    """
    box = tight_box(hands.keypoints[row])
    return box if np.isfinite(box).all() else hands.boxes[row]


def direction_of(hands: Hands, row: int) -> NDArray[np.float64]:
    """(2,) sine and cosine, from the points, or else from the rotation; NaN where neither is known."""
    known = direction(hands.keypoints[row])
    return known if np.isfinite(known).all() else sin_cos_from_degrees(hands.rotations[row], np.float64)
