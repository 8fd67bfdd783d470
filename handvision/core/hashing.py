"""Short content hashes: by them data, trainings and models are told apart."""

import hashlib
import json
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from handvision.core.examples import NO_HAND, Examples


def hash_examples(examples: Examples) -> str:
    """A short content hash of pictures and of all that is known of them; 16 hexadecimal digits.

    The name and the source of the examples do not count: the same content has the same hash.
    """
    arrays = []
    for name in ("photos", "masks", "labels", "rotations", "groups"):
        value = getattr(examples, name)
        if value is not None:
            arrays += [np.array(name), *(value if isinstance(value, list) else [value])]
    arrays += _of_hands(examples)
    return hash_arrays([*arrays, np.array(examples.class_names, dtype=str)])


def _of_hands(examples: Examples) -> list[np.ndarray]:
    """What is known of the hands. What is not known of any does not count, as with the other fields.

    Boxes, and points of pictures of one hand, are hashed as the first release had them: its hashes hold.
    """
    if examples.hands is None:
        return []
    arrays: list[np.ndarray] = []
    if examples.boxes is not None:
        arrays += [np.array("boxes"), *examples.boxes]
    points = [hands.keypoints for hands in examples.hands]
    if any(np.isfinite(each).any() for each in points):
        several = any(len(each) > 1 for each in points)
        arrays += [
            np.array("keypoints"),
            *([p[..., :2] for p in points] if several else [examples.keypoints]),
        ]
    scores = np.concatenate([each[..., 2].ravel() for each in points])
    if (np.isfinite(scores) & (scores != 1)).any():
        arrays += [np.array("scores"), scores]
    for name, unknown in (("handedness", ""), ("labels", NO_HAND), ("rotations", np.nan)):
        columns = [getattr(hands, name) for hands in examples.hands]
        together = np.concatenate(columns)
        known = np.isfinite(together) if name == "rotations" else together != unknown
        if known.any():
            arrays += [np.array(f"hands' {name}"), *columns]
    return arrays


def hash_arrays(arrays: Iterable[ArrayLike]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        array = np.asarray(array)
        if array.dtype == object:
            array = array.astype(str)
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def hash_json(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=lambda other: type(other).__name__)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
