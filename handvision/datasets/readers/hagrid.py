"""HaGRID in small form: nearly every photo another person and room, one gesture each."""

from functools import partial

import numpy as np

from handvision.core.examples import NO_HAND, Examples
from handvision.datasets import decoding
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.finger_counts import as_numbers
from handvision.datasets.readers import Files, picture_ids, reader

# Gesture -> raised fingers; the thumb counts.
FINGERS = {
    "call": 2,
    "dislike": 1,
    "fist": 0,
    "four": 4,
    "like": 1,
    "mute": 1,
    "ok": 3,
    "one": 1,
    "palm": 5,
    "peace": 2,
    "peace_inverted": 2,
    "rock": 2,
    "stop": 5,
    "stop_inverted": 5,
    "three": 3,
    "three2": 3,
    "two_up": 2,
    "two_up_inverted": 2,
}
# The folder of photos of a hand that hangs down or holds something: there is a hand, without a gesture.
IDLE = "no_gesture"


@reader("hagrid")
def read(files: Files) -> Examples:
    """Photos (a list, longest side 512) with gestures; NO_HAND where a hand is idle. No photo is hand-free.

    Groups are photos ("call_4"). No box is known.

    Raises:
        DataUnavailable: a folder has the name of no gesture.
    """
    keys, paths = zip(*files["photos"].items(), strict=True)
    names = tuple(FINGERS)
    for (_, gesture, _), path in zip(keys, paths, strict=True):
        if gesture != IDLE and gesture not in FINGERS:
            raise DataUnavailable(
                f"{path}: {gesture!r} is no gesture of HaGRID; the folders are {', '.join(names)} and {IDLE}"
            )
    return Examples(
        name="HaGRID",
        photos=decoding.in_threads(partial(decoding.photo, longest=512), paths),
        labels=np.array([NO_HAND if gesture == IDLE else names.index(gesture) for _, gesture, _ in keys]),
        # The repository's folders may hold a photo in two sizes under the same number: one group.
        groups=np.array([f"{gesture}_{int(number)}" for _, gesture, number in keys]),
        ids=picture_ids((gesture, number) for _, gesture, number in keys),
        class_names=names,
        source="gestures from the folders' names",
    )


@reader("hagrid_numbers", dataset="hagrid", of="hagrid")
def count(photos: Examples) -> Examples:
    """The same photos with the number of raised fingers."""
    return as_numbers(photos, FINGERS)
