"""Arguments that many parts share, checked once: an error names the argument, its value, and what to give.

`check_...` looks and returns nothing; `checked_...` also brings the value into one form.
"""

from collections.abc import Sequence, Sized
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handvision.core.examples import Examples

# Pixels below which a picture shows no hand that a segmenter could learn from.
MIN_SIZE = 16

# Numbers -------------------------------------------------------------------------------------------


def whole_number(value: Any, least: int, name: str) -> int:
    """An int of at least `least`; True and 2.0 are none."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is {value!r}; use a whole number from {least} up")
    return int(value)


def checked_share(value: float, name: str) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; use a share from 0 to 1, not percent")
    return float(value)


def checked_strength(strength: float) -> float:
    if not 0 <= strength <= 2:
        raise ValueError(f"strength is {strength}; use 0 (off) to 2, 1 is usual")
    return float(strength)


def checked_extent(extent: Sequence[float]) -> tuple[float, float]:
    """(smallest, largest) length of a hand, in lengths of the frame."""
    if len(extent) != 2 or not 0 < extent[0] <= extent[1] <= 4:
        raise ValueError(f"extent is {extent}; give (smallest, largest) with 0 < smallest <= largest <= 4")
    return float(extent[0]), float(extent[1])


def checked_size(size: Sequence[int]) -> tuple[int, int]:
    """(height, width) of pictures that are made."""
    if np.ndim(size) != 1 or len(size) != 2 or any(int(n) != n or n < MIN_SIZE for n in size):
        raise ValueError(f"size is {size}; give (height, width), each a whole number from {MIN_SIZE} up")
    return int(size[0]), int(size[1])


def checked_weights(weights: Sequence[float]) -> NDArray[np.float64]:
    """Weights, scaled so that they sum to 1; none of none."""
    weights = np.asarray(weights, np.float64)
    if weights.size == 0:
        return weights
    if not np.isfinite(weights).all() or weights.min() < 0 or weights.sum() == 0:
        raise ValueError(f"weights are {weights.tolist()}; none below 0, and not all 0")
    return weights / weights.sum()


def check_lengths(**lists: Sized) -> None:
    lengths = {name: len(value) for name, value in lists.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"lengths differ: {', '.join(f'{name} {n}' for name, n in lengths.items())}")


# One picture ---------------------------------------------------------------------------------------


def check_photo(photo: Any, what: str) -> None:
    if not isinstance(photo, np.ndarray) or photo.dtype != np.uint8:
        raise ValueError(f"{what} is {getattr(photo, 'dtype', type(photo).__name__)}; give a uint8 array")
    if photo.ndim != 3 or photo.shape[2] != 3 or 0 in photo.shape:
        raise ValueError(f"{what} has shape {photo.shape}; give (height, width, 3), RGB")


def checked_photo_and_mask(
    photo: Any, mask: Any, *, with_hand: bool = True
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(height, width, 3) and (height, width, 1); `with_hand` refuses an empty mask."""
    check_photo(photo, "photo")
    if not isinstance(mask, np.ndarray):
        raise ValueError(f"mask is {type(mask).__name__}; give a uint8 array")
    if mask.ndim == 2:
        mask = mask[..., None]
    if mask.dtype != np.uint8 or mask.shape != photo.shape[:2] + (1,):
        raise ValueError(
            f"mask {mask.shape} {mask.dtype} for a photo of {photo.shape}; give uint8, same size"
        )
    if with_hand and mask.max() < 128:
        raise ValueError("the mask is empty (masks are 0 and 255); leave the picture out")
    return photo, mask


# Many pictures -------------------------------------------------------------------------------------


def checked_batch(pictures: ArrayLike, name: str) -> NDArray:
    """(n, height, width, channels) of finite numbers, n > 0."""
    pictures = np.asarray(pictures)
    if pictures.ndim != 4:
        hint = f"; add the channel: {name}[..., None]" if pictures.ndim == 3 else ""
        raise ValueError(
            f"{name} has shape {pictures.shape}; pictures are (n, height, width, channels){hint}"
        )
    if 0 in pictures.shape:
        raise ValueError(f"{name} has shape {pictures.shape}: there is no picture in it")
    if not (np.issubdtype(pictures.dtype, np.number) or pictures.dtype == bool) or np.iscomplexobj(pictures):
        raise ValueError(f"{name} has dtype {pictures.dtype}; pictures are uint8 or float")
    # The extremes are NaN if anything is, and need no copy.
    if not (np.isfinite(pictures.min()) and np.isfinite(pictures.max())):
        raise ValueError(f"{name} holds NaN or infinite values; clean the pictures first")
    return pictures


