"""A combined model in ONNX Runtime: what `predict` uses unless told otherwise."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from handvision.core.model_info import ModelInfo
from handvision.inference.backends.base import Backend


class OnnxBackend(Backend):
    """A `.onnx` file that `handvision.models.export_onnx` wrote, on the CPU.

    Args:
        path: of the file.
        threads: how many it may use; by default as many as there are cores.

    Raises:
        ValueError: the file is no ONNX model, or none of the suite's.
    """

    def __init__(self, path: Path, threads: int | None = None):
        options = onnxruntime.SessionOptions()
        if threads is not None:
            options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        # The runtime's errors have no class in common but this one.
        except Exception as error:
            raise ValueError(f"{path}: no model that ONNX Runtime can read ({error})") from error
        described = self._session.get_modelmeta().custom_metadata_map.get("handvision")
        if described is None:
            raise ValueError(f"{path}: the file does not say how to read its answers; export it anew")
        self._input = self._session.get_inputs()[0]
        shape = tuple(size if isinstance(size, int) else None for size in self._input.shape)
        self._outputs = [output.name for output in self._session.get_outputs()]
        super().__init__(path.name, shape, self._outputs, ModelInfo.from_json(described))

    def run(self, photos: NDArray[np.float32]) -> dict[str, NDArray]:
        return dict(zip(self._outputs, self._session.run(None, {self._input.name: photos}), strict=True))
