"""People without hands: heads, legs, portraits, webcam faces, and rooms, chosen from several sets."""

import csv
import re
from functools import partial

import numpy as np

from handvision.core.examples import Examples, Hands
from handvision.datasets import decoding
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.readers import (
    Files,
    clothing_co_parsing,
    picture_ids,
    reader,
    rock_paper_scissors,
)

# Left out: seen on contact sheets to show hands after all.
SHOW_HANDS = {
    ("street_head", "0052"): "two fists before the chin",
    ("street_head", "0258"): "hands beside the face",
    ("street_head", "0400"): "holds a telephone",
    ("street_head", "0540"): "a gloved hand in the hair",
    ("street_head", "0684"): "a hand at the head",
    ("street_legs", "0868"): "both hands in the pockets, fingers out",
}


@reader("people_without_hands")
def read(files: Files) -> Examples:
    """Photos (a list, longest side 360) that show no hand; groups are people, series and places.

    Street people have the groups of `clothing_co_parsing`, webcam people those of `rock_paper_scissors`.

    Raises:
        DataUnavailable: the table of sources lacks a photo, or a picture cannot be read.
    """
    (table,) = files["tables"].values()
    with open(table, newline="") as stream:
        sources = {line["file"]: line["source"] for line in csv.DictReader(stream)}
    chosen = {key: path for key, path in files["photos"].items() if key not in SHOW_HANDS}
    groups = []
    for kind, name in chosen:
        file = f"{kind}/{name}.jpg"
        if file not in sources:
            raise DataUnavailable(f"{table} names no source of {file}; fetch the archive anew")
        groups.append(_group(kind, name, sources[file]))
    return Examples(
        name="people without hands",
        photos=list(decoding.in_threads(partial(decoding.photo, longest=360), chosen.values())),
        groups=np.array(groups),
        ids=picture_ids(chosen),
        hands=[Hands() for _ in chosen],
        source="no hand in any: chosen by eye",
    )


def _group(kind: str, name: str, source: str) -> str:
    if kind.startswith("street"):
        return clothing_co_parsing.person(name)
    if kind == "webcam":
        return rock_paper_scissors.person(source.rsplit("/", 1)[1])
    if kind == "faces_plain":
        # FASSEG's V3 says who it is ("personne08247": person 08); V2 has some people in both of its folders.
        found = re.search(r"personne(\d\d)", name)
        return f"face {found[1]}" if found else "face V2"
    return f"{kind} {name}"
