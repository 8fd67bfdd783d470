"""`handvision predict`, on a model of known weights and on files made here."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from handvision.cli import main
from tests.helpers.photos import YELLOW, hand

PHOTO = hand(20, 20, (5, 5, 15, 15))


# --- the command --------------------------------------------------------------------------------------


def test_the_command_reads_a_folder(tmp_path, model_file, capsys, video):
    (tmp_path / "in").mkdir()
    Image.fromarray(hand(48, 64, (10, 12, 30, 40), YELLOW)).save(tmp_path / "in/b.png")
    Image.fromarray(np.zeros((48, 64, 3), np.uint8)).save(tmp_path / "in/a.png")
    outputs = ["--csv", f"{tmp_path}/r.csv", "--json", f"{tmp_path}/r.json", "--overlay", f"{tmp_path}/o"]
    status = main(["predict", f"{tmp_path}/in", str(video), "--model", str(model_file), *outputs])
    printed = capsys.readouterr()
    assert status == 0
    lines = printed.out.splitlines()
    assert lines[0].split()[:2] == ["picture", "label"]
    assert "a.png" in lines[1] and "no hand" in lines[1]
    assert "b.png" in lines[2] and "-90°" in lines[2] and "10 12 30 40" in lines[2]
    assert "frame 0" in lines[3] and len(lines) == 12
    assert len(json.loads((tmp_path / "r.json").read_text())) == 11
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 12
    assert {p.name for p in (tmp_path / "o").iterdir()} == {
        *("a_overlay.jpg", "b_overlay.jpg", "clip_overlay.mp4")
    }


@pytest.mark.parametrize("bad", ["missing.png", "text.jpg", "empty"])
def test_the_command_says_by_status_and_name_what_failed(tmp_path, model_file, capsys, bad, caplog):
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty").mkdir()
    Image.fromarray(hand(48, 64, (10, 12, 30, 40))).save(tmp_path / "good.png")
    status = main(["predict", f"{tmp_path}/{bad}", f"{tmp_path}/good.png", "--model", str(model_file)])
    printed = capsys.readouterr()
    assert status == 1
    assert "could not be read" in printed.out and "1 read, 1 could not be read" in printed.err
    assert bad in caplog.text
    assert "10 12 30 40" in printed.out


def test_the_command_without_its_model_says_so(tmp_path, capsys):
    Image.fromarray(PHOTO).save(tmp_path / "good.png")
    assert main(["predict", f"{tmp_path}/good.png", "--model", f"{tmp_path}/gone.keras"]) == 2
    assert "gone.keras" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["predict"])


@pytest.mark.slow
def test_the_command_runs_as_a_module(tmp_path, model_file):
    (tmp_path / "text.jpg").write_text("no picture")
    Image.fromarray(hand(48, 64, (10, 12, 30, 40))).save(tmp_path / "good.png")
    command = [sys.executable, "-m", "handvision", "predict", "text.jpg", "good.png", "--model", model_file]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr
    assert "text.jpg: no picture that can be read" in done.stderr
    assert "good.png" in done.stdout and "10 12 30 40" in done.stdout
