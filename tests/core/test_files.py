"""A folder is there in full or not at all."""

import re

import pytest

from handvision.core.files import new_folder


def test_a_folder_appears_when_it_is_whole(tmp_path):
    target = tmp_path / "deep" / "set"
    with new_folder(target) as folder:
        (folder / "a.txt").write_text("a")
        assert not target.exists() and folder.parent == target.parent
    assert (target / "a.txt").read_text() == "a"
    assert [path.name for path in target.parent.iterdir()] == ["set"]


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "set").mkdir()
    with new_folder(tmp_path / "set") as folder:
        (folder / "a.txt").write_text("a")
    assert (tmp_path / "set" / "a.txt").exists()


def test_nothing_stays_of_a_folder_that_failed(tmp_path):
    with pytest.raises(OSError, match="disk full"), new_folder(tmp_path / "set") as folder:
        (folder / "a.txt").write_text("a")
        raise OSError("disk full")
    assert not list(tmp_path.iterdir())


def test_what_is_there_already_is_left_alone(tmp_path):
    full, file = tmp_path / "full", tmp_path / "file"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    file.write_text("mine")
    for path, what in ((full, "a folder that is not empty"), (file, "a file")):
        message = re.escape(f"{path} is {what}: name a new folder")
        with pytest.raises(FileExistsError, match=message), new_folder(path):
            pytest.fail("entered")
    assert (full / "mine.txt").read_text() == file.read_text() == "mine"
