"""Rotations in space as 3x3 matrices; angles are degrees, by the right-hand rule."""

import numpy as np
from numpy.typing import ArrayLike


def unit(vectors: ArrayLike) -> np.ndarray:
    """Vectors (..., 3) scaled to length 1; a zero vector stays zero."""
    vectors = np.asarray(vectors, float)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def rotation(axis: ArrayLike, degrees: float) -> np.ndarray:
    """The (3, 3) rotation about an axis (Rodrigues)."""
    x, y, z = unit(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)


def rotation_between(start: ArrayLike, end: ArrayLike) -> np.ndarray:
    """The shortest rotation that takes one direction to another."""
    start, end = unit(start), unit(end)
    axis = np.cross(start, end)
    sine = float(np.linalg.norm(axis))
    return np.eye(3) if sine < 1e-8 else rotation(axis, np.degrees(np.arctan2(sine, start @ end)))


def signed_angle(axis: np.ndarray, start: np.ndarray, end: np.ndarray) -> float:
    """Angle from one vector to another about a unit axis, in (-180, 180]."""
    start, end = start - axis * (start @ axis), end - axis * (end @ axis)
    return float(np.degrees(np.arctan2(np.cross(start, end) @ axis, start @ end)))
