"""Whether two backends answer alike. One pixel that crosses the threshold moves a box: not to the digit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Reading


@dataclass(frozen=True)
class Agreement:
    """Of two answers to the same photos.

    Attributes:
        photos: how many.
        hands: in how many both found one.
        other_labels: numbers of the photos with another label, or a hand in one answer alone.
        largest_box_pixels: the largest distance of an edge of a box, in pixels of the model's input.
        largest_degrees: of a rotation.
    """

    photos: int
    hands: int
    other_labels: tuple[int, ...]
    largest_box_pixels: float
    largest_degrees: float

    @property
    def agrees(self) -> bool:
        """All labels alike, and every box within a pixel."""
        return not self.other_labels and self.largest_box_pixels <= 1

    def __str__(self) -> str:
        return (
            f"{self.photos} photos, {self.hands} hands, {len(self.other_labels)} other labels, boxes within "
            f"{self.largest_box_pixels:.3f} pixels, rotations within {self.largest_degrees:.3f} degrees"
        )


def agreement(first: Sequence[Reading], second: Sequence[Reading], scales: NDArray[np.floating]) -> Agreement:
    """Sets two answers side by side.

    Args:
        first, second: n readings each.
        scales: (n,) pixels of the photo to a pixel of the model's input.
    """
    others, pixels, degrees, hands = [], 0.0, 0.0, 0
    for number, (one, two, scale) in enumerate(zip(first, second, scales, strict=True)):
        if (one.label, one.has_hand) != (two.label, two.has_hand):
            others.append(number)
        elif one.has_hand:
            hands += 1
            pixels = max(pixels, float(np.abs(one.box - two.box).max() / scale))
            turn = abs(one.rotation_degrees - two.rotation_degrees) % 360
            degrees = max(degrees, min(turn, 360 - turn))
    return Agreement(len(first), hands, tuple(others), pixels, degrees)
