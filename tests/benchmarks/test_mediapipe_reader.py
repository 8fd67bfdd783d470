"""MediaPipe as a reader, with a stand-in for the package that answers as MediaPipe does."""

import sys
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.teacher import hand_points

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

# `mediapipe`: of a photo as many hands as its first value says, one after the other to the right.
STAND_IN = """
from types import SimpleNamespace as Some

POINTS = {points!r}

class Hands:
    def __init__(self, static_image_mode, max_num_hands, min_detection_confidence):
        self.most = max_num_hands
    def __enter__(self):
        return self
    def __exit__(self, *_):
        pass
    def process(self, photo):
        count = min(self.most, int(photo[0, 0, 0]))
        hands = [Some(landmark=[Some(x=x + 0.2 * i, y=y, z=0.0) for x, y in POINTS]) for i in range(count)]
        sides = [Some(classification=[Some(label=("Left", "Right")[i % 2], score=0.9)]) for i in range(count)]
        return Some(multi_hand_landmarks=hands or None, multi_handedness=sides or None)

solutions = Some(hands=Some(Hands=Hands))
"""


@pytest.fixture
def peer(tmp_path, monkeypatch):
    """The module of the reader, whose interpreter finds the stand-in."""
    shown = hand_points("IM", centre=(0.4, 0.5), length=0.3).tolist()
    (tmp_path / "mediapipe.py").write_text(STAND_IN.format(points=shown), "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import peers.mediapipe_reader

    return peers.mediapipe_reader


def photos(*counts):
    return [np.full((100, 200, 3), count, np.uint8) for count in counts]


def test_hands_come_in_pixels_with_number_side_and_rotation(peer):
    read = peer.MediaPipe(Path(sys.executable)).reader(peer.raised_fingers)
    none, one, two = read(photos(0, 1, 2))
    assert (none.hands, len(one.hands), len(two.hands)) == ((), 1, 2)
    # What MediaPipe calls left, as in a mirror, is a right hand.
    assert [hand.handedness for hand in two.hands] == ["right", "left"]
    first, second = two.hands
    assert first.label == second.label == "2" and abs(first.rotation_degrees) < 20
    assert np.allclose(second.keypoints[:, :2] - first.keypoints[:, :2], (40, 0), atol=1e-3)
    x0, y0, x1, y1 = first.box
    inside = (first.keypoints[:, :2] >= (x0, y0)) & (first.keypoints[:, :2] <= (x1, y1))
    assert inside.all() and first.size == (100, 200)


def test_no_more_hands_than_are_asked_for(peer):
    found = peer.find_hands(photos(3), most=1, python=Path(sys.executable))
    assert found.points.shape == (1, 1, 21, 3) and (found.milliseconds > 0).all()


def test_the_same_photos_are_asked_about_once(peer, monkeypatch):
    asked = []
    find = peer.find_hands
    monkeypatch.setattr(peer, "find_hands", lambda *a, **k: asked.append(1) or find(*a, **k))
    mediapipe = peer.MediaPipe(Path(sys.executable))
    first = mediapipe.reader(peer.raised_fingers)(photos(1))
    second = mediapipe.reader(lambda points, right: np.full(len(points), 5))(photos(1))
    assert len(asked) == 1 and (first[0].label, second[0].label) == ("2", "5")


def test_its_own_message_is_passed_on(peer, tmp_path):
    (tmp_path / "mediapipe.py").write_text("raise SystemExit('no networks in this wheel')", "utf-8")
    with pytest.raises(RuntimeError, match="no networks in this wheel"):
        peer.find_hands(photos(1), python=Path(sys.executable))


@pytest.mark.parametrize(("raised", "number"), [("", 0), ("I", 1), ("IM", 2), ("TIM", 3), ("TIMRL", 5)])
def test_fingers_are_counted_by_their_tips(peer, raised, number):
    assert peer.raised_fingers(hand_points(raised)[None]).tolist() == [number]
