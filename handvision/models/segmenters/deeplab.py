"""DeepLabV3+: a ResNet, atrous spatial pyramid pooling, and a decoder with low-level features."""

import warnings

import keras
from keras import ops

from handvision.models.backbones.blocks import check_photo_shape, conv_block, residual_block
from handvision.models.layers import BilinearResize

BACKBONES = ("light", "resnet50")


def build_deeplab_v3_plus(
    input_shape: tuple[int, int, int] = (128, 128, 3),
    backbone: str = "light",
    weights: str | None = None,
    *,
    aspp: bool = True,
    skip: bool = True,
    decoder: bool = True,
    name: str = "deeplab_v3_plus",
) -> keras.Model:
    """DeepLabV3+ on one of two ResNets; only the backbone is ever pretrained.

    The backbone ends at a sixteenth of the photo's size. ASPP looks at its features with several
    reaches, and at their mean over the picture, at once; the decoder refines the result, grown
    bilinearly, with the features that the backbone had at a quarter of the size.

    Args:
        input_shape: (height, width, 3), at least 32 pixels each; photos are RGB float32 in [0, 1].
            What a backbone wants instead (BGR, means) is made inside.
        backbone: "light", a narrow ResNet of the suite's own for small machines, or "resnet50", the
            one of keras.applications up to its fourth block.
        weights: "imagenet" (resnet50 only: downloads 95 MB once, and starts at random, with a warning,
            where that fails) or None, a random start.
        aspp: with ASPP, or a plain 1x1 convolution in its place (for comparisons).
        skip: with the early features in the decoder, or without them (for comparisons).
        decoder: with the decoder, or growing straight to the photo's size (for comparisons).
        name: the model's name.

    Returns:
        A model from photos (batch, height, width, 3) to masks (batch, height, width, 1) in [0, 1],
        1 = hand; its output is named `mask`.

    Raises:
        ValueError: a shape or choice that does not exist; the message names it.

    Chen et al., Encoder-decoder with atrous separable convolution, https://arxiv.org/abs/1802.02611;
    He et al., Deep residual learning, https://arxiv.org/abs/1512.03385.
    """
    check_photo_shape(input_shape)
    if backbone not in BACKBONES:
        raise ValueError(f"backbone is {backbone!r}; use one of {', '.join(BACKBONES)}")
    if weights not in (None, "imagenet") or (weights and backbone != "resnet50"):
        raise ValueError(
            f"weights is {weights!r} for backbone {backbone!r}; use None, or 'imagenet' with 'resnet50'"
        )
    photo = keras.Input(input_shape, name="photo")
    if backbone == "resnet50":
        low, high = _resnet50(photo, weights)
        filters, low_filters, rates = 256, 48, (6, 12, 18)
    else:
        low, high = _light_resnet(photo)
        filters, low_filters, rates = 96, 24, (2, 4, 6)

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
    return keras.Model(photo, mask, name=name)


def _aspp(x, filters, rates):
    """Atrous spatial pyramid pooling: (b, h, w, c) -> (b, h, w, filters)."""
    branches = [conv_block(x, filters, 1, name="aspp_1x1")]
    branches += [conv_block(x, filters, dilation=rate, name=f"aspp_rate{rate}") for rate in rates]
    pooled = keras.layers.GlobalAveragePooling2D(keepdims=True, name="aspp_pool")(x)  # (b, 1, 1, c)
    pooled = conv_block(pooled, filters, 1, name="aspp_pool")
    branches.append(BilinearResize(*x.shape[1:3], name="aspp_pool_up")(pooled))
    x = keras.layers.Concatenate(name="aspp_join")(branches)
    return conv_block(x, filters, 1, name="aspp")


def _light_resnet(photo):
    """Features at a quarter (32 channels) and at a sixteenth (192) of the photo's size."""
    x = conv_block(photo, 16, stride=2, name="stem")
    x = low = residual_block(residual_block(x, 32, stride=2, name="stage1_block1"), 32, name="stage1_block2")
    x = residual_block(residual_block(x, 80, stride=2, name="stage2_block1"), 80, name="stage2_block2")
    x = residual_block(residual_block(x, 192, stride=2, name="stage3_block1"), 192, name="stage3_block2")
    return low, x


def _resnet50(photo, weights):
    """Features at a quarter (256 channels) and at a sixteenth (1024) of the photo's size."""
    # The published weights were trained on BGR in 0 to 255 with the means taken off.
    x = keras.layers.Rescaling(255.0, offset=[-123.68, -116.779, -103.939], name="imagenet_scale")(photo)
    x = ops.flip(x, axis=-1)
    options = {"include_top": False, "input_tensor": x}
    if weights == "imagenet":
        try:
            model = keras.applications.ResNet50(weights="imagenet", **options)
        except Exception as error:  # what a failed download raises is a bare Exception
            warnings.warn(
                f"ImageNet weights could not be had ({error}). ResNet50 starts at random: it needs a longer "
                "training. To use them, connect once, or put the file into ~/.keras/models.",
                stacklevel=3,
            )
            weights = None
    if weights is None:
        model = keras.applications.ResNet50(weights=None, **options)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9
    return model.get_layer("conv2_block3_out").output, model.get_layer("conv4_block6_out").output
