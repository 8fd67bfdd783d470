"""A photo's rows say what `predict` says; what cannot be read is a row, what may pass is tried again."""

import errno
import math
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from pycocotools import mask as run_length_masks

import handvision
from handvision.inference.bulk import rows
from handvision.inference.bulk.fetching import Passing
from handvision.inference.bulk.rows import ReadingOptions, RowReader
from handvision.inference.bulk.schema import HAND, SCHEMA, facts_of, to_parquet

SAMPLES = sorted((Path(__file__).parents[3] / "web/src/samples").glob("*.jpg"))


@pytest.fixture(scope="module")
def reader():
    return RowReader(ReadingOptions(masks=True))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(rows, "PAUSE_SECONDS", 0)


def test_rows_say_what_predict_says(reader):
    found = 0
    for path, reading in zip(SAMPLES, handvision.predict(SAMPLES), strict=True):
        (row,) = reader(str(path))
        assert (row["picture"], row["error"], row["frame"]) == (str(path), None, None)
        assert (row["height"], row["width"]) == reading.size
        assert len(row["hands"]) == len(reading.hands)
        for told, hand in zip(row["hands"], reading.hands, strict=True):
            found += 1
            assert told["label"] == hand.label and set(told) == {field.name for field in HAND}
            assert told["probability"] == pytest.approx(hand.probability, abs=1e-4)
            assert told["rotation_degrees"] == pytest.approx(hand.rotation_degrees, abs=0.1)
            np.testing.assert_allclose(list(told["box"].values()), hand.box, atol=0.1)
            assert (told["handedness"] or "") == hand.handedness
            if math.isnan(hand.keypoints[0, 0]):
                assert told["keypoints"] is None
            else:
                points = [list(point.values()) for point in told["keypoints"]]
                np.testing.assert_allclose(points, hand.keypoints, atol=0.1)
            lengths = run_length_masks.frPyObjects(told["mask"], *hand.size)
            drawn = run_length_masks.decode(lengths)
            assert (drawn != (hand.mask[..., 0] > 0)).mean() < 1e-3
    assert found >= len(SAMPLES) - 1


def test_a_file_of_rows_has_the_schema_and_the_same_bytes_for_the_same_rows(reader, tmp_path):
    some = [row for path in [*map(str, SAMPLES), str(tmp_path / "gone.jpg")] for row in reader(path)]
    content = to_parquet(some, {"photos": len(some)})
    assert content == to_parquet(some, {"photos": len(some)})
    (tmp_path / "rows.parquet").write_bytes(content)
    table = pq.read_table(tmp_path / "rows.parquet")
    assert table.schema.equals(SCHEMA) and facts_of(tmp_path / "rows.parquet") == {"photos": len(some)}
    back = table.to_pylist()
    assert [row["picture"] for row in back] == [row["picture"] for row in some]
    assert back[0]["hands"][0]["mask"] == some[0]["hands"][0]["mask"]
    assert back[-1]["error"] and back[-1]["hands"] == [] and back[-1]["height"] is None
    pq.write_table(table.replace_schema_metadata(None), tmp_path / "other.parquet")
    assert facts_of(tmp_path / "other.parquet") is None


def test_frames_of_an_animation_have_a_row_each(reader, tmp_path):
    pictures = [Image.open(path).resize((120, 90)) for path in SAMPLES[:3]]
    pictures[0].save(tmp_path / "a.gif", save_all=True, append_images=pictures[1:], duration=100)
    assert [row["frame"] for row in reader(str(tmp_path / "a.gif"))] == [0, 1, 2]


def test_what_cannot_be_read_is_one_row_that_says_why(reader, tmp_path, monkeypatch):
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "cut.jpg").write_bytes(SAMPLES[0].read_bytes()[:2000])
    tried = []
    read = rows.read_frames
    monkeypatch.setattr(rows, "read_frames", lambda *given: tried.append(given) or read(*given))
    for name in ("text.jpg", "cut.jpg", "gone.jpg", f"{'long' * 100}.jpg"):
        (row,) = reader(str(tmp_path / name))
        assert name in row["error"] and row["hands"] == [] and row["height"] is None
    assert len(tried) == 4, "damage does not pass: it is not tried again"
    small = RowReader(ReadingOptions(max_megapixels=0.001))
    assert "0.001 megapixels" in small(str(SAMPLES[0]))[0]["error"]


def failing(monkeypatch, times):
    """Files cannot be read for a reason that may pass, so many times."""
    left = iter(range(times))
    read = rows.read_frames

    def read_frames(path, most):
        if next(left, None) is not None:
            # As `read_frames` tells of a failing disk.
            raise ValueError(f"{path}: no picture that can be read") from OSError(errno.EIO, "disk")
        yield from read(path, most)

    monkeypatch.setattr(rows, "read_frames", read_frames)


def test_what_may_pass_is_tried_three_times(reader, monkeypatch):
    wanted = reader(str(SAMPLES[0]))
    failing(monkeypatch, 2)
    assert reader(str(SAMPLES[0])) == wanted
    failing(monkeypatch, 3)
    with pytest.raises(Passing, match=SAMPLES[0].name):
        reader(str(SAMPLES[0]))


def test_urls_are_read_as_files_are(reader, monkeypatch):
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")
    files.pipe("/rows/a.jpg", SAMPLES[0].read_bytes())
    files.pipe("/rows/text.jpg", b"no picture")
    (row,) = reader("memory:///rows/a.jpg")
    assert row == {**reader(str(SAMPLES[0]))[0], "picture": "memory:///rows/a.jpg"}
    for name in ("text", "gone"):
        (row,) = reader(f"memory:///rows/{name}.jpg")
        assert row["error"].startswith(f"memory:///rows/{name}.jpg: ")
    opened = []

    def cut(*given, **named):
        opened.append(given)
        raise RuntimeError("the server is away")

    monkeypatch.setattr(type(files), "_open", cut)
    with pytest.raises(Passing, match=r"memory:///rows/a.jpg: the server is away"):
        reader("memory:///rows/a.jpg")
    assert len(opened) == 3


def test_the_same_answers_have_the_same_identity(reader, tmp_path):
    copy = tmp_path / "elsewhere.onnx"
    copy.write_bytes(Path(rows.RELEASED).read_bytes())
    assert RowReader(ReadingOptions(str(copy), masks=True), reader.identity).identity == reader.identity
    with pytest.raises(ValueError, match="another model or release"):
        RowReader(ReadingOptions(), reader.identity)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_hands": 5}, "max_hands is 5"),
        ({"max_megapixels": 0}, "max_megapixels is 0"),
        ({"model": "m.keras"}, "m.keras: bulk reading runs .onnx files"),
    ],
)
def test_options_out_of_range_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        ReadingOptions(**options)


def test_rows_need_no_pyarrow(monkeypatch):
    """Under an engine of somebody else's there may be none."""
    import subprocess

    code = "import sys; sys.modules['pyarrow'] = None; import handvision.inference.bulk.rows"
    subprocess.run([sys.executable, "-c", code], check=True)
