"""Random numbers that two splits can never share, yet every split covers the whole range."""

from typing import overload

import numpy as np

SPLITS = ("train", "validation", "test")
STRIPES = 12
# Share of every stripe that belongs to a split; the gaps between keep splits from touching.
_PARTS = {"train": (0.00, 0.58), "validation": (0.62, 0.78), "test": (0.82, 0.98)}


@overload
def stratum(rng: np.random.Generator, split: str) -> float: ...
@overload
def stratum(rng: np.random.Generator, split: str, size: int) -> np.ndarray: ...
def stratum(rng: np.random.Generator, split: str, size: int | None = None) -> float | np.ndarray:
    """Uniform in [0, 1), from the parts of `STRIPES` equal stripes that belong to `split`."""
    low, high = _PARTS[split]
    stripe = rng.integers(0, STRIPES, size)
    return (stripe + rng.uniform(low, high, size)) / STRIPES


def split_of(value: float) -> str | None:
    """The split that a number of `stratum` was drawn for; None if it lies in a gap."""
    within = (value * STRIPES) % 1.0
    return next((name for name, (low, high) in _PARTS.items() if low <= within < high), None)
