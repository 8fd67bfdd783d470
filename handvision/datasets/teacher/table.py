"""The teacher's answers as they are stored: a compressed table, and a card that says what made it.

A row is a hand: data set, id of the photo (`Examples.ids`), side, score, turns, views and spread (see
`matching.Found`), and its 21 points as shares of the photo's width and height. A photo in which the teacher
found nothing has one row without a hand. Only training and validation photos have rows.
"""

import csv
import hashlib
import io
import json
import lzma
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from handvision.core.files import replacing
from handvision.core.hands import KEYPOINTS
from handvision.datasets.teacher.matching import Found

TABLE = Path(__file__).with_name("labels.csv.xz")
TEACHER = "MediaPipe Hands 0.10.21"
_POINTS = tuple(f"{axis}{point}" for point in range(KEYPOINTS) for axis in "xy")
COLUMNS = ("set", "id", "side", "score", "turns", "views", "spread", *_POINTS)


@dataclass(frozen=True)
class Labels:
    """What the teacher found.

    Attributes:
        card: teacher, licence, hashes of its model files, date, counts.
        hands: data set -> id of a photo -> its hands, points as shares of the photo's width and height.
    """

    card: Mapping[str, Any]
    hands: Mapping[str, Mapping[str, list[Found]]]


def read(path: Path | None = None) -> Labels:
    """A table and its card, read once until the file changes.

    Args:
        path: of the table; that of the package by default.

    Raises:
        FileNotFoundError: there is no table.
        ValueError: the card is of another teacher, or the table is not the one that the card describes.
    """
    path = path or TABLE
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there are no labels yet; make them: handvision data teach-labels")
    return _read(path, path.stat().st_mtime_ns)


def write(hands: Mapping[str, Mapping[str, list[Found]]], card: Mapping[str, Any], path: Path) -> None:
    """Writes a table and its card; the same hands give the same bytes.

    Args:
        hands: as in `Labels`.
        card: what the teacher says of itself, and what else a reader should know; counts and the table's
            hash are added.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, photos in hands.items():
        for photo, found in sorted(photos.items()):
            writer.writerows(_rows(name, photo, found))
    packed = lzma.compress(stream.getvalue().encode("utf-8"), preset=9)
    counts = {
        name: {"photos": len(photos), "hands": _count(photos.values())} for name, photos in hands.items()
    }
    whole = {**card, "sets": counts, "sha256": hashlib.sha256(packed).hexdigest()}
    with replacing(path) as temporary:
        temporary.write_bytes(packed)
    with replacing(card_of(path)) as temporary:
        temporary.write_text(json.dumps(whole, indent=2) + "\n", "utf-8")


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> Labels:
    card = json.loads(card_of(path).read_text("utf-8"))
    if card["teacher"] != TEACHER:
        raise ValueError(
            f"{path} was made by {card['teacher']}; this version reads tables of {TEACHER}. "
            "Make it anew: handvision data teach-labels"
        )
    packed = path.read_bytes()
    if hashlib.sha256(packed).hexdigest() != card["sha256"]:
        raise ValueError(
            f"{path} is not the table that {card_of(path).name} describes; restore both from git"
        )
    hands: dict[str, dict[str, list[Found]]] = {}
    for row in csv.DictReader(io.StringIO(lzma.decompress(packed).decode("utf-8"))):
        found = hands.setdefault(row["set"], {}).setdefault(row["id"], [])
        if row["side"]:
            found.append(_found(row))
    return Labels(card, hands)


def card_of(path: Path) -> Path:
    """`labels.json` beside `labels.csv.xz`."""
    return path.with_name(path.name.split(".")[0] + ".json")


def _count(photos: Iterable[list[Found]]) -> int:
    return sum(len(found) for found in photos)


def _rows(name: str, photo: str, found: list[Found]) -> list[list[object]]:
    """The rows of one photo: one without a hand where nothing was found."""
    if not found:
        return [[name, photo, *[""] * (len(COLUMNS) - 2)]]
    return [
        [
            *(name, photo, hand.side, f"{hand.score:.3f}", hand.turns, hand.views, f"{hand.spread:.3f}"),
            *(f"{value:.4f}" for value in hand.points.ravel()),
        ]
        for hand in found
    ]


def _found(row: Mapping[str, str]) -> Found:
    return Found(
        points=np.array([float(row[name]) for name in _POINTS]).reshape(KEYPOINTS, 2),
        side=row["side"],
        score=float(row["score"]),
        turns=int(row["turns"]),
        views=int(row["views"]),
        spread=float(row["spread"]),
    )
