"""Human-Robot Finger-Counting Dataset: raw photos of one person, composites of them, and empty offices."""

from functools import partial
from pathlib import Path

import cv2
import numpy as np

from handvision.core.examples import Examples, Pictures
from handvision.core.vocabularies import NUMBERS
from handvision.datasets import decoding, labelling
from handvision.datasets.readers import Files, picture_ids, reader

WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
OFFICES_WITH_PEOPLE = {5, 30, 33, 35, 36, 37, 38, 39, 40, 41}

_photo = partial(decoding.photo, longest=320)


@reader("finger_counting")
def read_raw_photos(files: Files) -> Examples:
    """320x240 photos before a plain wall, numbers 1 to 5; groups are "<recording>/<photo>".

    Masks are the difference from the recording's empty frame, skin only: the hand and what is bare of
    the forearm, without the sleeve.
    """
    empty: dict[str, np.ndarray] = {}
    for (recording, _), path in files["empty frames"].items():
        empty.setdefault(recording, _photo(path))
    keys, paths = zip(*files["raw photos"].items(), strict=True)
    photos = decoding.in_threads(_photo, paths)
    walls = [empty.get(recording, next(iter(empty.values()))) for recording, _, _ in keys]
    pairs = list(zip(photos, walls, strict=True))
    masks = decoding.in_threads(lambda pair: labelling.skin_before_empty_frame(*pair), pairs)
    return Examples(
        name="Finger Counting, raw photos",
        photos=photos,
        masks=masks,
        labels=np.array([int(number) for _, number, _ in keys]),
        groups=np.array([f"{recording}/{name}" for recording, _, name in keys]),
        ids=picture_ids(keys),
        class_names=NUMBERS,
        source="masks of skin by difference from the empty frame",
    )


@reader("finger_counting_composites", dataset="finger_counting")
def read_composites(files: Files) -> Examples:
    """320x240 photos of the same person over offices, exact masks; groups are those of the raw photo used.

    The archive does not say which photo a composite was made of (and five photos are in both of its own
    parts): it is the one whose hand looks the same.
    """
    keys, paths = zip(*files["composites"].items(), strict=True)
    photos = decoding.in_threads(_photo, paths)
    mask_paths = [files["composite masks"][key] for key in keys]
    masks = decoding.in_threads(partial(decoding.mask, longest=320), mask_paths)
    labels = np.array([WORDS[word.lower()] for _, word, _ in keys])
    return Examples(
        name="Finger Counting, composites",
        photos=photos,
        masks=masks,
        labels=labels,
        groups=_raw_photo_of(photos, masks, labels, files["raw photos"]),
        class_names=NUMBERS,
        source="exact masks from the archive",
    )


@reader("offices", dataset="finger_counting")
def read_offices(files: Files) -> Examples:
    """Office photos in which nobody is seen, longest side 320; groups name the place ("office 3")."""
    chosen = {int(n): path for (n,), path in files["offices"].items() if int(n) not in OFFICES_WITH_PEOPLE}
    return Examples(
        name="offices",
        photos=list(decoding.in_threads(_photo, list(chosen.values()))),
        groups=np.array([f"office {number}" for number in chosen]),
        source="offices",
    )


def _raw_photo_of(
    photos: Pictures, masks: Pictures, labels: np.ndarray, raw_photos: dict[tuple[str, ...], Path]
) -> np.ndarray:
    """(n,) str: for each composite, the raw photo of its number whose hand differs least inside the mask."""
    raw_keys, raw_paths = zip(*raw_photos.items(), strict=True)
    raw = np.asarray(decoding.in_threads(lambda path: _shrink(_photo(path)), raw_paths))
    raw = raw.reshape(len(raw_keys), -1)
    numbers = np.array([int(number) for _, number, _ in raw_keys])
    hands = np.stack([_shrink(photo) for photo in photos]).reshape(len(photos), -1)
    inside = np.stack([np.repeat(_shrink(mask)[..., None] > 0.9, 3, -1) for mask in masks])
    inside = inside.reshape(len(photos), -1)
    groups = np.empty(len(photos), object)
    for number in np.unique(labels):
        own, same = np.flatnonzero(labels == number), np.flatnonzero(numbers == number)
        weight = inside[own].astype(np.float32)
        # Squared difference inside the mask, for all pairs at once; what all candidates share is left out.
        difference = weight @ (raw[same] ** 2).T - 2 * (weight * hands[own]) @ raw[same].T
        for here, there in zip(own, same[np.argmin(difference, 1)], strict=True):
            recording, _, name = raw_keys[there]
            groups[here] = f"{recording}/{name}"
    return groups.astype(str)


def _shrink(picture: np.ndarray) -> np.ndarray:
    """40x30 float32 in [0, 1]: enough to know a photo again."""
    return cv2.resize(picture, (40, 30), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
