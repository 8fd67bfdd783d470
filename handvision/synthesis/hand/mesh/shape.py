"""Whose hand it is."""

from statistics import NormalDist

import numpy as np

from handvision.synthesis.hand.mesh.model import HandModel
from handvision.synthesis.strata import stratum

# Of a normal distribution, so many standard deviations to both sides are used.
_REACH = 2.3


def draw_shape(model: HandModel, rng: np.random.Generator, split: str) -> np.ndarray:
    """Shape coefficients (12,) of a random person: each from the split's own part of its range.

    They are distributed normally and end at the model's `shape_range`. No two splits share a value of any.
    """
    return draw_coefficients(model.shape_range, rng, split)


def draw_coefficients(shape_range: np.ndarray, rng: np.random.Generator, split: str) -> np.ndarray:
    """Shape coefficients (n,) within `shape_range`, (2, n) lowest and highest; see `draw_shape`."""
    normal, (low, high) = NormalDist(), shape_range
    tail = normal.cdf(-_REACH)
    uniform = tail + (1 - 2 * tail) * stratum(rng, split, len(low))
    deviations = np.array([normal.inv_cdf(value) for value in uniform.tolist()]) / _REACH
    return np.where(deviations < 0, -low, high) * deviations
