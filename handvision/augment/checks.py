"""Arguments of generators and flows: errors name them, and their values."""

import random
from numbers import Integral, Real

import numpy as np


def checked_pictures(x):
    x = np.asarray(x)
    if x.ndim != 4:
        hint = "; add the channel: x[..., None]" if x.ndim == 3 else ""
        raise ValueError(f"x has shape {x.shape}; pictures are (n, height, width, channels){hint}")
    if 0 in x.shape:
        raise ValueError(f"x has shape {x.shape}: there is no picture in it")
    if not (np.issubdtype(x.dtype, np.number) or x.dtype == bool) or np.iscomplexobj(x):
        raise ValueError(f"x has dtype {x.dtype}; pictures are uint8 or float")
    # The extremes are NaN if anything is, and need no copy of x.
    if not (np.isfinite(x.min()) and np.isfinite(x.max())):
        raise ValueError("x holds NaN or infinite values; clean the pictures first")
    return x


def checked_masks(masks, name):
    """(n, height, width, 1) uint8 of 0 and 1."""
    masks = np.asarray(masks)
    if masks.ndim != 4 or masks.shape[-1] != 1 or 0 in masks.shape:
        raise ValueError(f"{name} has shape {masks.shape}; masks are (n, height, width, 1)")
    foreground = 255 if masks.max() > 1 else 1
    hand = masks == foreground
    if not (hand | (masks == 0)).all():
        raise ValueError(
            f"{name} is not binary: it holds values from {masks.min()} to {masks.max()} other than 0 and "
            f"{foreground}; threshold it first, e.g. (masks > 127).astype('uint8')"
        )
    return hand.view(np.uint8)


def checked_rotations(rotations):
    rotations = np.asarray(rotations)
    if rotations.ndim != 1 or not np.issubdtype(rotations.dtype, np.number):
        raise ValueError(
            f"rotations are {rotations.dtype} of shape {rotations.shape}; give (n,) degrees, NaN if unknown"
        )
    if np.isinf(rotations).any():
        raise ValueError("rotations hold infinite values; use NaN where a rotation is not known")
    return rotations.astype(float)


def checked_count(name, value, least=1):
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is {value!r}; use a whole number from {least} up")
    return int(value)


def checked_seed(seed):
    return random.getrandbits(31) if seed is None else checked_count("seed", seed, least=0)


def check_range(name, value, below=np.inf):
    if not (is_number(value) and 0 <= value < below):
        limit = f" and below {below}" if np.isfinite(below) else ""
        raise ValueError(f"{name} is {value!r}; use a number from 0 up{limit}")


def check_shift(name, value):
    if np.ndim(value) == 1 and len(value) and np.all(np.isfinite(np.asarray(value, float))):
        return
    if np.ndim(value) or not is_number(value) or not 0 <= value < np.inf:
        raise ValueError(f"{name} is {value!r}; use a number from 0 up, or a list of shifts to choose from")


def is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)
