"""Only what a full run on a commit has made and measured is released."""

import json

import pytest

from handvision.studies import tables
from handvision.studies.record import write_facts
from handvision.studies.release import release, release_comparison


@pytest.fixture
def folders(tmp_path, monkeypatch):
    for name in ("RUNS", "MODELS"):
        monkeypatch.setenv(f"HANDVISION_{name}_FOLDER", str(tmp_path / name.lower()))
    return tmp_path


def made(folders, size=1000, profile="full", dirty=False):
    folder = folders / "runs" / "gestures"
    folder.mkdir(parents=True)
    (folder / "gestures.keras").write_bytes(bytes(size))
    facts = write_facts(folder / "gestures.json", {"summary": {"test": 0.5}}, profile=profile)
    facts["git"] = {"commit": "abc", "dirty": dirty}
    (folder / "gestures.json").write_text(json.dumps(facts))


def test_model_and_facts_arrive_side_by_side(folders):
    made(folders)
    path = release("gestures")
    assert path == folders / "models" / "gestures.keras"
    assert path.stat().st_size == 1000
    assert sorted(p.name for p in path.parent.iterdir()) == ["gestures.json", "gestures.keras"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"profile": "quick"}, "profile 'quick'"),
        ({"dirty": True}, "no commit holds"),
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


def test_a_comparison_is_its_facts_alone(folders):
    path = folders / "runs" / "comparisons" / "data.json"
    with pytest.raises(FileNotFoundError, match=r"python -m handvision\.studies\.ablations data"):
        release_comparison("data")
    facts = write_facts(
        path, {"data": {"alone": {"people": {"accuracy_all_rotations": 0.5}}}}, profile="full"
    )
    facts["git"] = {"commit": "abc", "dirty": True}
    path.write_text(json.dumps(facts))
    with pytest.raises(ValueError, match="no commit holds"):
        release_comparison("data")
    facts["git"]["dirty"] = False
    path.write_text(json.dumps(facts))
    assert release_comparison("data") == folders / "models" / "comparisons" / "data.json"
    assert tables.comparison_report("data").cells == (("alone", "50.0 %"),)
    assert tables.comparison_report("attention") == tables.NOT_MEASURED
