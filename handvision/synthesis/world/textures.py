"""Colours, noise and patterns that backgrounds, sleeves and clothes share."""

import cv2
import numpy as np


def colour_of(
    rng: np.random.Generator, hue: float, saturation: float | None = None, value: float | None = None
) -> np.ndarray:
    """RGB of a hue in [0, 1]; most things indoors are pale."""
    saturation = rng.beta(1.2, 3.0) if saturation is None else saturation
    value = rng.uniform(0.08, 0.97) if value is None else value
    channel = np.clip(np.abs((hue * 6 + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    return (value * (1 + saturation * (channel - 1))).astype(np.float32)


def near(rng: np.random.Generator, colour: np.ndarray, spread: float = 0.25) -> np.ndarray:
    changed = colour * rng.uniform(1 - spread, 1 + spread) + rng.normal(0, 0.05, 3)
    return np.clip(changed, 0, 1).astype(np.float32)


def noise(rng: np.random.Generator, size: int, cells: tuple[int, int]) -> np.ndarray:
    """Smooth noise around 0, (size, size) float32; `cells` (rows, columns)."""
    coarse = rng.standard_normal(cells, np.float32)
    return cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)


def slope(rng: np.random.Generator, size: int) -> np.ndarray:
    """A gradient from 0 to 1 in some direction."""
    angle = rng.uniform(0, 2 * np.pi)
    line = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    return (line * np.float32(np.cos(angle)))[None] + (line * np.float32(np.sin(angle)) + np.float32(0.5))[
        :, None
    ]


def checked(cloth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Stripes one way or both ways over a cloth, (height, width, 3)."""
    height, width = cloth.shape[:2]
    other = colour_of(rng, rng.random())
    step = max(3, int(rng.uniform(0.04, 0.16) * height))
    share = rng.uniform(0.2, 0.6)
    rows = ((np.arange(height) % step) < share * step).astype(np.float32)
    columns = ((np.arange(width) % step) < share * step).astype(np.float32)
    kind = rng.integers(0, 3)
    blend = rows[:, None] * (kind != 1) + columns[None] * (kind != 0)
    blend = blend * (0.5 if kind == 2 else 0.9)
    return (cloth + blend[..., None] * (other - cloth)).astype(np.float32)


def whole(*values: float) -> tuple[int, ...]:
    """The nearest whole numbers, as OpenCV wants them."""
    return tuple(round(float(value)) for value in values)


def fixed(points: np.ndarray) -> np.ndarray:
    """Pixels as OpenCV draws them with 4 fraction bits; ours count from a corner, its from a centre."""
    return np.round((np.asarray(points) - 0.5) * 16).astype(np.int32)
