"""A trained model as a file for ONNX Runtime or LiteRT."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import keras


def export_onnx(model: keras.Model, path: str | os.PathLike) -> Path:
    """Writes `model` for ONNX Runtime.

    The input and the outputs have the names of the Keras model (`photo`, `mask`, `gesture`, ...), and
    the batch has any size. Needs the package tf2onnx.

    Args:
        model: any model of the suite, with one input.
        path: where to; ends with .onnx. The file appears under this name only when it is whole.

    Returns:
        The path.

    Raises:
        ValueError: the path ends otherwise, or the model has several inputs.
        RuntimeError: Keras does not run on TensorFlow, which the conversion needs.
        ImportError: tf2onnx is not installed.
    """
    path = _checked(model, path, ".onnx")
    import tf2onnx

    function, signature = _named_function(model, batch=None)
    proto, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=17)
    return _write(path, proto.SerializeToString())


def export_litert(model: keras.Model, path: str | os.PathLike) -> Path:
    """Writes `model` for LiteRT (TensorFlow Lite), for phones and small boards.

    The file has one signature, with the names of the Keras model; the batch is one picture.

    Args:
        model: any model of the suite, with one input.
        path: where to; ends with .tflite. The file appears under this name only when it is whole.

    Returns:
        The path.

    Raises:
        ValueError: the path ends otherwise, or the model has several inputs.
        RuntimeError: Keras does not run on TensorFlow, which the conversion needs.
    """
    path = _checked(model, path, ".tflite")
    import tensorflow as tf

    function, _ = _named_function(model, batch=1)
    # The converter wants a SavedModel that holds its variables; a Keras model is none of itself.
    module = tf.Module()
    module.variables_of_model = [variable.value for variable in model.variables]
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures=function)
        content = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    return _write(path, content)


def _checked(model: keras.Model, path: str | os.PathLike, suffix: str) -> Path:
    path = Path(path)
    if path.suffix != suffix:
        raise ValueError(f"path is {str(path)!r}; it must end with {suffix}")
    if len(model.inputs) != 1:
        raise ValueError(f"model {model.name!r} has {len(model.inputs)} inputs; only one can be exported")
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"exports need Keras on TensorFlow, not on {keras.backend.backend()}: set "
            "KERAS_BACKEND=tensorflow and load the model's .keras file there"
        )
    return path


def _named_function(model: keras.Model, batch: int | None) -> tuple[Callable, list]:
    """The model as a tf.function whose input and outputs have the model's names, and its signature."""
    import tensorflow as tf

    (tensor,) = model.inputs
    signature = [tf.TensorSpec((batch, *tensor.shape[1:]), tensor.dtype, name=model.inputs[0].name)]

    @tf.function(input_signature=signature)
    def run(x: keras.KerasTensor) -> dict:
        outputs = model(x, training=False)
        return outputs if isinstance(outputs, dict) else {model.output_names[0]: outputs}

    return run, signature


def _write(path: Path, content: bytes) -> Path:
    """Writes beside the target, then renames: nobody ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=path.suffix, delete=False) as file:
        file.write(content)
    os.replace(file.name, path)
    return path
