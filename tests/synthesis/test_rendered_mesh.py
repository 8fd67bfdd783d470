"""Rendered mesh hands, free poses and pictures of several hands: truth that holds together, same bytes."""

import cv2
import numpy as np
import pytest

from handvision.core.hashing import hash_examples
from handvision.synthesis import rendered
from handvision.synthesis.hand import free_poses, scene, truth
from handvision.synthesis.hand.mesh import model, posing
from handvision.synthesis.rendered import cached_render, checked_order, draw_picture, render

SIZE = 96


@pytest.fixture(scope="module")
def mixed():
    return render(18, size=SIZE, seed=3, mesh=0.5)


@pytest.fixture(scope="module")
def groups():
    order = checked_order(count=8, size=SIZE, seed=2, mesh=1.0, several=1.0, photos=False)
    return [draw_picture(order, index) for index in range(8)]


def test_without_mesh_hands_are_told_as_the_first_release_told_them():
    """Released trainings are known by the hashes of their data."""
    plain = render(6, size=64, seed=4)
    assert hash_examples(plain) == "07f7724d6d35038f" == hash_examples(render(6, size=64, seed=4, mesh=0))
    assert plain.boxes is None and set(plain.hands[0].handedness) == {""}


@pytest.mark.slow
def test_a_share_of_the_pictures_shows_mesh_hands(mixed):
    capsules, mesh = (render(18, size=SIZE, seed=3, mesh=share, photos=False) for share in (0, 1))
    kinds = [
        "capsules" if np.array_equal(mask, c) else "mesh" if np.array_equal(mask, m) else "neither"
        for mask, c, m in zip(mixed.masks, capsules.masks, mesh.masks, strict=True)
    ]
    assert set(kinds) == {"capsules", "mesh"}
    more = render(18, size=SIZE, seed=3, mesh=0.7, photos=False).masks
    for kind, mask, other in zip(kinds, mixed.masks, more, strict=True):
        assert kind == "capsules" or np.array_equal(mask, other), "a larger share keeps the mesh hands"


def test_everything_is_known_of_every_hand(mixed):
    for hands, label, rotation in zip(mixed.hands, mixed.labels, mixed.rotations, strict=True):
        assert len(hands) == 1 and hands.handedness[0] in ("left", "right")
        assert hands.labels[0] == label and hands.rotations[0] == rotation
        x0, y0, x1, y1 = hands.boxes[0]
        assert 0 <= x0 < x1 <= SIZE and 0 <= y0 < y1 <= SIZE
        assert set(hands.keypoints[0, :, 2]) <= {0, 1} and hands.keypoints[0, :, 2].sum() >= 8


def test_fingers_lie_in_the_box_and_the_box_ends_where_they_end(mixed):
    for hands, mask in zip(mixed.hands, mixed.masks, strict=True):
        x0, y0, x1, y1 = hands.boxes[0]
        points = hands.keypoints[0, 1:, :2]
        assert (points > (x0 - 1, y0 - 1)).all() and (points < (x1 + 1, y1 + 1)).all()
        # The outline comes as near to the box's sides as the arm lets it: to three of four at least.
        ys, xs = np.nonzero(mask[..., 0])
        within = (xs >= x0 - 1) & (xs < x1 + 1) & (ys >= y0 - 1) & (ys < y1 + 1)
        gaps = (
            xs[within].min() - x0,
            ys[within].min() - y0,
            x1 - 1 - xs[within].max(),
            y1 - 1 - ys[within].max(),
        )
        assert sorted(np.abs(gaps))[2] < 4, gaps


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"mesh": 0.5}, {"mesh": 1, "several": 0.5}, {"task": "poses"}])
def test_same_seed_same_bytes_in_other_processes(options):
    here, there = (render(4, size=48, seed=9, workers=workers, **options) for workers in (1, 2))
    np.testing.assert_array_equal(here.photos, there.photos)
    assert hash_examples(here) == hash_examples(there)
    other = render(4, size=48, seed=10, **options)
    assert not np.array_equal(here.masks, other.masks)


def test_masks_alone_are_those_of_the_photos():
    options = {"size": 48, "seed": 6, "mesh": 1, "several": 0.5}
    with_photos, alone = (render(4, photos=photos, **options) for photos in (True, False))
    np.testing.assert_array_equal(with_photos.masks, alone.masks)


def test_gestures_of_mesh_hands_are_those_of_their_archive():
    drawn = render(20, size=48, seed=1, task="gestures", mesh=1, photos=False)
    assert sorted(drawn.labels) == list(range(20))
    five = drawn.hands[int(np.flatnonzero(drawn.labels == 5)[0])]
    assert five.handedness[0] == "left"


