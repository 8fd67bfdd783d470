"""Masks as COCO's run lengths: https://cocodataset.org/#format-data."""

import numpy as np
from numpy.typing import NDArray


def run_lengths(mask: NDArray) -> list[int]:
    """COCO's uncompressed run lengths of a mask (height, width): of zeros first, column by column."""
    flat = np.concatenate([[False], mask.T.ravel() > 0])
    changes = np.flatnonzero(np.diff(flat)).tolist()
    return np.diff([0, *changes, mask.size]).tolist()
