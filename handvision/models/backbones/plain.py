"""The U-Net's own encoder: two convolutions at each level."""

from collections.abc import Sequence

import keras

from handvision.models.backbones.blocks import conv_block
from handvision.models.backbones.registry import Backbone, register


def plain(photo: keras.KerasTensor, channels: Sequence[int]) -> list[keras.KerasTensor]:
    """Features after two convolutions at each level; the layers' names begin with `encoder`."""
    x, skips = photo, []
    for level, filters in enumerate(channels):
        x = conv_block(x, filters, stride=2, name=f"encoder{level}_down")
        x = conv_block(x, filters, name=f"encoder{level}")
        skips.append(x)
    return skips


register(Backbone("plain", plain, levels=6))
