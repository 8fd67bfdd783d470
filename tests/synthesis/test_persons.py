"""Rendered persons: reproducible, truly labelled, of other people in every split."""

import numpy as np
import pytest

from handvision.core.examples import NO_HAND
from handvision.synthesis import persons
from handvision.synthesis.persons import render_persons

pytestmark = pytest.mark.slow

FIELDS = ("boxes", "keypoints", "handedness", "labels", "rotations")


@pytest.fixture(scope="module")
def drawn():
    return render_persons(30, size=(96, 128), seed=3)


def same(one, other):
    for field in ("photos", "masks", "labels", "rotations", "groups"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field), err_msg=field)
    for hands, others in zip(one.hands, other.hands, strict=True):
        for field in FIELDS:
            np.testing.assert_array_equal(getattr(hands, field), getattr(others, field), err_msg=field)


def test_shapes_and_types(drawn):
    assert drawn.photos.shape == (30, 96, 128, 3) and drawn.photos.dtype == np.uint8
    assert drawn.masks.shape == (30, 96, 128, 1) and set(np.unique(drawn.masks)) == {0, 255}
    assert drawn.class_names == ("0", "1", "2", "3", "4", "5") and len(set(drawn.groups)) == 30


def test_other_processes_draw_the_same_bytes(drawn):
    same(render_persons(30, size=(96, 128), seed=3, workers=2), drawn)


def test_more_pictures_begin_with_the_same_ones_and_masks_need_no_photos(drawn):
    fewer = render_persons(4, size=(96, 128), seed=3, photos=False)
    assert fewer.photos is None
    np.testing.assert_array_equal(fewer.masks, drawn.masks[:4])


def test_a_kept_file_holds_the_same(tmp_path, monkeypatch, drawn):
    call = {"count": 3, "size": (96, 128), "seed": 3, "cached": True, "folder": tmp_path}
    first = render_persons(**call)
    monkeypatch.setattr(persons, "_draw", lambda *_: pytest.fail("the pictures were drawn again"))
    same(render_persons(**call), first)
    same(first, drawn.take(range(3)))


def test_box_mask_and_key_points_agree(drawn):
    seen = hidden = 0
    for mask, hands in zip(drawn.masks[..., 0], drawn.hands, strict=True):
        for box, points in zip(hands.boxes, hands.keypoints, strict=True):
            inside = ((points[:, :2] > 0) & (points[:, :2] < (128, 96))).all(axis=1)
            off = np.maximum(box[:2] - points[:, :2], points[:, :2] - box[2:]).max(axis=1)
            assert off[inside].max() < 0.03 * max(box[2:] - box[:2]) + 0.5
            assert not points[~inside, 2].any()
            shown = points[points[:, 2] == 1, :2]
            columns, rows = np.floor(shown).astype(int).T
            near = [
                mask[max(r - 1, 0) : r + 2, max(c - 1, 0) : c + 2].any()
                for r, c in zip(rows, columns, strict=True)
            ]
            seen, hidden = seen + sum(near), hidden + len(near) - sum(near)
    assert seen > 200 and hidden < 0.03 * seen


def test_rotation_is_wrist_to_middle_knuckle(drawn):
    for hands in drawn.hands:
        dx, dy = (hands.keypoints[:, 9, :2] - hands.keypoints[:, 0, :2]).T
        off = (np.degrees(np.arctan2(-dx, -dy)) - hands.rotations + 180) % 360 - 180
        assert np.abs(off).max(initial=0) < 0.1


def test_labels_of_pictures_are_those_of_their_only_hand(drawn):
    for label, hands in zip(drawn.labels, drawn.hands, strict=True):
        assert label == (hands.labels[0] if len(hands) == 1 else NO_HAND)
    shown = np.concatenate([hands.labels for hands in drawn.hands])
    assert (shown >= 0).sum() > 10 and (shown == NO_HAND).sum() > 3


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_share_without_hands(share):
    empty = render_persons(24, size=(64, 64), seed=5, empty=share, photos=False)
    bare = np.array([len(hands) == 0 for hands in empty.hands])
    np.testing.assert_array_equal(bare, ~empty.masks.any(axis=(1, 2, 3)))
    assert abs(bare.mean() - share) <= 0.15 * (0 < share < 1)


def test_photos_of_rooms_stand_behind():
    room = np.zeros((90, 70, 3), np.uint8)
    room[..., 1] = 255
    behind = render_persons(4, size=(96, 128), empty=1.0, rooms=[room], seed=1)
    green = behind.photos[..., 1].astype(int) > 1.5 * behind.photos[..., 0]
    assert (green.mean(axis=(1, 2)) > 0.05).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"count": 0}, "count is 0; use a whole number from 1"),
        ({"size": (32, 64)}, r"size is \(32, 64\); use \(height, width\), each 64 to 1024"),
        ({"size": 128}, r"size is 128; use \(height, width\)"),
        ({"seed": -1}, "seed is -1"),
        ({"task": "poses"}, "task is 'poses'; use one of numbers, gestures"),
        ({"split": "all"}, "split is 'all'; use one of train, validation, test"),
        ({"empty": 20}, "empty is 20; use a share from 0 to 1"),
        ({"workers": 0}, "workers is 0"),
        ({"rooms": [np.zeros((9, 9), np.uint8)]}, r"rooms\[0\] has shape \(9, 9\) and dtype uint8"),
        ({"rooms": [np.zeros((9, 9, 3), np.uint8)], "cached": True}, "cached is True with 1 rooms"),
    ],
)
def test_errors_name_the_wrong_value(wrong, message):
    with pytest.raises(ValueError, match=message):
        render_persons(**{"count": 1, "size": (64, 64)} | wrong)
