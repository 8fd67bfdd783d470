"""The record of a joined model says what it was made of, and refuses another model's figures."""

import hashlib

import numpy as np
import pytest

from handvision.core.examples import Examples, Hands
from handvision.evaluation.estimates import proportion
from handvision.evaluation.everyday import TOGETHER, Figure
from handvision.studies import combined, read_record
from handvision.training import recipes, run_recipe
from tests.helpers.small_looks import JOINED, leave_looks

ROOMS = Examples("rooms", photos=np.zeros((3, 48, 64, 3), np.uint8), hands=[Hands()] * 3)
SETS = {"no hand": {"rooms_without_hands": ROOMS}}
FIGURES = [
    Figure("rooms_without_hands", "a hand is found", proportion([False] * 3)),
    Figure(TOGETHER, "a hand is found where none is", proportion([False] * 3)),
]


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A joined model, and what its trainings leave beside it."""
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    monkeypatch.setattr(combined, "digests", lambda names: {name: {"test": "0"} for name in names})
    leave_looks(tmp_path)
    for name in ("finder", "close_reader"):
        (tmp_path / name / "recipe.json").write_text(recipes.get(name, "smoke").dumps())
    run_recipe(JOINED, tmp_path / "combined")
    return tmp_path


@pytest.mark.slow
def test_a_record_names_parts_recipes_and_thresholds(runs):
    model = runs / "combined" / "combined.keras"
    record = read_record(combined.write_record(FIGURES, SETS, "test", model))
    assert record.figures["rooms_without_hands"]["found"] == 0.0
    assert record.data["rooms_without_hands"]["count"] == 3
    assert record.parts == {
        name: hashlib.sha256((runs / name / f"{name}.keras").read_bytes()).hexdigest()
        for name in ("finder", "close_reader")
    }
    assert record.recipe["combined"] == JOINED.to_json() and record.recipe["finder"]["kind"] == "finder"
    assert (record.measurements["part"], record.measurements["chosen"]) == ("test", None)
    assert record.measurements["believed"]["least_presence"] == 0.5
    assert {"hagrid_numbers", "eduart", "people_photos_teacher"} <= set(record.partitions)
    assert "finder and close_reader is gone" in record.unknown["duration_seconds"]

    run_recipe(JOINED, runs / "other")
    leave_looks(runs)
    run_recipe(JOINED, runs / "combined")
    with pytest.raises(ValueError, match=r"combined\.keras is another model than"):
        combined.write_record(FIGURES, SETS, "test", runs / "other" / "combined.keras")


def test_what_was_not_made_yet_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="run `handvision train combined --data real` first"):
        combined.write_record(FIGURES, SETS, "test", tmp_path / "combined.onnx")
