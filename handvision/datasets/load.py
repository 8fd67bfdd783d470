"""Readers: a data set's files become Examples, whichever copy of it is at hand.

Every reader takes the authors' own archive and the reduced one, brings photos to one largest size
(that of the reduced archive), and says in `Examples.source` what it found and how masks were made.
"""

import csv
import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from handvision.core.examples import Examples, Hands
from handvision.datasets import download, labelling
from handvision.datasets.catalog import Dataset, row
from handvision.datasets.download import DataUnavailable, files_below
from handvision.datasets.labelling import reference_rotation
from handvision.synthesis.hand.poses import GESTURE_NAMES

__all__ = [
    "DataUnavailable",
    "backgrounds",
    "load",
    "load_finger_counting_composites",
    "load_finger_counting_raw",
    "reference_rotation",
]

NUMBERS = ("0", "1", "2", "3", "4", "5")
# Raised fingers of the signs: 3 is thumb, index and middle; 6, 7 and 8 touch the thumb with one finger.
# 0 (an O) and 9 (a ring and three fingers) are no numbers of raised fingers.
FINGERS_OF_SIGN = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 3, 7: 3, 8: 3}
WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
OFFICES_WITH_PEOPLE = {5, 30, 33, 35, 36, 37, 38, 39, 40, 41}

Files = dict[str, dict[tuple[str, ...], Path]]


def load(name: str, download: bool = False, **options) -> Examples:
    """All pictures of a data set.

    Args:
        name: a key of `catalog.CATALOG`.
        download: fetch it if it is not at hand.
        options: of the set's reader below, such as `part="train"` for hand_gestures.

    Raises:
        DataUnavailable: it is not at hand (or cannot be downloaded); the message says what to do.
        ValueError: no such data set, or an option's value is wrong.
    """
    return _read(name, READERS[row(name).name], download, **options)


def load_finger_counting_raw(download: bool = False) -> Examples:
    """Photos before a plain wall, with masks of hand and bare forearm: see `_finger_counting_raw`."""
    return _read("finger_counting", _finger_counting_raw, download)


def load_finger_counting_composites(download: bool = False) -> Examples:
    """Photos laid over offices, with exact masks: see `_finger_counting_composites`."""
    return _read("finger_counting", _finger_counting_composites, download)


def load_hands_dataset_weak(download: bool = False) -> Examples:
    """HandsDataset with weak masks (see `labelling.hands_in_boxes`); takes half a minute."""
    frames = _read("hands_dataset", _hands_dataset, download)
    pairs = list(zip(frames.photos, frames.boxes, strict=True))
    masks = _all(lambda pair: labelling.hands_in_boxes(*pair), pairs)
    return replace(frames, masks=masks, source=f"{frames.source}; masks in the boxes by GrabCut")


def backgrounds(download: bool = False) -> Examples:
    """Rooms, houses and offices without people: photos (a list), longest side 320, and no masks.

    Groups name the place ("house 12", "office 3"). Takes what is at hand of the two sets.

    Raises:
        DataUnavailable: neither houses nor finger_counting is at hand.
    """
    parts = []
    for name, reader in (("houses", _houses), ("finger_counting", _offices)):
        try:
            parts.append(_read(name, reader, download))
        except DataUnavailable:
            if name == "finger_counting" and not parts:
                raise
    return Examples(
        name="rooms without people",
        photos=[photo for part in parts for photo in part.photos],
        groups=np.concatenate([part.groups for part in parts]),
        source=" + ".join(part.source for part in parts),
    )


# Readers ---------------------------------------------------------------------------------------------


def _finger_digits(dataset: Dataset, files: Files) -> Examples:
    """128x128 masks of one person, six numbers; groups are frame numbers.

    The files are gray: hand is what is above 127.
    """
    keys, paths = _listed(files["masks"])
    masks = _all(_mask, paths)
    return Examples(
        name="Finger Digits",
        masks=masks,
        labels=np.array([int(label) for _, label in keys]),
        rotations=reference_rotation(masks),
        groups=np.array([int(frame) for frame, _ in keys]),
        class_names=NUMBERS,
        source=_source(dataset, files, "gray masks cut at 128"),
    )


