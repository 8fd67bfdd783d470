"""`handvision teach`, and `handvision predict --gestures`, with hands that a model would read."""

from dataclasses import replace

import numpy as np
import pytest

from handvision.cli import main
from handvision.cli.teach import snapshots
from handvision.core.hand import Reading
from handvision.inference import predict as predicting
from handvision.inference.own_gestures import OwnGestures
from tests.helpers.gesturing import several, show


@pytest.fixture
def photos(monkeypatch):
    """Photos "fist_3.jpg" show what they are named; "empty" none."""

    def read(images, model=None, **options):
        for path in images:
            name, _, seed = str(path).removesuffix(".jpg").partition("_")
            hands = () if name == "empty" else (show(name, int(seed)),)
            yield np.zeros((8, 8, 3), np.uint8), Reading(str(path), size=(8, 8), hands=hands)

    monkeypatch.setattr(predicting, "stream", read)
    monkeypatch.setattr(predicting, "predict", lambda *a, **k: [reading for _, reading in read(*a, **k)])


def names(gesture, seeds):
    return [f"{gesture}_{seed}.jpg" for seed in seeds]


def test_photos_teach_a_gesture_more_photos_go_on_and_predict_names_it(tmp_path, photos, capsys):
    file = str(tmp_path / "mine.json")
    assert main(["teach", "closed", *names("fist", range(2)), "empty_0.jpg", "--gestures", file]) == 0
    printed = capsys.readouterr()
    assert "closed: 2 examples in" in printed.out
    assert "1 of 3" in printed.err and "empty_0.jpg" in printed.err and "2 of 5 examples" in printed.err
    assert main(["teach", "closed", *names("fist", range(2, 5)), "--gestures", file]) == 0
    assert "closed: 5 examples" in capsys.readouterr().out
    assert main(["predict", "fist_50.jpg", "victory_50.jpg", "--gestures", file]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("closed ") and lines[2].startswith("-  ")


def test_a_gesture_is_forgotten(tmp_path, photos, capsys):
    file = str(tmp_path / "mine.json")
    for name in ("fist", "L"):
        main(["teach", name, f"{name}_1.jpg", "--gestures", file])
    assert main(["teach", "fist", "--forget", "--gestures", file]) == 0
    assert OwnGestures.load(file).counts == {"L": 1}
    assert main(["teach", "fist", "--forget", "--gestures", file]) == 2
    assert "has no gesture 'fist'" in capsys.readouterr().err


def test_where_no_hand_is_found_nothing_is_written(tmp_path, photos, capsys):
    assert main(["teach", "fist", "empty_1.jpg", "--gestures", f"{tmp_path}/mine.json"]) == 1
    assert "no hand" in capsys.readouterr().err
    assert not (tmp_path / "mine.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fist"], "give photos, or --camera, or --forget"),
        (["fist", "fist_1.jpg", "--forget"], "give photos, or --camera, or --forget"),
        (
            ["fist", "fist_1.jpg", "--gestures", "a.jpg"],
            "--gestures a.jpg: a file of taught gestures ends with .json",
        ),
        ([" ", "fist_1.jpg"], "name is ' '"),
    ],
)
def test_wrong_commands_say_what_is_wrong(arguments, message, photos, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["teach", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_broken_file_of_gestures_stops_predict_before_any_output(tmp_path, photos, capsys):
    (tmp_path / "mine.json").write_text("{}")
    outputs = ["--csv", f"{tmp_path}/r.csv", "--gestures", f"{tmp_path}/mine.json"]
    assert main(["predict", "fist_1.jpg", *outputs]) == 2
    assert "mine.json is no file of taught gestures" in capsys.readouterr().err
    assert not (tmp_path / "r.csv").exists()


def test_sides_of_a_file_stay(tmp_path, photos, capsys):
    command = ["teach", "L", "L_1.jpg", "--gestures", str(tmp_path / "mine.json"), "--sides"]
    assert main([*command, "apart"]) == 0
    assert main([*command, "together"]) == 2
    assert "has sides apart" in capsys.readouterr().err


def test_a_camera_takes_five_snapshots_of_a_hand_a_second_apart():
    now = 0.0
    seen = []

    def frames():
        nonlocal now
        for frame in range(1000):
            now = frame / 10
            seen.append(frame)
            hands = () if frame % 2 else (replace(show("fist", 1), label=str(frame)),)
            yield Reading(size=(8, 8), hands=hands)

    taken = [int(reading.hands[0].label) / 10 for reading in snapshots(frames(), lambda: now)]
    assert len(taken) == 5
    assert min(np.diff([0, *taken])) >= 1
    assert seen[-1] / 10 == taken[-1] < 7  # no frame is taken after the last snapshot


def test_readings_of_a_file_taught_elsewhere_are_the_same(tmp_path, photos):
    """The command and the library write one format."""
    main(["teach", "fist", *names("fist", range(5)), "--gestures", str(tmp_path / "a.json")])
    gestures = OwnGestures()
    gestures.teach("fist", several("fist", range(5)))
    gestures.save(tmp_path / "b.json")
    assert (tmp_path / "a.json").read_text() == (tmp_path / "b.json").read_text()
