"""How close-ups are cut: the hand in the middle, what is known of it in the close-up's pixels."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from handvision.core.close_ups import REACH, SIDE
from handvision.core.examples import Examples
from handvision.core.hands import Hands
from handvision.core.vocabularies import HAGRID, NUMBERS
from handvision.datasets.readers import hagrid
from handvision.protocol import close_ups


@pytest.fixture
def photos(monkeypatch):
    """Two photos of a known set, without archives or a teacher: a white hand of 30 by 60 pixels each."""
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[100:160, 200:230] = 255
    hands = [Hands(boxes=[[200, 100, 230, 160]], handedness=["left"], labels=[label]) for label in (4, -1)]
    made = Examples(
        "made",
        photos=[picture, picture],
        hands=hands,
        labels=np.array([4, 2]),
        ids=np.array(["call/1", "fist/2"]),
        class_names=NUMBERS,
    )
    monkeypatch.setattr(close_ups, "part", lambda name, which: made)
    monkeypatch.setattr(close_ups, "add_hands", lambda name, examples: examples)


def test_a_hand_lies_in_the_middle_of_its_close_up(photos):
    cut = close_ups.real_close_ups("hagrid_numbers", "train")
    shown = cv2.imdecode(np.frombuffer(cut.pictures[0], np.uint8), cv2.IMREAD_GRAYSCALE)
    assert shown.shape == (SIDE, SIDE)
    scale = SIDE / (60 * REACH)
    expected = np.array([-15, -30, 15, 30]) * scale + SIDE / 2
    np.testing.assert_allclose(cut.hands.boxes[0], expected, atol=1e-3)
    rows, columns = np.nonzero(shown > 128)
    seen = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    np.testing.assert_allclose(seen, expected, atol=2)
    assert cut.pixels.tolist() == [60, 60]


def test_what_is_known_goes_along(photos):
    cut = close_ups.real_close_ups("hagrid_numbers", "train")
    assert cut.labels["gesture"].tolist() == [4, 2]  # the second from its photo, which shows one hand
    assert cut.hands.handedness.tolist() == ["left", "left"]
    assert cut.shaped.tolist() == [False, True]  # "call" is an unseen gesture
    assert cut.labels["hagrid"].tolist() == [-1, HAGRID.index("fist")]
    assert cut.present.all()
    assert cut.masks == [b"", b""]


def test_unseen_gestures_have_no_name():
    assert not set(HAGRID) & set(close_ups.UNSEEN_OF_HAGRID)
    assert {*HAGRID, *close_ups.UNSEEN_OF_HAGRID} == {*hagrid.FINGERS, hagrid.IDLE}


def test_an_idle_hand_shows_no_gesture_and_another_hand_of_a_photo_is_not_named(photos, monkeypatch):
    made = close_ups.part("hagrid_numbers", "train")
    two = Hands(boxes=[[200, 100, 230, 160], [20, 30, 50, 90]], labels=[3, -1])
    shown = replace(made, ids=np.array(["three2/1", "no_gesture/2"]), hands=[two, made.hands[1]])
    shown = replace(shown, labels=np.array([3, -1]))
    monkeypatch.setattr(close_ups, "part", lambda name, which: shown)
    labels = close_ups.real_close_ups("hagrid_numbers", "train").labels["hagrid"]
    assert labels.tolist() == [HAGRID.index("three2"), -1, HAGRID.index("no_gesture")]


def test_parts_of_photos_without_hands_are_taken_where_skin_is(monkeypatch):
    photo = np.full((120, 160, 3), (40, 60, 200), np.uint8)
    photo[:, :60] = (205, 150, 125)  # the colour of skin
    monkeypatch.setattr(close_ups, "photos_without_hands", lambda which: iter([photo]))
    cut = close_ups.close_ups_without_hands("train", 12, seed=1)
    assert len(cut) == 12
    assert not cut.present.any()
    assert (cut.labels["gesture"] == -1).all()
    red = [cv2.imdecode(np.frombuffer(one, np.uint8), 1)[..., 2].mean() for one in cut.pictures]
    again = close_ups.close_ups_without_hands("train", 12, seed=1)
    assert again.pictures == cut.pictures
    assert np.mean(red) > 95  # at random, it would be about 90: most boxes are on skin


@pytest.mark.slow
def test_rendered_hands_bring_masks_and_vocabularies(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    cut = close_ups.rendered_close_ups(2, 5, "train", size=64)
    assert len(cut) == 6
    assert (cut.sources == "mesh").all()
    assert (cut.labels["gesture"] >= 0).sum() == 2  # numbers
    assert (cut.labels["gestures"] >= 0).sum() == 2
    assert all(cut.masks)
    assert np.isfinite(cut.hands.keypoints).all()


def test_false_finds_are_cut_where_no_hand_is_as_they_are_turned(photos, monkeypatch):
    monkeypatch.setattr(close_ups, "photos_without_hands", lambda which: iter([]))
    seen = []

    def find(photo):
        seen.append(photo)
        # In the view, 384 pixels high, the hand lies from (341, 192) to (393, 294).
        return Hands(boxes=[[341, 192, 393, 294], [20, 30, 80, 90]], rotations=[0, 90])

    cut = close_ups.false_finds(find, "train", views=1, seed=1)
    assert len(seen) == 2 and seen[0].shape == (*close_ups.VIEW, 3)
    assert cut.pixels.tolist() == [60, 60] and cut.hands.rotations.tolist() == [90, 90]
    assert not cut.present.any()


def test_without_hands_all_that_is_found_is_false():
    found = Hands(boxes=[[0, 0, 10, 10], [50, 0, 60, 10]])
    assert close_ups.beside(found, Hands()) is found
    assert close_ups.beside(found, Hands(boxes=[[1, 0, 11, 10]])).boxes.tolist() == [[50, 0, 60, 10]]
