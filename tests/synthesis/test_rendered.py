"""Rendered hands: reproducible, exactly labelled, and of other people in every split."""

import dataclasses

import cv2
import numpy as np
import pytest

from handvision.core.vocabularies import GESTURES
from handvision.synthesis import rendered, strata
from handvision.synthesis.hand import poses, scene, skeleton, skin
from handvision.synthesis.rendered import cached_render, render
from handvision.synthesis.world import backdrop

COLUMNS = ("photos", "masks", "labels", "rotations", "groups", "keypoints")


@pytest.fixture(scope="module")
def numbers():
    return render(24, size=64, seed=4)


@pytest.fixture(scope="module")
def number_masks():
    return render(120, size=96, seed=5, photos=False)


def same(a, b):
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


def test_shapes_and_types(numbers):
    assert numbers.photos.shape == (24, 64, 64, 3) and numbers.photos.dtype == np.uint8
    assert numbers.masks.shape == (24, 64, 64, 1) and numbers.masks.dtype == np.uint8
    assert set(np.unique(numbers.masks)) == {0, 255}
    assert numbers.keypoints.shape == (24, 21, 2) and numbers.rotations.dtype == np.float32
    assert numbers.class_names == ("0", "1", "2", "3", "4", "5")
    assert np.bincount(numbers.labels).tolist() == [4] * 6


def test_same_seed_same_bytes(numbers):
    same(numbers, render(24, size=64, seed=4))


def test_other_seed_other_hands(numbers):
    assert not np.array_equal(numbers.masks, render(24, size=64, seed=5).masks)


@pytest.mark.slow
def test_workers_change_nothing(numbers):
    same(numbers, render(24, size=64, seed=4, workers=2))


def test_more_pictures_begin_with_the_same_ones(numbers):
    fewer = render(7, size=64, seed=4)
    np.testing.assert_array_equal(fewer.photos, numbers.photos[:7])


def test_masks_alone_are_those_of_the_photos(numbers):
    alone = render(24, size=64, seed=4, photos=False)
    assert alone.photos is None
    np.testing.assert_array_equal(alone.masks, numbers.masks)


@pytest.mark.parametrize("task", ["numbers", "gestures"])
def test_rotation_is_wrist_to_middle_knuckle(task):
    drawn = render(40, size=64, seed=2, task=task, photos=False)
    dx, dy = (drawn.keypoints[:, 9] - drawn.keypoints[:, 0]).T
    difference = (np.degrees(np.arctan2(-dx, -dy)) - drawn.rotations + 180) % 360 - 180
    assert np.abs(difference).max() < 0.1
    assert drawn.rotations.min() < -90 and drawn.rotations.max() > 90
    assert (drawn.rotations > -180).all() and (drawn.rotations <= 180).all()


def test_rotation_range_is_kept():
    upright = render(40, size=64, seed=2, rotation_range=(-25, 25), photos=False)
    assert np.abs(upright.rotations).max() <= 25


def test_a_hand_that_points_right_is_at_minus_90():
    right = render(6, size=64, seed=2, rotation_range=(-90, -90), photos=False)
    dx, dy = (right.keypoints[:, 9] - right.keypoints[:, 0]).T
    assert (dx > 0).all() and np.abs(dy).max() < 0.01


def test_key_points_of_fingers_are_on_the_hand(number_masks):
    for mask, points in zip(number_masks.masks, number_masks.keypoints, strict=True):
        x, y = np.floor(points[2:]).astype(int).T
        assert (mask[y, x, 0] == 255).all()


def test_raised_fingers_can_be_counted_in_the_mask():
    """Each raised finger's tip is on the hand, away from the palm and from the other tips."""
    for count in range(1, 6):
        for index in range(20):
            rng = np.random.default_rng((count, index))
            drawn = scene.draw_scene(128, rng, "train", "numbers", count, (-180, 180), 0.5)
            mask = scene.draw_mask(drawn, 128)[1]
            points = drawn.hand.points
            assert len(drawn.shown.pose.raised) == count
            tips = points[[4 + 4 * finger for finger in drawn.shown.pose.raised]]
            x, y = np.floor(tips).astype(int).T
            assert (mask[y, x] == 255).all(), drawn.shown.kind
            palm = points[[0, 5, 9, 13, 17]].mean(axis=0)
            assert (np.hypot(*(tips - palm).T) > 0.33 * drawn.length).all(), drawn.shown.kind
            gaps = np.hypot(*(tips[:, None] - tips[None]).transpose(2, 0, 1)) + 9 * np.eye(count)
            assert gaps.min() > 0.03 * drawn.length, drawn.shown.kind


