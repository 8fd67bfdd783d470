"""MediaPipe's encoders as Keras graphs: every layer gets its weights, and answers as the file does."""

import keras
import numpy as np
import pytest

from handvision.models.backbones import get_backbone, hand_landmark, mediapipe, palm

# The tensor that the last of the layers gives, by its number in the file.
LAST = {"palm": (palm.FILE, 192, 3, 273), "hand_landmark": (hand_landmark.FILE, 224, 5, 159)}


@pytest.fixture(scope="module", params=list(LAST))
def network(request):
    """Name, file, size, levels, tensor; skipped where the wheel can be neither found nor downloaded."""
    try:
        LAST[request.param][0].path()
    except FileNotFoundError as error:
        pytest.skip(f"NOT RUN: {error}")
    return request.param, *LAST[request.param]


def encoder(name, size, levels):
    photo = keras.Input((size, size, 3))
    return keras.Model(photo, get_backbone(name).features(photo, [1] * levels))


@pytest.mark.slow
def test_features_are_those_of_the_file(network):
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    name, file, size, levels, tensor = network
    model = encoder(name, size, levels)
    get_backbone(name).load_weights(model, "mediapipe")
    photo = np.random.default_rng(0).random((1, size, size, 3), "float32")
    interpreter = Interpreter(
        str(file.path()),
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], photo)
    interpreter.invoke()
    expected = interpreter.get_tensor(tensor)
    assert expected.std() > 0.1
    np.testing.assert_allclose(model(photo)[-1], expected, atol=2e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "levels"), [("palm", 5), ("hand_landmark", 5)])
def test_every_layer_of_ours_has_its_place_in_the_file(name, levels):
    names = {"palm": palm, "hand_landmark": hand_landmark}[name]._names()
    ours = {layer.name for layer in encoder(name, 64, levels).layers if layer.weights}
    assert ours <= set(names) and len(set(names) - {""}) == len([one for one in names if one])


def test_another_file_than_the_expected_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_CACHE_FOLDER", str(tmp_path))
    cached = tmp_path / "mediapipe-0.10.21" / "palm_detection_full.tflite"
    cached.parent.mkdir()
    cached.write_bytes(b"something else")
    with pytest.raises(ValueError, match=r"palm_detection_full.tflite has SHA-256 .*delete it"):
        palm.FILE.path()


def test_without_the_wheel_the_error_says_how_to_go_on(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_CACHE_FOLDER", str(tmp_path))
    monkeypatch.setattr(mediapipe.sys, "executable", "false")
    with pytest.raises(FileNotFoundError, match=r"mediapipe==0.10.21 could not be had .*weights=None"):
        palm.FILE.path()
    assert not list(tmp_path.rglob("*.tflite"))
