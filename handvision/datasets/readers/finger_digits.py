"""Finger Digits 0-5: masks of one person, six numbers."""

import numpy as np

from handvision.core.examples import Examples
from handvision.core.vocabularies import NUMBERS
from handvision.datasets import decoding
from handvision.datasets.labelling import reference_rotation
from handvision.datasets.readers import Files, reader


@reader("finger_digits")
def read(files: Files) -> Examples:
    """128x128 masks; groups are frame numbers. The files are gray: hand is what is above 127."""
    keys, paths = zip(*files["masks"].items(), strict=True)
    masks = decoding.in_threads(decoding.mask, paths)
    return Examples(
        name="Finger Digits",
        masks=masks,
        labels=np.array([int(label) for _, label in keys]),
        rotations=reference_rotation(masks),
        groups=np.array([int(frame) for frame, _ in keys]),
        class_names=NUMBERS,
        source="gray masks cut at 128",
    )
