"""Colours, cloth and wood that arms and backgrounds share, and how they are laid over a picture."""

import cv2
import numpy as np


def blend(below: np.ndarray, above: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """`above` over `below`, both uint8, by alpha (h, w) float32."""
    return cv2.blendLinear(above, below, alpha, 1 - alpha)


def draw_strip(
    texture: np.ndarray,
    start: np.ndarray,
    direction: np.ndarray,
    wide: float,
    wide_end: float,
    long: float,
    size: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """A texture drawn along a straight strip: colours (h, w, 3) uint8 and alpha (h, w) float32."""
    height, width = size
    across = np.array((-direction[1], direction[0]))
    end = start + long * direction
    corners = np.array(
        (
            start - across * wide / 2,
            start + across * wide / 2,
            end + across * wide_end / 2,
            end - across * wide_end / 2,
        ),
        np.float32,
    )
    rows, columns = texture.shape[:2]
    flat = np.array(((0, 0), (columns, 0), (columns, rows), (0, rows)), np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    colours = cv2.warpPerspective(texture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    alpha = np.zeros(size, np.uint8)
    cv2.fillConvexPoly(alpha, np.round((corners - 0.5) * 16).astype(np.int32), 255, cv2.LINE_AA, shift=4)
    return colours, alpha.astype(np.float32) / np.float32(255)


def draw_cloth(canvas: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """Cloth (32, 32, 3): one colour, stripes, or a piece of the picture (if given); with folds."""
    kind = rng.random()
    if kind < 0.25 and canvas is not None:
        side = max(8, min(canvas.shape[:2]) // 3)
        y, x = (int(rng.integers(n - side + 1)) for n in canvas.shape[:2])
        cloth = cv2.resize(canvas[y : y + side, x : x + side], (32, 32)).astype(np.float32)
    else:
        cloth = np.full((32, 32, 3), random_colour(rng), np.float32)
        if kind < 0.5:
            every = int(rng.integers(2, 9))
            cloth[np.arange(32) // every % 2 == 0] = random_colour(rng)
            if rng.random() < 0.5:
                cloth = cloth.transpose(1, 0, 2)
            elif rng.random() < 0.5:
                cloth = (cloth + cloth.transpose(1, 0, 2)) / 2
    folds = smooth_noise(rng, 0.15, (8, 3), 32)
    round_off = 1 - 0.35 * np.abs(np.linspace(-1, 1, 32, dtype=np.float32)) ** 3
    return np.clip(cloth * (folds * round_off)[..., None], 0, 255).astype(np.uint8)


def draw_wood(rng: np.random.Generator) -> np.ndarray:
    """Wood grain (64, 64, 3)."""
    tone = np.array((150, 105, 65)) * np.exp(rng.normal(0, 0.3)) * np.exp(rng.normal(0, 0.08, 3))
    grain = smooth_noise(rng, 0.16, (3, 32), 64)
    return np.clip(tone * grain[..., None], 0, 255).astype(np.uint8)


def smooth_noise(rng: np.random.Generator, deviation: float, knots: tuple[int, int], side: int) -> np.ndarray:
    """Noise about 1, (side, side) float32, smooth between `knots` (rows, columns) values."""
    return cv2.resize(
        rng.normal(1, deviation, knots).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )


def random_colour(rng: np.random.Generator, pale: bool = False) -> np.ndarray:
    """A colour of cloth and walls: often grayish, seldom loud."""
    value = rng.uniform(0.65, 1) if pale else rng.uniform(0.05, 1)
    away = rng.normal(0, 0.05 if pale else 0.2, 3)
    return np.clip(255 * value * np.exp(away), 0, 255)


def skin_tone(rng: np.random.Generator) -> np.ndarray:
    """A skin colour between the palest and the darkest, (3,) RGB."""
    share = rng.random()
    return (1 - share) * np.array((240, 200, 175)) + share * np.array((85, 55, 42)) + rng.normal(0, 6, 3)
