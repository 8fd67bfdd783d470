"""When two looks are believed: thresholds from photos of which it is known whether they show a hand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from handvision.core.model_info import CloseUpInfo
from handvision.core.presence import logit, presence

LEAST_SCORE = 0.03  # what the first look takes for a hand with less is looked at by nobody
_AIR = 0.9  # a hand that was never met may score a little less than the least of those that were

Looks = NDArray[np.floating]
Flags = NDArray[np.bool_]
Weights = tuple[float, float, float]


@dataclass(frozen=True)
class Belief:
    """When it is believed that a close-up shows a hand, and what that does on the photos it was chosen on.

    Attributes:
        least_score, least_presence, presence_weights: see `CloseUpInfo`.
        with_hand, without_hand: how many photos.
        found: share of the photos with a hand in which one is believed.
        wrong: share of the photos without a hand in which one is believed.
        close_ups: read of a photo, on average.
    """

    least_score: float
    least_presence: float
    presence_weights: Weights
    with_hand: int
    without_hand: int
    found: float
    wrong: float
    close_ups: float


def choose_belief(scores: Looks, close_looks: Looks, shows_hand: Flags, wrong: float = 0.02) -> Belief:
    """The thresholds that tell photos with a hand from photos without one, see `best_threshold`.

    Args:
        scores: (photos, candidates) of the first look.
        close_looks: (photos, candidates), the presence that the closer look gives.
        shows_hand: (photos,) whether a photo shows one hand, or none.
        wrong: the share of photos without a hand in which one may be believed.

    Raises:
        ValueError: there are no photos with a hand, or none without.
    """
    if shows_hand.all() or not shows_hand.any():
        raise ValueError(
            f"{int(shows_hand.sum())} of {len(shows_hand)} photos show a hand; thresholds need photos of both"
        )
    weights = presence_weights(scores, close_looks, shows_hand)
    sure = _presence(scores, close_looks, weights)
    with_hand, without = (sure[some].max(axis=1) for some in (shows_hand, ~shows_hand))
    least_presence = best_threshold(with_hand, without, wrong)
    # Of each photo with a hand the highest score that is believed: lower ones are not worth a close-up.
    of_hands = np.where(sure >= least_presence, scores, 0)[shows_hand].max(axis=1)
    of_hands = of_hands[of_hands > 0]
    least_score = max(LEAST_SCORE, _AIR * float(of_hands.min())) if of_hands.size else LEAST_SCORE
    believed: Flags = np.any((sure >= least_presence) & (scores >= least_score), axis=1)
    return Belief(
        least_score,
        least_presence,
        weights,
        with_hand=int(shows_hand.sum()),
        without_hand=int((~shows_hand).sum()),
        found=float(believed[shows_hand].mean()),
        wrong=float(believed[~shows_hand].mean()),
        close_ups=float((scores >= least_score).sum(axis=1).mean()),
    )


def presence_weights(scores: Looks, close_looks: Looks, shows_hand: Flags) -> Weights:
    """The constant and the weights of both looks (see `core.presence`), by logistic regression.

    In a photo without a hand no candidate is one. In a photo of one hand the surest candidate is it; what
    the others are is not known, so they are left out. Each photo weighs the same. Without candidates of both
    kinds there is nothing to learn, and the weights stay those of `CloseUpInfo`.

    Arguments as for `choose_belief`.
    """
    there = scores >= LEAST_SCORE
    surest = _presence(scores, close_looks, CloseUpInfo.presence_weights).argmax(axis=1)
    is_surest = np.arange(scores.shape[1]) == surest[:, None]
    known = there & (is_surest | ~shows_hand[:, None])
    hand = np.broadcast_to(shows_hand[:, None], known.shape)[known]
    if len(np.unique(hand)) < 2:
        return CloseUpInfo.presence_weights
    of_photo = np.broadcast_to(1 / known.sum(axis=1, keepdims=True).clip(1), known.shape)[known]
    looks = np.column_stack([logit(scores[known]), logit(close_looks[known])])
    fit = LogisticRegression().fit(looks, hand, sample_weight=of_photo)
    return float(fit.intercept_[0]), float(fit.coef_[0, 0]), float(fit.coef_[0, 1])


def best_threshold(with_hand: NDArray[np.floating], without: NDArray[np.floating], wrong: float) -> float:
    """The threshold that misses the fewest hands, and of those that do the one that takes the fewest others.

    It lies in the middle of the widest of the gaps that do equally well: the next photos are not quite these.

    Args:
        with_hand, without: (n,) and (m,) the surest presence of each photo, in [0, 1].
        wrong: at most this share of `without` may reach it.

    Returns:
        In [0, 1]; 1 where no lower one lets so few pass.
    """
    values = np.unique(np.concatenate([with_hand, without, [0.0, 1.0]]))
    cuts, gaps = (values[:-1] + values[1:]) / 2, np.diff(values)
    missed = (with_hand[:, None] < cuts).sum(axis=0)
    taken = (without[:, None] >= cuts).sum(axis=0)
    allowed = np.flatnonzero(taken <= wrong * len(without))
    if not len(allowed):
        return 1.0
    best = min(allowed, key=lambda cut: (missed[cut], taken[cut], -gaps[cut]))
    return float(cuts[best])


def _presence(scores: Looks, close_looks: Looks, weights: Weights) -> NDArray[np.float64]:
    """Of each candidate; 0 where the first look sees too little."""
    return np.where(scores >= LEAST_SCORE, presence(scores, close_looks, weights), 0)
