"""One call ends a notebook: model, record, and the table of how it compares."""

import keras
import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.core.workspace import Settings
from handvision.models import open_model
from handvision.studies import finish, read_record
from handvision.training import recipes

RECIPE = recipes.get("mask_alone", "smoke")
FIGURES = {"rendered": {"n": 3, "accuracy": 0.75, "baseline": 0.5, "right_per_image": np.ones(3, bool)}}


@pytest.fixture
def folders(tmp_path, monkeypatch):
    for name in ("RUNS", "MODELS"):
        monkeypatch.setenv(f"HANDVISION_{name}_FOLDER", str(tmp_path / name.lower()))
    return tmp_path


def tiny(name):
    inputs = keras.Input((2,))
    return keras.Model(inputs, keras.layers.Dense(1)(inputs), name=name)


def test_model_and_record_are_written_and_compared(folders):
    hands = Examples("hands", masks=np.zeros((2, 4, 4, 1), np.uint8))
    table = finish(
        "finger_numbers",
        tiny("own"),
        FIGURES,
        settings=Settings("smoke", "rendered", 3),
        data={"train": hands},
        recipe=RECIPE,
        seconds=1.5,
        claims={"published": 1.0},
    )
    assert [row[0] for row in table.cells] == ["rendered hands never seen, photo to number", "published"]
    assert table.cells[0][1:] == ("75.0 %", "not released yet", "–", "50.0 %")  # noqa: RUF001
    assert open_model("finger_numbers").name == "own"
    record = read_record(folders / "runs" / "finger_numbers" / "finger_numbers.json")
    assert record.figures["rendered"] == {"n": 3, "accuracy": 0.75, "baseline": 0.5}
    assert (record.profile, record.seed, record.duration_seconds) == ("smoke", 3, 1.5)
    assert record.data["train"]["count"] == 2
    assert record.recipe["composites"] == 20


def test_a_model_that_is_no_product_is_refused(folders):
    with pytest.raises(ValueError, match="no model is called 'hands'"):
        finish("hands", tiny("hands"), FIGURES, settings=Settings(), data={}, recipe=RECIPE)
    assert not (folders / "runs").exists()
