"""Feature maps in another size."""

import keras
from keras import ops

from handvision.models.layers.checks import check_whole


@keras.saving.register_keras_serializable(package="handvision")
class BilinearResize(keras.layers.Layer):
    """Resamples feature maps to a given size, with pixel centres at half integers.

    `keras.layers.Resizing` is no substitute inside a network: its call has `training=True` by default,
    which switches every batch norm behind it to training when a model is called plainly (Keras 3.15).

    Input: features, (batch, h, w, channels) float.

    Output: (batch, height, width, channels), like the input.

    Args:
        height: height of the output in pixels.
        width: width of the output in pixels.

    Raises:
        ValueError: a size is not a whole number from 1 up.

    Example:

    >>> import numpy as np
    >>> tuple(BilinearResize(5, 7)(np.ones((1, 3, 4, 8), "float32")).shape)
    (1, 5, 7, 8)
    """

    def __init__(self, height: int, width: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        check_whole(height=height, width=width)
        self.height = int(height)
        self.width = int(width)

    def call(self, features: keras.KerasTensor) -> keras.KerasTensor:
        size = (self.height, self.width)
        return ops.image.resize(features, size, interpolation="bilinear", data_format="channels_last")

    def get_config(self) -> dict:
        return {**super().get_config(), "height": self.height, "width": self.width}
