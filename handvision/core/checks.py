"""Bad input is refused here, in words that say what to give instead."""

import numpy as np


def check_photo(photo, what):
    if not isinstance(photo, np.ndarray) or photo.dtype != np.uint8:
        raise ValueError(f"{what} is {getattr(photo, 'dtype', type(photo).__name__)}; give a uint8 array")
    if photo.ndim != 3 or photo.shape[2] != 3 or 0 in photo.shape:
        raise ValueError(f"{what} has shape {photo.shape}; give (height, width, 3), RGB")


def checked_strength(strength):
    if not 0 <= strength <= 2:
        raise ValueError(f"strength is {strength}; use 0 (off) to 2, 1 is usual")
    return float(strength)
