"""Hand Gesture Recognition Dataset: masks of one person, twenty gestures."""

import numpy as np

from handvision.core.examples import Examples
from handvision.core.vocabularies import GESTURES
from handvision.datasets import decoding
from handvision.datasets.labelling import reference_rotation
from handvision.datasets.readers import Files, reader


@reader("hand_gestures")
def read(files: Files) -> Examples:
    """50x50 masks; groups are frame numbers. The frames of the archive's test part follow those of its
    training part, as they do in the video that both were cut from."""
    last = max(int(frame) for side, _, frame in files["masks"] if side.lower() == "train")
    numbered = {
        (int(label), int(frame) + (0 if side.lower() == "train" else last)): path
        for (side, label, frame), path in files["masks"].items()
    }
    keys, paths = zip(*sorted(numbered.items()), strict=True)
    masks = decoding.in_threads(decoding.mask, paths)
    return Examples(
        name="Hand Gesture Recognition",
        masks=masks,
        labels=np.array([label for label, _ in keys]),
        rotations=reference_rotation(masks),
        groups=np.array([frame for _, frame in keys]),
        class_names=GESTURES,
        source="gray masks cut at 128",
    )
