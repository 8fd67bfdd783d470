"""Bones follow the pose."""

import numpy as np
import pytest

from handvision.synthesis.hand.mesh import anatomy, keypoints, model, posing
from handvision.synthesis.hand.skeleton import Pose, ThumbOut, ThumbTo

OUT = ThumbOut((50.0, 45.0, 45.0), (10.0, 5.0, 0.0))


def posed(flexion=0.0, spread=0.0, thumb=OUT, **forearm):
    hand = model.load()
    pose = Pose(np.full((4, 3), flexion), np.full(4, spread), thumb, (), **forearm)
    return posing.pose_bones(hand, hand.joints, pose)


def test_straight_fingers_lie_in_the_palms_plane():
    joints = posed().joints
    for finger in (2, 3, 4, 5):
        base = anatomy.first_joint(finger)
        along = np.diff(joints[base : base + 4], axis=0)
        angles = np.degrees(np.arctan2(along[:, 2], along[:, 1]))
        assert np.abs(angles).max() < 12, finger


def test_folded_fingers_bring_their_tips_before_the_palm():
    joints = posed(flexion=80.0).joints
    tips, knuckles = joints[[8, 12, 16, 20]], joints[[5, 9, 13, 17]]
    assert (tips[:, 2] > 0.02).all() and (tips[:, 1] < knuckles[:, 1]).all()


@pytest.mark.parametrize(
    ("flexion", "thumb"), [(0.0, OUT), (80.0, ThumbTo(1, 1, 0.5)), (40.0, ThumbTo(0, 2, 0.7))]
)
def test_bones_keep_their_lengths(flexion, thumb):
    hand, joints = model.load(), posed(flexion, thumb=thumb).joints
    for finger in anatomy.FINGERS:
        chain = slice(anatomy.first_joint(finger), anatomy.first_joint(finger) + 4)
        before, after = (np.linalg.norm(np.diff(j[chain], axis=0), axis=1) for j in (hand.joints, joints))
        np.testing.assert_allclose(after, before, rtol=1e-6)


def test_spread_turns_fingers_to_the_thumbs_side():
    assert (posed(spread=10.0).joints[[8, 12, 16, 20], 0] > posed().joints[[8, 12, 16, 20], 0] + 0.02).all()


def test_a_reaching_thumb_arrives():
    joints = posed(flexion=30.0, thumb=ThumbTo(0, 2, 1.0, lift=1.0)).joints
    assert np.linalg.norm(joints[4] - joints[8]) < 0.15


def test_forearm_swings_about_the_wrist():
    straight, bent = posed().joints, posed(extension=30.0).joints
    np.testing.assert_array_equal(straight[:21], bent[:21])
    angle = np.degrees(np.arccos(np.clip(_unit(straight[23]) @ _unit(bent[23]), -1, 1)))
    assert angle == pytest.approx(30, abs=1)


def test_skin_follows_the_bones():
    hand, moved = model.load(), posed(flexion=80.0)
    skin = posing.skin(hand, hand.vertices, hand.joints, moved)
    tip = hand.weights[:, anatomy.finger_bone(3, 3)] > 0.95
    rest = hand.vertices[tip] - hand.joints[11]
    turned = skin[tip] - moved.joints[11]
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(rest, axis=1), atol=0.02)


def test_key_points_lie_between_joints():
    joints = posed().joints
    points = keypoints.key_points(joints)
    assert points.shape == (21, 3)
    np.testing.assert_array_equal(points[6], joints[6])  # not corrected
    np.testing.assert_allclose(points[0], joints[0] + 0.17 * (joints[9] - joints[0]))


def _unit(vector):
    return vector / np.linalg.norm(vector)
