"""Keras layers that heads end in: a softmax that knows its classes' names, and vectors of length 1."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="handvision")
class ClassProbabilities(keras.layers.Layer):
    """A dense softmax that carries its classes' names, so that they travel inside the model's file.

    Input: features, (batch, channels) float.

    Output: probabilities, (batch, len(class_names)) float, in the order of `class_names`; sum to 1.

    Args:
        class_names: names of the classes, distinct strings, at least two.

    Raises:
        ValueError: fewer than two names, or two alike.

    Example:

    >>> import numpy as np
    >>> layer = ClassProbabilities(["fist", "palm"])
    >>> tuple(layer(np.ones((3, 8), "float32")).shape), layer.class_names
    ((3, 2), ('fist', 'palm'))
    """

    def __init__(self, class_names: Sequence[str], **kwargs: Any):
        super().__init__(**kwargs)
        self.class_names = tuple(str(name) for name in class_names)
        if len(self.class_names) < 2 or len(set(self.class_names)) < len(self.class_names):
            raise ValueError(f"class_names is {class_names!r}; use at least two names, all distinct")
        # Not half under mixed precision: such a softmax is too coarse for a loss.
        dtype = "float64" if keras.config.floatx() == "float64" else "float32"
        self.dense = keras.layers.Dense(
            len(self.class_names), activation="softmax", dtype=dtype, name="dense"
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.dense.build(input_shape)

    def call(self, features: keras.KerasTensor) -> keras.KerasTensor:
        return self.dense(features)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "class_names": list(self.class_names)}


@keras.saving.register_keras_serializable(package="handvision")
class UnitVector(keras.layers.Layer):
    """Scales vectors to length 1; the zero vector stays zero, with a finite gradient.

    Input: vectors, (batch, n) float.

    Output: (batch, n), like the input.

    Example:

    >>> import numpy as np
    >>> unit = UnitVector()(np.array([[3.0, 4.0], [0.0, 0.0]], "float32"))
    >>> [[round(float(x), 3) for x in row] for row in unit]
    [[0.6, 0.8], [0.0, 0.0]]
    """

    def call(self, vectors: keras.KerasTensor) -> keras.KerasTensor:
        squared = ops.sum(ops.square(vectors), axis=-1, keepdims=True)
        return vectors * ops.rsqrt(ops.maximum(squared, 1e-12))


@keras.saving.register_keras_serializable(package="handvision")
class StopGradient(keras.layers.Layer):
    """Its input, unchanged; what follows learns, what comes before does not learn from it.

    Input and output: any shape.
    """

    def call(self, features: keras.KerasTensor) -> keras.KerasTensor:
        return ops.stop_gradient(features)


@keras.saving.register_keras_serializable(package="handvision")
class Keypoints(keras.layers.Layer):
    """A dense layer that places 21 points in a square crop and says how far off each may be.

    Input: features, (batch, channels) float.

    Output: (batch, 21, 3) float32: x, y in sides of the crop, counted from its corner, and the scale of a
    Laplace distribution about them, above 0.

    Args:
        size: of the crop in pixels, which travels inside the model's file: decoding needs it.

    Raises:
        ValueError: the size is not a whole number from 1 up.

    Example:

    >>> import numpy as np
    >>> tuple(Keypoints(160)(np.ones((3, 8), "float32")).shape)
    (3, 21, 3)
    """

    def __init__(self, size: int, **kwargs: Any):
        super().__init__(**kwargs)
        if isinstance(size, bool) or not hasattr(size, "__index__") or size < 1:
            raise ValueError(f"size is {size!r}; use a whole number of pixels from 1 up")
        self.size = int(size)
        # Untrained, all points lie in the crop's middle, and a tenth of its side is doubtful.
        self.places = keras.layers.Dense(42, bias_initializer=_constant(0.5), dtype="float32", name="places")
        self.doubts = keras.layers.Dense(
            21, kernel_initializer="zeros", bias_initializer=_constant(-2.25), dtype="float32", name="doubts"
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.places.build(input_shape)
        self.doubts.build(input_shape)

    def call(self, features: keras.KerasTensor) -> keras.KerasTensor:
        places = ops.reshape(self.places(features), (-1, 21, 2))
        scales = ops.softplus(self.doubts(features))[..., None] + 1e-3
        return ops.concatenate([places, scales], axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}


def _constant(value: float) -> keras.initializers.Initializer:
    return keras.initializers.Constant(value)
