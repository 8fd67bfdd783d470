"""The study of own gestures, on hands whose points and embedding come from the skeleton."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.core.hand import Hand
from handvision.core.vocabularies import GESTURES
from handvision.protocol.own_gestures import GestureTest
from handvision.studies import own_gestures as study
from handvision.studies.record import Record
from handvision.studies.study_tables import table_of
from handvision.studies.surest_hands import SurestHands, look_with, look_with_teacher
from tests.helpers.gesturing import MODEL, show

TAUGHT, OTHERS = ("L", "call me (thumb, little)"), ("fist",)
READERS = ("ours", "features", "mediapipe")
LOST = 11  # the seed of a person whose hand no reader finds


def photo_of(gesture, seed):
    """A picture that says what it shows."""
    return np.array([[[GESTURES.index(gesture), seed, 0]]], np.uint8)


def hand_in(photo):
    gesture, seed, _ = photo[0, 0].tolist()
    return None if seed == LOST else show(GESTURES[gesture], seed)


def look(photos):
    return [hand_in(photo) for photo in photos]


@pytest.fixture
def given():
    rows = [(name, seed) for name in (*TAUGHT, *OTHERS) for seed in range(12)]
    photos = [photo_of(*row) for row in rows]
    labels = np.array([GESTURES.index(name) for name, _ in rows])
    examples = Examples("hands", photos=photos, labels=labels, class_names=GESTURES)
    teachable = np.array([name in TAUGHT for name, _ in rows])
    return GestureTest(examples, teachable, np.ones(len(rows), bool), TAUGHT, (1, 5))


def test_all_ways_are_judged_on_the_same_draws(given, tmp_path):
    readers = {name: SurestHands(tmp_path / f"{name}.npz", look, MODEL) for name in READERS}
    chosen = study.choose(readers, {"hagrid_unseen_gestures": given}, 6)
    variants = tuple(study.judge(readers, chosen, {"hagrid_unseen_gestures": given}, 6))
    assert [variant.name for variant in variants] == ["ours", *(way.name for way in study.WAYS)]
    for variant in variants:
        told = variant.figures["hagrid_unseen_gestures"]
        assert (told["n"], told["n_others"], told["baseline"]) == (24, 12, 0.5)
        assert told["found"] == pytest.approx(33 / 36)
        # One person in twelve is never found, and seldom an example.
        assert 0.5 < told["accuracy_1"] < 1 and 0.5 < told["accuracy_5"] < 1
        assert told["accuracy_5_low"] <= told["accuracy_5"]
        assert 0 <= told["refused_5_low"] <= told["refused_5"] <= 11 / 12 + 1e-6
    for way in variants[1:]:
        assert way.figures["hagrid_unseen_gestures"]["refused_1"] >= study.REFUSED[1]
    table = table_of(Record("own_gestures", variants=variants))
    assert len(table.cells) == 4 and len(table.columns) == 4 + len(variants)


def test_draws_that_leave_nothing_to_ask_about_do_not_count(given, tmp_path):
    readers = {name: SurestHands(tmp_path / f"{name}.npz", look, MODEL) for name in READERS}
    # One photo of each gesture is asked about; some of the draws take both for examples.
    asked = np.isin(np.arange(36) % 12, [3]) | (given.gestures == "fist")
    few = replace(given, asked=asked, examples=(5,))
    chosen = study.choose(readers, {"few": few}, 20)
    (ours, *_) = study.judge(readers, chosen, {"hagrid_unseen_gestures": few}, 20)
    told = ours.figures["hagrid_unseen_gestures"]
    assert told["n"] == 2 and 0.5 < told["accuracy_5"] <= 1
    with pytest.raises(ValueError, match=r"5 examples of each of L, call me .* leave no photo"):
        study.choose(readers, {"none": replace(few, asked=given.gestures == "fist")}, 3)


def test_constants_are_those_of_the_mixture():
    chosen = {1: ("0.25", 0.7), 5: ("0.5", 0.5), 10: ("0.5", 0.45)}
    told = study.constants(chosen)
    many, one = told["radius_of_many"], told["radius_of_one"]
    assert many + (one - many) / 5 == pytest.approx(0.5)
    assert (one, told["embedding_share"]) == (0.7, ["0.25", "0.5"])


def test_left_and_right_hands_are_alike_by_their_points():
    hands = [show("L", 1, noise=0), None, show("L", 1, left=True, noise=0), show("fist", 1, noise=0)]
    between = study.by_points(hands)
    assert np.isnan(between[1]).all() and np.isnan(between[:, 1]).all()
    assert between[0, 2] < 0.05 < between[0, 3] and between[0, 0] == 0


def test_photos_are_read_once(tmp_path):
    asked = []

    def counting(photos):
        asked.append(len(photos))
        return look(photos)

    file = tmp_path / "kept" / "hands.npz"
    first = SurestHands(file, counting, MODEL).of([photo_of("fist", 1), photo_of("fist", LOST)])
    again = SurestHands(file, counting, MODEL)
    kept = again.of([photo_of("fist", LOST), photo_of("fist", 1), photo_of("L", 2)])
    assert asked == [2, 1]
    assert first[1] is None and kept[0] is None
    np.testing.assert_array_equal(first[0].keypoints, kept[1].keypoints)
    np.testing.assert_array_equal(kept[1].embedding, show("fist", 1).embedding)
    assert kept[1].model == MODEL and isinstance(kept[2], Hand)


def test_a_reader_that_finds_nothing_at_first_goes_on(tmp_path):
    file = tmp_path / "hands.npz"
    assert SurestHands(file, look, MODEL).of([photo_of("fist", LOST)]) == [None]
    (lost, found) = SurestHands(file, look, MODEL).of([photo_of("fist", LOST), photo_of("L", 1)])
    assert lost is None and found is not None


def test_a_model_without_embedding_is_refused(monkeypatch):
    from handvision.core.hand import Reading
    from handvision.studies import surest_hands

    monkeypatch.setattr(surest_hands, "predict", lambda *_, **__: [Reading(hands=(Hand(),))])
    with pytest.raises(ValueError, match=r"old.onnx gives no key points, or no embedding"):
        look_with(Path("old.onnx"))([photo_of("fist", 1)])


def test_mediapipes_first_hand_is_taken_in_pixels(tmp_path, monkeypatch):
    stand_in = tmp_path / "teacher.py"
    stand_in.write_text(
        "import json, sys\n"
        "print(json.dumps({}), flush=True)\n"
        "while line := sys.stdin.buffer.readline():\n"
        "    height, width = json.loads(line)['size']\n"
        "    some = sys.stdin.buffer.read(height * width * 3)[0]\n"
        "    hand = {'points': [[0.5, 0.25]] * 21}\n"
        "    print(json.dumps([hand] * some), flush=True)\n",
        "utf-8",
    )
    monkeypatch.setattr("handvision.datasets.teacher.ask.SCRIPT", stand_in)
    photos = [np.full((40, 60, 3), hands, np.uint8) for hands in (2, 0)]
    found, none = look_with_teacher(Path(sys.executable))(photos)
    assert none is None and found.keypoints[0].tolist() == [30, 10, 1]
