"""A recipe becomes the file of a model: what `handvision train` does."""

import json
from dataclasses import replace

import keras
import pytest

from handvision.models import class_names
from handvision.training import read_recipe, recipes, run_recipe


@pytest.mark.slow
def test_a_recipe_becomes_a_model_that_tells_how_it_was_made(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(tmp_path / "data"))
    smoke = recipes.get("finger_numbers", "smoke", data="rendered", seed=2)
    recipe = replace(smoke, train=36, test=12, crop=32)
    path = run_recipe(recipe, tmp_path / "run")
    assert path == tmp_path / "run" / "finger_numbers.keras"
    model = keras.models.load_model(path)
    assert class_names(model) == ("0", "1", "2", "3", "4", "5")
    assert model.input_shape == (None, 32, 32, 1)
    assert read_recipe(tmp_path / "run" / "recipe.json") == recipe
    assert json.loads((tmp_path / "run" / "recipe.json").read_text())["seed"] == 2


@pytest.mark.slow
def test_a_segmenter_too(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(tmp_path / "data"))
    smoke = recipes.get("unet", "smoke", data="rendered")
    phase = replace(smoke.phases[0], size=(48, 48), steps=1)
    recipe = replace(smoke, train=8, test=4, batch_size=4, phases=(phase,))
    model = keras.models.load_model(run_recipe(recipe, tmp_path / "run"))
    assert model.output_shape == (None, 48, 48, 1)


@pytest.mark.soak
@pytest.mark.parametrize(("name", "shape"), [("finder", (64, 96, 3)), ("close_reader", (64, 64, 3))])
def test_both_looks_too(name, shape, tmp_path, monkeypatch):
    """Their encoders do not learn, and come from the hand networks' files."""
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(tmp_path / "data"))
    smoke = recipes.get(name, "smoke", data="rendered")
    small = {"size": shape[:2], "composites": 1} if name == "finder" else {"crop": 64}
    recipe = replace(smoke, train=3, persons=3, test=3, steps=1, batch_size=2, **small)
    model = keras.models.load_model(run_recipe(recipe, tmp_path / "run"))
    assert model.input_shape[1:] == shape
    assert read_recipe(tmp_path / "run" / "recipe.json") == recipe
