"""What is said of gestures taught by a few examples: draws, nearest neighbours, refusing."""

import numpy as np
import pytest

from handvision.evaluation.own_gestures import answers, draws, nearest, taught
from tests.helpers.gesturing import show

# Photos on a line: two gestures to teach, and one that is not. In the last photo of each no hand is found.
GESTURES = np.array(["low", "low", "low", "high", "high", "high", "other", "other"])
PLACES = np.array([0.0, 1.0, np.nan, 10.0, 11.0, np.nan, 14.0, np.nan])
DISTANCES = np.abs(PLACES[:, None] - PLACES[None])
TEACHABLE = GESTURES != "other"
ALL = np.ones(8, bool)
FOUND = np.isfinite(PLACES)


def one_draw(low, high, asked=ALL, neighbours=1):
    drawn = [{"low": np.array(low), "high": np.array(high)}]
    return answers(nearest(DISTANCES, neighbours), drawn, GESTURES, asked, FOUND)


def test_examples_are_drawn_anew_each_time_and_always_the_same():
    first, second = (draws(GESTURES, TEACHABLE, ["low", "high"], 2, count=30) for _ in range(2))
    assert all(
        np.array_equal(one[name], other[name])
        for one, other in zip(first, second, strict=True)
        for name in one
    )
    assert {tuple(draw["low"].tolist()) for draw in first} == {(0, 1), (0, 2), (1, 2)}
    assert all(set(GESTURES[draw["high"]]) == {"high"} for draw in first)


def test_a_gesture_of_too_few_photos_is_named():
    with pytest.raises(ValueError, match="'high' has 3 photos to teach it by, 4 are to be drawn"):
        draws(GESTURES, TEACHABLE, ["high"], 4)


def test_examples_are_not_asked_about_and_a_photo_without_a_hand_is_wrong():
    told = one_draw([0], [3])
    assert told.asked[0].tolist() == [False, True, True, False, True, True, True, True]
    assert told.accuracy().tolist() == [0.5]  # of four, two show no hand that is found
    assert told.accuracy(radius=0.5).tolist() == [0.0]
    assert told.refused(radius=3.9).tolist() == [0.5]  # the one is 4 away, the other is not found
    assert told.refused(radius=4).tolist() == [0.0]


def test_only_photos_that_are_asked_about_count():
    told = one_draw([0], [3], asked=GESTURES == "high")
    assert told.accuracy().tolist() == [0.5]
    assert np.isnan(told.refused()).all()


def test_an_example_without_a_hand_teaches_nothing():
    assert one_draw([2], [3]).right[0].tolist()[:2] == [False, False]
    assert np.isnan(one_draw([2], [5]).distances).all()


def test_most_of_the_nearest_decide_and_the_nearest_where_they_tie():
    places = np.array([0.0, 2.0, 3.0, 5.0])  # asked, a, b, b
    distances = np.abs(places[:, None] - places[None])
    draw = {"a": np.array([1]), "b": np.array([2, 3])}
    named = {k: nearest(distances, k)(draw)[0][0] for k in (1, 2, 3)}
    assert named == {1: "a", 2: "a", 3: "b"}
    assert nearest(distances, 3)(draw)[1][0] == 3  # to the nearest of the gesture that is named


@pytest.mark.parametrize(
    ("share", "radius"),
    [
        (0.0, np.inf),  # nothing has to be refused, but the photo without a hand never is
        (0.5, 4.0),  # the found one has to be: it is 4 away
        (1.0, 4.0),  # cannot be reached; all that can be refused is
    ],
)
def test_the_largest_radius_that_refuses_enough(share, radius):
    chosen = one_draw([0], [3]).radius_that_refuses(share)
    assert chosen < radius and (share == 0 or chosen > radius - 1e-9)
    assert one_draw([0], [3]).refused(chosen)[0] >= min(share, 0.5)


def test_the_users_own_gestures_are_taught_and_asked():
    names = ("fist", "L", "victory")
    hands = [show(name, seed) for name in names for seed in range(8)]
    gestures = np.repeat(names, 8)
    hands[5] = None
    drawn = draws(gestures, gestures != "victory", ["fist", "L"], 5, count=4)
    told = answers(taught(hands), drawn, gestures, np.ones(24, bool), np.array([bool(h) for h in hands]))
    assert told.accuracy().mean() > 0.7 and told.refused().mean() > 0.8
    lost = [draw for draw in range(4) if told.asked[draw, 5]]
    assert lost and not told.right[lost, 5].any()


def test_nothing_is_named_where_no_example_shows_a_hand():
    hands = [None, show("fist", 1)]
    names, distances = taught(hands)({"fist": np.array([0])})
    assert names.tolist() == ["", ""] and np.isnan(distances).all()
