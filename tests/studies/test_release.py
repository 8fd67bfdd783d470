"""Only what a full run on a commit has made and measured is released."""

from dataclasses import replace

import pytest

from handvision.studies.record import Record, Variant
from handvision.studies.release import release, release_study
from handvision.studies.study_tables import study_table


@pytest.fixture
def folders(tmp_path, monkeypatch):
    for name in ("RUNS", "MODELS"):
        monkeypatch.setenv(f"HANDVISION_{name}_FOLDER", str(tmp_path / name.lower()))
    return tmp_path


def made(folders, size=1000, profile="full", clean=True):
    folder = folders / "runs" / "gestures"
    folder.mkdir(parents=True)
    (folder / "gestures.keras").write_bytes(bytes(size))
    Record("gestures", profile=profile, commit="abc", clean=clean).write(folder / "gestures.json")


def test_model_and_record_arrive_side_by_side(folders):
    made(folders)
    path = release("gestures")
    assert path == folders / "models" / "gestures.keras"
    assert path.stat().st_size == 1000
    assert sorted(p.name for p in path.parent.iterdir()) == ["gestures.json", "gestures.keras"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"profile": "quick"}, "profile 'quick'"),
        ({"clean": False}, "came from uncommitted code"),
        ({"size": 3 * 2**20}, "3.0 MiB; at most 2 MiB"),
    ],
)
def test_what_is_not_fit_to_be_released_is_refused(folders, options, says):
    made(folders, **options)
    with pytest.raises(ValueError, match=says):
        release("gestures")
    assert not (folders / "models").exists()


def test_what_was_not_run_is_named_with_its_notebook(folders):
    with pytest.raises(FileNotFoundError, match=r"20_gestures_recognition\.ipynb"):
        release("gestures")
    with pytest.raises(ValueError, match="no model is called 'hands'"):
        release("hands")


def test_a_study_is_its_record_alone(folders):
    path = folders / "runs" / "comparisons" / "data.json"
    with pytest.raises(FileNotFoundError, match=r"handvision study data"):
        release_study("data")
    figures = {"rendered": {"n": 4, "accuracy_all_rotations": 0.5, "baseline": 0.25}}
    details = {"training_masks": {"n": 2, "accuracy_upright": 1.0}}
    record = Record(
        "data",
        variants=(Variant("alone", figures, details=details),),
        profile="full",
        commit="abc",
        clean=False,
    )
    record.write(path)
    with pytest.raises(ValueError, match="came from uncommitted code"):
        release_study("data")
    replace(record, clean=True).write(path)
    assert release_study("data") == folders / "models" / "comparisons" / "data.json"
    assert study_table("data").cells[0] == ("alone", "100.0 %", "50.0 %")
    assert "not measured yet: run handvision study attention" in study_table("attention")
