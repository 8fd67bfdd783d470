"""The encoder of MediaPipe's palm detector: features that have seen many hands, small ones too."""

from collections.abc import Sequence

import keras
from keras import ops

from handvision.models.backbones import mediapipe
from handvision.models.backbones.registry import Backbone, register
from handvision.models.layers import BilinearResize

# Of each level, from half of the photo's size down.
CHANNELS = (32, 64, 128, 256, 256)
BLOCKS = 4  # of a level, beside the one that halves the size
TOP_DOWN_BLOCKS = 2


def palm(photo: keras.KerasTensor, channels: Sequence[int]) -> list[keras.KerasTensor]:
    """Features with 32, 64, 128, 256 and 256 channels, whatever `channels` asks for.

    The last level that is asked for carries what the detector's own top-down path brings to it from all
    levels below: with three levels a hand's surroundings are known at an eighth of the photo's size. The
    layers' names begin with `encoder_`. 1.1 million weights in all.

    Args:
        photo: (batch, height, width, 3) float in [0, 1], RGB; sides of at least 32 pixels.
        channels: one number for each level; three to five.

    Zhang et al., MediaPipe Hands, https://arxiv.org/abs/2006.10214, and its model card of the palm detector.
    """
    levels = len(channels)
    x = keras.layers.Conv2D(CHANNELS[0], 5, strides=2, padding="same", name="encoder_stem")(photo)
    x = _prelu(x, "encoder_stem")
    features: list[keras.KerasTensor] = []
    for level, filters in enumerate(CHANNELS):
        if level:
            x = _block(x, filters, 2, f"encoder_level{level}_down")
        for number in range(BLOCKS):
            x = _block(x, filters, 1, f"encoder_level{level}_block{number}")
        features.append(x)
    for level in reversed(range(levels - 1, len(CHANNELS) - 1)):
        name = f"encoder_top_down{level}"
        skip = features[level]
        x = BilinearResize(*skip.shape[1:3], name=f"{name}_up")(x)
        x = keras.layers.Conv2D(CHANNELS[level], 1, name=f"{name}_narrow")(x)
        x = _prelu(x, f"{name}_narrow")
        x = keras.layers.Add(name=f"{name}_add")([skip, x])
        for number in range(TOP_DOWN_BLOCKS):
            x = _block(x, CHANNELS[level], 1, f"{name}_block{number}")
    return [*features[: levels - 1], x]


FILE = mediapipe.NetworkFile(
    "mediapipe/modules/palm_detection/palm_detection_full.tflite",
    "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
)


def _names() -> list[str]:
    """Our layers with weights, in the order in which the file has them; "" for the detector's own."""
    names = ["encoder_stem", "encoder_stem_prelu"]
    for level in range(len(CHANNELS)):
        blocks = [f"encoder_level{level}_block{number}" for number in range(BLOCKS)]
        for block in ([f"encoder_level{level}_down"] if level else []) + blocks:
            names += [f"{block}_depthwise", f"{block}_project", f"{block}_prelu"]
    for level in (3, 2):
        name = f"encoder_top_down{level}"
        names += [f"{name}_narrow", f"{name}_narrow_prelu"]
        for number in range(TOP_DOWN_BLOCKS):
            block = f"{name}_block{number}"
            names += [f"{block}_depthwise", f"{block}_project", f"{block}_prelu"]
        names += ["", ""]  # scores and boxes
    return names


register(Backbone("palm", palm, levels=len(CHANNELS), pretrained=mediapipe.pretrained(FILE, _names())))


def _block(x: keras.KerasTensor, filters: int, stride: int, name: str) -> keras.KerasTensor:
    """Two convolutions around a shortcut: (b, h, w, c) -> (b, h / stride, w / stride, filters)."""
    shortcut = x
    x = keras.layers.DepthwiseConv2D(5, strides=stride, padding="same", name=f"{name}_depthwise")(x)
    x = keras.layers.Conv2D(filters, 1, name=f"{name}_project")(x)
    if stride > 1:
        shortcut = keras.layers.MaxPooling2D(2, padding="same", name=f"{name}_pool")(shortcut)
        more = filters - shortcut.shape[-1]
        if more:
            shortcut = ops.pad(shortcut, ((0, 0), (0, 0), (0, 0), (0, more)))
    x = keras.layers.Add(name=f"{name}_add")([shortcut, x])
    return _prelu(x, name)


def _prelu(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.PReLU(shared_axes=[1, 2], name=f"{name}_prelu")(x)
