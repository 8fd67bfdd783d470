"""Which hand is which from frame to frame, on hands made here: no model."""

import numpy as np
import pytest

from handvision.core.hand import Hand
from handvision.heads import tight_box
from handvision.inference.one_euro import OneEuroFilter
from handvision.inference.tracking import Track, Tracker, match
from tests.helpers.two_looks import POINTS

RATE = 30
SIDE = 100


def hand(x, y, side="right", noise=0.0, rng=None, size=(480, 640), rotation=0.0):
    """A hand of about 100 pixels whose points' box has its middle at x, y."""
    points = POINTS * SIDE + np.array((x, y)) - SIDE / 2
    if noise:
        points = points + rng.normal(0, noise, points.shape)
    keypoints = np.column_stack([points, np.ones(21)]).astype(np.float32)
    box = tight_box(keypoints)
    return Hand(
        keypoints=keypoints, box=box, handedness=side, size=size, rotation_degrees=rotation, presence=0.9
    )


# --- the filter ---------------------------------------------------------------------------------------


def steps(frames):
    """Mean distance that points go from frame to frame."""
    return np.linalg.norm(np.diff(frames, axis=0), axis=-1).mean()


def test_a_still_hand_jitters_several_times_less():
    rng = np.random.default_rng(0)
    seen = [hand(200, 200, noise=1.0, rng=rng) for _ in range(90)]
    track = Track(0, seen[0], 0.0)
    smoothed = [track.see(each, frame / RATE) for frame, each in enumerate(seen)]
    raw, smooth = (np.array([each.keypoints[:, :2] for each in hands[30:]]) for hands in (seen, smoothed))
    assert steps(smooth) < steps(raw) / 4
    assert np.abs(smooth.mean(axis=0) - hand(200, 200).keypoints[:, :2]).max() < 1  # and stays where it is


@pytest.mark.parametrize("sides_a_second", [0.5, 1, 3])
def test_a_fast_hand_lags_little(sides_a_second):
    speed = sides_a_second * SIDE
    track = Track(0, hand(100, 200), 0.0)
    for frame in range(45):
        seen = hand(100 + speed * frame / RATE, 200)
        smoothed = track.see(seen, frame / RATE)
    lag = float((seen.keypoints - smoothed.keypoints)[:, 0].mean())
    assert 0 <= lag < 0.03 * SIDE


def test_directions_are_smoothed_across_180_degrees():
    track = Track(0, hand(200, 200, rotation=179.0), 0.0)
    for frame in range(20):
        smoothed = track.see(hand(200, 200, rotation=179.0 if frame % 2 else -179.0), frame / RATE)
    assert abs(smoothed.rotation_degrees) > 178


def test_without_weight_on_speed_it_is_a_plain_low_pass_filter():
    smooth = OneEuroFilter(min_cutoff=1.0, speed_weight=0.0)
    values = [float(smooth(np.array([x]), 0.1)[0]) for x in (0.0, 1.0, 1.0)]
    share = 1 / (1 + 1 / (2 * np.pi * 0.1))
    assert values == pytest.approx([0, share, share + share * (1 - share)])


def test_after_a_long_gap_nothing_of_before_is_left():
    track = Track(0, hand(100, 100), 0.0)
    track.see(hand(100, 100), 0.0)
    assert track.see(hand(300, 300), 0.4).keypoints[0, 0] == hand(300, 300).keypoints[0, 0]


def test_what_a_model_does_not_say_is_not_made_up():
    only_box = Hand(box=np.array([10, 10, 50, 50], np.float32), size=(100, 100))
    track = Track(3, only_box, 0.0)
    seen = track.see(only_box, 0.1)
    assert seen.track == 3 and np.isnan(seen.keypoints).all() and np.isnan(seen.rotation_degrees)
    assert seen.box.tolist() == [10, 10, 50, 50]


# --- where to look next -------------------------------------------------------------------------------


