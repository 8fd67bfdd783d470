"""A combined model in ONNX Runtime: what `predict` uses unless told otherwise."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from handvision.core.model_info import ModelInfo
from handvision.inference.backends.base import OF_FIRST_LOOK, Backend


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
        options.log_severity_level = 3  # errors: inputs that have a default are meant
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
        # Inputs that have a default: boxes in place of a first look, (batch, hands, 4).
        places = {each.name: each.shape for each in self._session.get_overridable_initializers()}
        self._most = places["look_at"][1] if "look_at" in places else 0
        self.follows = self.looks_closer and self._most > 0

    def run(self, photos: NDArray[np.float32]) -> dict[str, NDArray]:
        return dict(zip(self._outputs, self._session.run(None, {self._input.name: photos}), strict=True))

    def look_closer(
        self, photos: NDArray[np.float32], boxes: NDArray[np.float32], directions: NDArray[np.float32]
    ) -> dict[str, NDArray]:
        if not self.follows:
            return super().look_closer(photos, boxes, directions)
        count, hands = boxes.shape[:2]
        if hands > self._most:
            raise ValueError(f"{self.name} looks at {self._most} hands at once, not at {hands}")
        # A box of no size is none.
        look_at = np.zeros((count, self._most, 4), np.float32)
        upright = np.tile(np.array([0, 1], np.float32), (count, self._most, 1))
        look_at[:, :hands], upright[:, :hands] = boxes, directions
        given = {
            self._input.name: photos,
            "look": np.array(False),
            "look_at": look_at,
            "look_upright": upright,
        }
        names = [name for name in self._outputs if name not in OF_FIRST_LOOK]
        values = self._session.run(names, given)
        return {name: value[:, :hands] for name, value in zip(names, values, strict=True)}
