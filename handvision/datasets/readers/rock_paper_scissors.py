"""Rock Paper Scissors SXSW: webcam frames of about 14 people, with a box around every hand."""

import csv
import re
from functools import partial
from pathlib import Path

import numpy as np

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.core.vocabularies import NUMBERS
from handvision.datasets import decoding, yolo
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.readers import Files, picture_ids, reader

# Fingers that each class of the set shows: paper, often seen edge-on and not always five; rock; scissors.
FINGERS = np.array([NO_HAND, 0, 2])

# Start of a file's name -> who it shows, as seen on contact sheets; the first that fits counts.
PEOPLE = {
    r"IMG_70\d\d": "IMG_70",  # the man of IMG_7079 plays against another in IMG_7077
    r"IMG_\d+": "",
    r"zoom_tests": "zoom_tests",
    r"Photo-on-2-11-22|Photo-on-2-16-22-at-12": "Photo-on-2-11-22",
    r"Photo-on-2-16-22|Screen-Shot-2021": "Photo-on-2-16-22",
    r"Screen-Shot-2022": "Screen-Shot-2022",
    # 12 May 2021: several people; later frames, a recording and a masked face: one woman.
    r"egohands-public-16208": "egohands, first day",
    r"egohands-public|GMT20210709|mask-wearing": "egohands",
}

# Left out: seen on contact sheets to be labelled wrongly.
MISLABELLED = {
    "Photo-on-2-11-22-at-2-53-PM": "a fist called scissors",
    "Photo-on-2-11-22-at-2-53-PM-4": "the lower hand has no box",
    "Photo-on-2-11-22-at-2-53-PM-6": "the lower hand has no box",
    "egohands-public-1621519210392": "the box is on a chair, the hand has none",
    "egohands-public-1623873259191": "a flat hand called rock",
    "egohands-public-1623873266913": "thumb, index and little finger called rock",
    "egohands-public-1625070455958": "a box on a chair",
    "egohands-public-1625070635993": "a box on the arm",
    "egohands-public-1626201608534": "two boxes around one hand",
    "egohands-public-1626460200728": "two boxes around one hand",
}


@reader("rock_paper_scissors")
def read(files: Files) -> Examples:
    """416x416 photos (stretched by the set's makers) with boxes; groups are people, as far as known.

    Labels are raised fingers, 0 (rock) or 2 (scissors), where a picture has one hand, else NO_HAND. A frame
    that may lack a box has one more hand, of which nothing is known.

    Raises:
        DataUnavailable: a frame without boxes or that the table lacks; a class or box out of range.
    """
    (table,) = files["tables"].values()
    with open(table, newline="") as stream:
        complete = {Path(line["file"]).stem: line["complete"] == "yes" for line in csv.DictReader(stream)}
    right = {key: path for key, path in files["photos"].items() if key[0] not in MISLABELLED}
    keys, paths = zip(*right.items(), strict=True)
    photos = decoding.in_threads(partial(decoding.photo, longest=416), paths)
    hands = []
    for (name,), photo in zip(keys, photos, strict=True):
        if (name,) not in files["boxes"] or name not in complete:
            raise DataUnavailable(
                f"{table} or labels/{name}.txt says nothing of {name}; fetch the archive anew"
            )
        hands.append(_hands(files["boxes"][name,], photo.shape[:2], complete[name]))
    return Examples(
        name="Rock Paper Scissors SXSW",
        photos=photos,
        labels=np.array([each.labels[0] if len(each) == 1 else NO_HAND for each in hands]),
        groups=np.array([person(name) for (name,) in keys]),
        hands=hands,
        ids=picture_ids(keys),
        class_names=NUMBERS,
        source="boxes by the set's makers",
    )


def person(name: str) -> str:
    """The group of a frame, by its file's name: a person, or people who play together.

    Raises:
        DataUnavailable: a name of no known series.
    """
    for start, who in PEOPLE.items():
        if found := re.match(start, name):
            return f"webcam {who or found[0]}"
    raise DataUnavailable(f"{name} is of no known series; add who it shows to PEOPLE")


def _hands(path: Path, size: tuple[int, int], complete: bool) -> Hands:
    """The hands of a frame, and where a box may be lacking one more, of which nothing is known."""
    classes, shares = yolo.read_lines(path, len(FINGERS))
    boxes, labels = yolo.corners(shares, size, path), FINGERS[classes]
    if not complete:
        boxes = np.concatenate([boxes, np.full((1, 4), np.nan, np.float32)])
        labels = np.append(labels, NO_HAND)
    return Hands(boxes=boxes, labels=labels)
