"""A filter that keeps a still hand still and lets a fast one go."""

import math

import numpy as np
from numpy.typing import NDArray


class OneEuroFilter:
    """The One-Euro filter of Casiez, Roussel and Vogel (CHI 2012), for vectors.

    A low-pass filter whose cut-off frequency grows with speed: slow vectors lose their jitter, fast ones lag
    little.

    Args:
        min_cutoff: in Hz, at rest; lower is smoother.
        speed_weight: Hz for each unit a second, the paper's beta; higher lags less.
        speed_cutoff: in Hz, of the speed, which is filtered, too.

    Example:
        >>> smooth = OneEuroFilter(min_cutoff=1.0, speed_weight=0.0)
        >>> [round(float(smooth(np.array([x]), seconds=0.1)[0]), 2) for x in (0.0, 1.0, 1.0)]
        [0.0, 0.39, 0.62]
    """

    def __init__(self, min_cutoff: float, speed_weight: float, speed_cutoff: float = 1.0):
        self.min_cutoff, self.speed_weight, self.speed_cutoff = min_cutoff, speed_weight, speed_cutoff
        self._vectors: NDArray[np.float64] | None = None
        self._speeds: NDArray[np.float64] | None = None  # units a second

    def __call__(self, vectors: NDArray, seconds: float, unit: float = 1.0) -> NDArray[np.float64]:
        """The filtered vectors; the first ones come back as they are.

        Args:
            vectors: (..., n), of the same shape at each call.
            seconds: since the last call, above 0.
            unit: that speed is measured in, such as the size of a hand: near and far ones are treated alike.
        """
        vectors = np.asarray(vectors, np.float64)
        if self._vectors is None or self._speeds is None:
            self._vectors, self._speeds = vectors, np.zeros_like(vectors)
            return vectors
        speeds = (vectors - self._vectors) / (seconds * unit)
        self._speeds = self._speeds + _share(self.speed_cutoff, seconds) * (speeds - self._speeds)
        cutoff = self.min_cutoff + self.speed_weight * np.linalg.norm(self._speeds, axis=-1, keepdims=True)
        self._vectors = self._vectors + _share(cutoff, seconds) * (vectors - self._vectors)
        return self._vectors


def _share(cutoff: float | NDArray[np.float64], seconds: float) -> float | NDArray[np.float64]:
    """How much of a new vector a low-pass filter of this cut-off frequency takes."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff * seconds))
