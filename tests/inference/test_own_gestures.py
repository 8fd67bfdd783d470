"""Gestures that a user teaches, on hands whose points and embedding come from the skeleton."""

from dataclasses import replace

import numpy as np
import pytest

from handvision.core.hand import Hand, Reading
from handvision.inference.own_gestures import OwnGestures, name_hands
from tests.helpers.gesturing import MODEL, several, show
from tests.helpers.taught import changed_file

TAUGHT = ("ok (thumb on index)", "I love you", "call me (thumb, little)", "fist", "L")
OTHERS = ("four", "victory", "index", "C", "crossed fingers")


def taught(examples=5, names=TAUGHT, sides="together"):
    gestures = OwnGestures(sides)
    for name in names:
        gestures.teach(name, several(name, range(examples)))
    return gestures


def kinds(advice):
    return [each.kind for each in advice]


# --- reading ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("examples", "right", "refused"), [(1, 0.8, 0.6), (5, 0.92, 0.85)])
def test_gestures_of_other_people_are_read_at_any_angle_and_others_are_refused(examples, right, refused):
    gestures = taught(examples)
    read = [gestures.read(show(name, seed))[0] == name for name in TAUGHT for seed in range(100, 120)]
    others = [gestures.read(show(name, seed))[0] is None for name in OTHERS for seed in range(100, 120)]
    assert np.mean(read) >= right
    assert np.mean(others) >= refused


@pytest.mark.parametrize("turned", [-179, -90, 0, 45, 120])
def test_direction_place_and_size_do_not_count(turned):
    gestures = taught()
    name, probability = gestures.read(show("L", 50, turned=turned, noise=0))
    assert name == "L"
    assert probability == pytest.approx(gestures.read(show("L", 50, turned=0, noise=0))[1], abs=0.05)


def test_a_hand_just_like_an_example_is_sure_and_one_between_two_gestures_is_not():
    gestures = OwnGestures()
    one = show("L", 1)
    gestures.teach("angle", one)
    assert gestures.read(one) == ("angle", pytest.approx(0.98, abs=0.01))
    gestures.teach("corner", one)
    assert gestures.read(one)[1] == pytest.approx(0.5, abs=0.01)


def test_what_is_refused_has_the_probability_that_it_is_none():
    name, probability = OwnGestures.read(taught(1, ["fist"]), show("victory", 7))
    assert name is None
    assert 0.5 < probability <= 1


def test_teaching_goes_on_and_a_gesture_is_forgotten():
    gestures = taught(2, ["fist", "L"])
    gestures.teach("fist", several("fist", range(2, 5)))
    assert gestures.counts == {"fist": 5, "L": 2}
    gestures.forget("fist")
    assert gestures.counts == {"L": 2}
    assert gestures.read(show("fist", 9))[0] is None
    with pytest.raises(KeyError, match="no gesture 'fist'; there are: L"):
        gestures.forget("fist")


def test_a_gesture_is_the_same_with_both_hands_or_two_as_the_user_likes():
    left = show("L", 60, left=True)
    assert taught().read(left)[0] == "L"
    apart = taught(sides="apart")
    assert apart.read(left)[0] is None
    apart.teach("left L", several("L", range(5), left=True))
    assert apart.read(left)[0] == "left L"
    assert apart.read(show("L", 60))[0] == "L"


def test_readings_get_the_taught_names():
    fist, other = show("fist", 80), show("victory", 80)
    before = Reading("a.jpg", frame=3, size=(480, 640), hands=(other, fist))
    (after,) = name_hands([before], taught())
    assert [hand.label for hand in after.hands] == ["fist", ""]
    assert after.hands[0].probability > 0.5 and after.hands[1].probability == 0
    assert (after.source, after.frame, after.size) == ("a.jpg", 3, (480, 640))


# --- teaching ---------------------------------------------------------------------------------------


def test_what_is_wrong_with_photos_is_told_at_once_and_the_rest_is_taught():
    readings = [
        Reading("1.jpg", hands=(show("fist", 1),)),
        Reading("2.jpg"),
        Reading("3.jpg", error="no picture"),
        Reading("4.jpg", hands=(show("fist", 2), replace(show("L", 2), probability=0.1))),
    ]
    gestures = OwnGestures()
    advice = gestures.teach("fist", readings)
    assert kinds(advice) == ["unreadable", "no hand", "several hands", "few"]
    assert "1 of 4" in str(advice[0]) and "3.jpg" in str(advice[0])
    assert "2.jpg" in str(advice[1]) and "4.jpg" in str(advice[2])
    assert "2 of 5 examples; 3 more" in str(advice[3])
    assert gestures.counts == {"fist": 2}


def test_photos_without_any_hand_teach_nothing():
    gestures = OwnGestures()
    assert kinds(gestures.teach("fist", [Reading("1.jpg"), Reading("2.jpg")])) == ["no hand"]
    assert gestures.counts == {}


def test_good_examples_need_no_advice():
    assert OwnGestures().teach("fist", several("fist", range(5))) == []


