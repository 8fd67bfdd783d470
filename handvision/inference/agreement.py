"""Whether two backends answer alike. One pixel that crosses the threshold moves a box: not to the digit.

Where weights have half precision, what is nearly no hand, or nearly another number, may change sides; and so
may a close-up that is nearly off, which is cut and read once more or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Reading

MOST_OTHERS = 1 / 40  # of the photos
LARGEST_BOX_PIXELS = 1.0


@dataclass(frozen=True)
class Agreement:
    """Of two answers to the same photos.

    Attributes:
        photos: how many.
        hands: in how many both found one.
        other_labels: numbers of the photos with another label, or a hand in one answer alone.
        other_boxes: numbers of the others whose boxes are more than a pixel apart.
        largest_box_pixels: the largest distance of an edge of a box, in pixels of the model's input.
        largest_degrees: of a rotation.
    """

    photos: int
    hands: int
    other_labels: tuple[int, ...]
    other_boxes: tuple[int, ...]
    largest_box_pixels: float
    largest_degrees: float

    @property
    def agrees(self) -> bool:
        """Labels alike and boxes within a pixel, but for one photo in forty."""
        return len(self.other_labels) + len(self.other_boxes) <= MOST_OTHERS * self.photos

    def __str__(self) -> str:
        return (
            f"{self.photos} photos, {self.hands} hands, {len(self.other_labels)} other labels, "
            f"{len(self.other_boxes)} other boxes, boxes within {self.largest_box_pixels:.3f} pixels, "
            f"rotations within {self.largest_degrees:.3f} degrees"
        )


def agreement(first: Sequence[Reading], second: Sequence[Reading], scales: NDArray[np.floating]) -> Agreement:
    """Sets two answers side by side.

    Args:
        first, second: n readings each.
        scales: (n,) pixels of the photo to a pixel of the model's input.
    """
    labels, boxes, pixels, degrees, hands = [], [], 0.0, 0.0, 0
    for number, (one, two, scale) in enumerate(zip(first, second, scales, strict=True)):
        if (one.label, one.has_hand) != (two.label, two.has_hand):
            labels.append(number)
        elif one.has_hand:
            hands += 1
            apart = float(np.abs(one.box - two.box).max() / scale)
            pixels = max(pixels, apart)
            if apart > LARGEST_BOX_PIXELS:
                boxes.append(number)
            turn = abs(one.rotation_degrees - two.rotation_degrees) % 360
            degrees = max(degrees, min(turn, 360 - turn))
    return Agreement(len(first), hands, tuple(labels), tuple(boxes), pixels, degrees)
