"""The U-Net: a colour photo goes in, the probability of hand at each pixel comes out."""

from collections.abc import Sequence

import keras

from handvision.models.backbones.blocks import check_photo_shape, conv_block, residual_block
from handvision.models.backbones.efficientnet import efficientnet_lite0, freeze_levels, load_imagenet_weights
from handvision.models.layers import BilinearResize

ENCODERS = ("plain", "efficientnet_lite0")


def build_unet(
    input_shape: tuple[int, int, int] = (128, 128, 3),
    channels: Sequence[int] = (16, 32, 64, 96, 128),
    encoder: str = "plain",
    weights: str | None = None,
    *,
    frozen: int = 0,
    refine: Sequence[int] = (),
    dropout: float = 0.1,
    name: str = "unet",
) -> keras.Model:
    """A symmetric encoder and decoder with a skip at every level; not trained.

    Time goes where pixels are many, in training as in use. So the levels begin at half the photo's
    resolution, the decoder's convolutions are separable, and one transposed convolution makes the mask
    in full resolution. With the default channels it has 0.5 million weights.

    Any input size works: the decoder grows to the size that the skip really has.

    Args:
        input_shape: (height, width, 3), at least 32 pixels each; photos are RGB float32 in [0, 1].
        channels: features at each level, from half of the photo's resolution down, each level at half
            the size of the one before; at least two levels.
        encoder: "plain", two convolutions a level, or "efficientnet_lite0" (two to five levels), whose
            own channels are what the decoder's `channels` are joined with.
        weights: "imagenet" (efficientnet_lite0 only; see `efficientnet.load_imagenet_weights`) or None,
            a random start.
        frozen: levels of the encoder, from the first, that keep their ImageNet weights in training.
        refine: residual blocks after each level of the decoder, and at the deepest level, one number for
            each of `channels`; or none. They change nothing before they have learned, so a network that has
            learned without them can go on with them.
        dropout: share of the deepest features dropped in training.
        name: the model's name.

    Returns:
        A model from photos (batch, height, width, 3) to masks (batch, height, width, 1) in [0, 1],
        1 = hand; its output is named `mask`.

    Raises:
        ValueError: a shape, number or choice that does not fit; the message names it.
        FileNotFoundError: the ImageNet weights are not installed.

    Ronneberger et al., U-Net, https://arxiv.org/abs/1505.04597, with batch norm and bilinear growth.
    """
    check_photo_shape(input_shape)
    if len(channels) < 2 or any(count < 1 for count in channels):
        raise ValueError(f"channels is {channels}; use at least two levels of at least one channel")

    if encoder not in ENCODERS:
        raise ValueError(f"encoder is {encoder!r}; use one of {', '.join(ENCODERS)}")
    if weights not in (None, "imagenet") or (weights and encoder == "plain"):
        raise ValueError(
            f"weights is {weights!r} for encoder {encoder!r}; use None, or 'imagenet' with "
            "'efficientnet_lite0'"
        )

    if frozen not in range(len(channels) + 1) or (frozen and weights is None):
        raise ValueError(
            f"frozen is {frozen!r} with weights {weights!r}; freeze 0 to {len(channels)} levels, "
            "and only with weights='imagenet'"
        )

    if len(refine) not in (0, len(channels)) or any(count < 0 for count in refine):
        raise ValueError(
            f"refine is {refine}; use none, or {len(channels)} numbers of blocks, 0 or more each"
        )

    photo = keras.Input(input_shape, name="photo")
    skips = _plain(photo, channels) if encoder == "plain" else efficientnet_lite0(photo, len(channels))
    refine = refine or [0] * len(channels)
    x = _refined(skips.pop(), refine[-1], name="deepest")
    x = keras.layers.SpatialDropout2D(dropout, name="dropout")(x)

    for level in reversed(range(len(skips))):
        skip, filters = skips[level], channels[level]
        x = conv_block(x, filters, 1, name=f"decoder{level}_narrow")
        x = BilinearResize(*skip.shape[1:3], name=f"decoder{level}_up")(x)
        x = keras.layers.Concatenate(name=f"decoder{level}_join")([skip, x])
        x = conv_block(x, filters, separable=True, name=f"decoder{level}")
        x = _refined(x, refine[level], name=f"decoder{level}")
    x = keras.layers.Conv2DTranspose(1, 4, strides=2, padding="same", name="logits")(x)
    height, width, _ = input_shape
    x = keras.layers.Cropping2D(((0, height % 2), (0, width % 2)), name="logits_crop")(x)
    mask = keras.layers.Activation("sigmoid", dtype="float32", name="mask")(x)
    model = keras.Model(photo, mask, name=name)
    if weights == "imagenet":
        load_imagenet_weights(model)
        freeze_levels(model, frozen)
    return model


def _plain(photo, channels):
    """Features after two convolutions at each level."""
    x, skips = photo, []
    for level, filters in enumerate(channels):
        x = conv_block(x, filters, stride=2, name=f"encoder{level}_down")
        x = conv_block(x, filters, name=f"encoder{level}")
        skips.append(x)
    return skips


def _refined(x, blocks, name):
    """The same features after some residual blocks, which begin as nothing."""
    for block in range(blocks):
        # No ReLU after the sum: the encoder's deepest features are signed, and stay so.
        x = residual_block(x, x.shape[-1], activation=False, scale="zeros", name=f"{name}_block{block}")
    return x
