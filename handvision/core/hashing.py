"""Short content hashes: by them data, trainings and models are told apart."""

import hashlib
import json

import numpy as np

from handvision.core.examples import Examples


def hash_examples(examples: Examples) -> str:
    """A short content hash of pictures and of all that is known of them; 16 hexadecimal digits.

    The name and the source of the examples do not count: the same content has the same hash.
    """
    arrays = []
    for name in ("photos", "masks", "labels", "rotations", "groups", "boxes", "keypoints"):
        value = getattr(examples, name)
        if value is not None:
            arrays += [np.array(name), *(value if isinstance(value, list) else [value])]
    return hash_arrays([*arrays, np.array(examples.class_names, dtype=str)])


def hash_arrays(arrays) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        array = np.asarray(array)
        if array.dtype == object:
            array = array.astype(str)
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def hash_json(value) -> str:
    text = json.dumps(value, sort_keys=True, default=lambda other: type(other).__name__)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
