"""What is behind a person: drawn rooms, patterned walls, or a part of a photo given from outside."""

from collections.abc import Sequence

import cv2
import numpy as np

from handvision.synthesis.strata import stratum
from handvision.synthesis.world import backdrop
from handvision.synthesis.world.textures import colour_of, near, slope

_PATTERNED = 0.3


def draw_room(
    size: tuple[int, int], rng: np.random.Generator, split: str, rooms: Sequence[np.ndarray] = ()
) -> np.ndarray:
    """A background without hands, (height, width, 3) float32 RGB in [0, 1]."""
    height, width = size
    if len(rooms):
        return _part_of(rooms[int(rng.integers(len(rooms)))], size, rng)
    side = max(size)
    if rng.random() < _PATTERNED:
        picture = _patterned(side, rng, colour_of(rng, stratum(rng, split)))
    else:
        # A flat face or arm in the background would look like nothing beside a person in space.
        nowhere = np.zeros((side, side), np.uint8)
        picture = backdrop.draw_backdrop(rng, split, np.zeros(3, np.float32), nowhere, distracted_share=0)
    top, left = (side - height) // 2, (side - width) // 2
    return np.ascontiguousarray(picture[top : top + height, left : left + width])


def _part_of(room: np.ndarray, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    height, width = size
    zoom = max(height / room.shape[0], width / room.shape[1]) * rng.uniform(1.0, 1.5)
    grown = cv2.resize(
        room, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
    )
    grown = cv2.resize(grown, (max(width, grown.shape[1]), max(height, grown.shape[0])))
    top, left = (
        int(rng.integers(0, have - want + 1)) for have, want in zip(grown.shape[:2], size, strict=True)
    )
    part = grown[top : top + height, left : left + width]
    part = part[:, ::-1] if rng.random() < 0.5 else part
    return part.astype(np.float32) * np.float32(1 / 255)


def _patterned(side: int, rng: np.random.Generator, base: np.ndarray) -> np.ndarray:
    """Wallpaper, tiles, bricks or a carpet: one motif again and again."""
    other = near(rng, base, 0.6) if rng.random() < 0.6 else colour_of(rng, rng.random())
    cell = max(4, int(rng.uniform(0.03, 0.16) * side))
    tile = np.empty((cell, cell, 3), np.float32)
    tile[:] = base
    kind, middle = rng.integers(0, 5), cell // 2
    if kind == 0:
        tile[:, : max(1, int(rng.uniform(0.2, 0.6) * cell))] = other
    elif kind == 1:
        cv2.circle(tile, (middle, middle), max(1, int(rng.uniform(0.15, 0.4) * cell)), other.tolist(), -1)
    elif kind == 2:
        cv2.rectangle(tile, (0, 0), (cell, cell), other.tolist(), max(1, cell // 12))
    elif kind == 3:
        corners = np.array([(middle, 0), (cell, middle), (middle, cell), (0, middle)])
        cv2.fillPoly(tile, [corners], other.tolist())
    else:
        cv2.ellipse(
            tile,
            (middle, middle),
            (middle, max(1, cell // 4)),
            rng.uniform(0, 180),
            0,
            360,
            other.tolist(),
            -1,
        )
        cv2.circle(tile, (0, 0), max(1, cell // 5), near(rng, other, 0.5).tolist(), -1)
    count = side // cell + 2
    picture = np.tile(tile, (count, count, 1))[:side, :side]
    picture = picture * (
        1 + np.float32(rng.uniform(-0.4, 0.4)) * (slope(rng, side)[..., None] - np.float32(0.5))
    )
    if rng.random() < 0.6:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.8) * side / 192)
    return picture.astype(np.float32)
