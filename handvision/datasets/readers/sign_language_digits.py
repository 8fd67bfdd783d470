"""Sign Language Digits: photos of about 170 people before a plain wall."""

from functools import partial

import numpy as np

from handvision.core.examples import Examples
from handvision.core.vocabularies import NUMBERS
from handvision.datasets import decoding, labelling
from handvision.datasets.readers import Files, picture_ids, reader

# Raised fingers of the signs: 3 is thumb, index and middle; 6, 7 and 8 touch the thumb with one finger.
# 0 (an O) and 9 (a ring and three fingers) have no clear number of raised fingers and are left out.
FINGERS_OF_SIGN = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 3, 7: 3, 8: 3}


@reader("sign_language_digits")
def read(files: Files) -> Examples:
    """100x100 photos and masks of hand and forearm; labels are raised fingers, groups are people."""
    person_of = _people(files)
    keys, paths = zip(
        *((key, path) for key, path in files["photos"].items() if int(key[0]) in FINGERS_OF_SIGN), strict=True
    )
    photos = decoding.in_threads(partial(decoding.photo, longest=100), paths)
    masks = decoding.in_threads(labelling.hand_on_plain_wall, photos)
    return Examples(
        name="Sign Language Digits",
        photos=photos,
        masks=masks,
        labels=np.array([FINGERS_OF_SIGN[int(digit)] for digit, _ in keys]),
        rotations=labelling.reference_rotation(masks),
        groups=np.array([person_of[key] for key in keys]),
        ids=picture_ids(keys),
        class_names=NUMBERS,
        source="masks by colour difference from the plain wall",
    )


def _people(files: Files) -> dict[tuple[str, ...], int]:
    """Who is in each photo. Everybody went through the signs in order while the counter ran on, so a new
    person begins where the digit does not rise."""
    people: dict[tuple[str, ...], int] = {}
    person, before = -1, 10
    for digit, number in sorted(files["photos"], key=lambda key: int(key[1])):
        person += int(digit) <= before
        before = int(digit)
        people[digit, number] = person
    return people
