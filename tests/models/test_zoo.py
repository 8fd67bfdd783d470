"""A model is saved in full or not at all, and is found by its name."""

from pkgutil import resolve_name

import keras
import numpy as np
import pytest
from keras import layers

from handvision import models
from handvision.core.products import PRODUCTS
from handvision.models import find_model, load_model, open_model, save_model


def test_a_model_that_cannot_be_opened_again_is_not_saved(tmp_path):
    @keras.saving.register_keras_serializable(package="test")
    class Careless(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight(shape=(1,), name="scale", initializer="ones")

        def call(self, x):
            return x * self.scale

        def save_own_variables(self, store):
            store["0"] = np.array([7.0])

    inputs = keras.Input((2,))
    model = keras.Model(inputs, Careless()(inputs))
    with pytest.raises(ValueError, match="other weights"):
        save_model(model, tmp_path / "bad.keras")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match=r"ends in \.keras"):
        save_model(model, tmp_path / "bad.h5")


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_MODELS_FOLDER", str(tmp_path / "models"))
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path / "runs"))
    return tmp_path / "models" / "unet.keras", tmp_path / "runs" / "unet" / "unet.keras"


def tiny(name):
    inputs = keras.Input((2,))
    return keras.Model(inputs, layers.Dense(1)(inputs), name=name)


def test_the_released_model_goes_before_the_own_run(folders, capsys):
    released, own = folders
    save_model(tiny("own"), own)
    assert open_model("unet").name == "own"
    assert "of your own run" in capsys.readouterr().out
    save_model(tiny("released"), released)
    assert open_model("unet").name == "released"
    assert "released" in capsys.readouterr().out


def test_without_either_the_notebook_is_named(folders):
    with pytest.raises(FileNotFoundError, match=r"run notebooks/2_unet.ipynb first"):
        find_model("unet")


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=lambda product: product.name)
def test_every_product_names_a_function_that_builds_it(product):
    assert resolve_name(product.builder) in vars(models).values()


def test_unknown_name():
    with pytest.raises(ValueError, match="no model is called 'yolo'"):
        find_model("yolo")


def test_a_part_is_saved_without_what_it_was_trained_with(tmp_path):
    inputs = keras.Input((2,))
    part = keras.Model(inputs, layers.Dense(1)(inputs), name="part")
    part.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 10)), "mse")
    whole = keras.Model(inputs, part(inputs))
    saved = load_model(save_model(whole, tmp_path / "whole.keras"))
    assert not saved.get_layer("part").compiled
    np.testing.assert_array_equal(saved(np.ones((1, 2))), whole(np.ones((1, 2))))
