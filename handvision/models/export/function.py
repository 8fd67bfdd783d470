"""What both exports begin with: the model as a TensorFlow function with the model's names."""

import os
from pathlib import Path
from typing import Any

import keras


def checked_path(model: keras.Model, path: str | os.PathLike, suffix: str) -> Path:
    """The path, if the model can be exported and the path ends with the suffix."""
    path = Path(path)
    if path.suffix != suffix:
        raise ValueError(f"path is {str(path)!r}; it must end with {suffix}")
    if len(model.inputs) != 1:
        raise ValueError(f"model {model.name!r} has {len(model.inputs)} inputs; only one can be exported")
    check_backend()
    return path


def check_backend() -> None:
    """Raises RuntimeError unless Keras runs on TensorFlow, through which exports go."""
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"exports need Keras on TensorFlow, not on {keras.backend.backend()}: set "
            "KERAS_BACKEND=tensorflow and load the model's .keras file there"
        )


def named_function(model: keras.Model, batch: int | None) -> tuple[Any, list[Any]]:
    """The model as a tf.function whose inputs and outputs have the model's names, and its signature."""
    import tensorflow as tf

    inputs = model.inputs
    signature = [
        tf.TensorSpec((batch, *tensor.shape[1:]), tensor.dtype, name=tensor.name.split(":")[0])
        for tensor in inputs
    ]

    @tf.function(input_signature=signature)
    def run(*given: Any) -> dict[str, Any]:
        named = {tensor.name: x for tensor, x in zip(inputs, given, strict=True)}
        outputs = model(given[0] if len(given) == 1 else named, training=False)
        return outputs if isinstance(outputs, dict) else {model.output_names[0]: outputs}

    return run, signature
