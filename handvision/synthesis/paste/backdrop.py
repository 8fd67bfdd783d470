"""What lies behind: a part of a background, or a plain wall."""

import cv2
import numpy as np

from handvision.imaging.light import scaled, uneven_light
from handvision.synthesis.paste.distractors import add_distractor
from handvision.synthesis.paste.textures import random_colour


def make_scene(
    background: np.ndarray,
    rng: np.random.Generator,
    size: tuple[int, int],
    strength: float,
    distractors: float,
    skin: np.ndarray | None = None,
) -> np.ndarray:
    """A part of a background in the frame's size, with skin-coloured things in it now and then."""
    height, width = size
    if rng.random() < 0.06 * strength:
        canvas = _plain_wall(size, rng)
    else:
        rows, columns = background.shape[:2]
        # A window of the frame's shape, from a third of the photo to as large as it goes.
        largest = min(rows / height, columns / width)
        scale = largest * np.exp(rng.uniform(np.log(0.35), 0))
        h, w = max(1, int(height * scale)), max(1, int(width * scale))
        y, x = int(rng.integers(rows - h + 1)), int(rng.integers(columns - w + 1))
        shrink = h > height
        canvas = cv2.resize(
            background[y : y + h, x : x + w],
            (width, height),
            interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR,
        )
        if rng.random() < 0.5:
            canvas = canvas[:, ::-1]
        if rng.random() < 0.1:
            canvas = canvas[::-1]
    canvas = np.ascontiguousarray(canvas)
    if rng.random() < 0.25 * strength:
        canvas = cv2.GaussianBlur(canvas, (0, 0), min(size) / 128 * rng.uniform(0.5, 3))
    if rng.random() < distractors * strength:
        for _ in range(int(rng.integers(1, 4))):
            canvas = add_distractor(canvas, rng, skin)
    return canvas


def _plain_wall(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    wall = np.full(size + (3,), random_colour(rng, pale=rng.random() < 0.6), np.uint8)
    return scaled(wall, uneven_light(size, rng, 1.0))
