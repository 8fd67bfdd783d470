"""One drawn picture, with what is known of every hand in it."""

from dataclasses import dataclass

import numpy as np

from handvision.core.hands import Hands


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes:
        photo: (height, width, 3) uint8 RGB; None where no photo was asked for.
        mask: (height, width) uint8, 0 or 255: skin of all hands and bare forearms.
        masks: (k, height, width) uint8: the same of each hand, far to near; no pixel is of two hands.
        hands: the k hands.
    """

    photo: np.ndarray | None
    mask: np.ndarray
    masks: np.ndarray
    hands: Hands
