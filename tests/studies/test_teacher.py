"""The teacher is asked about training and validation photos, each once; its table is what training reads."""

from dataclasses import replace

import pytest

from handvision.datasets import catalog
from handvision.datasets.teacher import add_hands, table
from handvision.datasets.teacher.ask import CONFIDENCE
from handvision.protocol.partitions import part
from handvision.studies import teacher
from tests.helpers.archives import data_folder, packed
from tests.helpers.divisible_archives import divisible_archive
from tests.helpers.teacher import hand_points, stand_in

__all__ = ["data_folder"]

NAME = "hands_dataset"


@pytest.fixture
def archive(data_folder, monkeypatch, tmp_path):
    """HandsDataset, small, with sessions enough for three parts; answers are kept below `tmp_path`."""
    monkeypatch.setenv("HANDVISION_CACHE_FOLDER", str(tmp_path / "cache"))
    dataset, files = catalog.CATALOG[NAME], divisible_archive(NAME)
    found = dataset.sort_out(files)
    contents = tuple(replace(c, original=10**6, subset=len(found[c.what])) for c in dataset.contents)
    monkeypatch.setitem(catalog.CATALOG, NAME, replace(dataset, contents=contents))
    (data_folder / dataset.archive).write_bytes(packed(files))


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "TABLE", tmp_path / "labels.csv.xz")
    return tmp_path / "labels.csv.xz"


def test_no_test_photo_is_shown_to_the_teacher(archive, path, tmp_path):
    program, log = stand_in(tmp_path, hand_points() / 100)
    teacher.label(program, [NAME], path)
    wanted = {one for which in ("train", "validation") for one in part(NAME, which).ids.tolist()}
    assert set(table.read(path).hands[NAME]) == wanted
    assert len(log.read_text().splitlines()) == len(wanted)
    add_hands(NAME, part(NAME, "train"))
    with pytest.raises(ValueError, match="training and validation photos only"):
        add_hands(NAME, part(NAME, "test"))


def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same_table(archive, path, tmp_path):
    program, log = stand_in(tmp_path, hand_points() / 100)
    teacher.label(program, [NAME], path)
    whole, asked = path.read_bytes(), len(log.read_text().splitlines())
    teacher.label(program, [NAME], path)
    assert len(log.read_text().splitlines()) == asked, "nothing is asked twice"
    (answers,) = (tmp_path / "cache" / "teacher").glob("*/*.jsonl")
    answers.write_text(answers.read_text()[:-20])  # killed in the middle of a line
    teacher.label(program, [NAME], path)
    assert len(log.read_text().splitlines()) == asked + 1
    assert path.read_bytes() == whole


def test_card_and_table_say_what_was_found(archive, path, tmp_path):
    program, _ = stand_in(tmp_path, hand_points() / 100)
    teacher.label(program, [NAME], path)
    card = table.read(path).card
    photos = card["sets"][NAME]["photos"]
    assert card["confidence"] == CONFIDENCE and card["parts"] == ["train", "validation"]
    assert "Apache-2.0" in card["licence"]
    (row,) = teacher.agreement_table([NAME]).cells
    assert row[:2] == (NAME, str(photos)) and row[3] == str(card["sets"][NAME]["hands"])


def test_another_teacher_is_refused(archive, path, tmp_path):
    program, _ = stand_in(tmp_path, hand_points() / 100, "MediaPipe Hands 0.10.35")
    with pytest.raises(ValueError, match=r"has MediaPipe Hands 0\.10\.35; .*mediapipe==0\.10\.21"):
        teacher.label(program, [NAME], path)
    assert not path.exists()


def test_an_unknown_set_is_refused(path):
    with pytest.raises(ValueError, match="labels no pictures 'hgr1'; it labels hands_dataset"):
        teacher.label("python", ["hgr1"], path)
