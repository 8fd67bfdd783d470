"""HandsDataset: webcam photos of one or two hands, with faces in view."""

import csv
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.core.vocabularies import NUMBERS
from handvision.datasets import decoding, labelling
from handvision.datasets.readers import Files, picture_ids, reader


@reader("hands_dataset")
def read(files: Files) -> Examples:
    """400x300 photos with boxes; groups are recording sessions.

    Labels are raised fingers where a picture has one hand, and NO_HAND where it has two or none.
    """
    hands: dict[str, list[dict[str, str]]] = {}
    for path in files["tables"].values():
        with open(path, newline="") as stream:
            for line in csv.DictReader(stream):
                hands.setdefault(Path(line["filename"]).stem, []).append(line)
    keys, paths = zip(*files["photos"].items(), strict=True)
    photos = decoding.in_threads(partial(decoding.photo, longest=400), paths)
    in_view = [hands.get(name, []) for _, name in keys]
    return Examples(
        name="HandsDataset",
        photos=photos,
        labels=np.array([int(lines[0]["class"][0]) if len(lines) == 1 else NO_HAND for lines in in_view]),
        groups=np.array([_session(name) for _, name in keys]),
        ids=picture_ids(keys),
        # A photo that the tables leave out may show hands all the same.
        hands=[
            Hands(boxes=_boxes(lines, *photo.shape[:2])) if lines else Hands.unknown()
            for lines, photo in zip(in_view, photos, strict=True)
        ],
        class_names=NUMBERS,
        source="boxes from the tables, scaled to the pictures",
    )


@reader("hands_dataset_masks", dataset="hands_dataset", of="hands_dataset")
def add_masks(frames: Examples) -> Examples:
    """The same photos with weak masks (`labelling.hands_in_boxes`); takes half a minute."""
    pairs = list(zip(frames.require("photos"), frames.require("boxes"), strict=True))
    masks = decoding.in_threads(lambda pair: labelling.hands_in_boxes(*pair), pairs)
    return replace(frames, masks=masks, source=f"{frames.source}; masks in the boxes by GrabCut")


def _boxes(lines: list[dict[str, str]], height: int, width: int) -> np.ndarray:
    """(k, 4) float32 x0, y0, x1, y1, from pixels of the original to pixels of the photo."""
    rows = [
        [
            float(line[side])
            * (width / float(line["width"]) if side[0] == "x" else height / float(line["height"]))
            for side in ("xmin", "ymin", "xmax", "ymax")
        ]
        for line in lines
    ]
    return np.array(rows, np.float32).reshape(-1, 4)


def _session(name: str) -> str:
    """The name before `_pic`; the few names without it ("pic00012", "Hand_0000026") by their first word."""
    return name.split("_pic")[0] if "_pic" in name else re.split(r"[^A-Za-z]", name, maxsplit=1)[0]
