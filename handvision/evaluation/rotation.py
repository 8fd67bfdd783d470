"""Directions of hands in degrees, and masks that are turned without losing a finger at the border."""

import cv2
import numpy as np

from handvision.evaluation.checks import checked_pictures


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


def degrees_from_sin_cos(pairs: np.ndarray) -> np.ndarray:
    """(n, 2) pairs (sin, cos) of any length to (n,) degrees in (-180, 180]."""
    pairs = np.asarray(pairs, np.float64)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"rotation has shape {pairs.shape}; use (n, 2), columns sin and cos")
    return wrap_degrees(np.degrees(np.arctan2(pairs[:, 0], pairs[:, 1])))


def sin_cos_from_degrees(degrees: np.ndarray) -> np.ndarray:
    """(n,) degrees to (n, 2) float32 pairs (sin, cos); NaN stays NaN."""
    radians = np.radians(np.asarray(degrees, np.float64))
    if radians.ndim != 1:
        raise ValueError(f"degrees have shape {radians.shape}; use (n,)")
    return np.stack([np.sin(radians), np.cos(radians)], axis=1).astype(np.float32)


def wrap_degrees(degrees: np.ndarray) -> np.ndarray:
    """The same directions in (-180, 180]."""
    return 180 - (180 - np.asarray(degrees, np.float64)) % 360


def turned_degrees(rotations: np.ndarray, degrees, mirror=False) -> np.ndarray:
    """Directions of hands in pictures that went through `rotate_masks` with the same arguments."""
    return wrap_degrees(np.where(mirror, -1.0, 1.0) * np.asarray(rotations, np.float64) + degrees)


def rotate_masks(masks: np.ndarray, degrees, mirror=False) -> np.ndarray:
    """Masks mirrored left to right (where `mirror`), then turned about the centre, with no finger lost.

    Turned about its centre a picture loses its corners, and a hand at its edge its fingers. So
    where a part of the hand would leave the frame, the whole is moved in by just so much, and where
    it is too long for the frame also made smaller. To a classifier behind BoundingBoxCropLayer
    neither makes a difference. What the frame had cut off before, such as a forearm, stays cut off.

    Args:
        masks: (n, height, width, 1) uint8, 0 or 255.
        degrees: counter-clockwise, a number or (n,).
        mirror: a boolean or (n,) booleans.

    Returns:
        (n, height, width, 1) uint8, 0 or 255. Without turn and mirror it is `masks` to the bit.
    """
    masks = checked_pictures(masks, 1, "masks")
    n, height, width, _ = masks.shape
    degrees = _each(degrees, n, "degrees", np.float64)
    mirror = _each(mirror, n, "mirror", bool)
    if not np.isfinite(degrees).all():
        raise ValueError("degrees must be finite")
    turned = np.empty_like(masks)
    for i, mask in enumerate(masks[..., 0]):
        mask = mask[:, ::-1] if mirror[i] else mask
        if degrees[i] % 360 == 0:
            turned[i, ..., 0] = mask
            continue
        matrix = _fitting_turn(mask, degrees[i])
        image = cv2.warpAffine(np.ascontiguousarray(mask), matrix, (width, height), flags=cv2.INTER_LINEAR)
        turned[i, ..., 0] = (image >= 128) * np.uint8(255)
    return turned


def _fitting_turn(mask: np.ndarray, degrees: float) -> np.ndarray:
    """The 2x3 matrix, source to target, that turns about the centre and keeps the foreground inside."""
    height, width = mask.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    points = cv2.findNonZero(np.ascontiguousarray(mask))
    if points is None:
        return matrix
    hull = cv2.convexHull(points)[:, 0].astype(np.float64)
    frame = np.array([width - 1, height - 1], np.float64)
    places = hull @ matrix[:, :2].T + matrix[:, 2]
    span = places.max(axis=0) - places.min(axis=0)
    scale = min(1.0, *(frame / np.maximum(span, 1e-9)))
    matrix[:, :2] *= scale
    matrix[:, 2] = scale * (matrix[:, 2] - frame / 2) + frame / 2
    places = hull @ matrix[:, :2].T + matrix[:, 2]
    matrix[:, 2] += np.maximum(0, -places.min(axis=0)) - np.maximum(0, places.max(axis=0) - frame)
    return matrix


def _each(value, n: int, name: str, dtype) -> np.ndarray:
    value = np.asarray(value)
    if dtype is bool and value.dtype != bool:
        raise ValueError(f"{name} has dtype {value.dtype}; use booleans")
    if value.shape not in ((), (n,)):
        raise ValueError(f"{name} has shape {value.shape}; use a single value or ({n},)")
    return np.broadcast_to(value.astype(dtype), (n,))
