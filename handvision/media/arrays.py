"""Arrays that are given as pictures."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_array(value: Any) -> bool:
    return hasattr(value, "__array__") or hasattr(value, "__array_interface__")


def checked_picture(image: Any, name: str) -> NDArray:
    """An array as a picture: (height, width, 3), uint8 or float32 in [0, 1]."""
    if not is_array(image):
        raise TypeError(f"{name} is a {type(image).__name__}; give a path or an array")
    image = np.asarray(image)
    shape = image.shape
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3)):
        hint = "give (height, width), (height, width, 3) or (n, height, width, 3)"
        if len(shape) == 3 and shape[2] == 4:
            hint = "drop the fourth channel: image[..., :3]"
        elif len(shape) == 3 and shape[0] in (1, 3):
            hint = "channels come last: np.moveaxis(image, 0, -1)"
        elif len(shape) == 3:
            hint += "; many grey pictures are a list"
        raise ValueError(f"{name} has shape {shape}; {hint}")
    if not image.size:
        raise ValueError(f"{name} has shape {shape}: no pixels")
    if image.dtype != np.uint8:
        image = _checked_floats(image, name)
    elif image.max() == 1:
        raise ValueError(f"{name} is uint8, but its largest value is 1; multiply by 255 before the cast")
    if image.ndim == 2 or image.shape[2] == 1:
        image = np.repeat(image.reshape(*image.shape[:2], 1), 3, axis=2)
    return image


def _checked_floats(image: NDArray, name: str) -> NDArray:
    if image.dtype.kind != "f":
        raise TypeError(f"{name} is {image.dtype}; give uint8 from 0 to 255, or floats in [0, 1]")
    if not np.isfinite(image).all():
        raise ValueError(f"{name} holds NaN or infinite values; give floats in [0, 1]")
    low, high = float(image.min()), float(image.max())
    # What float16 and interpolation overshoot is let through.
    if high > 1.001:
        raise ValueError(f"{name} has floats up to {high:.4g}; they are read as [0, 1]: divide by 255")
    if low < -0.001:
        raise ValueError(f"{name} has floats down to {low:.4g}; bring them into [0, 1], as with (x + 1) / 2")
    if 0 < high < 1.001 / 255:
        raise ValueError(f"{name} has floats up to {high:.4g} only; was it divided by 255 twice?")
    return np.clip(image, 0, 1).astype(np.float32)


def as_uint8(photo: NDArray) -> NDArray[np.uint8]:
    """A picture, uint8 or floats in [0, 1], as uint8."""
    return photo if photo.dtype == np.uint8 else np.rint(photo * 255).astype(np.uint8)
