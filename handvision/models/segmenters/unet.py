"""The U-Net: a colour photo goes in, the probability of hand at each pixel comes out."""

from collections.abc import Sequence

import keras

from handvision.models.backbones.blocks import check_photo_shape, conv_block, residual_block
from handvision.models.backbones.registry import freeze, get_backbone
from handvision.models.layers import BilinearResize
from handvision.models.segmenters.centres import STRIDE, centre_maps

_LEVEL_OF_CENTRES = 2  # the first level has half of the photo's size, this one an eighth


def build_unet(
    input_shape: tuple[int, int, int] = (128, 128, 3),
    channels: Sequence[int] = (16, 32, 64, 96, 128),
    backbone: str = "plain",
    weights: str | None = None,
    *,
    frozen: int = 0,
    refine: Sequence[int] = (),
    centres: int = 0,
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
        backbone: the encoder, one of `backbones.list_backbones()`; one of fixed width keeps its own channels,
            and the decoder's are `channels`.
        weights: name of the backbone's pretrained weights ("imagenet"), or None, a random start.
        frozen: levels of the encoder, from the first, that keep their pretrained weights in training. They
            hold edges and colours at the resolutions with most pixels: without the first two a training step
            takes about two thirds of its time.
        refine: residual blocks after each level of the decoder, and at the deepest level, one number for
            each of `channels`; or none. They start as identity, so they can be added to a trained network.
        centres: channels of the layers that find each hand's middle (see `segmenters.centres`); 0 leaves
            them out. They need three levels or more, and a size that is a multiple of 8.
        dropout: share of the deepest features dropped in training.
        name: the model's name.

    Returns:
        A model from photos (batch, height, width, 3) to masks (batch, height, width, 1) in [0, 1],
        1 = hand; its output is named `mask`. With `centres`, to a dict of `mask` and the maps that
        `centre_maps` gives.

    Raises:
        ValueError: a shape, number or choice that does not fit; the message names it.
        FileNotFoundError: the pretrained weights are not at hand.

    Ronneberger et al., U-Net, https://arxiv.org/abs/1505.04597, with batch norm and bilinear growth.
    """
    _check(input_shape, channels, weights, frozen, refine, centres)
    encoder = get_backbone(backbone)
    encoder.check_weights(weights)
    photo = keras.Input(input_shape, name="photo")
    skips = encoder.features(photo, channels)
    last_frozen = skips[frozen - 1]
    refine = refine or [0] * len(channels)
    x = _refined(skips.pop(), refine[-1], name="deepest")
    x = keras.layers.SpatialDropout2D(dropout, name="dropout")(x)
    eighth = x

    for level in reversed(range(len(skips))):
        skip, filters = skips[level], channels[level]
        x = conv_block(x, filters, 1, name=f"decoder{level}_narrow")
        x = BilinearResize(*skip.shape[1:3], name=f"decoder{level}_up")(x)
        x = keras.layers.Concatenate(name=f"decoder{level}_join")([skip, x])
        x = conv_block(x, filters, separable=True, name=f"decoder{level}")
        x = _refined(x, refine[level], name=f"decoder{level}")
        eighth = x if level == _LEVEL_OF_CENTRES else eighth
    x = keras.layers.Conv2DTranspose(1, 4, strides=2, padding="same", name="logits")(x)
    height, width, _ = input_shape
    x = keras.layers.Cropping2D(((0, height % 2), (0, width % 2)), name="logits_crop")(x)
    mask = keras.layers.Activation("sigmoid", dtype="float32", name="mask")(x)
    outputs = {"mask": mask, **centre_maps(eighth, centres)} if centres else mask
    model = keras.Model(photo, outputs, name=name)
    encoder.load_weights(model, weights)
    if frozen:
        freeze(photo, last_frozen)
    return model


def _check(
    input_shape: tuple[int, int, int],
    channels: Sequence[int],
    weights: str | None,
    frozen: int,
    refine: Sequence[int],
    centres: int,
) -> None:
    check_photo_shape(input_shape)
    if len(channels) < 2 or any(count < 1 for count in channels):
        raise ValueError(f"channels is {channels}; use at least two levels of at least one channel")

    if frozen not in range(len(channels) + 1) or (frozen and weights is None):
        raise ValueError(
            f"frozen is {frozen!r} with weights {weights!r}; freeze 0 to {len(channels)} levels, "
            "and only pretrained ones"
        )

    if len(refine) not in (0, len(channels)) or any(count < 0 for count in refine):
        raise ValueError(
            f"refine is {refine}; use none, or {len(channels)} numbers of blocks, 0 or more each"
        )

    if centres and (len(channels) < 3 or input_shape[0] % STRIDE or input_shape[1] % STRIDE):
        raise ValueError(
            f"centres is {centres} with {len(channels)} levels of {input_shape}; use three levels or more, "
            f"and sides that are multiples of {STRIDE}"
        )


def _refined(x: keras.KerasTensor, blocks: int, name: str) -> keras.KerasTensor:
    """The same features after some residual blocks, which start as identity."""
    for block in range(blocks):
        # No ReLU after the sum: the encoder's deepest features are signed, and stay so.
        x = residual_block(x, x.shape[-1], activation=False, scale="zeros", name=f"{name}_block{block}")
    return x
