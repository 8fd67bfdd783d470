"""Figures carry how many were judged, and an interval."""

import math

import pytest

from handvision.evaluation.estimates import mean, median, proportion


# Wilson's interval, from the tables of Newcombe (Statistics in Medicine 1998).
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_wilsons_interval(hits, n, low, high):
    estimate = proportion([True] * hits + [False] * (n - hits))
    assert estimate.n == n and estimate.value == pytest.approx(hits / n)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("estimate", [proportion, mean, median])
def test_nothing_judged_gives_no_figure(estimate):
    nothing = estimate([])
    assert nothing.n == 0 and math.isnan(nothing.value) and str(nothing) == "-"


def test_a_mean_lies_within_two_standard_errors():
    estimate = mean([1.0, 2.0, 3.0, 4.0], "degrees")
    assert str(estimate) == "2.5 degrees"
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * math.sqrt(5 / 3) / 2, abs=1e-3)


def test_one_outlier_does_not_move_a_median():
    estimate = median([*range(99), 10_000])
    assert estimate.value == 49.5
    assert estimate.low < 41 and 59 < estimate.high < 99


def test_a_share_is_shown_as_percent():
    assert str(proportion([True, True, True, False])) == "75.0 %"
