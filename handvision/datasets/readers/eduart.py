"""EduArt's gesture_dataset: wide webcam frames of pointing, stopping and idle hands, each in its box."""

from functools import partial

import numpy as np

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.datasets import decoding, yolo
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.finger_counts import as_numbers
from handvision.datasets.readers import Files, picture_ids, reader

GESTURES = ("pointing", "stop", "thumbs_up")
FINGERS = {"pointing": 1, "stop": 5, "thumbs_up": 1}
# What a file is named for -> gesture and direction in degrees, counter-clockwise from image-up. "left" and
# "right" are the person's, who faces the camera: all of the fingers called left point to image-right.
_SHOWN = {
    "": ("pointing", 180.0),
    "up": ("pointing", 0.0),
    "left": ("pointing", -90.0),
    "right": ("pointing", 90.0),
    "stop": ("stop", np.nan),
    "thumbs_up": ("thumbs_up", np.nan),
    "no_gesture": ("", np.nan),
}
# The repository has two lists of classes, which number "up" differently. In both, 2 is an idle hand; every
# other hand shows what its file is named for.
_CLASSES, _IDLE = 7, 2


@reader("eduart")
def read(files: Files) -> Examples:
    """480x360 frames with the boxes of all hands, their gestures, and directions to the nearest quarter turn.

    An idle hand has the label NO_HAND. Groups are the two places: the men in a place may be the same.

    Raises:
        DataUnavailable: a box lies outside its photo, or a line of a text file is no hand.
    """
    keys = [key for key in files["photos"] if key in files["boxes"]]
    if not keys:
        raise DataUnavailable("EduArt's gestures: no photo has a text file of boxes; fetch the data set anew")
    photos = decoding.in_threads(partial(decoding.photo, longest=480), [files["photos"][key] for key in keys])
    hands = []
    for key, photo in zip(keys, photos, strict=True):
        path = files["boxes"][key]
        classes, shares = yolo.read_lines(path, _CLASSES)
        gesture, direction = _SHOWN[key[1]]
        idle = (classes == _IDLE) | (gesture == "")
        hands.append(
            Hands(
                boxes=yolo.corners(shares, photo.shape[:2], path),
                labels=np.where(idle, NO_HAND, GESTURES.index(gesture) if gesture else NO_HAND),
                rotations=np.where(idle, np.nan, direction),
            )
        )
    only = [each if len(each) == 1 else Hands.unknown() for each in hands]
    return Examples(
        name="EduArt gestures",
        photos=photos,
        labels=np.array([each.labels[0] for each in only]),
        rotations=np.array([each.rotations[0] for each in only]),
        groups=np.array(["office" if recording == "frame2" else "cabinets" for recording, _, _ in keys]),
        hands=hands,
        ids=picture_ids(keys),
        class_names=GESTURES,
        source="boxes and gestures from the text files, directions to the nearest quarter turn",
    )


@reader("eduart_numbers", dataset="eduart", of="eduart")
def count(photos: Examples) -> Examples:
    """The same photos with the number of raised fingers."""
    return as_numbers(photos, FINGERS)
