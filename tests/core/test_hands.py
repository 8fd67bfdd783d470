"""What is known of a picture's hands: filled in where unknown, moved as one, refused by name."""

import re

import numpy as np
import pytest

from handvision.core.geometry import Affine
from handvision.core.hands import NO_HAND, Hands

POINTS = np.random.default_rng(0).uniform(0, 40, (2, 21, 2)).astype(np.float32)


def test_what_is_not_given_is_unknown():
    hands = Hands(boxes=[[1, 2, 3, 4], [5, 6, 7, 8]])
    assert len(hands) == 2
    assert hands.boxes.dtype == np.float32
    assert hands.keypoints.shape == (2, 21, 3) and np.isnan(hands.keypoints).all()
    assert hands.handedness.tolist() == ["", ""]
    assert hands.labels.tolist() == [NO_HAND, NO_HAND]
    assert hands.rotations.dtype == np.float32 and np.isnan(hands.rotations).all()


def test_no_hand_is_not_the_same_as_nothing_known():
    assert len(Hands()) == 0 and Hands().keypoints.shape == (0, 21, 3)
    nobody_knows = Hands.unknown()
    assert len(nobody_knows) == 1 and np.isnan(nobody_knows.boxes).all()


def test_points_without_a_score_are_certain_where_they_are_known():
    points = POINTS.copy()
    points[0, 3] = np.nan
    scores = Hands(keypoints=points).keypoints[..., 2]
    assert np.isnan(scores[0, 3]) and np.nansum(scores) == 41


@pytest.mark.parametrize(
    "affine, side, rotation",
    [(Affine.mirror(width=40), "right", -30), (Affine.rotation(160, (20, 20)), "left", -170)],
)
def test_all_that_is_known_moves_through_one_transform(affine, side, rotation):
    low, high = POINTS[0].min(axis=0), POINTS[0].max(axis=0)
    hands = Hands([[*low, *high]], POINTS[:1], ["left"], [3], [30])
    moved = hands.moved(affine)
    inside = moved.keypoints[0, :, :2] - moved.boxes[0, :2]
    assert (inside >= -1e-4).all() and (inside <= np.diff(moved.boxes[0].reshape(2, 2), axis=0) + 1e-4).all()
    assert moved.handedness.tolist() == [side] and moved.labels.tolist() == [3]
    assert moved.rotations == pytest.approx([rotation])
    back = moved.moved(affine.inverse())
    assert back.keypoints == pytest.approx(hands.keypoints, abs=1e-4)
    assert back.handedness.tolist() == ["left"]


def test_a_half_turn_ends_at_180_degrees():
    assert Hands(rotations=[0, np.nan]).moved(Affine.rotation(180)).rotations[0] == 180


@pytest.mark.parametrize(
    "fields, message",
    [
        ({"boxes": np.zeros((2, 5))}, "boxes have shape (2, 5); give (2, 4), x0, y0, x1, y1"),
        ({"boxes": [[4, 0, 1, 2]]}, "x0 <= x1"),
        ({"keypoints": np.zeros((1, 20, 3))}, "keypoints have shape (1, 20, 3); give (1, 21, 3)"),
        ({"keypoints": np.zeros((21, 3))}, "give (21, 21, 3)"),
        ({"handedness": ["rightmost"]}, "handedness is ['rightmost']"),
        ({"handedness": [["left"]]}, "give (1,)"),
        ({"labels": [1.5]}, "labels are float64"),
        ({"labels": [[1]]}, "labels have shape (1, 1); give (1,)"),
        ({"rotations": [-180]}, "(-180, 180]"),
        ({"rotations": [[0.0]]}, "rotations have shape (1, 1)"),
        ({"labels": [1, 2], "rotations": [0]}, "unequal length: {'labels': 2, 'rotations': 1}"),
    ],
)
def test_bad_fields_are_named_with_what_they_should_be(fields, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Hands(**fields)
