"""A trained model as a file for LiteRT (TensorFlow Lite), for phones and small boards."""

import os
import tempfile
import zipfile
from pathlib import Path

import keras

from handvision.core.files import replacing
from handvision.models.export.function import checked_path, named_function
from handvision.models.export.info import model_info


def export_litert(model: keras.Model, path: str | os.PathLike) -> Path:
    """Writes `model` for LiteRT.

    The file has one signature, with the names of the Keras model; the batch is one picture. What
    `handvision.predict` has to know beside the graph (see `ModelInfo`) is attached as TensorFlow Lite
    attaches files: in a zip at the file's end, as `handvision.json`.

    Args:
        model: any model of the suite, with one input.
        path: where to; ends with .tflite. The file appears under this name only when it is whole.

    Returns:
        The path.

    Raises:
        ValueError: the path ends otherwise, or the model has several inputs.
        RuntimeError: Keras does not run on TensorFlow, which the conversion needs.
    """
    path = checked_path(model, path, ".tflite")
    import tensorflow as tf

    function, _ = named_function(model, batch=1)
    # The converter wants a SavedModel that holds its variables; a Keras model is none of itself.
    module = tf.Module()
    module.variables_of_model = [variable.value for variable in model.variables]
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures=function)
        content = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    with replacing(path) as unfinished:
        unfinished.write_bytes(content)
        with zipfile.ZipFile(unfinished, "a") as attached:
            attached.writestr("handvision.json", model_info(model).to_json())
    return path