def _hand_gestures(dataset: Dataset, files: Files, part: str = "all", gap: int = 50) -> Examples:
    """50x50 masks of one person, twenty gestures; groups are frame numbers, the test's after the training's.

    Args:
        part: "train", "test" or "all".
        gap: number of frames at the end of every class's training part that part="train" leaves out: the
            test part goes on where they end.
    """
    if part not in ("train", "test", "all"):
        raise ValueError(f"part is {part!r}; use 'train', 'test' or 'all'")
    last = max(int(frame) for side, _, frame in files["masks"] if side.lower() == "train")
    chosen = {}
    for (side, label, frame), path in files["masks"].items():
        frame = int(frame) + (0 if side.lower() == "train" else last)
        if part == "all" or (part == "train" and frame <= last - gap) or (part == "test" and frame > last):
            chosen[int(label), frame] = path
    keys, paths = _listed(dict(sorted(chosen.items())))
    masks = _all(_mask, paths)
    return Examples(
        name="Hand Gesture Recognition" + ("" if part == "all" else f", {part} part"),
        masks=masks,
        labels=np.array([label for label, _ in keys]),
        rotations=reference_rotation(masks),
        groups=np.array([frame for _, frame in keys]),
        class_names=GESTURE_NAMES,
        source=_source(dataset, files, "gray masks cut at 128"),
    )


def _sign_language_digits(
    dataset: Dataset, files: Files, signs: Sequence[int] = tuple(range(1, 9))
) -> Examples:
    """100x100 photos of about 170 people and masks of hand and forearm; groups are people.

    Args:
        signs: which of the ten signs to read. Labels are raised fingers where the signs are 1 to 8 (the
            default); with 0 or 9 among them, labels are the signs and class names "0" to "9".
    """
    signs = tuple(sorted(set(signs)))
    if not signs or not set(signs) <= set(range(10)):
        raise ValueError(f"signs are {signs}; use some of 0 to 9")
    # Everybody went through the signs in order while the counter ran on, so a new person begins where
    # the digit does not rise.
    people, person, before = {}, -1, 10
    for digit, number in sorted(files["photos"], key=lambda key: int(key[1])):
        person += int(digit) <= before
        before = int(digit)
        people[digit, number] = person
    chosen = {key: path for key, path in files["photos"].items() if int(key[0]) in signs}
    keys, paths = _listed(chosen)
    photos = _all(lambda path: _photo(path, 100), paths)
    masks = _all(labelling.hand_on_plain_wall, photos)
    fingers = set(signs) <= set(FINGERS_OF_SIGN)
    digits = [int(digit) for digit, _ in keys]
    return Examples(
        name="Sign Language Digits",
        photos=photos,
        masks=masks,
        labels=np.array([FINGERS_OF_SIGN[d] if fingers else d for d in digits]),
        rotations=reference_rotation(masks),
        groups=np.array([people[key] for key in keys]),
        class_names=NUMBERS if fingers else tuple("0123456789"),
        source=_source(dataset, files, "masks by colour difference from the plain wall"),
    )


def _hands_dataset(dataset: Dataset, files: Files) -> Examples:
    """400x300 webcam photos of one or two hands with faces in view; boxes; groups are recording sessions.

    Labels are raised fingers where a picture has one hand, and -1 where it has two or none.
    """
    tables = {}
    for path in files["tables"].values():
        with open(path, newline="") as stream:
            for line in csv.DictReader(stream):
                tables.setdefault(Path(line["filename"]).stem, []).append(line)
    keys, paths = _listed(files["photos"])
    photos = _all(lambda path: _photo(path, 400), paths)
    labels, boxes = [], []
    for (_, name), photo in zip(keys, photos, strict=True):
        lines = tables.get(name, [])
        labels.append(int(lines[0]["class"][0]) if len(lines) == 1 else -1)
        height, width = photo.shape[:2]
        rows = [
            [
                float(line[side])
                * (width / float(line["width"]) if side[0] == "x" else height / float(line["height"]))
                for side in ("xmin", "ymin", "xmax", "ymax")
            ]
            for line in lines
        ]
        boxes.append(np.array(rows, np.float32).reshape(-1, 4))
    return Examples(
        name="HandsDataset",
        photos=photos,
        labels=np.array(labels),
        groups=np.array([_session(name) for _, name in keys]),
        # A photo that the tables leave out may show hands all the same.
        hands=[Hands(boxes=each) if len(each) else Hands.unknown() for each in boxes],
        class_names=NUMBERS,
        source=_source(dataset, files, "boxes from the tables, scaled to the pictures"),
    )


def _session(name: str) -> str:
    """The name before `_pic`; the few names without it ("pic00012", "Hand_0000026") by their first word."""
    return name.split("_pic")[0] if "_pic" in name else re.match(r"[A-Za-z]*", name)[0]


