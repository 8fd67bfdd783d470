"""Segmenter, crop and reader joined into one Keras graph."""

from collections.abc import Mapping
from typing import Any

import keras

from handvision.heads import registered
from handvision.models.layers import BilinearResize, BoundingBoxCropLayer, MainRegionLayer


def combine(
    segmenter: keras.Model,
    classifier: keras.Model,
    *,
    main_region: bool = True,
    name: str = "combined",
    **crop_options: Any,
) -> keras.Model:
    """One model from a colour photo to mask, box, crop, and what the classifier's heads say of the hand.

    The parts' weights are shared, not copied. It reads one hand a picture: of two that do not touch,
    the one with the denser mask, or without `main_region` the box that they share.

    Args:
        segmenter: a model from photos (batch, height, width, 3) to masks (batch, height, width, 1).
        classifier: a model from crops (batch, height, width, 1), or (batch, height, width, 4) with the
            photo, to a dict of heads, such as gesture and rotation.
        main_region: frees the mask from what lies beside the hand (see MainRegionLayer), in all outputs.
        name: the model's name.
        crop_options: options of BoundingBoxCropLayer, such as min_area=0.002, so that a speck is no hand.

    Returns:
        A model from photos, RGB float32 in [0, 1], to a dict: `mask` (batch, height, width, 1), `box`,
        `crop`, `has_hand` (see BoundingBoxCropLayer) and the classifier's heads, such as `gesture` and
        `rotation` (see build_classifier), which mean nothing where `has_hand` is 0.

    Raises:
        ValueError: the parts do not fit together; the message says how.
    """
    _check_segmenter(segmenter)
    _check_classifier(classifier)
    if segmenter.name == classifier.name:
        raise ValueError(f"segmenter and classifier are both named {segmenter.name!r}; give one another name")
    photo = keras.Input(segmenter.input_shape[1:], name="photo")
    mask = segmenter(photo)
    if main_region:
        mask = MainRegionLayer(crop_options.get("threshold", 0.5), name="main_region")(mask)
    return keras.Model(photo, {"mask": mask, **_read(mask, photo, classifier, crop_options)}, name=name)


def classify_masks(
    classifier: keras.Model,
    mask_shape: tuple[int, int, int] = (128, 128, 1),
    *,
    crop: bool = True,
    name: str = "classify_masks",
    **crop_options: Any,
) -> keras.Model:
    """The classifier behind the crop: what is trained and evaluated, from whole masks on.

    The classifier's weights are shared, not copied: training this model trains the classifier.

    Args:
        classifier: a model from crops to a dict of heads.
        mask_shape: (height, width, 1) of the masks that go in, float32 in [0, 1]; (height, width, 4) of
            masks with photos behind them for a classifier that sees photos.
        crop: False shrinks the whole mask instead, as published work does: for comparisons.
        name: the model's name.
        crop_options: options of BoundingBoxCropLayer other than the size, which is the classifier's.

    Returns:
        A model from masks to a dict of `box`, `crop`, `has_hand` and the classifier's heads; without the
        crop, of its heads alone.

    Raises:
        ValueError: the classifier or the shape does not fit; the message says how.
    """
    _check_classifier(classifier)
    channels = classifier.input_shape[-1]
    if len(mask_shape) != 3 or mask_shape[2] != channels or not all(mask_shape):
        raise ValueError(f"mask_shape is {mask_shape}; use (height, width, {channels})")
    seen = keras.Input(mask_shape, name="mask" if channels == 1 else "picture")
    if not crop:
        return keras.Model(seen, classifier(BilinearResize(*classifier.input_shape[1:3])(seen)), name=name)
    mask, photo = (seen, None) if channels == 1 else (seen[..., :1], seen[..., 1:])
    return keras.Model(seen, _read(mask, photo, classifier, crop_options), name=name)


def _read(
    mask: keras.KerasTensor,
    photo: keras.KerasTensor | None,
    classifier: keras.Model,
    crop_options: Mapping[str, Any],
) -> dict[str, keras.KerasTensor]:
    """Box, crop and what the classifier makes of it: of the mask alone, or of mask and photo."""
    height, width, channels = classifier.input_shape[1:]
    cut = BoundingBoxCropLayer(height, width, **crop_options, name="crop")
    found = cut(mask) if channels == 1 else cut(mask, photos=photo)
    seen = found["crop"]
    if channels > 1:
        seen = keras.layers.Concatenate(name="mask_and_photo")([seen, found.pop("photo_crop")])
    return {**found, **classifier(seen)}


def _check_segmenter(model: keras.Model) -> None:
    photo, mask = model.input_shape, model.output_shape
    if not (_is_picture(photo, 3) and _is_picture(mask, 1) and photo[1:3] == mask[1:3]):
        raise ValueError(
            "a segmenter turns photos (batch, height, width, 3) of a fixed size into masks "
            f"(batch, height, width, 1); {model.name!r} turns {photo} into {mask}"
        )


def _check_classifier(model: keras.Model) -> None:
    crop, names = model.input_shape, set(model.output_names)
    if not (_is_picture(crop, 1, 4) and names <= set(registered())):
        raise ValueError(
            "a classifier turns crops (batch, height, width, 1 or 4) of a fixed size into a dict of heads "
            f"({', '.join(registered())}); {model.name!r} turns {crop} into {sorted(names)}"
        )


def _is_picture(shape: Any, *channels: int) -> bool:
    return isinstance(shape, tuple) and len(shape) == 4 and shape[3] in channels and None not in shape[1:]
