"""What the teacher is shown, how its answers lead back to the photo, and which of them are one hand."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from handvision.datasets.teacher import mediapipe_hands
from handvision.datasets.teacher.ask import Teacher, TeacherUnavailable
from handvision.datasets.teacher.finger_count import raised_fingers
from handvision.datasets.teacher.matching import Find, box_around, hand_length, match
from handvision.datasets.teacher.views import views
from tests.helpers.teacher import hand_points, stand_in


class Brightest:
    """In place of MediaPipe: a hand all of whose points lie on the brightest pixel, left in a mirror."""

    def process(self, picture):
        y, x = np.unravel_index(picture[..., 0].argmax(), picture.shape[:2])
        point = SimpleNamespace(x=(x + 0.5) / picture.shape[1], y=(y + 0.5) / picture.shape[0])
        side = SimpleNamespace(label="Left", score=0.75)
        return SimpleNamespace(
            multi_hand_landmarks=[SimpleNamespace(landmark=[point] * 21)],
            multi_handedness=[SimpleNamespace(classification=[side])],
        )


@pytest.mark.parametrize("turns", range(4))
def test_points_of_a_turned_view_lie_on_the_photo(turns):
    photo = np.zeros((40, 80, 3), np.uint8)
    photo[25, 52] = 255
    (hand,) = mediapipe_hands.hands_in_view(Brightest(), photo, [30, 10, 70, 36, turns])
    np.testing.assert_allclose(np.array(hand["points"]) * (80, 40), [[52.5, 25.5]] * 21, atol=1e-3)
    assert hand["side"] == "right", "MediaPipe takes photos for mirror images"


@pytest.mark.parametrize(
    ("boxes", "close_up", "parts"),
    [
        (None, True, 0),  # a close-up: all of it
        (None, False, 4),  # nothing known: four tiles, upright
        (np.zeros((0, 4)), False, 4),  # no box
        (np.float32([[10, 10, 30, 40]]), False, 4),  # a box: a square around it, in four turns
        (np.float32([[10, 10, 30, 40], [150, 50, 170, 80]]), False, 8),
        (np.float32([[10, 10, 150, 90]]), False, 0),  # a box that fills the photo
    ],
)
def test_views_are_the_photo_and_parts_that_lie_in_it(boxes, close_up, parts):
    seen = views((100, 200), boxes, close_up)
    assert seen[:4] == [(0, 0, 200, 100, turn) for turn in range(4)]
    assert len(seen) == 4 + parts
    assert all(0 <= x0 < x1 <= 200 and 0 <= y0 < y1 <= 100 for x0, y0, x1, y1, _ in seen)


def test_a_view_around_a_box_has_the_box_in_it():
    for box in np.float32([[0, 0, 20, 20], [180, 80, 200, 100], [90, 40, 110, 60]]):
        x0, y0, x1, y1, _ = views((100, 200), box[None], False)[-1]
        assert x0 <= box[0] and y0 <= box[1] and x1 >= box[2] and y1 >= box[3]
        assert (x1 - x0, y1 - y0) == (50, 50)


def find(points, view=0, turns=0, side="left", score=0.9):
    return Find(points, side, score, view, turns)


def test_finds_of_one_hand_become_their_median():
    rng = np.random.default_rng(0)
    points = hand_points()
    finds = [find(points + rng.normal(0, 1, points.shape), turn, turn) for turn in range(4)]
    finds[1] = find(finds[1].points, 1, 1, side="right", score=0.6)
    (hand,) = match(finds)
    assert (hand.turns, hand.views, hand.side) == (4, 4, "left")
    assert hand.score == pytest.approx(2.7 / 3.3)
    assert np.abs(hand.points - points).max() < 3 and 0.01 < hand.spread < 0.05


@pytest.mark.parametrize(
    ("finds", "turns"),
    [
        ([], []),
        # Two hands beside each other.
        ([find(hand_points()), find(hand_points(centre=(120, 50)), turns=1)], [1, 1]),
        # The same hand twice in one view, and once in another.
        ([find(hand_points()), find(hand_points() + 1), find(hand_points() + 1, 1, 1)], [2]),
        # Another pose on the same hand, which fewer turns show.
        (
            [find(hand_points(), 0, 0), find(hand_points(), 1, 1), find(hand_points()[::-1], 2, 2)],
            [2],
        ),
    ],
)
def test_one_hand_in_each_place(finds, turns):
    assert [hand.turns for hand in match(finds)] == turns


def test_length_and_box_of_a_hand():
    points = hand_points(length=40)
    assert hand_length(points) == pytest.approx(40, rel=0.1)
    x0, y0, x1, y1 = box_around(points)
    assert y1 - y0 == pytest.approx(40) and x0 < x1


@pytest.mark.parametrize("raised", ["", "I", "IM", "TIM", "IMRL", "TIMRL", "T", "TL"])
@pytest.mark.parametrize("degrees", [0, 90, 200])
def test_fingers_are_counted_in_any_rotation(raised, degrees):
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    points = hand_points(raised) @ np.array([[cos, sin], [-sin, cos]])
    assert raised_fingers(points) == len(raised)


def test_photos_go_to_the_teacher_and_hands_come_back(tmp_path):
    program, log = stand_in(tmp_path, hand_points() / 100)
    photos = [np.zeros((30, 50, 3), np.uint8), np.zeros((20, 20, 3), np.uint8)]
    with Teacher(program) as teacher:
        assert teacher.card["confidence"] == 0.3
        answers = list(teacher.hands((photo, views(photo.shape[:2], None, True)) for photo in photos))
    assert [len(answer) for answer in answers] == [4, 4]
    assert log.read_text() == "30 50 4\n20 20 4\n"


@pytest.mark.parametrize(
    ("python", "message"),
    [("no/such/python", "cannot be started"), (sys.executable, "stopped with status 1")],
)
def test_a_missing_environment_is_named_with_what_to_do(python, message):
    """The tests' own environment has no MediaPipe."""
    with pytest.raises(TeacherUnavailable, match=f"{message}.*pip install mediapipe==0.10.21"):
        Teacher(python)
