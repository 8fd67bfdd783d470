"""Two numbers as the sine and cosine of an angle."""

import keras
from keras import ops


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

    def call(self, vectors):
        squared = ops.sum(ops.square(vectors), axis=-1, keepdims=True)
        return vectors * ops.rsqrt(ops.maximum(squared, 1e-12))
