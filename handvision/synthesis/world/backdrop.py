"""What is behind a hand: walls, rooms, clutter, wood, shelves."""

import cv2
import numpy as np

from handvision.synthesis.hand import skin
from handvision.synthesis.strata import stratum
from handvision.synthesis.world.distractors import draw_distractor
from handvision.synthesis.world.textures import colour_of, near, noise, slope

# Share of backgrounds with something of skin colour: a face, an arm, wood, cardboard.
DISTRACTED = 0.46


def draw_backdrop(
    rng: np.random.Generator,
    split: str,
    tone: np.ndarray,
    coverage: np.ndarray,
    distracted_share: float = DISTRACTED,
) -> np.ndarray:
    """A background without any hand, (size, size, 3) float32 RGB in [0, 1].

    Its main colour has a hue of the split's own part of the colour circle, whatever the kind of background.

    Args:
        tone: skin colour of the person shown; distractors sometimes have it too.
        coverage: (size, size) uint8, where the hand will be. The background is mirrored if the hand would
            hide the distractor otherwise: of the two, the one that overlaps less is taken.
        distracted_share: share of backgrounds with something of skin colour.
    """
    size = len(coverage)
    base = colour_of(rng, stratum(rng, split))
    distracted = rng.random() < distracted_share
    kinds = (*_KINDS, _wood, _wood) if distracted else _KINDS
    kind = kinds[int(rng.integers(0, len(kinds)))]
    picture = kind(size, rng, base)
    if distracted and kind is not _wood:
        plain = picture.copy()
        draw_distractor(picture, rng, tone if rng.random() < 0.15 else skin.tone(rng, split))
        changed = (picture != plain).any(axis=2)
        if coverage[changed[:, ::-1]].sum(dtype=int) < coverage[changed].sum(dtype=int):
            picture = picture[:, ::-1].copy()
    if rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 2.2) * size / 128)
    return picture


def _wall(size: int, rng: np.random.Generator, base: np.ndarray) -> np.ndarray:
    other = near(rng, base, 0.35)
    picture = base + slope(rng, size)[..., None] * (other - base)
    if rng.random() < 0.6:
        line = np.linspace(-1, 1, size, dtype=np.float32) ** 2
        picture *= (1 - np.float32(rng.uniform(0.05, 0.35)) * (line[None] + line[:, None]))[..., None]
    picture += (np.float32(rng.uniform(0, 0.03)) * noise(rng, size, (9, 9)))[..., None]
    return picture


def _cloudy(size: int, rng: np.random.Generator, base: np.ndarray) -> np.ndarray:
    other = colour_of(rng, rng.random())
    cells = int(rng.integers(2, 9))
    blend = noise(rng, size, (cells, cells)) + np.float32(0.5) * noise(rng, size, (4 * cells, 4 * cells))
    picture = base + np.clip(np.float32(0.5) + np.float32(0.4) * blend, 0, 1)[..., None] * (other - base)
    fine = int(size * rng.uniform(0.3, 1.0))
    picture += (np.float32(rng.uniform(0, 0.08)) * noise(rng, size, (fine, fine)))[..., None]
    return picture


def _clutter(size: int, rng: np.random.Generator, base: np.ndarray) -> np.ndarray:
    picture = _wall(size, rng, base)
    for _ in range(int(rng.integers(4, 16))):
        colour = near(rng, base) if rng.random() < 0.4 else colour_of(rng, rng.random())
        colour = colour.tolist()
        centre, reach = rng.uniform(-0.1, 1.1, 2) * size, rng.uniform(0.05, 0.4) * size
        kind = rng.integers(0, 4)
        if kind == 0:
            corners = centre + rng.normal(0, reach, (int(rng.integers(3, 6)), 2))
            cv2.fillPoly(picture, [np.round(corners).astype(np.int32)], colour)
        elif kind == 1:
            half = rng.uniform(0.2, 1.0, 2) * reach
            box = cv2.boxPoints(
                (centre.tolist(), (2 * half).tolist(), float(rng.choice((0, rng.uniform(0, 90)))))
            )
            cv2.fillPoly(picture, [np.round(box).astype(np.int32)], colour)
        elif kind == 2:
            axes = tuple(int(v) for v in rng.uniform(0.2, 1.0, 2) * reach)
            cv2.ellipse(picture, centre.astype(int).tolist(), axes, rng.uniform(0, 180), 0, 360, colour, -1)
        else:
            end = centre + rng.normal(0, 2 * reach, 2)
            thick = max(1, int(rng.uniform(0.01, 0.06) * size))
            cv2.line(
                picture, centre.astype(int).tolist(), end.astype(int).tolist(), colour, thick, cv2.LINE_AA
            )
    return picture