def _finger_counting_raw(dataset: Dataset, files: Files) -> Examples:
    """320x240 photos of one person before a plain wall, numbers 1 to 5; groups are "<recording>/<photo>".

    Masks are the difference from the recording's empty frame, skin only: the hand and what is bare of
    the forearm, without the sleeve.
    """
    empty = {}
    for (recording, _), path in files["empty frames"].items():
        empty.setdefault(recording, _photo(path, 320))
    keys, paths = _listed(files["raw photos"])
    photos = _all(lambda path: _photo(path, 320), paths)
    walls = [empty.get(recording, next(iter(empty.values()))) for recording, _, _ in keys]
    masks = _all(lambda pair: labelling.skin_before_empty_frame(*pair), list(zip(photos, walls, strict=True)))
    return Examples(
        name="Finger Counting, raw photos",
        photos=photos,
        masks=masks,
        labels=np.array([int(number) for _, number, _ in keys]),
        groups=np.array([f"{recording}/{name}" for recording, _, name in keys]),
        class_names=NUMBERS,
        source=_source(dataset, files, "masks of skin by difference from the empty frame"),
    )


def _finger_counting_composites(dataset: Dataset, files: Files) -> Examples:
    """320x240 photos of the same person over offices, exact masks; groups are those of the raw photo used.

    The archive does not say which photo a composite was made of (and five photos are in both of its own
    parts): it is the one whose hand looks the same.
    """
    keys, paths = _listed(files["composites"])
    photos = _all(lambda path: _photo(path, 320), paths)
    masks = _all(lambda path: _mask(path, 320), [files["composite masks"][key] for key in keys])
    words = np.array([WORDS[word.lower()] for _, word, _ in keys])
    raw_keys, raw_paths = _listed(files["raw photos"])
    raw = _all(_thumbnail, raw_paths).reshape(len(raw_keys), -1)
    numbers = np.array([int(number) for _, number, _ in raw_keys])
    hands = np.stack([_shrink(photo) for photo in photos]).reshape(len(keys), -1)
    inside = np.stack([np.repeat(_shrink(mask)[..., None] > 0.9, 3, -1) for mask in masks]).reshape(
        len(keys), -1
    )
    groups = np.empty(len(keys), object)
    for number in np.unique(words):
        own, same = np.flatnonzero(words == number), np.flatnonzero(numbers == number)
        weight = inside[own].astype(np.float32)
        # Squared difference inside the mask, for all pairs at once; what all candidates share is left out.
        difference = weight @ (raw[same] ** 2).T - 2 * (weight * hands[own]) @ raw[same].T
        for here, there in zip(own, same[np.argmin(difference, 1)], strict=True):
            recording, _, name = raw_keys[there]
            groups[here] = f"{recording}/{name}"
    return Examples(
        name="Finger Counting, composites",
        photos=photos,
        masks=masks,
        labels=words,
        groups=groups.astype(str),
        class_names=NUMBERS,
        source=_source(dataset, files, "exact masks from the archive"),
    )


def _offices(dataset: Dataset, files: Files) -> Examples:
    """Office photos in which nobody is seen, longest side 320."""
    chosen = {key: path for key, path in files["offices"].items() if int(key[0]) not in OFFICES_WITH_PEOPLE}
    keys, paths = _listed(chosen)
    return Examples(
        name="offices",
        photos=list(_all(lambda path: _photo(path, 320), paths)),
        groups=np.array([f"office {number}" for (number,) in keys]),
        source=_source(dataset, files, "offices"),
    )


def _hgr1(dataset: Dataset, files: Files) -> Examples:
    """Photos (a list, longest side 400) and hand-made masks of skin, forearm included; groups are people.

    The authors' masks are 1-bit BMP files in which 0 is skin; copies in which 255 is skin are told from
    them by their borders, which are mostly background.
    """
    keys, paths = _listed(files["photos"])
    missing = [key for key in keys if key not in files["masks"]]
    if missing:
        raise DataUnavailable(
            f"{dataset.title}: no mask for photo {'_'.join(missing[0])} and {len(missing) - 1} more"
        )
    photos = list(_all(lambda path: _photo(path, 400), paths))
    masks = list(_all(lambda path: _mask(path, 400), [files["masks"][key] for key in keys]))
    borders = [np.concatenate([m[0], m[-1], m[:, 0], m[:, -1]]).mean() for m in masks]
    inverted = np.median(borders) > 127
    if inverted:
        masks = [255 - mask for mask in masks]
    masks = [_fitted(mask, photo.shape[:2]) for mask, photo in zip(masks, photos, strict=True)]
    names = tuple(sorted({gesture for gesture, _, _ in keys}))
    return Examples(
        name="HGR1",
        photos=photos,
        masks=masks,
        # No rotations: elbows are in view, and upper arms bend away from forearms.
        labels=np.array([names.index(gesture) for gesture, _, _ in keys]),
        groups=np.array([int(person) for _, person, _ in keys]),
        class_names=names,
        source=_source(
            dataset, files, f"{_suffix(files['masks'])} masks, {'0' if inverted else '255'} = skin"
        ),
    )


