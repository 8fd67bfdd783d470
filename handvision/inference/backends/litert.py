"""A combined model in LiteRT (TensorFlow Lite)."""

import zipfile
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from handvision.core.model_info import ModelInfo
from handvision.inference.backends.base import Backend


class LiteRTBackend(Backend):
    """A `.tflite` file that `handvision.models.export_litert` wrote; it answers one photo at a time.

    Raises:
        ValueError: the file is no LiteRT model, or none of the suite's.
    """

    def __init__(self, path: Path):
        try:
            with zipfile.ZipFile(path) as attached:
                described = attached.read("handvision.json").decode()
        except (zipfile.BadZipFile, KeyError) as error:
            raise ValueError(
                f"{path}: the file does not say how to read its answers; export it anew"
            ) from error
        self._run = Interpreter(str(path)).get_signature_runner()
        ((self._input, details),) = self._run.get_input_details().items()
        outputs = self._run.get_output_details()
        super().__init__(path.name, tuple(details["shape"].tolist()), outputs, ModelInfo.from_json(described))

    def run(self, photos: NDArray[np.float32]) -> dict[str, NDArray]:
        # The interpreter's arrays are overwritten by its next answer.
        answers = [
            {name: value.copy() for name, value in self._run(**{self._input: photo[None]}).items()}
            for photo in photos
        ]
        return {name: np.concatenate([answer[name] for answer in answers]) for name in answers[0]}