def test_fingers_stay_in_the_picture(number_masks):
    inside = (number_masks.keypoints[:, 2:] > 0) & (number_masks.keypoints[:, 2:] < 96)
    assert inside.all()


def test_hands_are_small_and_large(number_masks):
    extent = np.ptp(number_masks.keypoints, axis=1).max(axis=1) / 96
    assert extent.min() < 0.5 and extent.max() > 0.8


@pytest.mark.parametrize("count", range(6))
def test_every_way_to_show_a_number_draws(count):
    kinds = {poses.number(count, np.random.default_rng(seed)).kind for seed in range(400)}
    assert kinds == set(poses._NUMBERS[count])


def test_every_gesture_draws():
    drawn = render(40, size=64, seed=1, task="gestures")
    assert len(GESTURES) == len(set(GESTURES)) == 20
    assert drawn.class_names == GESTURES
    assert np.bincount(drawn.labels).tolist() == [2] * 20
    assert (drawn.masks.reshape(40, -1).max(axis=1) == 255).all()


def test_mirror_flips_the_thumbs_side():
    """In five, seen from the palm, the archive's thumb is at image-left of the little finger."""
    for mirror, sign in ((0, 1), (1, -1)):
        drawn = render(
            40, size=64, seed=3, task="gestures", mirror=mirror, rotation_range=(0, 0), photos=False
        )
        five = drawn.keypoints[drawn.labels == 5]
        assert (sign * (five[:, 17, 0] - five[:, 4, 0]) > 0).all()


@pytest.mark.slow
def test_empty_pictures():
    drawn = render(200, size=32, seed=6, empty=0.3)
    without = drawn.labels == -1
    assert 0.2 < without.mean() < 0.4
    assert (
        not drawn.masks[without].any()
        and drawn.masks[~without].reshape((~without).sum(), -1).any(axis=1).all()
    )
    assert np.isnan(drawn.rotations[without]).all() and np.isnan(drawn.keypoints[without]).all()
    assert (drawn.photos[without].reshape(without.sum(), -1).std(axis=1) > 0).all()


def test_all_pictures_empty():
    assert not render(5, size=32, empty=1.0).masks.any()


def test_many_backgrounds_have_skin_colours():
    pictures = render(80, size=48, empty=1.0).photos
    skin_like = []
    for picture in pictures:
        _, cr, cb = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb))
        skin_like.append(((cr > 135) & (cr < 180) & (cb > 85) & (cb < 128)).mean() > 0.02)
    assert np.mean(skin_like) > 0.4


def test_what_is_behind_a_hand_stands_beside_it():
    """Of a background and its mirror image, the hand gets the one that it hides less of."""
    left = np.zeros((48, 48), np.uint8)
    left[:, :24] = 255
    turned = 0
    for seed in range(40):
        drawn = [
            backdrop.draw_backdrop(np.random.default_rng(seed), "train", np.float32([0.8, 0.6, 0.5]), hand)
            for hand in (left, left[:, ::-1])
        ]
        if not np.array_equal(*drawn):
            np.testing.assert_allclose(drawn[0], drawn[1][:, ::-1], atol=1e-5)
            turned += 1
    assert turned > 8


def test_the_hand_can_be_told_from_the_background(numbers):
    """Along the outline, the photo changes from inside to outside more than within the hand."""
    contrast = []
    for picture, mask in zip(numbers.photos, numbers.masks, strict=True):
        inner = cv2.erode(mask, np.ones((5, 5), np.uint8)) > 0
        outer = (cv2.dilate(mask, np.ones((7, 7), np.uint8)) > 0) & (mask[..., 0] == 0)
        contrast.append(np.abs(picture[inner].mean(axis=0) - picture[outer].mean(axis=0)).max())
    assert np.median(contrast) > 20