def test_the_next_close_up_lies_ahead_of_a_moving_hand_and_around_a_still_one():
    track = Track(0, hand(100, 200), 0.0)
    for frame in range(10):
        track.see(hand(100 + 10 * frame, 200), frame / RATE)
    box = track.box_at(10 / RATE)
    assert (box[0] + box[2]) / 2 == pytest.approx(200, abs=1) and (box[1] + box[3]) / 2 == pytest.approx(200)
    assert box[2] - box[0] == pytest.approx(1.1 * 120, abs=1)
    # However long it was not seen, it is not looked for far away.
    assert track.middle_at(5.0)[0] < 190 + 31


@pytest.mark.parametrize(("quarters", "direction"), [(0, (0, 1)), (1, (1, 0)), (2, (0, -1)), (3, (-1, 0))])
def test_the_direction_is_that_of_wrist_and_middle_knuckle(quarters, direction):
    x, y = (POINTS - 0.5).T
    for _ in range(quarters):  # counter-clockwise as seen
        x, y = y, -x
    keypoints = np.column_stack([100 * x, 100 * y, np.ones(21)]).astype(np.float32)
    track = Track(0, Hand(keypoints=keypoints, box=tight_box(keypoints)), 0.0)
    np.testing.assert_allclose(track.direction, direction, atol=1e-6)


# --- which is which -----------------------------------------------------------------------------------


def numbers(tracker, hands, seconds):
    placed = tracker.place(hands, seconds)
    for track, each in zip(placed, hands, strict=True):
        track.see(each, seconds)
    return [track.number for track in placed]


def follow(frames, rate=RATE):
    """The numbers of the hands in each frame, given by first looks alone."""
    tracker, given = Tracker(), []
    for frame, hands in enumerate(frames):
        tracker.forget(frame / rate - 0.5)
        given.append(numbers(tracker, hands, frame / rate))
    return given


def test_two_hands_keep_their_numbers_whatever_their_order():
    frames = [[hand(100 + f, 200, "left"), hand(400 - f, 200)][:: 1 if f % 2 else -1] for f in range(30)]
    given = follow(frames)
    assert given[0] == [0, 1] and given[1] == [1, 0] and given[28:] == [[0, 1], [1, 0]]


@pytest.mark.parametrize("sides", [("left", "right"), ("right", "right"), ("", "")])
def test_hands_that_cross_keep_their_numbers(sides):
    frames = [
        [hand(100 + 8 * f, 200, sides[0]), hand(480 - 8 * f, 230 if sides[0] == "left" else 290, sides[1])]
        for f in range(45)
    ]
    assert follow(frames) == [[0, 1]] * 45


@pytest.mark.parametrize(("missing", "number"), [(5, 0), (13, 0), (17, 1)])
def test_a_number_survives_half_a_second(missing, number):
    frames = [[hand(200, 200)]] * 10 + [[]] * missing + [[hand(205, 200)]]
    assert follow(frames)[-1] == [number]


def test_a_hand_far_away_or_of_the_other_side_is_another_one():
    seen = [Track(0, hand(100, 100, "left"), 0.0)]
    assert match(seen, [hand(100 + 3 * SIDE, 100, "left")], 0.1) == [None]
    assert match(seen, [hand(250, 100, "right")], 0.1) == [None]
    assert match(seen, [hand(250, 100, "left")], 0.1) == seen
    assert match([], [hand(0, 0)], 0.1) == [None] and match(seen, [], 0.1) == []


def test_the_best_of_all_ways_counts_not_the_best_single_pair():
    # Both hands have moved to the right: the first one is now nearest to where the second was.
    tracks = [Track(0, hand(100, 100), 0.0), Track(1, hand(200, 100), 0.0)]
    found = [hand(260, 100), hand(160, 100)]
    assert match(tracks, found, 0.1) == [tracks[1], tracks[0]]