def _shelf(size: int, rng: np.random.Generator, base: np.ndarray) -> np.ndarray:
    """Rows of upright things of many colours."""
    picture = np.empty((size, size, 3), np.float32)
    picture[:] = base * 0.5
    y = -rng.uniform(0, 0.3) * size
    while y < size:
        tall = rng.uniform(0.2, 0.5) * size
        x = -rng.uniform(0, 0.1) * size
        while x < size:
            wide, top = rng.uniform(0.02, 0.12) * size, y + rng.uniform(0.04, 0.35) * tall
            colour = near(rng, base, 0.5) if rng.random() < 0.4 else colour_of(rng, rng.random())
            box = int(x), int(top), int(x + wide), int(y + tall)
            cv2.rectangle(picture, box[:2], box[2:], colour.tolist(), -1)
            x += wide + rng.choice((0, 0.004, 0.02)) * size
        board = int(y + tall), int(y + tall + 0.03 * size)
        cv2.rectangle(picture, (0, board[0]), (size, board[1]), near(rng, base).tolist(), -1)
        y += tall + 0.03 * size
    angle = rng.normal(0, 8)
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), angle, 1.2)
    return cv2.warpAffine(picture, turn, (size, size), borderMode=cv2.BORDER_REFLECT)


def _wood(size: int, rng: np.random.Generator, base: np.ndarray) -> np.ndarray:
    """Boards with grain, of wood's colours."""
    brown = colour_of(rng, rng.uniform(0.04, 0.11), rng.uniform(0.25, 0.65), rng.uniform(0.3, 0.9))
    grain = noise(rng, size, (int(rng.integers(30, 70)), 3)) + noise(rng, size, (6, 2))
    picture = brown * (1 + np.float32(0.09) * grain[..., None])
    for y in np.arange(rng.uniform(0, 0.3), 1, rng.uniform(0.15, 0.5)) * size:
        cv2.line(picture, (0, int(y)), (size, int(y)), (brown * 0.45).tolist(), 1)
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), rng.choice((0, 90)) + rng.normal(0, 12), 1.35)
    picture = cv2.warpAffine(picture.astype(np.float32), turn, (size, size), borderMode=cv2.BORDER_REFLECT)
    if rng.random() < 0.5:  # a table below a wall
        edge = int(rng.uniform(0.3, 0.8) * size)
        picture[:edge] = _wall(size, rng, base)[:edge]
    return picture


def _room(size: int, rng: np.random.Generator, base: np.ndarray) -> np.ndarray:
    """Wall, floor, and things with straight edges: windows, doors, frames, furniture."""
    picture = _wall(size, rng, base)
    floor = int(rng.uniform(0.55, 1.1) * size)
    if floor < size:
        picture[floor:] = near(rng, base * rng.uniform(0.3, 0.9))
    for _ in range(int(rng.integers(1, 6))):
        left, top = rng.uniform(-0.2, 0.9, 2) * size
        wide, tall = rng.uniform(0.08, 0.55, 2) * size
        box = np.array([left, top, left + wide, top + tall]).astype(int)
        colour = colour_of(
            rng, rng.random(), value=rng.choice((0.1, 0.35, 0.6, 0.95)) * rng.uniform(0.8, 1.0)
        )
        cv2.rectangle(picture, box[:2].tolist(), box[2:].tolist(), colour.tolist(), -1)
        frame = near(rng, colour, 0.6).tolist()
        cv2.rectangle(picture, box[:2].tolist(), box[2:].tolist(), frame, max(1, size // 64))
        if rng.random() < 0.5:
            middle = int((box[0] + box[2]) / 2)
            cv2.line(picture, (middle, int(box[1])), (middle, int(box[3])), frame, max(1, size // 80))
        for y in np.arange(box[1], box[3], rng.uniform(0.03, 0.2) * size) if rng.random() < 0.3 else ():
            cv2.line(picture, (int(box[0]), int(y)), (int(box[2]), int(y)), frame, 1)
    picture *= 1 + np.float32(rng.uniform(-0.3, 0.3)) * (slope(rng, size)[..., None] - np.float32(0.5))
    return picture


def _lights(size: int, rng: np.random.Generator, base: np.ndarray) -> np.ndarray:
    """Things far out of focus."""
    picture = _wall(size, rng, base)
    for _ in range(int(rng.integers(3, 14))):
        centre = (rng.random(2) * size).astype(int).tolist()
        colour = colour_of(rng, rng.random()).tolist()
        cv2.circle(picture, centre, int(rng.uniform(0.03, 0.25) * size), colour, -1)
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(1.5, 6) * size / 128)


_KINDS = (_wall, _wall, _wall, _cloudy, _clutter, _clutter, _shelf, _room, _room, _lights)
