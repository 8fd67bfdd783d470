"""How far confidence is from accuracy."""

import numpy as np
from numpy.typing import ArrayLike


def calibration_error(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error with bins of equal mass: 0 is perfect calibration.

    Nguyen and O'Connor, Posterior calibration and exploratory analysis for NLP models (EMNLP 2015): the
    answers are sorted by their confidence and cut into bins of equally many; the gaps between mean
    confidence and accuracy are averaged, weighted by the share of answers in the bin.

    Args:
        confidence: (n,) in [0, 1].
        right: (n,) booleans.
        bins: how many; with fewer answers each is a bin.

    Returns:
        In [0, 1].

    Raises:
        ValueError: no answers, unequal lengths, a confidence out of its range, `bins` below 1.
    """
    sure, hits = np.asarray(confidence, np.float64), np.asarray(right, bool)
    if sure.ndim != 1 or sure.shape != hits.shape or not len(sure):
        raise ValueError(f"confidence has shape {sure.shape}, right {hits.shape}; give (n,) for both, n > 0")
    if not ((sure >= 0) & (sure <= 1)).all():
        raise ValueError(f"confidence goes from {sure.min()} to {sure.max()}; use numbers in [0, 1]")
    if bins < 1:
        raise ValueError(f"bins is {bins}; use at least 1")
    gaps = (sure - hits)[np.argsort(sure, kind="stable")]
    # |sum of the gaps| in a bin is its number of answers times |mean confidence - accuracy|.
    return float(sum(abs(part.sum()) for part in np.array_split(gaps, min(bins, len(gaps)))) / len(gaps))
