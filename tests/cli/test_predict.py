"""`handvision predict`, on a model of known weights and on files made here."""

import json
import os
import signal
import subprocess
import sys
import time

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
    assert lines[0].split()[:2] == ["label", "probability"]
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


# Arguments -> what the error says; nothing is written.
REFUSED = {
    "--csv a.jpg b.jpg": "--csv a.jpg is named like a picture",
    "b.jpg --csv notes.txt": "notes.txt exists and was not written by this program",
    "b.jpg --json notes.txt": "notes.txt exists and was not written by this program",
    "b.jpg --csv r --json r": "--csv and --json are both r",
    ". --overlay .": "--overlay . is the folder that . is in",
    "*.jpg --overlay ../photos": "--overlay ../photos is the folder that *.jpg is in",
    "b.jpg --csv ..": ".. is a folder",
    "b.jpg --csv notes.txt/r.csv": "notes.txt",
    "b.jpg --overlay notes.txt": "notes.txt",
    "b.jpg --max-hands 9": "max_hands is 9",
    "b.jpg --batch-size 0": "batch_size is 0",
    "b.jpg --max-megapixels 0": "max_megapixels is 0",
    "b.jpg --csv r --model notes.txt": "notes.txt: a model's file ends in",
}


@pytest.mark.parametrize("arguments", REFUSED)
def test_what_is_refused_is_named_and_nothing_is_harmed(arguments, tmp_path, monkeypatch, capsys, model_file):
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path / "photos")
    for name in ("a.jpg", "b.jpg"):
        Image.fromarray(PHOTO).save(name)
    (tmp_path / "photos/notes.txt").write_text("mine")
    before = {path: path.read_bytes() for path in (tmp_path / "photos").iterdir()}
    model = [] if "--model" in arguments else ["--model", str(model_file)]
    assert main(["predict", *arguments.split(), *model]) == 2
    assert REFUSED[arguments] in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (tmp_path / "photos").iterdir()} == before


def test_a_wildcard_and_a_clip_that_is_cut(tmp_path, model_file, capsys, video):
    whole = video.read_bytes()
    Image.fromarray(hand(48, 64, (10, 12, 30, 40))).save(tmp_path / "good.png")
    (tmp_path / "clip.mp4").write_bytes(whole[: whole.rindex(b"moov") - 4])  # its index is gone
    assert main(["predict", f"{tmp_path}/*.*", "--model", str(model_file)]) == 1
    printed = capsys.readouterr().out
    assert "good.png" in printed and "could not be read     " in printed


RELEASED_ON_A_LONG_CLIP = [sys.executable, "-m", "handvision", "predict", "long.avi", "long.avi"]


@pytest.fixture
def long_clip(tmp_path):
    import cv2

    writer = cv2.VideoWriter(str(tmp_path / "long.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 240))
    for i in range(20_000):
        writer.write(np.full((240, 320, 3), i % 255, np.uint8))
    writer.release()
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("commands_hear_ctrl_c")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_leaves_whole_rows_and_one_line(long_clip, number, status):
    outputs = ["--csv", "r.csv", "--json", "r.json"]
    running = subprocess.Popen(
        [*RELEASED_ON_A_LONG_CLIP, *outputs],
        cwd=long_clip,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        running.stdout.readline()
        assert "frame 0" in running.stdout.readline()
        running.send_signal(number)
        _, errors = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == status
    assert len(errors.splitlines()) == 1 and "stopped by" in errors
    count = len(json.loads((long_clip / "r.json").read_text()))
    assert count >= 1 and len((long_clip / "r.csv").read_text().splitlines()) - 1 in (count, count + 1)


@pytest.mark.slow
def test_a_reader_that_has_enough_ends_the_run_well(long_clip):
    running = subprocess.Popen(
        RELEASED_ON_A_LONG_CLIP, cwd=long_clip, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout.readline().startswith("label")
        running.stdout.close()
        started = time.monotonic()
        assert running.wait(timeout=60) == 0 and time.monotonic() - started < 30
        assert running.stderr.read() == ""
    finally:
        running.kill()
        running.stderr.close()


@pytest.mark.slow
def test_names_that_the_console_cannot_say_are_escaped(tmp_path):
    for name in ("手.png".encode(), b"h\xe9.png"):
        path = os.path.join(os.fsencode(tmp_path), name)
        with open(path, "wb") as file:
            Image.fromarray(PHOTO).save(file, "png")
    done = subprocess.run(
        [sys.executable, "-m", "handvision", "predict", ".", "--csv", "r.csv"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert b"\\u624b.png" in done.stdout and b"h\\udce9.png" in done.stdout
    assert "手.png" in (tmp_path / "r.csv").read_text("utf-8")


@pytest.mark.slow
def test_the_command_runs_as_a_module(tmp_path, model_file):
    (tmp_path / "text.jpg").write_text("no picture")
    Image.fromarray(hand(48, 64, (10, 12, 30, 40))).save(tmp_path / "good.png")
    command = [sys.executable, "-m", "handvision", "predict", "text.jpg", "good.png", "--model", model_file]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr
    assert "text.jpg: no picture that can be read" in done.stderr
    assert "good.png" in done.stdout and "10 12 30 40" in done.stdout
