"""A hand cut out of its photo: its box, its colour, and where its arm ends."""

import cv2
import numpy as np

from handvision.core.checks import checked_photo_and_mask
from handvision.core.hands import Hands
from handvision.synthesis.paste.palm import measure_arm
from handvision.synthesis.paste.tracing import Traced


class Cutout:
    """A hand cut out of its photo, and what is measured of it once.

    Args:
        photo, mask: (height, width, 3) and (height, width, 1) uint8, the whole picture.
        hands: what is known of the hands in it; see `tracing.Traced`.

    Attributes:
        photo, mask: (h, w, 3) and (h, w) uint8, the box of the hand.
        points: (n, 2) float64, some hundred points of the hand, x, y in the box.
        ends, outward: (2, 2) and (2,), the line where the arm is cut, and the arm's direction.
        skin: (3,) mean colour.
        corner: (2,) x, y of the box in the photo.
        traced: the hands, in the whole photo's pixels.
    """

    def __init__(self, photo: np.ndarray, mask: np.ndarray, hands: Hands | None = None) -> None:
        photo, mask = checked_photo_and_mask(photo, mask)
        x, y, columns, rows = cv2.boundingRect(mask)
        self.photo = photo[y : y + rows, x : x + columns]
        self.mask = np.ascontiguousarray(mask[y : y + rows, x : x + columns, 0])
        step = max(1, min(rows, columns) // 20)
        ys, xs = np.nonzero(self.mask[::step, ::step])
        self.points = (np.stack([xs, ys], axis=1) + 0.5) * step
        self.ends, palm = measure_arm(self.mask)
        self.outward = palm.outward
        self.skin = np.array(cv2.mean(self.photo, self.mask)[:3])
        self.corner = np.array((x, y))
        self.traced = Traced(mask[..., 0], hands)
