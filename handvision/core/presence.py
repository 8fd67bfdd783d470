"""How sure two looks at a hand are together that it is one."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_SELDOM = 1e-6  # no look is surer than this, so that its logit is finite


def presence(
    score: ArrayLike, close_look: ArrayLike, weights: tuple[float, float, float]
) -> NDArray[np.float64]:
    """The sigmoid of the weighted sum of both looks' logits.

    Args:
        score: of the first look, (...) in [0, 1].
        close_look: the presence that the closer look gives, (...) in [0, 1].
        weights: of a constant, the first look and the closer look.

    Returns:
        (...) in [0, 1].
    """
    constant, first, closer = weights
    return 1 / (1 + np.exp(-(constant + first * logit(score) + closer * logit(close_look))))


def logit(probability: ArrayLike) -> NDArray[np.float64]:
    """The logarithm of the odds, finite for 0 and 1, too."""
    p = np.clip(np.asarray(probability, np.float64), _SELDOM, 1 - _SELDOM)
    return np.asarray(np.log(p / (1 - p)))