def _suffix(files: dict) -> str:
    return next(iter(files.values())).suffix.lstrip(".").upper()


def _massey(dataset: Dataset, files: Files) -> Examples:
    """Hands cut out on black (longest side 200), masks of what is not black; 36 signs, groups are people."""
    keys, paths = _listed(files["photos"])
    photos = _all(lambda path: _photo(path, 200), paths)
    names = tuple("0123456789abcdefghijklmnopqrstuvwxyz")
    return Examples(
        name="Massey hand gestures",
        photos=photos,
        masks=_all(labelling.cut_out_on_black, photos),
        labels=np.array([names.index(sign.lower()) for _, sign, _, _ in keys]),
        groups=np.array([int(person) for person, _, _, _ in keys]),
        class_names=names,
        source=_source(dataset, files, "masks of what is not black"),
    )


def _houses(dataset: Dataset, files: Files) -> Examples:
    """Photos of rooms and houses without people (a list, longest side 320)."""
    keys, paths = _listed(files["photos"])
    return Examples(
        name="houses",
        photos=list(_all(lambda path: _photo(path, 320), paths)),
        groups=np.array([f"house {number}" for number, _ in keys]),
        source=_source(dataset, files, "rooms and houses"),
    )


READERS: dict[str, Callable[..., Examples]] = {
    "finger_digits": _finger_digits,
    "hand_gestures": _hand_gestures,
    "sign_language_digits": _sign_language_digits,
    "hands_dataset": _hands_dataset,
    "finger_counting": _finger_counting_composites,
    "hgr1": _hgr1,
    "massey": _massey,
    "houses": _houses,
}


# Shared by readers -----------------------------------------------------------------------------------


def _read(name: str, reader: Callable[..., Examples], fetch: bool, **options) -> Examples:
    dataset = row(name)
    folder = download.fetch(name) if fetch else download.find(name)
    if folder is None:
        raise download.missing(dataset)
    found = dataset.sort_out(files_below(folder))
    files = {what: {key: folder / path for key, path in paths.items()} for what, paths in found.items()}
    return reader(dataset, files, **options)


def _source(dataset: Dataset, files: Files, how: str) -> str:
    kind = dataset.judge(files)
    counts = ", ".join(f"{len(paths):,} {what}" for what, paths in files.items())
    return f"{dataset.title} ({kind} archive: {counts}); {how}"


def _listed(files: dict) -> tuple[list, list[Path]]:
    return list(files), list(files.values())


def _all(work: Callable, items: Sequence) -> np.ndarray | list[np.ndarray]:
    """`work` on every item in threads (OpenCV lets go of Python); one array if all come out in one shape."""
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        results = list(pool.map(work, items))
    one_shape = len({result.shape for result in results}) == 1
    return np.stack(results) if one_shape else results


def _decode(path: Path, flag: int) -> np.ndarray:
    # OpenCV's own reading of files fails on Windows where a path has letters beyond ASCII.
    picture = cv2.imdecode(np.fromfile(path, np.uint8), flag) if path.stat().st_size else None
    if picture is None:
        raise DataUnavailable(
            f"{path} is no picture that can be read. Delete {path.parent} and fetch it anew."
        )
    return picture


def _photo(path: Path, longest: int) -> np.ndarray:
    """(height, width, 3) uint8 RGB, shrunk so that no side is above `longest`."""
    picture = cv2.cvtColor(_decode(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    return _no_larger(picture, longest)


def _mask(path: Path, longest: int | None = None) -> np.ndarray:
    """(height, width, 1) uint8, 255 where the gray file is above 127, else 0."""
    gray = _decode(path, cv2.IMREAD_GRAYSCALE)
    if longest:
        gray = _no_larger(gray, longest)
    return np.where(gray > 127, 255, 0).astype(np.uint8)[..., None]


def _no_larger(picture: np.ndarray, longest: int) -> np.ndarray:
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    return cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)


def _fitted(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if mask.shape[:2] == size:
        return mask
    return cv2.resize(mask, size[::-1], interpolation=cv2.INTER_NEAREST)[..., None]


def _shrink(picture: np.ndarray) -> np.ndarray:
    """40x30 float32 in [0, 1]: enough to know a photo again."""
    return cv2.resize(picture, (40, 30), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _thumbnail(path: Path) -> np.ndarray:
    return _shrink(_photo(path, 320))
