"""Rendered clips: deterministic, smooth, and true about every hand."""

import numpy as np
import pytest

from handvision.synthesis.clips import render_clip


def small(kind, frames=6, **more):
    return list(render_clip(kind, frames=frames, size=64, **more))


def test_the_same_seed_gives_the_same_clip_and_another_one_another():
    one, same, other = (small("moving", seed=seed) for seed in (3, 3, 4))
    for first, second in zip(one, same, strict=True):
        np.testing.assert_array_equal(first.picture.photo, second.picture.photo)
        np.testing.assert_array_equal(first.picture.hands.keypoints, second.picture.hands.keypoints)
    assert (one[0].picture.photo != other[0].picture.photo).mean() > 0.5


def test_a_still_hand_is_still_but_for_the_sensors_noise():
    frames = small("still")
    points = np.array([frame.picture.hands.keypoints for frame in frames])
    assert points.shape == (6, 2, 21, 3) and (points == points[0]).all()
    change = frames[1].picture.photo.astype(int) - frames[0].picture.photo
    assert 1 < change.std() < 6
    assert [frame.time_seconds for frame in frames] == pytest.approx(np.arange(6) / 30)


def test_moving_hands_move_smoothly_turn_and_keep_their_numbers():
    frames = small("moving", frames=25)
    hands = [frame.picture.hands for frame in frames]
    middles = np.array([(each.boxes[:, :2] + each.boxes[:, 2:]) / 2 for each in hands])
    steps = np.linalg.norm(np.diff(middles, axis=0), axis=-1)
    assert 0.5 < steps.max() < 8 and np.ptp([each.rotations for each in hands], axis=0).min() > 30
    assert all(frame.numbers == (0, 1) for frame in frames)
    assert len({tuple(each.labels) for each in hands}) == 1
    assert all(set(each.handedness) == {"left", "right"} for each in hands)


def test_truth_is_that_of_the_picture():
    for frame in small("moving", frames=3):
        hands = frame.picture.hands
        for mask, points, degrees in zip(frame.picture.masks, hands.keypoints, hands.rotations, strict=True):
            x, y = points[points[:, 2] > 0, :2].astype(int).T
            assert (mask[y, x] > 0).mean() > 0.9  # what is seen of the skeleton lies in the hand
            x, y = (points[9] - points[0])[:2]
            assert np.degrees(np.arctan2(-x, -y)) == pytest.approx(degrees, abs=0.5)


def test_hands_that_cross_change_sides_and_one_hides_the_other():
    frames = small("crossing", frames=9)
    first, last = frames[0].picture.hands, frames[-1].picture.hands
    assert first.boxes[0, 0] < first.boxes[1, 0] and last.boxes[0, 0] > last.boxes[1, 0]
    seen = [(frame.picture.masks[0] > 0).sum() for frame in frames]
    assert min(seen) < 0.8 * seen[0]


def test_a_hand_that_leaves_is_not_there_and_comes_back():
    numbers = [frame.numbers for frame in small("leaving", frames=12)]
    away = [row for row, there in enumerate(numbers) if there == (0,)]
    assert numbers[0] == numbers[-1] == (0, 1) and set(numbers) == {(0,), (0, 1)}
    assert away == list(range(away[0], away[-1] + 1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "flying"}, "kind is 'flying'; use one of still, moving, crossing, leaving"),
        ({"kind": "still", "frames": 1}, "frames is 1; use a whole number from 2"),
        ({"kind": "still", "size": 8}, "size is 8; use a whole number from 32 to 1024"),
        ({"kind": "still", "rate": 0}, "rate is 0"),
        ({"kind": "still", "split": "all"}, "split is 'all'"),
    ],
)
def test_what_is_out_of_range_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        render_clip(**arguments)
