"""How far directions are off, and masks that are rotated without losing a finger at the border."""

import cv2
import numpy as np
from numpy.typing import ArrayLike

from handvision.core.checks import checked_uint8
from handvision.core.geometry import Affine, wrap_degrees


def rotation_error(true_degrees: np.ndarray, predicted_degrees: np.ndarray) -> dict:
    """Circular error of directions: 179 and -179 degrees are 2 apart.

    Args:
        true_degrees: (n,), NaN where the direction is not known.
        predicted_degrees: (n,).

    Returns:
        `mean_absolute_degrees` and `within_10_degrees` (a share) over the known ones, both NaN if
        there is none; `n` known and `n_unknown`.
    """
    true = np.asarray(true_degrees, np.float64)
    predicted = np.asarray(predicted_degrees, np.float64)
    if true.ndim != 1 or true.shape != predicted.shape:
        raise ValueError(f"directions have shapes {true.shape} and {predicted.shape}; use (n,) for both")
    known = ~np.isnan(true)
    if not np.isfinite(predicted[known]).all() or np.isinf(true).any():
        raise ValueError("directions must be finite; NaN may stand for a true one that is not known")
    errors = np.abs(wrap_degrees(predicted[known] - true[known]))
    return {
        "mean_absolute_degrees": float(errors.mean()) if len(errors) else float("nan"),
        "within_10_degrees": float((errors <= 10).mean()) if len(errors) else float("nan"),
        "n": len(errors),
        "n_unknown": int((~known).sum()),
    }


def rotated_degrees(
    rotations: np.ndarray, degrees: float | np.ndarray, mirror: bool | np.ndarray = False
) -> np.ndarray:
    """Directions of hands in pictures that went through `rotate_masks` with the same arguments."""
    return wrap_degrees(np.where(mirror, -1.0, 1.0) * np.asarray(rotations, np.float64) + degrees)


def rotate_masks(
    masks: np.ndarray, degrees: float | np.ndarray, mirror: bool | np.ndarray = False
) -> np.ndarray:
    """Masks mirrored left to right (where `mirror`), then rotated about the centre, with no finger lost.

    Rotated about its centre a picture loses its corners, and a hand at its edge its fingers. So
    where a part of the hand would leave the frame, the whole is moved in by just so much, and where
    it is too long for the frame also made smaller. To a classifier behind BoundingBoxCropLayer
    neither makes a difference. What the frame had cut off before, such as a forearm, stays cut off.

    Args:
        masks: (n, height, width, 1) uint8, 0 or 255.
        degrees: counter-clockwise, a number or (n,).
        mirror: a boolean or (n,) booleans.

    Returns:
        (n, height, width, 1) uint8, 0 or 255. Without rotation and mirror it is `masks` to the bit.
    """
    masks = checked_uint8(masks, 1, "masks")
    n, height, width, _ = masks.shape
    degrees = _each(degrees, n, "degrees", np.float64)
    mirror = _each(mirror, n, "mirror", bool)
    if not np.isfinite(degrees).all():
        raise ValueError("degrees must be finite")
    rotated = np.empty_like(masks)
    for i, mask in enumerate(masks[..., 0]):
        mask = mask[:, ::-1] if mirror[i] else mask
        if degrees[i] % 360 == 0:
            rotated[i, ..., 0] = mask
            continue
        image = _rotation_inside(mask, degrees[i]).warp(np.ascontiguousarray(mask), height, width)
        rotated[i, ..., 0] = (image >= 128) * np.uint8(255)
    return rotated


def _rotation_inside(mask: np.ndarray, degrees: float) -> Affine:
    """The rotation about the centre of a mask (height, width) that keeps its foreground in the frame."""
    height, width = mask.shape
    centre = (width / 2, height / 2)
    affine = Affine.rotation(degrees, centre)
    points = cv2.findNonZero(np.ascontiguousarray(mask))
    if points is None:
        return affine
    hull = cv2.convexHull(points)[:, 0] + 0.5
    span = np.ptp(affine.points(hull), axis=0)
    scale = min(1.0, *((width - 1, height - 1) / np.maximum(span, 1e-9)))
    affine = affine.then(Affine.scale(scale, centre=centre))
    places = affine.points(hull)
    low, high = places.min(axis=0) - 0.5, places.max(axis=0) - (width - 0.5, height - 0.5)
    return affine.then(Affine.shift(*(np.maximum(0, -low) - np.maximum(0, high))))


def _each(value: ArrayLike, n: int, name: str, dtype: type) -> np.ndarray:
    value = np.asarray(value)
    if dtype is bool and value.dtype != bool:
        raise ValueError(f"{name} has dtype {value.dtype}; use booleans")
    if value.shape not in ((), (n,)):
        raise ValueError(f"{name} has shape {value.shape}; use a single value or ({n},)")
    return np.broadcast_to(value.astype(dtype), (n,))
