"""What the layers refuse, in words that say what to give instead."""

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray


def check_masks(name: str, shape: tuple[int | None, ...]) -> None:
    if len(shape) != 4 or shape[-1] != 1:
        raise ValueError(f"{name}: masks are (batch, height, width, 1); got {tuple(shape)}")
    if None in shape[1:]:
        raise ValueError(f"{name}: the mask's size must be fixed; got {tuple(shape)}")


def as_floats(name: str, pictures: keras.KerasTensor, what: str = "masks") -> keras.KerasTensor:
    if "int" in keras.backend.standardize_dtype(pictures.dtype):
        raise ValueError(f"{name}: {what} are floats in [0, 1]; got {pictures.dtype}. Divide by 255.")
    values = _known_values(pictures)
    # Interpolation may leave a hair above 1.
    if values is not None and values.size and values.max() > 1.01:
        raise ValueError(
            f"{name}: {what} are floats in [0, 1]; got values up to {values.max():g}. Divide by 255."
        )
    return ops.cast(pictures, "float32")


def _known_values(pictures: keras.KerasTensor) -> NDArray | None:
    """The numbers of a tensor; None of one that stands for numbers to come, as while a model is traced."""
    try:
        return np.asarray(pictures)
    # What Keras, JAX and TensorFlow raise of symbols, in this order.
    except (ValueError, TypeError, NotImplementedError):
        return None


def check_below_one(**values: float) -> None:
    """Raises ValueError unless every value is in [0, 1)."""
    for name, value in values.items():
        if not 0 <= value < 1:
            raise ValueError(f"{name} is {value!r}; use a number from 0 up, below 1")


def check_whole(**values: int) -> None:
    """Raises ValueError unless every value is a whole number from 1 up."""
    for name, value in values.items():
        if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
            raise ValueError(f"{name} is {value!r}; use a whole number from 1 up")