def checked_uint8(pictures: Any, channels: int, what: str) -> NDArray[np.uint8]:
    """(n, height, width, channels) uint8; with one channel they are masks of 0 and 255."""
    if isinstance(pictures, list):
        raise ValueError(f"{what} are a list, perhaps of unequal sizes: resize them into one array")
    if pictures is None:
        raise ValueError(f"there are no {what}")
    pictures = np.asarray(pictures)
    if pictures.ndim != 4 or pictures.shape[-1] != channels:
        raise ValueError(f"{what} have shape {pictures.shape}; use (n, height, width, {channels})")
    if pictures.dtype != np.uint8:
        raise ValueError(f"{what} have dtype {pictures.dtype}; use uint8 from 0 to 255")
    if channels == 1:
        check_not_zero_and_one(pictures, what)
    return pictures


def check_not_zero_and_one(masks: NDArray[np.uint8], what: str) -> None:
    if masks.size and masks.max() == 1:
        raise ValueError(f"{what} are uint8 with 0 and 1; use 0 and 255, or booleans")


def as_pictures(images: Any, name: str) -> list[NDArray[np.uint8]]:
    """What can be shown: each picture as uint8, (height, width) or (height, width, 3).

    Args:
        images: an array or a list of pictures (height, width), with 1 or 3 channels, of uint8, bool, or float
            in [0, 1].
    """
    if isinstance(images, np.ndarray) and images.ndim not in (3, 4):
        raise ValueError(f"{name} has shape {images.shape}; give (n, height, width, 1 or 3) or a list")
    pictures = [_as_picture(image, f"{name}[{i}]") for i, image in enumerate(images)]
    if not pictures:
        raise ValueError(f"{name} is empty; there is nothing to show")
    return pictures


def _as_picture(image: Any, name: str) -> NDArray[np.uint8]:
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if not (image.ndim == 2 or (image.ndim == 3 and image.shape[-1] == 3)) or not image.size:
        raise ValueError(
            f"{name} has shape {image.shape}; a picture is (height, width), with 1 or 3 channels"
        )
    if image.dtype == np.uint8:
        return image
    if image.dtype == bool:
        return image.astype(np.uint8) * 255
    if not np.issubdtype(image.dtype, np.floating):
        raise TypeError(f"{name} is {image.dtype}; give uint8, or floats in [0, 1]")
    image = image.astype(np.float32)
    # The margin takes what interpolation overshoots.
    if not np.isfinite(image).all() or image.min() < -0.05 or image.max() > 1.05:
        raise ValueError(
            f"{name} has values from {image.min():.3g} to {image.max():.3g}; floats are read as [0, 1]:"
            " divide by 255, or give uint8"
        )
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)


# Examples ------------------------------------------------------------------------------------------


def check_photos_and_masks(examples: Examples, *, with_hands: bool) -> None:
    """Every picture has a photo and a mask that fits it; `with_hands` refuses empty masks."""
    if examples.photos is None or examples.masks is None:
        missing = "photos" if examples.photos is None else "masks"
        raise ValueError(f"{examples.name} has no {missing}; hands are cut out by photos and masks")
    if len(examples) == 0:
        raise ValueError(f"{examples.name} holds no pictures")
    for i, (photo, mask) in enumerate(zip(examples.photos, examples.masks, strict=True)):
        try:
            checked_photo_and_mask(photo, mask, with_hand=with_hands)
        except ValueError as error:
            raise ValueError(f"{examples.name}, picture {i}: {error}") from None


def checked_labels(labels: ArrayLike, classes: int, name: str, length: int | None = None) -> NDArray:
    """(n,) integers from 0 to `classes` - 1; with `length`, so many."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"{name}: labels have shape {labels.shape} and dtype {labels.dtype}; use (n,) integers"
        )
    if length is not None and len(labels) != length:
        raise ValueError(f"{name}: {len(labels)} labels for {length} pictures")
    if not len(labels):
        raise ValueError(f"{name} is empty")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"{name}: labels go from {labels.min()} to {labels.max()}; "
            f"with {classes} classes they must lie in 0 to {classes - 1}"
        )
    return labels
