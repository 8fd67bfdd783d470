"""Hand-dataset: five of its people before a webcam, upper body and face, small hands."""

from functools import partial
from pathlib import Path

import numpy as np

from handvision.core.examples import NO_HAND, Examples
from handvision.core.vocabularies import NUMBERS
from handvision.datasets import decoding
from handvision.datasets.readers import Files, picture_ids, reader

# The authors give no labels. Raised fingers, counted by eye where the photo leaves no doubt:
# name -> number of fingers -> numbers of the photos.
_COUNTED = {
    "ar": {
        1: (16, 25, 39, 53, 95),
        2: (17, 22),
        3: (8, 68),
        5: (0, 7, 13, 20, 43, 73, 83, 85, 86),
    },
    "hen": {
        0: (69,),
        1: (36, 64),
        2: (34, 35, 91),
        3: (92,),
        4: (61,),
        5: (32, 41, 42, 43, 44, 60, 71, 74, 79, 84, 85, 100, 101),
    },
    "nov": {
        1: (28, 39, 41),
        2: (44, 45, 51, 52, 57, 58, 66, 73, 75),
        3: (49, 60),
        4: (97, 98, 99, 100, 101),
        5: (50,),
    },
    "thom": {0: (71, 72), 1: (0, 1, 96), 2: (108, 109), 3: (5, 20, 21, 28, 60, 65, 69, 86), 5: (101,)},
    "via": {1: (28, 39, 46, 51, 57), 2: (47,), 5: (36, 50, 54, 55)},
}
_COUNTS = {
    (name, photo): fingers
    for name, counted in _COUNTED.items()
    for fingers, photos in counted.items()
    for photo in photos
}


@reader("ten_people")
def read(files: Files) -> Examples:
    """640x480 photos; the number of raised fingers for some, NO_HAND for the others, which show hands too.

    Groups are people. The camera program mirrored the photos; here they are mirrored back, so that a
    person's left hand looks like one.
    """
    keys, paths = zip(*files["photos"].items(), strict=True)
    return Examples(
        name="Hand-dataset of ten people",
        photos=decoding.in_threads(partial(_mirrored_back, longest=640), paths),
        labels=np.array([_COUNTS.get((name.lower(), int(photo)), NO_HAND) for _, name, photo in keys]),
        groups=np.array([person for person, _, _ in keys]),
        ids=picture_ids(keys),
        class_names=NUMBERS,
        source="mirrored back; fingers counted by eye",
    )


def _mirrored_back(path: Path, longest: int) -> np.ndarray:
    return decoding.photo(path, longest)[:, ::-1].copy()