@pytest.mark.parametrize(
    ("examples", "expected"),
    [
        ([show("fist", 1)], ["few"]),
        ([show("fist", 1)] * 5, ["few"]),  # a hand held still is one example
        ([*several("fist", range(5)), show("five", 5)], ["unlike"]),
    ],
)
def test_examples_that_are_few_or_contradict_each_other(examples, expected):
    advice = OwnGestures().teach("mine", examples)
    assert kinds(advice) == expected
    assert "unlike" not in expected or "unlike all others: 6." in str(advice[0])


def test_gestures_that_look_the_same_are_named():
    gestures = taught()
    (advice,) = gestures.teach("closed hand", several("fist", range(20, 25)))
    assert advice.kind == "alike"
    assert advice.gestures == ("closed hand", "fist")


def test_a_hand_whose_side_nobody_knows_is_left_out_where_sides_are_apart():
    gestures = OwnGestures("apart")
    advice = gestures.teach("L", [*several("L", range(5)), replace(show("L", 9), handedness="")])
    assert kinds(advice) == ["unknown side"]
    assert "1 of 6" in str(advice[0])
    assert gestures.counts == {"L": 5}


@pytest.mark.parametrize(
    ("name", "examples", "error", "message"),
    [
        ("", [show("fist")], ValueError, "name is ''"),
        ("fist", [], ValueError, "no examples of 'fist'"),
        ("fist", [show("fist"), "a.jpg"], TypeError, "mixed"),
        ("fist", Hand(model="old"), ValueError, "'old' gives no key points"),
        ("fist", replace(show("fist"), embedding=np.zeros(0, np.float32)), ValueError, "gives no embedding"),
        ("fist", [show("fist"), show("fist", model="other")], ValueError, rf"{MODEL}.*'other' reads now"),
    ],
)
def test_what_cannot_be_taught(name, examples, error, message):
    gestures = OwnGestures()
    with pytest.raises(error, match=message):
        gestures.teach(name, examples)
    assert gestures.counts == {}


def test_wrong_uses():
    with pytest.raises(ValueError, match="sides is 'both'; use one of together, apart"):
        OwnGestures("both")
    with pytest.raises(ValueError, match="no gesture was taught yet"):
        OwnGestures().read(show("fist"))
    with pytest.raises(ValueError, match="teach the gestures anew"):
        taught(1).read(show("fist", model="other"))


# --- files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sides", ["together", "apart"])
def test_a_file_reads_as_what_was_saved_and_can_be_taught_on(tmp_path, sides):
    before = taught(sides=sides)
    before.save(tmp_path / "mine.json")
    after = OwnGestures.load(tmp_path / "mine.json", model=MODEL)
    assert (after.sides, after.model, after.counts) == (sides, MODEL, before.counts)
    for name in (*TAUGHT, *OTHERS):
        expected = before.read(show(name, 90))
        assert after.read(show(name, 90)) == (expected[0], pytest.approx(expected[1], abs=1e-3))
    after.teach("victory", several("victory", range(3)))
    assert after.read(show("victory", 90))[0] == "victory"
    assert (tmp_path / "mine.json").stat().st_size < 40_000


def test_a_file_of_another_model_is_refused(tmp_path):
    taught(1).save(tmp_path / "mine.json")
    with pytest.raises(ValueError, match=rf"mine.json: .*taught with the model '{MODEL}', and 'new' reads"):
        OwnGestures.load(tmp_path / "mine.json", model="new")


def test_files_without_a_gesture_are_of_no_model(tmp_path):
    OwnGestures().save(tmp_path / "none.json")
    assert OwnGestures.load(tmp_path / "none.json", model="any").counts == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "says 'other'"),
        ({"version": 2}, r"version 2; this handvision reads .*version 1"),
        ({"sides": "both"}, "sides is 'both'"),
        ({"gestures": [{"name": "a", "side": "up", "examples": [{}]}]}, "the side 'up'"),
        ({"gestures": [{"name": "a", "side": "", "examples": []}]}, "'a' has no examples"),
        ({"gestures": [{"name": "a", "side": "", "examples": [[1, 2]]}]}, r"\(1, 2\); each is 40 numbers"),
        ({"gestures": [{"name": "a", "side": "", "examples": [[float("nan")] * 104]}]}, "all finite"),
        ({"gestures": [{"name": "a", "side": ""}]}, "'examples' is missing"),
        (
            {"gestures": [{"name": n, "side": "", "examples": [[0] * (90 + len(n))]} for n in ("a", "bc")]},
            r"unequal lengths, \[91, 92\]",
        ),
    ],
)
def test_broken_files_say_what_is_wrong(tmp_path, change, message):
    path = changed_file(taught(1), tmp_path / "mine.json", change)
    with pytest.raises(ValueError, match=rf"mine.json is no file of taught gestures: .*{message}"):
        OwnGestures.load(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "\x00", '"text"'])
def test_other_files_are_refused(tmp_path, text):
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(ValueError, match=r"other\.json is no file of taught gestures"):
        OwnGestures.load(tmp_path / "other.json")
