"""What is said of a followed clip, on answers made here."""

import math

import numpy as np
import pytest

from handvision.core.hand import Hand, Reading
from handvision.core.hands import Hands
from handvision.evaluation.tracks import followed

POINTS = np.random.default_rng(0).uniform(0, 100, (21, 2))


def true(*places):
    """The hands of a frame, at (x, y)."""
    if not places:
        return Hands()
    points = np.array([POINTS + place for place in places])
    return Hands(boxes=[(x, y, x + 100, y + 100) for x, y in places], keypoints=points)


def read(*answers, points=True):
    """A reading of hands at (x, y) with a number each."""
    hands = []
    for (x, y), track in answers:
        keypoints = np.column_stack([POINTS + (x, y), np.ones(21)]).astype(np.float32)
        box = np.array([x, y, x + 100, y + 100], np.float32)
        hands.append(Hand(box=box, track=track, **({"keypoints": keypoints} if points else {})))
    return Reading(size=(480, 640), hands=tuple(hands))


A, B = (50, 50), (400, 50)


def test_answers_that_are_right_in_every_frame():
    found = followed([true(A, B)] * 3, [(0, 1)] * 3, [read((A, 7), (B, 3))] * 3)
    assert (found.found, found.switches, found.jitter, found.frames_to_find) == (1, 0, 0, (0, 0))


@pytest.mark.parametrize(
    ("tracks", "switches"),
    [([(0, 1), (1, 0), (1, 0)], 2), ([(0, 1), (0, 2), (0, 1)], 2), ([(None, None)] * 3, 0)],
)
def test_numbers_that_change_are_counted(tracks, switches):
    readings = [read((A, one), (B, other)) for one, other in tracks]
    assert followed([true(A, B)] * 3, [(0, 1)] * 3, readings).switches == switches


def test_without_numbers_the_order_counts():
    readings = [read((A, None), (B, None)), read((B, None), (A, None))]
    assert followed([true(A, B)] * 2, [(0, 1)] * 2, readings).switches == 2


@pytest.mark.parametrize("points", [True, False])
def test_jitter_is_what_answers_move_beyond_the_hand(points):
    moving = [true((50 + 10 * frame, 50)) for frame in range(3)]
    places = [(50, 50), (63, 54), (70, 50)]  # off by (3, 4) in the middle
    readings = [read((place, 0), points=points) for place in places]
    assert followed(moving, [(0,)] * 3, readings).jitter == pytest.approx(5, abs=1e-4)
    assert math.isnan(followed(moving, [(0,)] * 3, [Reading(size=(9, 9))] * 3).jitter)


def test_frames_until_a_hand_is_found_whenever_it_comes():
    there = [true(A), true(A), true(), true(A), true(A), true(A)]
    numbers = [(0,), (0,), (), (0,), (0,), (0,)]
    yes, no = read((A, 0)), Reading(size=(480, 640))
    found = followed(there, numbers, [yes, yes, no, no, no, yes])
    assert found.frames_to_find == (0, 2) and found.found == pytest.approx(3 / 5)
    assert followed(there, numbers, [no] * 6).frames_to_find == (2, 3)


def test_an_answer_far_away_is_not_about_the_hand():
    assert followed([true(A)], [(0,)], [read((B, 0))]).found == 0
    with pytest.raises(ValueError, match="1 frames of hands, 1 of numbers, 2 readings"):
        followed([true(A)], [(0,)], [read((A, 0))] * 2)
