"""Everyday photos with all that is known of their hands: labels, a teacher's points, and weak masks."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.datasets.everyday_masks import add_masks
from handvision.datasets.teacher import add_hands
from handvision.models.zoo import find_model, open_model
from handvision.protocol.partitions import part


def everyday_part(name: str, which: str, segmenter: str = "unet") -> Examples:
    """Training or validation photos with points that are believed (`datasets.teacher`), and weak masks.

    Masks are the released segmenter's on close-ups, where it, points and boxes agree (see
    `datasets.everyday_masks`). They take a fifth of a second a hand; the next call finds them in the cache.

    Args:
        name: a set that the teacher has labelled.
        which: "train" or "validation".
        segmenter: a segmenter of the suite, "unet" or "deeplab_v3_plus".

    Raises:
        DataUnavailable: the pictures are not at hand.
        FileNotFoundError: there is no such model.
        ValueError: the set has no such part, or was not labelled; test photos never are.
    """
    examples = add_hands(name, part(name, which))
    file = find_model(segmenter)
    model = open_model(segmenter)
    _, height, width, _ = model.input_shape

    def segment(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(model(pictures, training=False))

    fingerprint = hashlib.sha256(file.read_bytes()).hexdigest()
    return add_masks(examples, segment, (height, width), fingerprint)
