"""Exported files are run, not only written, and answer as Keras does."""

import keras
import numpy as np
import pytest

from handvision.models import combine, export_litert, export_onnx
from tests.helpers.exported import FORMATS, exported

from .conftest import brightness_segmenter, drawn_hands


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("part", ["classifier", "unet", "deeplab"])
def test_each_part_agrees_to_a_thousandth(part, kind, tmp_path, request):
    model = request.getfixturevalue(part)
    x = drawn_hands(4)
    if part == "classifier":
        x = (drawn_hands(4, 32, 32)[..., :1] > 0.5).astype("float32")
    expected, answers = exported(model, kind, tmp_path, x)
    assert set(answers) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(answers[name], value, atol=1e-3, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("segmenter, reader", [("brightness", "seeing"), ("unet", "classifier")])
def test_the_combined_model_gives_the_same_label_and_box(segmenter, reader, kind, tmp_path, unet, request):
    reader = request.getfixturevalue(reader)
    model = combine(brightness_segmenter() if segmenter == "brightness" else unet, reader)
    expected, answers = exported(model, kind, tmp_path, drawn_hands(40))
    assert set(answers) == set(expected)
    assert np.array_equal(answers["has_hand"], expected["has_hand"])
    assert np.abs(answers["box"] - expected["box"]).max() <= 1
    assert np.array_equal(answers["gesture"].argmax(axis=1), expected["gesture"].argmax(axis=1))
    if segmenter == "brightness":
        assert not answers["has_hand"][0] and answers["has_hand"][1:].all()
        assert len(np.unique(answers["box"], axis=0)) > 20


@pytest.mark.parametrize(
    "export, name, words",
    [(export_onnx, "model.keras", "must end with .onnx"), (export_litert, "model", "must end with .tflite")],
)
def test_a_wrong_ending_is_named(export, name, words, classifier, tmp_path):
    with pytest.raises(ValueError, match=words):
        export(classifier, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_prelu_is_one_node(tmp_path):
    """Five are what TensorFlow's graph has; what looks like them, but is no PReLU, stays."""
    onnx = pytest.importorskip("onnx")
    layers = keras.layers
    photo = keras.Input((12, 16, 3), name="photo")
    slopes = keras.initializers.RandomUniform(-1, 1, seed=0)
    x = layers.PReLU(slopes, shared_axes=[1, 2])(layers.Conv2D(4, 3)(photo))
    x = layers.PReLU(slopes, shared_axes=[1, 2])(layers.Conv2D(4, 3)(x))
    other = layers.ReLU()(x) + 0.5 * layers.ReLU()(-layers.Conv2D(4, 1)(x))
    model = keras.Model(photo, layers.Concatenate(name="maps")([x, other]))
    expected, answers = exported(model, "onnx", tmp_path, drawn_hands(3, 12, 16))
    np.testing.assert_allclose(answers["maps"], expected["maps"], atol=1e-5)
    operations = [node.op_type for node in onnx.load(tmp_path / "new" / "model.onnx").graph.node]
    assert (operations.count("PRelu"), operations.count("Neg")) == (2, 1)
