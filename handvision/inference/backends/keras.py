"""A combined model in Keras, on whichever framework Keras runs."""

import keras
import numpy as np
from numpy.typing import NDArray

from handvision.inference.backends.base import Backend
from handvision.models.export import model_info, outputs_of


class KerasBackend(Backend):
    """A Keras model; it stays as it is.

    Raises:
        ValueError: it is no combined model.
    """

    def __init__(self, model: keras.Model):
        shape = model.input_shape
        info = model_info(model)
        super().__init__(model.name, shape if isinstance(shape, tuple) else (), outputs_of(model), info)
        # Around the same layers, so that the caller's model keeps its settings: XLA, which Keras may choose
        # by itself, compiles anew for each batch size and is slower here.
        self._model = keras.Model(model.input, model.output)
        if keras.backend.backend() == "tensorflow":
            self._model.jit_compile = False

    def run(self, photos: NDArray[np.float32]) -> dict[str, NDArray]:
        return {name: np.asarray(value) for name, value in self._model.predict_on_batch(photos).items()}
