"""What finds hands, beside the mask: a map with one peak a hand, and at the peak how it lies."""

import keras
from keras import ops

from handvision.heads.layers import UnitVector
from handvision.models.backbones.blocks import conv_block

STRIDE = 8
# Name of an output -> its channels.
OUTPUTS = {"centre": 1, "extent": 2, "offset": 2, "direction": 2}


def centre_maps(features: keras.KerasTensor, filters: int = 96) -> dict[str, keras.KerasTensor]:
    """Maps at an eighth of the photo's size, from features of that size: (batch, h, w, channels).

    Args:
        features: (batch, h, w, c).
        filters: of the convolutions before the maps.

    Returns:
        centre: (batch, h, w, 1) in [0, 1], a peak at each hand's middle.
        extent: (batch, h, w, 2) width and height of the hand's box, in cells, above 0.
        offset: (batch, h, w, 2) x, y of the middle inside its cell, in [0, 1].
        direction: (batch, h, w, 2) sine and cosine of wrist to middle knuckle, see `heads.rotation`.

    Zhou et al., Objects as points, https://arxiv.org/abs/1904.07850; the direction is ours.
    """
    x = conv_block(features, filters, 1, name="centres")
    for number in (1, 2):
        x = conv_block(x, filters, 5, separable=True, name=f"centres{number}")
    # At first no cell is a hand: one in a hundred, as in Lin et al., https://arxiv.org/abs/1708.02002.
    rare = keras.initializers.Constant(-4.6)
    centre = keras.layers.Conv2D(1, 1, bias_initializer=rare, name="centre_logits")(x)
    extent = keras.layers.Conv2D(2, 1, name="extent_logits")(x)
    offset = keras.layers.Conv2D(2, 1, name="offset_logits")(x)
    direction = keras.layers.Conv2D(2, 1, name="direction_logits")(x)
    return {
        "centre": keras.layers.Activation("sigmoid", dtype="float32", name="centre")(centre),
        "extent": Exponential(name="extent")(extent),
        "offset": keras.layers.Activation("sigmoid", dtype="float32", name="offset")(offset),
        "direction": UnitVector(dtype="float32", name="direction")(direction),
    }


@keras.saving.register_keras_serializable(package="handvision")
class Exponential(keras.layers.Layer):
    """e to the power of its input, which is cut to [-4, 6]: sizes from a fiftieth of a cell to four hundred.

    Input: any shape, float. Output: the same shape, float32, above 0.
    """

    def call(self, logarithms: keras.KerasTensor) -> keras.KerasTensor:
        return ops.exp(ops.clip(ops.cast(logarithms, "float32"), -4.0, 6.0))
