"""The layer that frees a mask from what lies beside the hand."""

import math

import keras
from keras import ops

from handvision.models.layers.checks import as_floats, check_below_one, check_masks

_CELLS = 64  # of the grid on which MainRegionLayer grows a region, along the mask's larger side


@keras.saving.register_keras_serializable(package="handvision")
class MainRegionLayer(keras.layers.Layer):
    """Keeps the region of a mask in which the foreground is densest, and sets the rest to 0.

    A speck far from the hand stretches its box and shrinks its crop. So one connected region is kept:
    the one around the foreground pixel that has most foreground about it, in a square of half the
    mask's larger side. Where several are equally dense, all of them stay.

    The region grows from there, step by step, by max pooling cut by the foreground (reconstruction by
    dilation), because that runs in ONNX and LiteRT, where a labelling of components does not. It grows
    on a grid of about 64 cells along the larger side, at least two pixels wide each, because every step costs
    time: regions whose cells touch, at a corner too, count as one.

    Input: masks, (batch, height, width, 1) float in [0, 1], static size.

    Output: (batch, height, width, 1) float32: the mask in the region and at its soft edge, 0 elsewhere.

    Args:
        threshold: foreground is above it; in [0, 1).
        reach: how far the region grows, along the way through it, as a share of the mask's larger side;
            what lies farther is cut off.

    Raises:
        ValueError: an argument is out of range, or the input has not one channel, no static size, or
            whole numbers (0 to 255) where fractions are due.

    Example:

    >>> import numpy as np
    >>> mask = np.zeros((1, 32, 32, 1), "float32")
    >>> mask[0, 4:20, 4:20] = 1  # a hand
    >>> mask[0, 28, 28] = 1  # a speck
    >>> float(np.sum(MainRegionLayer()(mask)))
    256.0

    Vincent, Morphological grayscale reconstruction in image analysis, IEEE Transactions on Image
    Processing 2(2), 1993.
    """

    def __init__(self, threshold: float = 0.5, reach: float = 1.5, **kwargs: object) -> None:
        super().__init__(**kwargs)
        check_below_one(threshold=threshold)
        if not 0 < reach < float("inf"):
            raise ValueError(f"reach is {reach!r}; use a share of the mask's side above 0")
        self.threshold = float(threshold)
        self.reach = float(reach)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        check_masks(self.name, input_shape)

    def call(self, masks: keras.KerasTensor) -> keras.KerasTensor:
        masks = as_floats(self.name, masks)
        height, width = masks.shape[1:3]
        cell = max(2, round(max(height, width) / _CELLS))
        foreground = ops.cast(masks > self.threshold, "float32")
        foreground = ops.pad(foreground, ((0, 0), (0, -height % cell), (0, -width % cell), (0, 0)))
        foreground = ops.max_pool(foreground, cell, cell)
        around = max(height, width) // (4 * cell)  # cells to each side
        density = ops.pad(foreground, ((0, 0), (around, around), (around, around), (0, 0)))
        density = ops.average_pool(density, (2 * around + 1, 1), 1)
        density = ops.average_pool(density, (1, 2 * around + 1), 1) * foreground
        densest = ops.max(density, axis=(1, 2, 3), keepdims=True)
        region = ops.cast(density >= densest, "float32") * foreground
        for _ in range(math.ceil(self.reach * max(height, width) / cell)):
            region = ops.max_pool(region, 3, 1, padding="same") * foreground
        # The rim holds no foreground (it would have grown there), but the soft edge that a crop samples.
        region = ops.max_pool(region, 3, 1, padding="same")
        region = ops.image.resize(
            region,
            (cell * region.shape[1], cell * region.shape[2]),
            interpolation="nearest",
            data_format="channels_last",
        )
        return masks * region[:, :height, :width]

    def get_config(self) -> dict:
        return {**super().get_config(), "threshold": self.threshold, "reach": self.reach}
