"""Groups of photos, by skin tone and by size of the hand: measured from the photo, never asked of a model."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.imaging.skin_colour import skin_mask

# Individual typology angle in degrees, see `typology_angle`: from where a tone begins. Del Bino et al.,
# Relationship between skin response to ultraviolet exposure and skin color type (Pigment Cell Res. 2006),
# whose six classes are taken in pairs: very light and light, intermediate and tan, brown and dark.
SKIN_TONES = {"light skin": 41.0, "intermediate skin": 10.0, "dark skin": -math.inf}
# Longer side of the hand's box as a share of the photo's height: from where a size begins.
HAND_SIZES = {"large hand": 0.3, "medium hand": 0.1, "small hand": 0.0}
_LEAST_PIXELS = 50


def typology_angle(photo: NDArray[np.uint8], box: NDArray | None = None) -> float:
    """The individual typology angle of the skin in a photo: about 60 for very light, -50 for dark skin.

    Chardon, Cretois and Hourseau, Skin colour typology and suntanning pathways (Int. J. Cosmetic Science
    1991): atan((L* - 50) / b*) in degrees, here of the median L* and b* of all pixels of skin's colour.
    The light of everyday photos is not calibrated: groups are right on average, not for every photo.

    Args:
        photo: (height, width, 3) uint8 RGB.
        box: (4,) x0, y0, x1, y1 of the hand; None where it is not known: all of the photo is taken then.

    Returns:
        Degrees in (-90, 90); NaN where too few pixels have the colour of skin.
    """
    if box is not None:
        height, width = photo.shape[:2]
        x0, y0 = np.floor(np.clip(box[:2], 0, (width, height))).astype(int)
        x1, y1 = np.ceil(np.clip(box[2:], 0, (width, height))).astype(int)
        photo = photo[y0:y1, x0:x1]
    if photo.shape[0] * photo.shape[1] < _LEAST_PIXELS:
        return math.nan
    skin = np.asarray(skin_mask(photo)).reshape(photo.shape[:2]) > 0
    if skin.sum() < _LEAST_PIXELS:
        return math.nan
    colours = cv2.cvtColor(photo.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)[skin]
    lightness, _, yellow = np.median(colours, axis=0).tolist()
    return math.degrees(math.atan((lightness - 50) / yellow)) if yellow > 0 else math.nan


def skin_tone(angle: float) -> str:
    """The name of a group of `SKIN_TONES`; "" for NaN."""
    return _group(angle, SKIN_TONES)


def hand_size(box: NDArray | None, height: int) -> str:
    """The name of a group of `HAND_SIZES`; "" where the box is not known.

    Args:
        box: (4,) x0, y0, x1, y1, or None.
        height: of the photo, in pixels.
    """
    return "" if box is None else _group(float((box[2:] - box[:2]).max()) / height, HAND_SIZES)


def _group(value: float, begins: dict[str, float]) -> str:
    return next((name for name, begin in begins.items() if value >= begin), "")
