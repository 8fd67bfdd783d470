"""Parts of close-ups that several tests make."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handvision.core.vocabularies import OF_HEADS


def label_columns(gesture: ArrayLike, **others: ArrayLike) -> dict[str, NDArray[np.int64]]:
    """Labels of close-ups by head: those that are given, and -1 of all others."""
    known = {name: np.asarray(values, np.int64) for name, values in {"gesture": gesture, **others}.items()}
    return {name: np.full(len(known["gesture"]), -1) for name in OF_HEADS} | known
