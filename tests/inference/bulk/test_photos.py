"""Which photos a source stands for: each once, sorted, by absolute path or URL."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from handvision.inference.bulk.photos import PhotoList

NAMES = ("b.JPG", "a.png", "deep/er/c.webp", "deep/d.jpg")
NO_PHOTOS = ("notes.md", ".hidden.png", "a_overlay.jpg", ".cache/e.jpg", "clip.mp4")


def listed(*sources):
    with PhotoList(sources) as photos:
        found = list(photos)
        assert len(photos) == len(found)
        return found


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in NAMES + NO_PHOTOS:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "in"


def test_a_folder_gives_its_photos_and_those_inside_it_sorted(folder):
    wanted = sorted(str(folder / name) for name in NAMES)
    assert listed(folder) == listed("in") == listed("in/") == wanted


def test_what_is_named_twice_is_listed_once(folder):
    assert listed("in", folder / "a.png", "in/../in/b.JPG", "in/deep/**/*") == listed(folder)


@pytest.mark.parametrize(
    ("wildcard", "names"),
    [
        ("in/*.png", ["a.png"]),
        ("in/**/*.jpg", ["a_overlay.jpg", "deep/d.jpg"]),
        ("in/d*/*.jpg", ["deep/d.jpg"]),
    ],
)
def test_wildcards(folder, wildcard, names):
    assert listed(wildcard) == [str(folder / name) for name in names]


def test_lists_of_text_and_parquet(folder):
    wanted = [str(folder / "a.png"), str(folder / "gone.jpg"), "memory://x/y.jpg"]
    wanted.sort(key=os.fsencode)
    Path("list.txt").write_text("in/a.png\r\n\nin/gone.jpg\nmemory://x/y.jpg", "utf-8")
    assert listed("list.txt") == wanted
    for columns in ({"picture": wanted, "n": [1, 2, 3]}, {"path": wanted}, {"only": wanted}):
        pq.write_table(pa.table(columns), "list.parquet")
        assert listed("list.parquet") == wanted


def test_names_that_are_no_text_are_kept(folder):
    name = os.fsdecode(b"\xff.jpg")
    (folder / name).touch()
    assert listed(folder)[-1] == str(folder / name)
    Path("list.txt").write_bytes(b"in/\xff.jpg\n")
    assert listed("list.txt") == [str(folder / name)]


def test_urls(folder):
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")
    for name in NAMES + NO_PHOTOS:
        files.pipe(f"/bulk/{name}", b"x")
    files.pipe("/bulk/list.txt", b"memory://bulk/a.png\nmemory://bulk/b.JPG\n")
    try:
        assert listed("memory://bulk") == sorted(f"memory:///bulk/{name}" for name in NAMES)
        assert listed("memory://bulk/a.*") == ["memory:///bulk/a.png"]
        assert listed("memory://bulk/list.txt") == ["memory://bulk/a.png", "memory://bulk/b.JPG"]
        assert listed("memory://bulk/gone.jpg") == ["memory://bulk/gone.jpg"]
    finally:
        files.rm("/bulk", recursive=True)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("empty", FileNotFoundError, "empty: no pictures here"),
        ("in/*.gif", FileNotFoundError, r"in/\*.gif: nothing fits this wildcard"),
        ("empty.txt", FileNotFoundError, "empty.txt: an empty list"),
        ("gone.txt", FileNotFoundError, "gone.txt"),
        ("text.parquet", ValueError, "text.parquet: no Parquet file"),
        ("columns.parquet", ValueError, "its columns are a, b; one is to be picture or path"),
        ("numbers.parquet", ValueError, "path holds 1; it is to hold paths"),
        ("martian://x/a.jpg", ValueError, "martian"),
    ],
)
def test_a_source_without_photos_is_named(folder, source, error, message):
    Path("empty").mkdir()
    Path("empty.txt").write_text("\n")
    Path("text.parquet").write_text("no table")
    pq.write_table(pa.table({"a": ["x"], "b": ["y"]}), "columns.parquet")
    pq.write_table(pa.table({"path": [1]}), "numbers.parquet")
    with pytest.raises(error, match=message):
        listed("in", source)
