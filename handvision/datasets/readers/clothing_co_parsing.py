"""Clothing Co-Parsing: people in the street, with the class of every pixel (clothes, skin, hair)."""

from functools import partial
from pathlib import Path

import numpy as np

from handvision.core.examples import UNKNOWN, Examples, Hands
from handvision.datasets import decoding
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.readers import Files, picture_ids, reader

CLASSES = 59
# Where a hand may be: gloves, rings, and the skin of faces, arms, hands and legs alike.
MAY_BE_HAND = (18, 34, 41)

# Photos of one person, as seen on contact sheets: photo -> the first photo of the same person.
SAME_PERSON = {"0034": "0006", "0188": "0006", "0732": "0692", "0812": "0006", "0984": "0078"}


@reader("clothing_co_parsing")
def read(files: Files) -> Examples:
    """Photos (a list, longest side 480); groups are people ("street 0044").

    Masks are 0 where certainly no hand is, and UNKNOWN on skin, gloves and rings.

    Raises:
        DataUnavailable: a photo without its labels, labels of another size or out of range.
    """
    keys, paths = zip(*files["photos"].items(), strict=True)
    photos = list(decoding.in_threads(partial(decoding.photo, longest=480), paths))
    masks = []
    for key, path, photo in zip(keys, paths, photos, strict=True):
        if key not in files["labels"]:
            raise DataUnavailable(f"{path} has no labels/{key[0]}.png; fetch the archive anew")
        masks.append(_mask(files["labels"][key], photo.shape[:2]))
    return Examples(
        name="Clothing Co-Parsing",
        photos=photos,
        masks=masks,
        groups=np.array([person(number) for (number,) in keys]),
        ids=picture_ids(keys),
        hands=[Hands.unknown() for _ in keys],
        source="masks: no hand outside skin, gloves and rings; unknown there",
    )


def person(number: str) -> str:
    """The group of a photo: one for all photos of a person, as far as they were recognized."""
    return f"street {SAME_PERSON.get(number, number)}"


def _mask(path: Path, size: tuple[int, ...]) -> np.ndarray:
    """(height, width, 1) uint8, 0 or UNKNOWN."""
    classes = decoding.classes(path)
    if classes.shape != size:
        raise DataUnavailable(f"{path} is {classes.shape}, its photo {size}; both need one height and width")
    if classes.max() >= CLASSES:
        raise DataUnavailable(f"{path} has class {classes.max()}; classes are 0 to {CLASSES - 1}")
    return np.where(np.isin(classes, MAY_BE_HAND), np.uint8(UNKNOWN), np.uint8(0))[..., None]
