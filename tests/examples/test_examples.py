"""The scripts of `examples/`, on rendered hands: each does what it says."""

import csv
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handvision.media.video_file import video_file
from handvision.synthesis.clips import render_clip
from handvision.synthesis.rendered import render

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs an example with arguments; gives the lines that it prints."""

    def example(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out.splitlines()

    return example


@pytest.fixture(scope="module")
def hands():
    return render(4, size=320, seed=11, mesh=1.0, split="test", empty=0)


@pytest.fixture(scope="module")
def photos(hands, tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for number, photo in enumerate(hands.photos):
        Image.fromarray(photo).save(folder / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with video_file(path, 30.0) as add:
        for number, frame in enumerate(render_clip("still", 8, size=320, seed=3)):
            add(frame.picture.photo, number / 30)
    return path


def test_all_of_them_are_tested_and_listed():
    names = {path.name for path in EXAMPLES.glob("*.py")}
    listed = (EXAMPLES / "README.md").read_text("utf-8")
    tests = Path(__file__).read_text("utf-8")
    assert len(names) == 6
    assert [name for name in names if f"({name})" not in listed or f'run("{name}"' not in tests] == []


def test_a_folder_becomes_a_table(run, photos, tmp_path):
    (tmp_path / "in").mkdir()
    for path in photos.iterdir():
        (tmp_path / "in" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "in" / "broken.jpg").write_text("no picture")
    printed = run("folder_to_csv.py", tmp_path / "in", tmp_path / "hands.csv")
    assert any("broken.jpg" in line for line in printed)
    rows = list(csv.DictReader((tmp_path / "hands.csv").read_text("utf-8").splitlines()))
    assert len({row["photo"] for row in rows}) >= 3
    assert {row["fingers"] for row in rows} <= set("012345")
    assert all(0 <= float(row["x0"]) < float(row["x1"]) <= 320 for row in rows)


def test_fingers_are_counted_live(run, clip):
    printed = run("count_fingers_live.py", clip)
    assert printed and all(line == "no hand" or line.endswith(" fingers") for line in printed)
    assert any(line.endswith(" fingers") for line in printed)


def test_the_volume_follows_the_hand_and_the_command_is_told(run, clip, tmp_path):
    told = tmp_path / "told.txt"
    write = f"open(r'{told}', 'a').write('{{}} ')"
    printed = run("volume_by_rotation.py", clip, "--run", f'{sys.executable} -c "{write}"')
    volumes = [int(line.split()[1]) for line in printed]
    assert volumes and all(0 <= volume <= 100 for volume in volumes)
    assert told.read_text().split() == [str(volume) for volume in volumes]


def test_gestures_are_taught_and_found(run, photos, tmp_path):
    (tmp_path / "mine").mkdir()
    for path in photos.iterdir():
        (tmp_path / "mine" / path.name).write_bytes(path.read_bytes())
    printed = run("own_gestures.py", tmp_path, *photos.iterdir(), "--save", tmp_path / "taught.json")
    assert sum("mine, " in line and line.endswith(" sure") for line in printed) >= 3
    assert (tmp_path / "taught.json").is_file()


def test_hands_are_cut_out(run, hands, photos, tmp_path):
    run("transparent_hands.py", photos, tmp_path)
    cut = sorted(tmp_path.glob("*.png"))
    assert len(cut) >= 3
    for path in cut:
        with Image.open(path) as opened:
            assert opened.mode == "RGBA"
            pixels = np.asarray(opened)
        assert np.array_equal(pixels[..., :3], hands.photos[int(path.stem)])
        assert 0 < (pixels[..., 3] > 127).mean() < 0.9


@pytest.mark.soak
def test_a_model_runs_on_litert(run, photos, tmp_path):
    import keras

    from handvision.models import load_model, look_twice, save_model
    from tests.helpers.small_looks import leave_looks

    keras.utils.set_random_seed(1)
    leave_looks(tmp_path)
    looks = [load_model(tmp_path / name / f"{name}.keras") for name in ("finder", "close_reader")]
    save_model(look_twice(*looks, (128, 192), hands=3), tmp_path / "small.keras")
    printed = run("run_on_litert.py", tmp_path / "small.keras", photos / "0.png")
    assert (tmp_path / "small.tflite").is_file()
    assert len(printed[-3:]) == 3 and all("of 192 x 128" in line for line in printed[-3:])
    assert len(run("run_on_litert.py", tmp_path / "small.tflite", photos / "0.png")) == 3
