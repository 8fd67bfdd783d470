"""Where a combined model runs: ONNX Runtime, Keras or LiteRT, chosen by what it is given as.

Only the runtime that is asked for is imported.
"""

import functools
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from handvision.inference.backends.base import Backend

if TYPE_CHECKING:
    import keras

__all__ = ["RELEASED", "Backend", "open_backend"]

RELEASED = Path(__file__).parents[2] / "released" / "combined.onnx"

logger = logging.getLogger(__name__)


def open_backend(model: "keras.Model | Backend | str | os.PathLike | None" = None) -> Backend:
    """The model, ready to answer.

    Args:
        model: the path of a `.onnx`, `.tflite` or `.keras` file, a Keras model, or what this function
            returned before; None is the released model in ONNX Runtime. A file is opened once, until it
            changes.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no combined model, or the file has another ending.
        TypeError: it is of another type.
        ImportError: its runtime is not installed; the message says what to install.
    """
    if isinstance(model, Backend):
        return model
    if model is None:
        model = RELEASED
    if isinstance(model, str | os.PathLike):
        path = Path(model)
        if not path.is_file():
            raise FileNotFoundError(f"{path}: there is no such model; CombinedModels.ipynb makes one")
        return _open_file(path.resolve(), path.stat().st_mtime_ns)
    # Whoever has a Keras model has imported Keras.
    framework = sys.modules.get("keras")
    if framework is None or not isinstance(model, framework.Model):
        raise TypeError(
            f"model is a {type(model).__name__}; give a Keras model or the path of a .onnx, .tflite or .keras"
            " file"
        )
    if model not in _OF_MODELS:
        from handvision.inference.backends.keras import KerasBackend

        _OF_MODELS[model] = KerasBackend(model)
    return _OF_MODELS[model]


# Keras compiles a model for each backend anew, so a model keeps its own for as long as it lives.
_OF_MODELS: "WeakKeyDictionary[keras.Model, Backend]" = WeakKeyDictionary()


@functools.lru_cache(maxsize=4)
def _open_file(path: Path, changed: int) -> Backend:
    logger.info("reading hands with %s", path)
    try:
        if path.suffix == ".onnx":
            from handvision.inference.backends.onnx import OnnxBackend

            return OnnxBackend(path)
        if path.suffix == ".tflite":
            from handvision.inference.backends.litert import LiteRTBackend

            return LiteRTBackend(path)
        if path.suffix == ".keras":
            from handvision.inference.backends.keras import KerasBackend
            from handvision.models.load import load_model

            return KerasBackend(load_model(path))
    except ModuleNotFoundError as error:
        extra = {".tflite": "export", ".keras": "train"}.get(path.suffix)
        hint = f": pip install 'handvision[{extra}]'" if extra else ""
        raise ImportError(f"{path.name} needs the package {error.name}{hint}") from error
    raise ValueError(f"{path}: a model's file ends in .onnx, .tflite or .keras")
