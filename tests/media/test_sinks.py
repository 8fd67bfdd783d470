"""What is drawn on photos and videos, and what CSV and JSON hold, read by a model of known weights."""

import csv
import errno
import json

import cv2
import numpy as np
import pytest
from PIL import Image

from handvision.core.hand import Hand, Reading
from handvision.inference.predict import predict, stream
from handvision.media.annotate import INK, TINT, overlay
from handvision.media.pictures import read_picture
from handvision.media.rowfile import RowFile
from handvision.media.sinks import OverlayWriter, csv_sink, json_sink, write_csv, write_json
from tests.helpers.photos import YELLOW, hand


def test_overlays_of_pictures_and_videos(tmp_path, video, model):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        Image.fromarray(hand(120, 160, (40, 20, 100, 100))).save(tmp_path / folder / "same.png")
    (tmp_path / "bad.png").write_text("bad")
    images = [tmp_path / "a", video, tmp_path / "bad.png", tmp_path / "b/same.png"]
    with OverlayWriter(tmp_path / "out") as writer:
        for photo, reading in stream(images, model, batch_size=4):
            writer.write(photo, reading)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["clip_overlay.mp4", "same_overlay.jpg", "same_overlay_2.jpg"]
    drawn = cv2.VideoCapture(str(tmp_path / "out/clip_overlay.mp4"))
    assert (drawn.get(cv2.CAP_PROP_FRAME_COUNT), drawn.get(cv2.CAP_PROP_FPS)) == (9, 12)
    drawn.release()
    assert read_picture(tmp_path / "out/same_overlay.jpg").shape == (120, 160, 3)


def test_an_interrupted_overlay_leaves_no_half_video(tmp_path, video, model):
    def interrupted():
        with OverlayWriter(tmp_path / "out") as writer:
            for photo, reading in stream(video, model, batch_size=2):
                if reading.frame == 3:
                    raise KeyboardInterrupt
                writer.write(photo, reading)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list((tmp_path / "out").iterdir()) == []


def test_overlay_draws_the_arrow_towards_the_rotation(model):
    photo = hand(240, 320, (100, 80, 220, 200), YELLOW)  # -90 degrees: to image-right
    (reading,) = predict(photo, model)
    before = photo.copy()
    picture = overlay(photo, reading)
    np.testing.assert_array_equal(photo, before)
    assert picture.shape == photo.shape and picture.dtype == np.uint8
    ink = (picture == INK).all(axis=-1)
    # The row through the centre is ink; its head, the widest part, lies right of the centre.
    assert ink[140, 130:190].mean() > 0.9
    assert ink[130:150, 160:210].sum() > 1.2 * ink[130:150, 110:160].sum()
    with pytest.raises(ValueError, match="photo is"):
        overlay(photo[:100], reading)


