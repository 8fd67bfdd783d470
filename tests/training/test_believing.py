"""When two looks are believed: what made photos ask for."""

import numpy as np
import pytest

from handvision.core.model_info import CloseUpInfo
from handvision.core.presence import logit, presence
from handvision.training.believing import LEAST_SCORE, best_threshold, choose_belief, presence_weights

WITHOUT = np.array([0.1, 0.9, 0.7, 0.0, 0.3])


@pytest.mark.parametrize(
    ("wrong", "with_hand", "threshold"),
    [
        (0.0, [0.95, 0.97], 0.925),  # between the two
        (0.0, [0.2, 0.98], 0.94),  # no photo may be given a hand, so one hand is lost
        (0.2, [0.8, 0.98], 0.75),  # one of five may, so no hand is lost
        (0.39, [0.8, 0.05, 0.98], 0.75),
        (1.0, [0.8, 0.05, 0.98], 0.025),
        (0.2, [0.72, 0.98, 0.5], 0.71),  # one is lost in any case
        (0.2, [0.91, 0.92], 0.905),
    ],
)
def test_the_best_threshold_misses_least_then_takes_least(wrong, with_hand, threshold):
    assert best_threshold(np.array(with_hand), WITHOUT, wrong) == pytest.approx(threshold)


def test_values_that_are_equal_all_pass_or_none():
    assert best_threshold(np.full(50, 0.8), np.full(100, 0.5), 0.02) == pytest.approx(0.65)
    assert best_threshold(np.full(50, 0.2), np.full(100, 0.5), 0.02) == pytest.approx(0.75)
    assert best_threshold(np.full(50, 0.8), np.ones(100), 0.02) == 1.0


def drawn(photos, weights, seed=0):
    """Looks at photos of one candidate each, and whether it is a hand, drawn by its presence."""
    generator = np.random.default_rng(seed)
    scores, close_looks = (generator.uniform(0.05, 0.99, (photos, 1)) for _ in range(2))
    hand = generator.random(photos) < presence(scores, close_looks, weights)[:, 0]
    return scores, close_looks, hand


def test_the_weights_by_which_hands_were_drawn_are_found_again():
    weights = (-1.0, 0.5, 2.0)
    assert presence_weights(*drawn(20_000, weights)) == pytest.approx(weights, abs=0.1)


def test_of_a_photo_with_a_hand_the_surest_is_it_and_of_the_others_nothing_is_known():
    scores, close_looks, hand = drawn(2000, (0.0, 1.0, 1.0))
    alone = presence_weights(scores, close_looks, hand)
    # Beside each hand lies what is less sure: it changes nothing. Beside no hand lies what nobody looks at.
    beside = np.where(hand[:, None], scores * 0.5, LEAST_SCORE / 2)
    more = np.hstack([beside, scores]), np.hstack([close_looks * 0.5, close_looks])
    assert presence_weights(*more, hand) == pytest.approx(alone)


def test_many_finds_in_a_photo_without_a_hand_weigh_as_one():
    scores, close_looks, hand = drawn(2000, (0.0, 1.0, 1.0))
    alone = presence_weights(scores, close_looks, hand)
    beside = np.where(hand[:, None], LEAST_SCORE / 2, scores)
    twice = np.hstack([beside, scores]), np.hstack([close_looks, close_looks])
    assert presence_weights(*twice, hand) == pytest.approx(alone, abs=1e-3)


def test_where_nothing_is_taken_for_a_hand_the_weights_stay():
    nothing = np.full((6, 4), LEAST_SCORE / 2)
    shows_hand = np.arange(6) < 3
    belief = choose_belief(nothing, nothing, shows_hand)
    assert belief.presence_weights == CloseUpInfo.presence_weights
    assert (belief.found, belief.wrong, belief.close_ups) == (0, 0, 0)
    CloseUpInfo(64, 0.25, belief.least_score, belief.least_presence, belief.presence_weights)


def test_a_belief_keeps_its_word_and_spares_close_ups():
    generator = np.random.default_rng(3)
    with_hand, without = 400, 600
    of_hands = generator.uniform(0.4, 0.99, (with_hand, 1)), generator.uniform(0.6, 0.99, (with_hand, 1))
    others = generator.uniform(0.0, 0.5, (without, 1)), generator.uniform(0.0, 0.5, (without, 1))
    scores, close_looks = (np.vstack(pair) for pair in zip(of_hands, others, strict=True))
    shows_hand = np.arange(with_hand + without) < with_hand
    belief = choose_belief(scores, close_looks, shows_hand, wrong=0.02)
    assert belief.wrong <= 0.02 and belief.found > 0.98
    assert (belief.with_hand, belief.without_hand) == (with_hand, without)
    sure = presence(scores, close_looks, belief.presence_weights)[:, 0] >= belief.least_presence
    assert belief.found == sure[shows_hand].mean(), "no hand is lost by its first look"
    assert 0.3 < belief.least_score < 0.4, "what no hand scores is not read"
    assert belief.close_ups == (scores >= belief.least_score).sum() / len(scores)


@pytest.mark.parametrize("shown", [0, 3])
def test_photos_of_both_are_needed(shown):
    with pytest.raises(ValueError, match=f"{shown} of 3 photos show a hand; thresholds need photos of both"):
        choose_belief(np.ones((3, 1)), np.ones((3, 1)), np.arange(3) < shown)


def test_a_logit_is_finite_at_the_ends():
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all() and logit(0.5) == 0
