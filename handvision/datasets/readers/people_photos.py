"""Photos of people with hands in view, chosen from several sets, and the labels of a teacher beside them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.core.hands import KEYPOINTS
from handvision.datasets import decoding
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.readers import Files, picture_ids, reader

# The folder whose photos were looked at one by one and show no hand.
WITHOUT_HANDS = "webfaces-nohand"
# The teacher takes every picture for a mirrored one.
SIDES = {"Left": "right", "Right": "left"}
# How far a point may lie beyond the picture's edge, as a share of its side: the teacher guesses where a hand
# that the edge cuts goes on.
BEYOND = 0.25

# Left out: seen to be no hands on contact sheets of 400 that have the lowest scores, lie close to another, or
# were drawn at random (4 of 120 of those). Photo, which of its hands -> what the points lie on.
NO_HANDS = {
    ("coco/000000131211_jpg_c33a36", 0): "a leg",
    ("coco/000000393777_jpg_ca8647", 1): "an ear and a neck",
    ("indoor/img47422787828_jpg_ef09ff", 0): "a shoulder in a shirt",
    ("indoor/youtube-22_jpg_00f2d7", 0): "lights",
    ("openimages/2809a28fc1a6782f_jpg_3fae8b", 0): "a forearm",
    ("openimages/290f92807b98c289_jpg_3de4e2", 0): "an arm",
    ("openimages/510aebd66787d228_jpg_036983", 0): "a mouth",
    ("openimages/53001aff0ad677bd_jpg_3981fc", 0): "a face",
    ("openimages/668fdbe7f87bc7ba_jpg_98a583", 0): "a leg",
    ("openimages/792f19571c3b0c2d_jpg_c3c124", 0): "a face under a hat",
    ("openimages/79a02277894ec288_jpg_bc25ae", 0): "blurred skin, perhaps a knee",
    ("openimages/7ae086056b60c75a_jpg_b68e83", 0): "a puppet's two fingers",
    ("openimages/813f9226b437e06d_jpg_591ab5", 0): "blurred skin, perhaps an arm",
    ("openimages/91c2540d050cf83d_jpg_6be80f", 1): "a leg",
    ("openimages/d70a1c256ec7e1a5_jpg_d8ae69", 0): "an ear",
    ("smoking/a00135-0_jpg_97adfb", 0): "a finger taken for a hand",
    ("webfaces/pic02299", 0): "cloth before a shirt",
    ("webfaces/pic03261", 1): "an elbow that hides the hand",
    ("webfaces/pic03379", 0): "a child's face",
    ("webfaces/pic03379", 1): "a child's face",
    ("webfaces/pic05754", 1): "points lie across the fingers",
    ("webfaces/pic10889", 0): "a face",
    ("webfaces/pic11528", 0): "a forehead",
    ("webfaces/pic12854", 0): "a shin",
}


@reader("people_photos")
def read(files: Files) -> Examples:
    """Photos (a list, longest side 360), ids "<source>/<file>". Nobody has labelled their hands.

    Those in the folder `webfaces-nohand` show no hand for certain; of the hands in all others nothing is
    known, so that a missing box says nothing. Groups are photos, of which there may be several copies.

    Raises:
        DataUnavailable: a picture cannot be read.
    """
    keys, paths = zip(*files["photos"].items(), strict=True)
    return Examples(
        name="people photos",
        photos=list(decoding.in_threads(partial(decoding.photo, longest=360), paths)),
        groups=np.array([f"{folder} {name.split('_jpg')[0]}" for folder, name in keys]),
        hands=[Hands() if folder == WITHOUT_HANDS else Hands.unknown() for folder, _ in keys],
        ids=picture_ids(keys),
        source="without a hand: looked at one by one",
    )


@reader("people_photos_teacher", dataset="people_photos")
def read_teacher(files: Files) -> Examples:
    """The photos with hands, and the points that MediaPipe 0.10.21 found in one look at each: weak labels.

    A point's score is the teacher's for its hand, below 1. Boxes are not known, and the last hand of every
    picture is one of which nothing is known: the teacher missed some. There is no test part of this.

    Raises:
        DataUnavailable: a line is none of a photo and its hands, or of no photo that is there.
    """
    (table,) = files["teacher"].values()
    photos = read(files)
    row_of = {photo: row for row, photo in enumerate(photos.require("ids").tolist())}
    rows, hands = [], []
    for number, line in enumerate(table.read_text("utf-8").splitlines(), 1):
        where = f"{table}, line {number}"
        try:
            entry = json.loads(line)
            photo, found = Path(entry["photo"]).with_suffix("").as_posix(), entry["hands"]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise DataUnavailable(f"{where}: no photo with its hands ({error!r}); fetch it anew") from None
        if photo not in row_of:
            raise DataUnavailable(f"{where}: {photo} is not among the photos; fetch the archive anew")
        rows.append(row_of[photo])
        right = [hand for i, hand in enumerate(found) if (photo, i) not in NO_HANDS]
        hands.append(_hands(right, photos.require("photos")[row_of[photo]].shape[:2], where))
    source = "points by a teacher, MediaPipe Hands 0.10.21: weak labels"
    return replace(photos.take(rows, "people photos, teacher"), hands=hands, source=source)


def _hands(found: Sequence[Mapping[str, Any]], size: tuple[int, int], where: str) -> Hands:
    """The hands that were found, and one of which nothing is known."""
    unknown = np.full((1, KEYPOINTS, 3), np.nan)
    return Hands(
        keypoints=np.concatenate([_points(hand, size, where)[None] for hand in found] + [unknown]),
        handedness=np.array([SIDES[hand["side"]] for hand in found] + [""]),
        labels=np.full(len(found) + 1, NO_HAND),
    )


def _points(hand: Mapping[str, Any], size: tuple[int, int], where: str) -> NDArray[np.float64]:
    """(21, 3) x, y in pixels of the photo, and the score."""
    shares = np.asarray(hand["xy"], float)
    if shares.shape != (KEYPOINTS, 2) or hand["side"] not in SIDES or not 0 <= hand["score"] <= 1:
        raise DataUnavailable(
            f"{where}: a hand has points of shape {shares.shape}, side {hand['side']!r} and score "
            f"{hand['score']}; wanted are ({KEYPOINTS}, 2), Left or Right, 0 to 1. Fetch the archive anew."
        )
    if shares.min() < -BEYOND or shares.max() > 1 + BEYOND:
        raise DataUnavailable(
            f"{where}: points reach from {shares.min()} to {shares.max()}; they are shares of the photo's "
            f"width and height, and at most {BEYOND} beyond its edge. Fetch the archive anew."
        )
    height, width = size
    return np.hstack([shares * (width, height), np.full((KEYPOINTS, 1), hand["score"])])