def test_poses_have_points_and_no_label():
    drawn = render(12, size=64, seed=2, task="poses", photos=False)
    assert drawn.class_names == () and (drawn.labels == -1).all()
    assert all(np.isfinite(hands.keypoints).all() for hands in drawn.hands)
    dx, dy = (drawn.keypoints[:, 9] - drawn.keypoints[:, 0]).T
    difference = (np.degrees(np.arctan2(-dx, -dy)) - drawn.rotations + 180) % 360 - 180
    assert np.abs(difference).max() < 0.1
    assert len({hands.handedness[0] for hands in drawn.hands}) == 2


def test_free_poses_differ_and_keep_to_the_joints():
    rng = np.random.default_rng(0)
    drawn = [free_poses.draw_pose(rng) for _ in range(300)]
    bends = np.array([pose.flexion for pose in drawn])
    assert (
        bends[..., 0].min() >= -12
        and bends[..., 1].min() >= 0
        and (bends.max(axis=(0, 1)) <= (95, 108, 72)).all()
    )
    straight = (bends[..., 0] < 30).mean(axis=0)
    assert ((straight > 0.3) & (straight < 0.75)).all()


def test_fingers_that_run_through_each_other_are_not_clear():
    hand = model.load()

    def clear(pose):
        return free_poses.is_clear(posing.pose_bones(hand, hand.joints, pose).joints[:21], hand.radii[:21])

    rng = np.random.default_rng(0)
    drawn = [free_poses.draw_pose(rng) for _ in range(60)]
    good = [pose for pose in drawn if clear(pose)]
    assert 30 < len(good) < 60
    pose = next(pose for pose in good if np.abs(pose.flexion[:2, 0]).max() < 30)
    pose.spread[:2] = -40, 40  # index and middle finger through each other
    pose.flexion[:2] = 0
    assert not clear(pose)


def test_groups_show_two_or_three_hands_that_hide_each_other(groups):
    counts = [len(picture.hands) for picture in groups]
    assert set(counts) == {2, 3}
    for picture in groups:
        hands = picture.hands
        assert (picture.masks.astype(int).sum(axis=0) <= 255).all(), "no pixel is skin of two hands"
        assert set(hands.handedness[:2]) == {"left", "right"} or len(hands) == 2
        for mask, points in zip(picture.masks, hands.keypoints, strict=True):
            x, y = np.floor(points[:, :2]).astype(int).clip(0, SIZE - 1).T
            others = picture.masks[:, y, x].max(axis=0) > mask[y, x]
            fingers = np.arange(21) > 0
            near = cv2.dilate(mask, np.ones((5, 5), np.uint8))[y, x] > 0
            assert not (others & fingers & ~near & (points[:, 2] == 1)).any()


def test_pictures_of_several_hands_have_no_one_label():
    drawn = render(6, size=48, seed=2, mesh=1, several=1, photos=False)
    assert (drawn.labels == -1).all() and np.isnan(drawn.rotations).all()
    assert all((hands.labels >= 0).all() and np.isfinite(hands.rotations).all() for hands in drawn.hands)
    assert all((hands.labels < 6).all() for hands in drawn.hands)


def test_hidden_points_of_capsule_hands():
    """From behind, the tips of a fist are hidden by the palm; those of an open hand are seen."""
    seen = {0: [], 5: []}
    for label in seen:
        for index in range(40):
            drawn = scene.draw_scene(
                128, np.random.default_rng((1, label, index)), "train", "numbers", label, (0, 0), 0.5
            )
            if not drawn.palm_seen and abs(abs(drawn.shown.view.yaw) - 180) < 25 and drawn.shown.kind != "O":
                seen[label].append(truth.seen(drawn.hand, 128)[[8, 12, 16, 20]].mean())
    assert len(seen[0]) > 4 and np.mean(seen[0]) < 0.2
    assert len(seen[5]) > 4 and np.mean(seen[5]) > 0.95


def test_the_cache_keeps_several_hands(tmp_path):
    options = {"size": 48, "seed": 2, "mesh": 1.0, "several": 0.5, "empty": 0.3, "folder": tmp_path}
    first, again = (cached_render(6, **options) for _ in range(2))
    assert hash_examples(first) == hash_examples(again)
    assert len({len(hands) for hands in first.hands}) > 1


def test_the_mesh_counts_as_code_that_draws(tmp_path, monkeypatch):
    before = rendered.code_version()
    read = type(model.FILE).read_bytes
    monkeypatch.setattr(
        type(model.FILE), "read_bytes", lambda path: b"another" if path.suffix == ".npz" else read(path)
    )
    assert rendered.code_version() != before


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"mesh": 1.5}, "mesh is 1.5; use a share"),
        ({"mesh": "all"}, "mesh is 'all'; use a share"),
        ({"mesh": 1, "several": -1}, "several is -1; use a share"),
        ({"several": 0.5}, "several is 0.5, but mesh is 0"),
        ({"task": "poses", "mesh": 0.5}, "mesh is 0.5, but only a mesh shows any pose"),
    ],
)
def test_bad_parameters(wrong, message):
    with pytest.raises(ValueError, match=message):
        render(**({"count": 2, "size": 32} | wrong))
