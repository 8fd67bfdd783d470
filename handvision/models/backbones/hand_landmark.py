"""The encoder of MediaPipe's hand landmark network: features of a close-up of one hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from handvision.models.backbones import mediapipe
from handvision.models.backbones.registry import Backbone, register

STEM = 24
# Of each stage: blocks, kernel, stride of the first block, expansion of the first block and of the others,
# channels.
STAGES = (
    (1, 3, 1, 1, 1, 16),
    (2, 3, 2, 4, 6, 24),
    (2, 5, 2, 6, 6, 40),
    (3, 3, 2, 6, 6, 80),
    (3, 5, 1, 6, 6, 112),
    (4, 5, 2, 6, 6, 192),
)
# The last stage at each resolution, from half of the photo's size down.
SKIP_STAGES = (0, 1, 2, 4, 5)
_TOP = "encoder_top"
_TRAINED_SIZE = 224  # its points are pixels of a crop of this size


def hand_landmark(photo: keras.KerasTensor, channels: Sequence[int]) -> list[keras.KerasTensor]:
    """Features with 16, 24, 40, 112 and 1152 channels, whatever `channels` asks for.

    An EfficientNet-Lite without batch norm: its factors stand in the weights. The layers' names begin with
    `encoder_`. Four levels have 0.5 million weights, all five 1.8 million.

    Args:
        photo: (batch, height, width, 3) float in [0, 1], RGB.
        channels: one number for each level, five at most.

    Zhang et al., MediaPipe Hands, https://arxiv.org/abs/2006.10214, and its model card of the landmarks.
    """
    levels = len(channels)
    x = _convolution(photo, STEM, 3, stride=2, name="encoder_stem")
    features = []
    for stage in range(SKIP_STAGES[levels - 1] + 1):
        blocks, kernel, stride, first, others, filters = STAGES[stage]
        for block in range(blocks):
            expansion = others if block else first
            name = f"encoder_stage{stage}_block{block}"
            x = _inverted_residual(x, filters, kernel, 1 if block else stride, expansion, name)
        if stage in SKIP_STAGES:
            features.append(x)
    if levels == len(SKIP_STAGES):
        x = _convolution(x, 6 * x.shape[-1], 1, name=f"{_TOP}_expand")
        features[-1] = _depthwise(x, 3, 1, f"{_TOP}_depthwise")
    return features


FILE = mediapipe.NetworkFile(
    "mediapipe/modules/hand_landmark/hand_landmark_full.tflite",
    "11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
)


def _names() -> list[str]:
    """Our layers with weights, in the order in which the file has them."""
    names = ["encoder_stem"]
    for stage, (blocks, _, _, first, others, _) in enumerate(STAGES):
        for block in range(blocks):
            name = f"encoder_stage{stage}_block{block}"
            names += [f"{name}_expand"] if (others if block else first) > 1 else []
            names += [f"{name}_depthwise", f"{name}_project"]
    return [*names, f"{_TOP}_expand", f"{_TOP}_depthwise"]


register(
    Backbone(
        "hand_landmark",
        hand_landmark,
        levels=len(SKIP_STAGES),
        pretrained=mediapipe.pretrained(FILE, _names()),
    )
)


@dataclass(frozen=True)
class Answers:
    """The network's own last layers, from the deepest features averaged over positions, (batch, 1152).

    Attributes:
        presence: (1152, 1) and (1,), before the sigmoid.
        right_hand: the same; of a photo that is not mirrored, as was measured.
        points: (1152, 42) and (42,), x and y of the 21 points in sides of the crop.
    """

    presence: tuple[NDArray[np.float32], NDArray[np.float32]]
    right_hand: tuple[NDArray[np.float32], NDArray[np.float32]]
    points: tuple[NDArray[np.float32], NDArray[np.float32]]


def answers() -> Answers:
    """What the network's file says after the encoder: where training of the same answers may begin.

    Raises:
        FileNotFoundError, ValueError, ImportError: as `NetworkFile.weights`.
    """
    side, presence, points, _ = FILE.weights()[len(_names()) :]
    across_and_down = np.arange(63) % 3 < 2  # the third is depth
    return Answers(
        presence=(presence[0], presence[1]),
        right_hand=(side[0], side[1]),
        points=(
            points[0][:, across_and_down] / np.float32(_TRAINED_SIZE),
            points[1][across_and_down] / np.float32(_TRAINED_SIZE),
        ),
    )


def _inverted_residual(
    x: keras.KerasTensor, filters: int, kernel: int, stride: int, expansion: int, name: str
) -> keras.KerasTensor:
    """Widen, filter each channel alone, narrow: (b, h, w, c) -> (b, h / stride, w / stride, filters)."""
    shortcut = x
    if expansion > 1:
        x = _convolution(x, expansion * x.shape[-1], 1, name=f"{name}_expand")
    x = _depthwise(x, kernel, stride, f"{name}_depthwise")
    x = keras.layers.Conv2D(filters, 1, name=f"{name}_project")(x)
    if stride == 1 and shortcut.shape[-1] == filters:
        x = keras.layers.Add(name=f"{name}_add")([x, shortcut])
    return x


def _convolution(
    x: keras.KerasTensor, filters: int, kernel: int, *, stride: int = 1, name: str
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(filters, kernel, strides=stride, padding="same", name=name)(x)
    return keras.layers.ReLU(max_value=6, name=f"{name}_relu")(x)


def _depthwise(x: keras.KerasTensor, kernel: int, stride: int, name: str) -> keras.KerasTensor:
    x = keras.layers.DepthwiseConv2D(kernel, strides=stride, padding="same", name=name)(x)
    return keras.layers.ReLU(max_value=6, name=f"{name}_relu")(x)
