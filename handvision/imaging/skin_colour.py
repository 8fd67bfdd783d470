"""Which pixels have the colour of skin."""

import cv2
import numpy as np

# Chai and Ngan, Face segmentation using skin-color map (IEEE TCSVT 1999): low and high Cr, low and high Cb.
SKIN = (133, 173, 77, 127)


def skin_mask(photo: np.ndarray, stricter: float = 0.0) -> np.ndarray:
    """Pixels of the colour of skin, by thresholds on Cr and Cb (`SKIN`).

    Args:
        photo: (height, width, 3) uint8 RGB.
        stricter: gray levels by which the least Cr is raised; negative takes more for skin.

    Returns:
        (height, width, 1) uint8, 0 or 255.
    """
    cr_low, cr_high, cb_low, cb_high = SKIN
    colours = cv2.cvtColor(photo, cv2.COLOR_RGB2YCrCb)
    return cv2.inRange(colours, (0, cr_low + stricter, cb_low), (255, cr_high, cb_high))[..., None]
