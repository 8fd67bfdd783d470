"""A model for another runtime, kept only if it answers there as it does in Keras."""

import shutil
import tempfile
from pathlib import Path

import keras
import numpy as np

from handvision.core.files import replacing
from handvision.inference.agreement import Agreement, agreement
from handvision.inference.backends import open_backend
from handvision.inference.predict import predict
from handvision.models import export_litert, export_onnx
from handvision.synthesis import rendered

_EXPORTS = {".onnx": export_onnx, ".tflite": export_litert}


def export_and_check(model: keras.Model, target: Path, photos: int = 40) -> Agreement:
    """Writes a combined model as `.onnx` or `.tflite` and has both answer rendered photos.

    Args:
        model: a combined model.
        target: where to; its ending says in which format. The file appears there only if it agrees.
        photos: how many.

    Returns:
        How well both agree.

    Raises:
        ValueError: another ending, no combined model, or answers that differ.
    """
    if target.suffix not in _EXPORTS:
        raise ValueError(f"{target}: an export ends in {' or '.join(_EXPORTS)}")
    backend = open_backend(model)
    hands = rendered.render(photos, seed=0, split="test").require("photos")
    with tempfile.TemporaryDirectory() as folder:
        written = _EXPORTS[target.suffix](model, Path(folder) / target.name)
        scales = np.array([max(p.shape[0] / backend.height, p.shape[1] / backend.width) for p in hands])
        found = agreement(predict(hands, backend), predict(hands, written), scales)
        if not found.agrees:
            raise ValueError(f"{target.name} does not answer as the model does, so it is not kept: {found}")
        with replacing(target) as unfinished:
            shutil.copyfile(written, unfinished)
    return found
