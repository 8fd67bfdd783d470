"""Motions that a user teaches, on the true boxes of moving hands."""

import math

import numpy as np
import pytest

from handvision.core.hand import Hand, Reading
from handvision.inference.own_motions import STEPS, OwnMotions, distances, path_of
from handvision.synthesis.gesture_motions import GESTURE_MOTIONS, gesture_motion
from tests.helpers.taught import changed_file

TAUGHT = ("swipe right", "wave", "circle")
OTHERS = ("swipe left", "lowered", "still")
SIZE = 400


def clip(name, seed, *, frames=15, seconds=1.0, size=SIZE, side=100, still=True, start=0.0):
    """What a tracker would say of a person: one hand that moves, and one that is held nearly still."""
    motion = gesture_motion(name, np.random.default_rng([seed, list(GESTURE_MOTIONS).index(name)]))
    readings = []
    for frame in range(frames):
        hands = []
        for number, x in enumerate((0.3, 0.7) if still else (0.3,)):
            moved = motion(number, frame / (frames - 1))
            middle = np.array([(x + moved.right) * size, (0.5 + moved.down) * size])
            box = np.concatenate([middle - side / 2, middle + side / 2]).astype(np.float32)
            hands.append(Hand(box=box, track=number, probability=0.5 + number / 4))
        when = start + seconds * frame / (frames - 1)
        readings.append(Reading("a.mp4", frame=frame, time_seconds=when, hands=tuple(hands)))
    return readings


def taught(examples=3, names=TAUGHT):
    motions = OwnMotions()
    for name in names:
        motions.teach(name, [clip(name, seed) for seed in range(examples)])
    return motions


@pytest.mark.parametrize(("examples", "right"), [(1, 0.8), (3, 0.9)])
def test_motions_of_others_are_read_and_what_was_not_taught_is_refused(examples, right):
    motions = taught(examples)
    read = [motions.read(clip(name, seed))[0] == name for name in TAUGHT for seed in range(50, 60)]
    others = [motions.read(clip(name, seed))[0] is None for name in OTHERS for seed in range(50, 60)]
    assert np.mean(read) >= right
    assert np.mean(others) >= 0.9


@pytest.mark.parametrize("how", [{"size": 800, "side": 200}, {"seconds": 1.3}, {"frames": 30}, {"start": 9}])
def test_size_pace_and_rate_do_not_count(how):
    motions = taught()
    plain, other = (motions.read(clip("circle", 70, **each)) for each in ({}, how))
    assert plain[0] == other[0] == "circle"
    assert other[1] == pytest.approx(plain[1], abs=0.05)


def test_the_hand_that_goes_farthest_counts():
    np.testing.assert_allclose(path_of(clip("wave", 1)), path_of(clip("wave", 1, still=False)))


def test_a_path_is_about_its_middle_y_upwards():
    path = path_of(clip("lowered", 1))
    assert path.shape == (STEPS, 2)
    np.testing.assert_allclose(path.mean(axis=0), 0, atol=1e-9)
    assert path[0, 1] > 0.5 and path[-1, 1] < -0.5  # the hand went down
    assert 0.5 < np.square(path).sum(axis=1).mean() < 1
    assert np.square(path_of(clip("still", 1))).sum(axis=1).mean() < 0.5


def test_a_path_that_is_ahead_is_as_like_as_warping_makes_it():
    steady = np.column_stack([np.linspace(-1, 1, STEPS), np.zeros(STEPS)])
    quick = np.column_stack([np.sin(np.linspace(-math.pi / 2, math.pi / 2, STEPS)), np.zeros(STEPS)])
    plain = math.sqrt(np.square(steady - quick).sum(axis=1).mean())
    warped, back = distances(steady, np.stack([quick, -steady]))
    assert 0 < warped < 0.6 * plain
    assert back > 0.8


def test_a_motion_is_named_once_when_it_ends_while_a_camera_is_watched():
    idle = clip("still", 5, frames=20, seconds=1.4)
    moved = clip("circle", 80, start=1.5)
    after = clip("still", 6, frames=20, seconds=1.4, start=2.6)
    told = [(reading.time_seconds, name) for reading, name in taught().watch([*idle, *moved, *after]) if name]
    assert [name for _, name in told] == ["circle"]
    assert 2.0 < told[0][0] < 2.8


def test_what_would_help_is_told_at_once():
    motions = OwnMotions()
    empty = [Reading("a.mp4", frame=i, time_seconds=i / 15) for i in range(15)]
    advice = motions.teach("wave", [clip("wave", 1), empty])
    assert [each.kind for each in advice] == ["no hand", "few"]
    assert "clips 2" in str(advice[0]) and "1 of 3 examples" in str(advice[1])
    assert motions.teach("wave", [clip("wave", 2), clip("wave", 3)]) == []
    (alike,) = motions.teach("greeting", [clip("wave", seed) for seed in range(4, 7)])
    assert alike.kind == "alike" and alike.gestures == ("greeting", "wave")
    assert [each.kind for each in motions.teach("none", [empty])] == ["no hand", "few"]
    assert motions.counts == {"wave": 3, "greeting": 3}


def test_a_file_reads_as_what_was_saved(tmp_path):
    before = taught()
    before.save(tmp_path / "motions.json")
    after = OwnMotions.load(tmp_path / "motions.json")
    assert after.counts == before.counts
    for name in (*TAUGHT, *OTHERS):
        expected = before.read(clip(name, 90))
        assert after.read(clip(name, 90)) == (expected[0], pytest.approx(expected[1], abs=1e-2))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "version 2; this handvision reads 'handvision own motions', version 1"),
        ({"motions": [{"name": "a", "examples": [[[0, 0]]]}]}, r"'a' are \(1, 1, 2\); each is \(16, 2\)"),
        ({"motions": [{"name": "a", "examples": []}]}, r"'a' are \(0,\)"),
        ({"motions": [{"name": "a"}]}, "'examples' is missing"),
    ],
)
def test_broken_files_say_what_is_wrong(tmp_path, change, message):
    path = changed_file(taught(1), tmp_path / "motions.json", change)
    with pytest.raises(ValueError, match=rf"motions.json is no file of taught motions: .*{message}"):
        OwnMotions.load(path)


def test_wrong_uses():
    motions = OwnMotions()
    with pytest.raises(ValueError, match="no motion was taught yet"):
        motions.read(clip("wave", 1))
    with pytest.raises(ValueError, match="name is ' '"):
        motions.teach(" ", [clip("wave", 1)])
    with pytest.raises(ValueError, match="give a list of one or more"):
        motions.teach("wave", "wave.mp4")
    with pytest.raises(ValueError, match="has no time"):
        motions.teach("wave", [[Reading("a.jpg", hands=(Hand(),))]])
    with pytest.raises(KeyError, match="no motion 'wave'; there are: none"):
        motions.forget("wave")
    motions.teach("wave", [clip("wave", 1)])
    motions.forget("wave")
    assert motions.counts == {}
