"""Photos with numbers: kept apart, and turned about their centre."""

import numpy as np
import pytest

from handvision import protocol
from handvision.core.examples import NO_HAND, Examples
from handvision.protocol.combined import _versions, balance_labels
from handvision.synthesis import rendered


@pytest.mark.slow
def test_photos_with_numbers_show_hands_that_no_segmenter_learns_from():
    tests = protocol.photo_test_sets("rendered", 64, test=12, seed=1)
    assert list(tests) == ["rendered"]
    judged = tests["rendered"]
    assert judged.photos.shape == (12, 64, 64, 3)
    assert (judged.labels >= 0).all()
    learned = rendered.cached_render(40, size=64, seed=1, empty=0.07)
    assert not np.isin(judged.groups, learned.groups).any()


@pytest.mark.slow
def test_photos_to_learn_numbers_are_turned_and_some_show_no_hand():
    photos = protocol.photo_training_set("rendered", (32, 48), 20, seed=1)
    assert photos.photos.shape[1:] == (32, 48, 3)
    hands = photos.labels != NO_HAND
    assert hands.sum() == 20
    assert (~hands).sum() == 2
    assert np.isfinite(photos.rotations[hands]).all()
    assert photos.class_names == ("0", "1", "2", "3", "4", "5")


def test_rare_numbers_are_repeated_until_all_are_alike_often():
    labels = np.array([3, 1, NO_HAND, 3, 3, 1, 5])
    many = balance_labels(Examples("numbers", labels=labels, groups=np.arange(7)))
    assert sorted(many.labels) == [1, 1, 1, 3, 3, 3, 5, 5, 5]
    assert set(many.groups) == {0, 1, 3, 4, 5, 6}, "all that show a number, and no other"


def test_versions_of_a_photo_turn_its_direction_too():
    photos = np.zeros((1, 40, 40, 3), np.uint8)
    photos[0, 4:20, 18:22] = 255  # points up
    up = Examples("up", photos=photos, labels=np.array([1]), rotations=np.zeros(1, np.float32))
    versions = _versions(up, (40, 40), 9, seed=1)
    assert len(versions) == 9
    assert versions.rotations[0] == 0
    for photo, degrees in zip(versions.photos[1:], versions.rotations[1:], strict=True):
        ys, xs = np.nonzero(photo.max(axis=-1) > 120)
        seen = np.rad2deg(np.arctan2(-(xs.mean() - 19.5), -(ys.mean() - 19.5)))
        assert abs((seen - degrees + 180) % 360 - 180) < 15


def test_turned_photos_turn_about_their_centre_and_keep_their_border():
    photos = np.full((6, 40, 60, 3), 90, np.uint8)  # not square: there the centre is easily missed
    photos[:, 4:20, 28:32] = 255  # from the centre up
    up = Examples("up", photos=photos, labels=np.ones(6, np.int64), rotations=np.zeros(6, np.float32))
    turned = protocol.rotated_photos(up, seed=1)
    assert len(set(turned.rotations.tolist())) == 6
    assert turned.photos.shape == photos.shape
    assert turned.photos.min() >= 85, "nothing black comes in from outside"
    for photo, degrees in zip(turned.photos, turned.rotations, strict=True):
        ys, xs = np.nonzero(photo.max(axis=-1) > 170)
        x, y = xs.mean() - 29.5, ys.mean() - 19.5
        assert abs(np.hypot(x, y) - 8) < 1
        assert abs((np.rad2deg(np.arctan2(-x, -y)) - degrees + 180) % 360 - 180) < 5
