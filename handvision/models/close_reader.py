"""The reader of close-ups: a square crop of the photo goes in, what its heads say of the hand comes out."""

from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from handvision.heads import Head
from handvision.models.backbones import hand_landmark
from handvision.models.backbones.blocks import conv_block
from handvision.models.backbones.registry import freeze, get_backbone
from handvision.models.layers import AttentionBlock, BilinearResize

LEVELS = 5
# Channels that a backbone of free width gets at each level.
CHANNELS = (16, 24, 40, 96, 256)


def build_close_reader(
    heads: Sequence[Head],
    size: int = 224,
    backbone: str = "hand_landmark",
    weights: str | None = None,
    *,
    frozen: bool = False,
    attention: bool = True,
    width: int = 128,
    dense: int = 256,
    dropout: float = 0.2,
    name: str = "close_reader",
) -> keras.Model:
    """An encoder, an attention block over its features, and heads; only the encoder is ever pretrained.

    The two deepest levels are joined at a sixteenth of the crop's size, where attention runs; nothing is
    pooled over positions before the dense layer, and what is pooled goes along beside it: the one knows
    where, the other what. The mask's head sees maps at a quarter of the crop's size.

    Args:
        heads: what it answers, with distinct names; one may be the mask's (`HandMaskHead`).
        size: of a crop in pixels, a multiple of 32. Pretrained features of `hand_landmark` want the 224 that
            they were trained at: at 160 its points are off by a tenth of a hand, at 224 by a hundredth.
        backbone: the encoder, one of `backbones.list_backbones()` with five levels.
        weights: name of its pretrained weights, or None, a random start.
        frozen: keeps the encoder as it is: its features can be computed once, see `training.frozen`.
        attention: with the attention block, or without it (for comparisons).
        width: channels where attention runs.
        dense: features of the dense layer.
        dropout: share of the dense layer's features dropped in training.
        name: the model's name.

    Returns:
        A model from crops (batch, size, size, 3), RGB float32 in [0, 1], to a dict, name of a head -> its
        output.

    Raises:
        ValueError: a number or choice does not fit; the message names it.
    """
    if size % 32 or size < 64:
        raise ValueError(f"size is {size}; use a multiple of 32, from 64 up")
    names = [head.name for head in heads]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"heads are {names}; use at least one, with distinct names")
    encoder = get_backbone(backbone)
    encoder.check_weights(weights)
    if frozen and weights is None:
        raise ValueError("frozen is True with weights=None; freeze only pretrained weights")
    crop = keras.Input((size, size, 3), name="crop")
    levels = encoder.features(crop, CHANNELS)
    features = _features(levels, width, dense, attention, dropout)
    maps = _maps(levels) if "hand_mask" in names else None
    outputs = {head.name: head.build(maps if head.name == "hand_mask" else features) for head in heads}
    model = keras.Model(crop, outputs, name=name)
    encoder.load_weights(model, weights)
    if weights == "mediapipe" and backbone == "hand_landmark":
        _begin_with(hand_landmark.answers(), model)
    if frozen:
        freeze(crop, levels)
    return model


def _features(
    levels: Sequence[keras.KerasTensor], width: int, dense: int, attention: bool, dropout: float
) -> keras.KerasTensor:
    """(batch, dense + channels of the deepest level)."""
    near, deep = levels[-2:]
    joined = conv_block(deep, width, 1, name="deep_narrow")
    joined = BilinearResize(*near.shape[1:3], name="deep_up")(joined)
    joined = keras.layers.Concatenate(name="join")([joined, conv_block(near, width // 2, 1, name="near")])
    x = conv_block(joined, width, separable=True, name="joined")
    if attention:
        x = AttentionBlock(num_heads=4, key_dim=width // 4, name="attention")(x)
    x = conv_block(x, width // 2, stride=2, name="halved")
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dense(dense, use_bias=False, name="dense")(x)
    x = keras.layers.BatchNormalization(momentum=0.9, name="dense_norm")(x)
    x = keras.layers.ReLU(name="dense_relu")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(deep)
    return keras.layers.Concatenate(name="features")([x, pooled])


def _begin_with(answers: hand_landmark.Answers, model: keras.Model) -> None:
    """Points, presence and handedness begin as the pretrained network's own; the dense layer adds nothing."""
    layers = {layer.name: layer for layer in model.layers}
    for name, (kernel, bias) in (("presence", answers.presence), ("handedness", answers.right_hand)):
        if name in layers:
            layers[name].set_weights([_widened(kernel, layers[name]), bias])
    if "keypoints" in layers:
        kernel, bias = answers.points
        layers["keypoints"].places.set_weights([_widened(kernel, layers["keypoints"].places), bias])


def _widened(kernel: NDArray[np.float32], layer: keras.layers.Dense) -> NDArray[np.float32]:
    """The kernel for the pooled features, which stand last, under zeros for those before."""
    missing = layer.kernel.shape[0] - len(kernel)
    return np.concatenate([np.zeros((missing, kernel.shape[1]), np.float32), kernel])


def _maps(levels: Sequence[keras.KerasTensor], filters: Sequence[int] = (16, 24, 48)) -> keras.KerasTensor:
    """The mask's features at a quarter of the crop's size, grown level by level."""
    x = conv_block(levels[-1], filters[2], 1, name="maps_deep")
    for level in (3, 2, 1):
        skip, wide = levels[level], filters[level - 1]
        x = BilinearResize(*skip.shape[1:3], name=f"maps{level}_up")(x)
        x = keras.layers.Concatenate(name=f"maps{level}_join")([x, skip])
        x = conv_block(x, wide, 1, name=f"maps{level}_narrow")
        x = conv_block(x, wide, separable=True, name=f"maps{level}")
    return x
