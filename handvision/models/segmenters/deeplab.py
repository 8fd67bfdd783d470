"""DeepLabV3+: a ResNet, atrous spatial pyramid pooling, and a decoder with low-level features."""

from collections.abc import Sequence

import keras

from handvision.models.backbones.blocks import check_photo_shape, conv_block
from handvision.models.backbones.registry import get_backbone
from handvision.models.layers import BilinearResize


def build_deeplab_v3_plus(
    input_shape: tuple[int, int, int] = (128, 128, 3),
    backbone: str = "light_resnet",
    weights: str | None = None,
    *,
    channels: Sequence[int] = (16, 32, 80, 192),
    filters: int = 96,
    low_filters: int = 24,
    rates: Sequence[int] = (2, 4, 6),
    aspp: bool = True,
    skip: bool = True,
    decoder: bool = True,
    name: str = "deeplab_v3_plus",
) -> keras.Model:
    """DeepLabV3+ on a backbone; only the backbone is ever pretrained.

    The backbone ends at a sixteenth of the photo's size. ASPP looks at its features with several
    reaches, and at their mean over the picture, at once; the decoder refines the result, grown
    bilinearly, with the features that the backbone had at a quarter of the size.

    Args:
        input_shape: (height, width, 3), at least 32 pixels each; photos are RGB float32 in [0, 1].
            What a backbone wants instead (BGR, means) is made inside.
        backbone: one of `backbones.list_backbones()`: "light_resnet", a narrow one of the suite's own for
            small machines, or "resnet50" as published, with filters=256, low_filters=48, rates=(6, 12, 18).
        weights: name of the backbone's pretrained weights ("imagenet"), or None, a random start.
        channels: of the backbone at 1/2, 1/4, 1/8 and 1/16 of the photo's size; one of fixed width keeps its
            own.
        filters: of ASPP and of the decoder.
        low_filters: of the backbone's early features in the decoder.
        rates: dilations of ASPP's branches.
        aspp: with ASPP, or a plain 1x1 convolution in its place (for comparisons).
        skip: with the early features in the decoder, or without them (for comparisons).
        decoder: with the decoder, or growing straight to the photo's size (for comparisons).
        name: the model's name.

    Returns:
        A model from photos (batch, height, width, 3) to masks (batch, height, width, 1) in [0, 1],
        1 = hand; its output is named `mask`.

    Raises:
        ValueError: a shape or choice that does not exist; the message names it.
        FileNotFoundError: the pretrained weights are not at hand.

    Chen et al., Encoder-decoder with atrous separable convolution, https://arxiv.org/abs/1802.02611.
    """
    check_photo_shape(input_shape)
    if len(channels) != 4:
        raise ValueError(f"channels is {tuple(channels)}; use one number for each of four levels")
    encoder = get_backbone(backbone)
    encoder.check_weights(weights)
    photo = keras.Input(input_shape, name="photo")
    _, low, _, high = encoder.features(photo, channels)

    x = _aspp(high, filters, rates) if aspp else conv_block(high, filters, 1, name="aspp_off")
    if decoder:
        x = BilinearResize(*low.shape[1:3], name="decoder_up")(x)
        if skip:
            low = conv_block(low, low_filters, 1, name="decoder_low")
            x = keras.layers.Concatenate(name="decoder_join")([x, low])
        x = conv_block(x, filters, separable=True, name="decoder1")
        x = conv_block(x, filters, separable=True, name="decoder2")
    x = keras.layers.Conv2D(1, 1, name="logits")(x)
    x = BilinearResize(*input_shape[:2], name="logits_up")(x)
    mask = keras.layers.Activation("sigmoid", dtype="float32", name="mask")(x)
    model = keras.Model(photo, mask, name=name)
    encoder.load_weights(model, weights)
    return model


def _aspp(x: keras.KerasTensor, filters: int, rates: Sequence[int]) -> keras.KerasTensor:
    """Atrous spatial pyramid pooling: (b, h, w, c) -> (b, h, w, filters)."""
    branches = [conv_block(x, filters, 1, name="aspp_1x1")]
    branches += [conv_block(x, filters, dilation=rate, name=f"aspp_rate{rate}") for rate in rates]
    pooled = keras.layers.GlobalAveragePooling2D(keepdims=True, name="aspp_pool")(x)  # (b, 1, 1, c)
    pooled = conv_block(pooled, filters, 1, name="aspp_pool")
    branches.append(BilinearResize(*x.shape[1:3], name="aspp_pool_up")(pooled))
    x = keras.layers.Concatenate(name="aspp_join")(branches)
    return conv_block(x, filters, 1, name="aspp")
