"""Tasks keep what is learned from apart from what judges, and say which data they took."""

import numpy as np
import pytest

from handvision.data import tasks
from handvision.data.examples import NO_HAND, Examples


@pytest.fixture(autouse=True)
def nothing_at_hand(tmp_path, monkeypatch):
    """No data set is at hand, and rendered hands are drawn into a folder of the test."""
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path / "runs"))
    monkeypatch.delenv("HANDVISION_ARCHIVES", raising=False)


def test_auto_takes_rendered_hands_and_says_what_is_missing(capsys):
    assert tasks.choose_data("auto", ("finger_digits",)) == "rendered"
    printed = capsys.readouterr().out
    assert "not at hand: finger_digits" in printed
    assert "rendered hands only" in printed


def test_real_fetches_what_is_welcome_and_auto_does_without(monkeypatch):
    fetched = []
    monkeypatch.setattr(tasks.download, "fetch", fetched.append)
    assert tasks.choose_data("real", ("finger_digits",), ("houses",)) == "real"
    assert fetched == ["finger_digits", "houses"]
    monkeypatch.setattr(tasks.download, "find", lambda name: name if name == "finger_digits" else None)
    assert tasks.choose_data("auto", ("finger_digits",), ("houses",)) == "real"


@pytest.mark.parametrize(("make", "classes"), [(tasks.finger_numbers, 6), (tasks.gestures, 20)])
def test_rendered_masks_of_every_class_for_learning_and_judging(make, classes):
    task = make("rendered", 40, 20, seed=1)
    assert task.data == "rendered"
    assert len(task.class_names) == classes
    assert task.train.masks.shape == (40, tasks.MASK_SIZE, tasks.MASK_SIZE, 1)
    assert len(np.unique(task.train.labels[task.train.labels != NO_HAND])) == classes
    judged = task.tests[tasks.RENDERED_TEST]
    assert not any((judged.masks[:, None] == task.train.masks[None]).all(axis=(2, 3, 4)).ravel())


def test_half_of_the_rendered_training_masks_are_rough():
    clean = tasks.rendered.render(8, size=tasks.MASK_SIZE, seed=1, photos=False)
    task = tasks.finger_numbers("rendered", 8, 4, seed=1, no_hands=0)
    same = (task.train.masks == clean.masks).all(axis=(1, 2, 3))
    assert same[::2].all()
    assert not same[1::2].all()


def test_segmentation_gives_photos_with_masks_and_as_many_batches_as_asked():
    task = tasks.segmentation("rendered", 64, 12, 6, batch_size=4, steps=2, seed=1)
    photos, masks = task.train[0]
    assert photos.shape == (4, 64, 64, 3)
    assert masks.shape == (4, 64, 64, 1)
    assert len(task.train) == 2
    task.train.epoch = 3
    assert not np.array_equal(photos, task.train[0][0]), "every epoch shows other pictures"


def test_some_pictures_are_always_the_same_ones_of_all_classes():
    examples = Examples("labels", labels=np.tile(np.arange(6), 100))
    some = tasks._some(examples, 100)
    assert np.array_equal(some.labels, tasks._some(examples, 100).labels)
    assert len(np.unique(some.labels)) == 6
    assert len(tasks._some(examples, 1000)) == 600


def test_photos_with_numbers_show_hands_that_no_segmenter_learns_from():
    tests = tasks.photos_to_numbers("rendered", 64, test=12, seed=1)
    assert list(tests) == [tasks.RENDERED_TEST]
    judged = tests[tasks.RENDERED_TEST]
    assert judged.photos.shape == (12, 64, 64, 3)
    assert (judged.labels >= 0).all()
    learned = tasks.rendered.cached_render(40, size=64, seed=1, empty=0.07)
    assert not np.isin(judged.groups, learned.groups).any()


def test_photos_without_hands_are_others_in_every_part():
    parts = [tasks.photos_without_hands("rendered", part, seed=1, count=3) for part in ("train", "test")]
    assert all((part.labels == NO_HAND).all() for part in parts)
    assert not parts[0].masks.any()
    assert not np.isin(parts[0].groups, parts[1].groups).any()


def test_a_twelfth_of_what_classifiers_learn_from_is_no_hand():
    task = tasks.finger_numbers("rendered", 50, 6, seed=1)
    assert (task.train.labels == NO_HAND).sum() == 4
    assert len(task.no_hands) == 6
    assert (tasks.finger_numbers("rendered", 50, 6, seed=1, no_hands=0).train.labels >= 0).all()


def test_photos_need_not_be_square():
    task = tasks.segmentation("rendered", (64, 96), 12, 6, batch_size=4, steps=1, seed=1)
    assert task.train[0][0].shape == (4, 64, 96, 3)
    assert task.tests[tasks.RENDERED_TEST].masks.shape == (6, 64, 96, 1)
    assert tasks.photos_to_numbers("rendered", (64, 96), 6, seed=1)[tasks.RENDERED_TEST].photos.shape[1:] == (
        64,
        96,
        3,
    )


def test_a_close_up_keeps_the_hand_and_drops_the_rest():
    mask = np.zeros((120, 160, 1), np.uint8)
    mask[40:80, 100:120] = 255
    close, whole = tasks.close_up(Examples("masks", masks=np.stack([mask, np.zeros_like(mask)]))).masks
    assert close.shape == (60, 40, 1)
    assert (close > 0).sum() == (mask > 0).sum()
    assert whole.shape == mask.shape


def test_photos_to_learn_numbers_are_turned_and_some_show_no_hand():
    photos = tasks.photos_to_learn_numbers("rendered", (32, 48), 20, seed=1)
    assert photos.photos.shape[1:] == (32, 48, 3)
    hands = photos.labels != NO_HAND
    assert hands.sum() == 20
    assert (~hands).sum() == 2
    assert np.isfinite(photos.rotations[hands]).all()
    assert photos.class_names == ("0", "1", "2", "3", "4", "5")


def test_versions_of_a_photo_turn_its_direction_too():
    photos = np.zeros((1, 40, 40, 3), np.uint8)
    photos[0, 4:20, 18:22] = 255  # points up
    up = Examples("up", photos=photos, labels=np.array([1]), rotations=np.zeros(1, np.float32))
    versions = tasks._versions(up, (40, 40), 9, seed=1)
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
    turned = tasks.turned_photos(up, seed=1)
    assert len(set(turned.rotations.tolist())) == 6
    assert turned.photos.shape == photos.shape
    assert turned.photos.min() >= 85, "nothing black comes in from outside"
    for photo, degrees in zip(turned.photos, turned.rotations, strict=True):
        ys, xs = np.nonzero(photo.max(axis=-1) > 170)
        x, y = xs.mean() - 29.5, ys.mean() - 19.5
        assert abs(np.hypot(x, y) - 8) < 1
        assert abs((np.rad2deg(np.arctan2(-x, -y)) - degrees + 180) % 360 - 180) < 5