def test_splits_share_no_part_of_any_range():
    rng = np.random.default_rng(0)
    for split in strata.SPLITS:
        values = strata.stratum(rng, split, 5000)
        assert {strata.split_of(value) for value in values} == {split}
        assert values.min() < 0.1 and values.max() > 0.9


def test_splits_share_no_hand_and_no_skin():
    rng = np.random.default_rng(0)
    breadths = {s: np.array([skeleton.person(rng, s).breadth for _ in range(400)]) for s in strata.SPLITS}
    tones = {s: np.array([skin.tone(rng, s) for _ in range(400)]) for s in strata.SPLITS}
    for name, values in breadths.items():
        for other in set(breadths) - {name}:
            assert np.abs(values[:, None] - breadths[other]).min() > 1e-4
            assert (tones[name][:, None] != tones[other]).any(axis=-1).all()


def test_splits_with_one_seed_differ():
    pictures = [render(12, size=32, seed=1, split=split).masks for split in strata.SPLITS]
    assert not any(np.array_equal(a, b) for a in pictures for b in pictures if a is not b)


def test_groups_name_one_person_each(number_masks):
    other = render(24, size=32, seed=5, photos=False, split="test")
    assert len(set(number_masks.groups) | set(other.groups)) == 144


def test_cache_gives_the_same_and_is_used(tmp_path, monkeypatch):
    first = cached_render(8, size=32, seed=1, folder=tmp_path)
    same(first, render(8, size=32, seed=1))
    monkeypatch.setattr("handvision.synthesis.rendered.render", lambda *a, **k: pytest.fail("drawn again"))
    same(first, cached_render(count=8, size=32, seed=1, folder=tmp_path, workers=2))
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]


def test_cache_tells_parameters_and_code_apart(tmp_path, monkeypatch):
    cached_render(3, size=32, folder=tmp_path, photos=False)
    cached_render(3, size=32, folder=tmp_path, photos=False, rotation_range=(0, 10))
    monkeypatch.setattr("handvision.synthesis.rendered.code_version", lambda: "newer")
    cached_render(3, size=32, folder=tmp_path, photos=False)
    assert len(list(tmp_path.iterdir())) == 3


def test_cache_survives_a_failed_write(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr("numpy.savez", fail)
    with pytest.raises(OSError, match="disk full"):
        cached_render(3, size=32, folder=tmp_path, photos=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"count": 0}, "count is 0"),
        ({"count": -3}, "count is -3"),
        ({"count": 2.5}, "count is 2.5"),
        ({"count": True}, "count is True"),
        ({"size": 31}, "size is 31"),
        ({"size": 5000}, "size is 5000"),
        ({"size": "128"}, "size is '128'"),
        ({"seed": -1}, "seed is -1"),
        ({"task": "letters"}, "task is 'letters'; use one of numbers, gestures, poses"),
        ({"split": "valid"}, "split is 'valid'; use one of train, validation, test"),
        ({"empty": 1.5}, "empty is 1.5"),
        ({"empty": float("nan")}, "empty is nan"),
        ({"empty": None}, "empty is None"),
        ({"mirror": -0.1}, "mirror is -0.1"),
        ({"rotation_range": (30, -30)}, r"rotation_range is \(30, -30\)"),
        ({"rotation_range": (0, 360)}, r"rotation_range is \(0, 360\)"),
        ({"rotation_range": 90}, "rotation_range is 90; use two numbers"),
        ({"rotation_range": (0, float("nan"))}, "rotation_range"),
        ({"workers": 0}, "workers is 0"),
    ],
)
def test_bad_parameters(wrong, message):
    with pytest.raises(ValueError, match=message):
        render(**({"count": 2, "size": 32} | wrong))


def test_cached_render_rejects_unknown_parameters(tmp_path):
    with pytest.raises(TypeError, match="angle"):
        cached_render(2, size=32, angle=3, folder=tmp_path)


def test_an_error_in_a_worker_is_raised_here():
    order = rendered.Order(4, 32, 1, "numbers", "exam", True, 0.0, (-1.0, 1.0), 0.5, 0.0, 0.0)
    with pytest.raises(ValueError, match="not in tuple"):
        rendered._spread(order, 2)


def test_poses_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        poses.number(3, np.random.default_rng(0)).pose.deviation = 1.0
