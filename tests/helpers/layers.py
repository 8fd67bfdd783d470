"""Takes a layer or a model through all that a user may do with it: configure, call, save, load, export."""

import inspect
from pathlib import Path

import keras
import numpy as np

from tests.helpers.exported import exported


def check_layer_travels(layer: keras.Layer, shape: tuple[int, ...], folder: Path) -> None:
    """Asserts that a layer comes back from its configuration and from a `.keras` file as it was.

    Args:
        layer: not built yet, with other arguments than the defaults.
        shape: of one input, without the batch axis; the input is random in [0, 1].
    """
    config = layer.get_config()
    arguments = set(inspect.signature(type(layer).__init__).parameters) - {"self", "kwargs"}
    assert arguments <= set(config), f"get_config lacks {arguments - set(config)}"
    assert type(layer).from_config(config).get_config() == config

    loaded = check_model_travels(_model(layer, shape), folder)
    assert loaded.layers[-1].get_config() == config


def check_model_travels(model: keras.Model, folder: Path) -> keras.Model:
    """Asserts that a model of one input answers as it says, and the same from its file; returns that one."""
    x = _batch(model.input_shape[1:])
    answers = model(x)
    for symbolic, answer in zip(keras.tree.flatten(model.output), keras.tree.flatten(answers), strict=True):
        assert symbolic.shape[1:] == answer.shape[1:]
        assert keras.backend.standardize_dtype(answer.dtype) == symbolic.dtype
    model.save(folder / "model.keras")
    loaded = keras.models.load_model(folder / "model.keras", safe_mode=True)
    for before, after in zip(keras.tree.flatten(answers), keras.tree.flatten(loaded(x)), strict=True):
        np.testing.assert_array_equal(before, after)
    return loaded


def check_layer_exports(layer: keras.Layer, shape: tuple[int, ...], folder: Path, kind: str) -> None:
    """As `check_model_exports`, of a layer alone."""
    check_model_exports(_model(layer, shape), folder, kind)


def check_model_exports(model: keras.Model, folder: Path, kind: str) -> None:
    """Asserts that an exported file ("onnx" or "litert") of a model runs, and answers as Keras does."""
    expected, answers = exported(model, kind, folder, _batch(model.input_shape[1:]))
    assert set(answers) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(
            np.asarray(answers[name], float), np.asarray(value, float), atol=1e-4, err_msg=name
        )


def _model(layer: keras.Layer, shape: tuple[int, ...]) -> keras.Model:
    inputs = keras.Input(shape, name="x")
    return keras.Model(inputs, layer(inputs))


def _batch(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(0).random((3, *shape), "float32")
