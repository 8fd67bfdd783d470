"""What the teacher is shown of a photo: all of it and parts of it, turned by quarter turns.

It finds more hands where they are upright and large: its palm detector sees 192x192 pixels.
"""

import numpy as np
from numpy.typing import NDArray

# x0, y0, x1, y1 in whole pixels, and counter-clockwise quarter turns.
View = tuple[int, int, int, int, int]

TURNS = range(4)
# A view around a box has this many times the box's longer side.
AROUND = 2.5
# Where no box is known: side of four overlapping tiles, as a share of the photo's.
TILE = 0.6


def views(size: tuple[int, int], boxes: NDArray[np.float32] | None, close_up: bool) -> list[View]:
    """The views of one photo.

    Args:
        size: height and width.
        boxes: (k, 4) x0, y0, x1, y1 of its known hands, in pixels; None where none is known.
        close_up: whether a hand fills most of the photo, so that parts of it show nothing new.
    """
    height, width = size
    whole = [(0, 0, width, height, turn) for turn in TURNS]
    if close_up:
        return whole
    if boxes is None or not len(boxes):
        return whole + [(*tile, 0) for tile in _tiles(height, width)]
    parts = dict.fromkeys(_around(box, height, width) for box in boxes)
    # A box that fills the photo needs no part of its own.
    return whole + [(*part, turn) for part in parts if _smaller(part, height, width) for turn in TURNS]


def _tiles(height: int, width: int) -> list[tuple[int, int, int, int]]:
    tall, wide = round(TILE * height), round(TILE * width)
    return [(x, y, x + wide, y + tall) for y in (0, height - tall) for x in (0, width - wide)]


def _around(box: NDArray[np.float32], height: int, width: int) -> tuple[int, int, int, int]:
    """A square around a box, moved into the photo and cut to it."""
    side = round(AROUND * float(max(box[2] - box[0], box[3] - box[1])))
    wide, tall = min(side, width), min(side, height)
    x = min(max(0, round(float(box[0] + box[2]) / 2 - wide / 2)), width - wide)
    y = min(max(0, round(float(box[1] + box[3]) / 2 - tall / 2)), height - tall)
    return x, y, x + wide, y + tall


def _smaller(part: tuple[int, int, int, int], height: int, width: int) -> bool:
    return (part[2] - part[0]) * (part[3] - part[1]) < 0.8 * height * width