def test_csv_and_json_hold_every_reading(tmp_path, model):
    (tmp_path / "ü, bad.png").write_text("bad")
    Image.fromarray(hand(48, 64, (10, 12, 30, 40))).save(tmp_path / "good.png")
    readings = predict([tmp_path / "good.png", tmp_path / "ü, bad.png", np.zeros((5, 5, 3), np.uint8)], model)
    write_csv(readings, tmp_path / "deep/out.csv")
    write_json(readings, tmp_path / "out.json")
    with open(tmp_path / "deep/out.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    parsed = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert len(rows) == len(parsed) == 3
    assert (rows[0]["label"], rows[0]["has_hand"], rows[0]["error"]) == ("0", "True", "")
    assert [float(rows[0][edge]) for edge in ("x0", "y0", "x1", "y1")] == [10, 12, 30, 40]
    assert parsed[0]["box"] == [10, 12, 30, 40] and parsed[0]["rotation_degrees"] == pytest.approx(
        0, abs=1e-4
    )
    assert "ü, bad.png" in rows[1]["error"] and "ü, bad.png" in parsed[1]["source"]
    assert rows[2]["rotation_degrees"] == "" and parsed[2]["rotation_degrees"] is None


def stopped_after(count):
    yield from [Reading(f"{i}.jpg") for i in range(count)]
    raise KeyboardInterrupt


@pytest.mark.parametrize("write", [write_csv, write_json])
def test_a_run_that_fails_before_its_first_row_keeps_the_old_file(tmp_path, write):
    path, new = tmp_path / "old", tmp_path / "new"
    write([Reading("old.jpg")], path)
    before = path.read_bytes()
    for each in (path, new):
        with pytest.raises(KeyboardInterrupt):
            write(stopped_after(0), each)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_run_that_is_stopped_leaves_whole_rows(tmp_path):
    for write, name in ((write_csv, "r.csv"), (write_json, "r.json"), (write_json, "r.jsonl")):
        write([Reading("old.jpg" * 100)] * 9, tmp_path / name)
        with pytest.raises(KeyboardInterrupt):
            write(stopped_after(3), tmp_path / name)
    sources = ["0.jpg", "1.jpg", "2.jpg"]
    with open(tmp_path / "r.csv", newline="", encoding="utf-8") as file:
        assert [row["source"] for row in csv.DictReader(file)] == sources
    assert [row["source"] for row in json.loads((tmp_path / "r.json").read_text())] == sources
    lines = (tmp_path / "r.jsonl").read_text().splitlines()
    assert [json.loads(line)["source"] for line in lines] == sources


@pytest.mark.parametrize("sink", [csv_sink, json_sink])
def test_a_row_that_the_disk_has_no_room_for_leaves_those_before(tmp_path, sink, monkeypatch):
    class Full:
        """A file that takes half of what it is given, and then no more than what has its place."""

        def __init__(self, file):
            self.file = file

        def __getattr__(self, name):
            return getattr(self.file, name)

        def write(self, data):
            if len(data) > 300:
                raise OSError(errno.ENOSPC, "No space left on device")
            return self.file.write(data[:200])

    path = tmp_path / "rows"
    with pytest.raises(OSError, match="No space left"), sink(path) as write:
        write(None, Reading("a.jpg"))
        opened = file_of(write)
        monkeypatch.setattr(opened, "_file", Full(opened._file))
        write(None, Reading("b" * 400))
    text = path.read_text()
    assert "a.jpg" in text and "bbb" not in text and text.endswith("\n")
    if sink is json_sink:
        assert [row["source"] for row in json.loads(text)] == ["a.jpg"]


def file_of(write):
    return next(cell.cell_contents for cell in write.__closure__ if isinstance(cell.cell_contents, RowFile))


@pytest.mark.parametrize("sink", [csv_sink, json_sink])
@pytest.mark.parametrize("content", [b"\xff\xd8\xff a photo", b"name;score\n1;2\n", b'{"other": 1}'])
def test_a_file_of_somebody_else_is_not_replaced(tmp_path, sink, content):
    path = tmp_path / "theirs"
    path.write_bytes(content)
    with (
        pytest.raises(FileExistsError, match="theirs exists and was not written by this program"),
        sink(path),
    ):
        pass
    assert path.read_bytes() == content
    with pytest.raises(IsADirectoryError, match="is a folder"), sink(tmp_path):
        pass


def test_names_that_utf_8_cannot_say_are_escaped_and_keep_their_row(tmp_path):
    readings = [Reading("h\udce9.jpg"), Reading("手.jpg")]
    write_csv(readings, tmp_path / "r.csv")
    write_json(readings, tmp_path / "r.json")
    with open(tmp_path / "r.csv", newline="", encoding="utf-8") as file:
        assert [row["source"] for row in csv.DictReader(file)] == ["h\\udce9.jpg", "手.jpg"]
    parsed = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert [row["source"] for row in parsed] == ["h\udce9.jpg", "手.jpg"]


def test_a_row_for_each_hand_and_one_where_there_is_none(tmp_path):
    box = np.array([1, 2, 3, 4], np.float32)
    both = Reading("clip.mp4", 7, 0.5, (8, 8), hands=(Hand("1", 0.9, box=box), Hand("2", 0.8, track=3)))
    write_csv([both, Reading("empty.jpg", size=(8, 8))], tmp_path / "r.csv")
    with open(tmp_path / "r.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["source"], row["hand"], row["label"]) for row in rows] == [
        ("clip.mp4", "0", "1"),
        ("clip.mp4", "1", "2"),
        ("empty.jpg", "", ""),
    ]
    assert (rows[0]["time_seconds"], rows[0]["x0"], rows[0]["y1"], rows[1]["track"]) == (
        "0.5",
        "1.0",
        "4.0",
        "3",
    )
    assert rows[2]["has_hand"] == "False"


def test_json_of_nothing_is_an_empty_list(tmp_path):
    with json_sink(tmp_path / "r.json"):
        pass
    assert json.loads((tmp_path / "r.json").read_text()) == []


def test_rows_can_be_read_as_they_come(tmp_path):
    with json_sink(tmp_path / "r.json") as write:
        for count in range(1, 4):
            write(None, Reading("a.jpg"))
            assert len(json.loads((tmp_path / "r.json").read_text())) == count


def test_overlay_draws_every_hand():
    soft = np.zeros((2, 4, 4), np.float32)
    soft[0, :2, :2] = soft[1, 2:, 2:] = 1
    boxes = np.array([[0, 0, 100, 100], [100, 100, 200, 200]], np.float32)
    hands = tuple(
        Hand(label, 0.9, rotation_degrees=0.0, box=box, size=(200, 200), soft_mask=mask)
        for label, box, mask in zip("12", boxes, soft, strict=True)
    )
    picture = overlay(np.zeros((200, 200, 3), np.uint8), Reading(size=(200, 200), hands=hands))
    tinted = (picture == (0.4 * np.array(TINT)).astype(np.uint8)).all(axis=-1)
    assert tinted[20:90, 20:90].mean() > 0.3 and tinted[120:180, 120:180].mean() > 0.3
    assert not picture[130:190, 10:90].any()
