"""Figures with what they rest on: how many were judged, and a 95 % interval."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

_Z = 1.959964  # of the normal distribution: 95 % lie within


@dataclass(frozen=True)
class Estimate:
    """One figure.

    Attributes:
        value: the figure; NaN where nothing was judged.
        low, high: its 95 % interval; NaN where there is none.
        n: how many were judged.
        unit: "share", "degrees", ...
    """

    value: float
    low: float
    high: float
    n: int
    unit: str = "share"

    def __str__(self) -> str:
        """ "97.2 %" of a share, "3.1 degrees" of another unit, "-" where nothing was judged."""
        if math.isnan(self.value):
            return "-"
        return (
            f"{self.value:.1%}".replace("%", " %")
            if self.unit == "share"
            else f"{self.value:.1f} {self.unit}"
        )


def proportion(holds: ArrayLike) -> Estimate:
    """The share of what holds, with Wilson's interval.

    Wilson, Probable inference, the law of succession, and statistical inference (JASA 1927): it stays
    within [0, 1] and has a width where all or none hold.

    Args:
        holds: (n,) booleans.
    """
    answers = np.asarray(holds, bool)
    n = len(answers)
    if not n:
        return Estimate(math.nan, math.nan, math.nan, 0)
    share = float(answers.mean())
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half), n)


def mean(values: ArrayLike, unit: str = "share") -> Estimate:
    """The mean, with the interval of 1.96 standard errors; no interval for a single value.

    Args:
        values: (n,) finite numbers.
    """
    numbers = np.asarray(values, np.float64)
    if not len(numbers):
        return Estimate(math.nan, math.nan, math.nan, 0, unit)
    value = float(numbers.mean())
    half = _Z * float(numbers.std(ddof=1)) / math.sqrt(len(numbers)) if len(numbers) > 1 else math.nan
    return Estimate(value, value - half, value + half, len(numbers), unit)


def median(values: ArrayLike, unit: str = "share") -> Estimate:
    """The median; its interval lies between order statistics (binomial, normal approximation).

    Args:
        values: (n,) finite numbers.
    """
    numbers = np.sort(np.asarray(values, np.float64))
    n = len(numbers)
    if not n:
        return Estimate(math.nan, math.nan, math.nan, 0, unit)
    half = _Z * math.sqrt(n) / 2
    low, high = max(0, math.floor(n / 2 - half)), min(n - 1, math.ceil(n / 2 + half))
    return Estimate(float(np.median(numbers)), float(numbers[low]), float(numbers[high]), n, unit)
