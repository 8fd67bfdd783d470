"""Bad input is refused here, in words that say what to give instead."""

from collections.abc import Sequence

import numpy as np

from handvision.core.checks import check_photo
from handvision.core.examples import Examples

MIN_SIZE = 16


def check_source(source: Examples, hands: bool) -> None:
    if source.photos is None or source.masks is None:
        missing = "photos" if source.photos is None else "masks"
        raise ValueError(f"{source.name} has no {missing}; hands are cut out by photos and masks")
    if len(source) == 0:
        raise ValueError(f"{source.name} holds no pictures")
    for i, (photo, mask) in enumerate(zip(source.photos, source.masks, strict=True)):
        try:
            checked_pair(photo, mask, hands)
        except ValueError as error:
            raise ValueError(f"{source.name}, picture {i}: {error}") from None


def checked_pair(photo: np.ndarray, mask: np.ndarray, hand: bool = True) -> tuple[np.ndarray, np.ndarray]:
    check_photo(photo, "photo")
    if not isinstance(mask, np.ndarray):
        raise ValueError(f"mask is {type(mask).__name__}; give a uint8 array")
    if mask.ndim == 2:
        mask = mask[..., None]
    if mask.dtype != np.uint8 or mask.shape != photo.shape[:2] + (1,):
        raise ValueError(
            f"mask {mask.shape} {mask.dtype} for a photo of {photo.shape}; give uint8, same size"
        )
    if hand and mask.max() < 128:
        raise ValueError("the mask is empty (masks are 0 and 255); leave the picture out")
    return photo, mask


def checked_size(size: Sequence[int]) -> tuple[int, int]:
    if np.ndim(size) != 1 or len(size) != 2 or any(int(n) != n or n < MIN_SIZE for n in size):
        raise ValueError(f"size is {size}; give (height, width), each a whole number from {MIN_SIZE} up")
    return int(size[0]), int(size[1])


def checked_extent(extent: Sequence[float]) -> tuple[float, float]:
    if len(extent) != 2 or not 0 < extent[0] <= extent[1] <= 4:
        raise ValueError(f"extent is {extent}; give (smallest, largest) with 0 < smallest <= largest <= 4")
    return float(extent[0]), float(extent[1])


def probabilities_of(given: Sequence[float]) -> np.ndarray:
    """Weights, scaled so that they sum to 1; none of none."""
    weights = np.asarray(given, np.float64)
    if weights.size == 0:
        return weights
    if not np.isfinite(weights).all() or weights.min() < 0 or weights.sum() == 0:
        raise ValueError(f"weights are {weights.tolist()}; none below 0, and not all 0")
    return weights / weights.sum()


def checked_share(value: float, name: str) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; it is a share, from 0 to 1")
    return float(value)


def at_least(value: int, lowest: int, name: str) -> int:
    if int(value) != value or value < lowest:
        raise ValueError(f"{name} is {value}; use a whole number from {lowest} up")
    return int(value)
