"""handvision.live and the command, on a video and on a camera that is made here."""

import json
import time

import cv2
import numpy as np
import pytest

from handvision.cli import main
from handvision.inference.live import live
from handvision.media.videos import Frame, read_video
from tests.helpers.two_looks import COLOURS, ColourBackend, scene

RED, GREEN, *_ = COLOURS
FRAMES = [
    scene(192, 256, [(RED, (20 + 2 * f, 30, 60 + 2 * f, 100)), (GREEN, (150, 50, 220, 110))])
    for f in range(9)
]


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 12, (256, 192))
    for frame in FRAMES:
        writer.write(frame[..., ::-1].copy())
    writer.release()
    return path


@pytest.fixture
def colours(monkeypatch):
    """The command runs a model that reads colours."""
    backend = ColourBackend()
    monkeypatch.setattr("handvision.inference.live.open_backend", lambda model: backend)
    return backend


def test_every_frame_of_a_video_is_read_and_hands_are_followed(clip):
    answers = list(live(clip, ColourBackend()))
    assert [reading.frame for _, reading in answers] == list(range(9))
    for photo, reading in answers:
        assert photo.shape == (192, 256, 3) and reading.source == str(clip)
        assert {hand.label: hand.track for hand in reading.hands} == {"1": 0, "2": 1}


def test_of_a_camera_the_newest_frame_is_read_and_it_is_released(monkeypatch):
    taken, released = [], []

    def watch(camera):
        try:
            while True:
                time.sleep(0.002)
                taken.append(camera)
                yield Frame(FRAMES[0], len(taken), len(taken) / 500)
        finally:
            released.append(camera)

    monkeypatch.setattr("handvision.media.sources._watch", watch)
    answers = live(3, ColourBackend())
    frames = []
    for _, reading in answers:
        frames.append(reading.frame)
        time.sleep(0.05)
        if len(frames) == 4:
            break
    answers.close()
    assert frames == sorted(frames) and frames[-1] - frames[0] > 2 * len(frames)
    assert released == [3] and reading.source == "camera 3"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"source": "photo.jpg"},
            ValueError,
            "source is 'photo.jpg'; give a camera's number",
        ),
        ({"source": True}, ValueError, "source is True"),
        ({"source": 0, "max_hands": 5}, ValueError, "max_hands is 5"),
        (
            {"source": 0, "vocabulary": "words"},
            ValueError,
            "vocabulary is 'words'; use one of numbers",
        ),
    ],
)
def test_what_is_refused_is_named_before_a_camera_is_opened(arguments, error, message):
    with pytest.raises(error, match=message):
        live(model=ColourBackend(), **arguments)


def test_the_command_writes_rows_and_the_drawn_video(clip, colours, tmp_path, capsys):
    outputs = [
        "--csv",
        f"{tmp_path}/r.csv",
        "--jsonl",
        f"{tmp_path}/r.jsonl",
        "--video",
        f"{tmp_path}/drawn.mp4",
    ]
    assert main(["live", str(clip), "--no-window", *outputs]) == 0
    printed = capsys.readouterr()
    assert "frame 8 hand 1" in printed.out and "9 frames read" in printed.err
    rows = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert len(rows) == 18 == len((tmp_path / "r.csv").read_text().splitlines()) - 1
    assert {(row["label"], row["track"]) for row in rows} == {("1", 0), ("2", 1)}
    drawn = [frame.photo for frame in read_video(tmp_path / "drawn.mp4")]
    assert len(drawn) == 9 and np.abs(drawn[0].astype(int) - FRAMES[0]).max() > 60


def test_a_window_is_closed_by_a_key(clip, colours, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("handvision.cli.live._no_window", lambda: "")
    monkeypatch.setattr(cv2, "imshow", lambda title, picture: shown.append(picture.shape))
    monkeypatch.setattr(cv2, "waitKey", lambda delay: ord("q") if len(shown) == 3 else -1)
    monkeypatch.setattr(cv2, "destroyAllWindows", lambda: shown.append("closed"))
    assert main(["live", str(clip)]) == 0
    assert shown == [(192, 256, 3)] * 3 + ["closed"]
    assert "3 frames read" in capsys.readouterr().err


REFUSED = {
    "live clip.mp4 --csv clip.mp4": "--csv clip.mp4 is one of the files to read",
    "live clip.mp4 --jsonl rows.txt": "--jsonl rows.txt: a file of JSON lines ends with .jsonl",
    "live clip.mp4 --video clip.mp4": "clip.mp4 exists",
    "live clip.mp4 --video out.gif": "out.gif: a video's file ends with .mp4",
    "live clip.mp4 --vocabulary words": "vocabulary is 'words'",
    "live gone.mp4": "gone.mp4: there is no such file",
    "live notes.txt": "source is 'notes.txt'",
}


@pytest.mark.parametrize("arguments", REFUSED)
def test_what_the_command_refuses_is_named(arguments, clip, colours, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = clip.read_bytes()
    assert main([*arguments.split(), "--no-window"]) == 2
    assert REFUSED[arguments] in capsys.readouterr().err
    assert clip.read_bytes() == before and [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
