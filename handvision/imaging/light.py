"""Light: a hand in the light of its scene, the shadow it throws, uneven light over all."""

import cv2
import numpy as np


def relight(
    colours: np.ndarray, alpha: np.ndarray, canvas: np.ndarray, rng: np.random.Generator, strength: float
) -> np.ndarray:
    """The hand in the light of the scene, more or less; of another skin tone now and then."""
    if strength == 0:
        return colours
    inside = alpha > 0.5
    if not inside.any():
        return colours
    hand = np.array(cv2.mean(colours, inside.astype(np.uint8))[:3])
    scene = np.array(cv2.mean(canvas)[:3])
    match = rng.uniform(0, 0.6) * min(strength, 1)
    gains = np.full(3, np.clip(((scene.mean() + 8) / (hand.mean() + 8)) ** match, 0.45, 1.6))
    tint = (scene + 20) / (scene.mean() + 20)
    gains *= tint ** (rng.uniform(0, 0.4) * min(strength, 1))
    if rng.random() < 0.35 * strength:
        # Darker skin reflects less of all light, of blue the least.
        gains *= rng.uniform(0.35, 1) ** np.array((0.85, 1.1, 1.2))
    colours = cv2.LUT(colours, tone_curve(gains, gamma=np.exp(rng.normal(0, 0.12 * strength))))
    if rng.random() < 0.35 * strength:
        colours = scaled(colours, uneven_light(alpha.shape, rng, strength))
    return colours


def brighten(canvas: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A background that outshines what stands before it: a window, the sky, a lamp."""
    gain, lift = rng.uniform(1.2, 2.2), rng.uniform(10, 90)
    bright = canvas.astype(np.float32) * np.float32(gain) + np.float32(lift)
    return np.clip(bright, 0, 255).astype(np.uint8)


def darken(colours: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A hand that the light does not reach, (h, w, 3) uint8: dark and with little contrast."""
    gains = rng.uniform(0.15, 0.6) * (1 + rng.normal(0, 0.08, 3))
    return cv2.LUT(colours, tone_curve(gains, contrast=rng.uniform(0.7, 1.0)))


def veil(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The photo, (h, w, 3) uint8, with the light of a window or a lamp over it, stronger towards one side."""
    height, width = photo.shape[:2]
    down, across = np.mgrid[:height, :width] / np.array([height, width]).reshape(2, 1, 1) - 0.5
    angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.6)
    slope = rng.uniform(0, 1.2)
    thick = strength * np.clip(1 + slope * (across * np.cos(angle) + down * np.sin(angle)), 0, 1.4)
    light = rng.uniform(190, 255) * np.array([1.0, rng.uniform(0.85, 1), rng.uniform(0.7, 1)])
    pale = photo + (light - photo) * np.minimum(thick, 0.8)[..., None]
    return np.asarray(pale.round(), np.uint8)


def cast_shadow(canvas: np.ndarray, alpha: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What lies behind the hand, darker where the hand stands before the light."""
    height, width = alpha.shape
    reach = min(height, width)
    angle, way = rng.uniform(0, 2 * np.pi), reach * rng.uniform(0.01, 0.1)
    matrix = np.array(((1, 0, way * np.cos(angle)), (0, 1, way * np.sin(angle))))
    shadow = cv2.warpAffine(alpha, matrix, (width, height))
    shadow = cv2.GaussianBlur(shadow, (0, 0), reach * rng.uniform(0.006, 0.03))
    return scaled(canvas, 1 - np.float32(rng.uniform(0.2, 0.65)) * shadow)


def uneven_light(size: tuple[int, int], rng: np.random.Generator, strength: float) -> np.ndarray:
    """Uneven light, gains (h, w) float32: a slope, the edge of a shadow, or blotches."""
    height, width = size
    kind = rng.random()
    if kind < 0.7:
        angle = rng.uniform(0, 2 * np.pi)
        x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
        y = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
        way = x[None] * np.float32(np.cos(angle)) + y[:, None] * np.float32(np.sin(angle))
        if kind < 0.4:
            gains = 1 + np.float32(rng.uniform(0, 1.1) * min(strength, 1)) * way
        else:  # one side of an edge, soft or hard, lies in shadow
            sharp, dark = np.exp(rng.uniform(1.5, 4.5)), rng.uniform(0.2, 0.6) * min(strength, 1)
            beyond = np.clip(sharp * (way - rng.uniform(-0.3, 0.3)), -30, 30).astype(np.float32)
            gains = 1 - np.float32(dark) / (1 + np.exp(-beyond))
    else:
        spots = np.exp(rng.normal(0, 0.25 * strength, (4, 4))).astype(np.float32)
        gains = cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(gains, 0.15, 2)


def scaled(photo: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """photo uint8 times gains (h, w) float32."""
    return cv2.multiply(photo, cv2.merge((gains, gains, gains)), dtype=cv2.CV_8U)


def tone_curve(
    gains: np.ndarray, gamma: float = 1.0, contrast: float = 1.0, pivot: float = 128.0
) -> np.ndarray:
    """A table (256, 1, 3) uint8 for cv2.LUT: gamma, contrast about a pivot, a gain per channel."""
    levels = np.linspace(0, 1, 256) ** gamma * 255
    levels = (levels - pivot) * contrast + pivot
    table = np.clip(levels[:, None] * np.asarray(gains)[None] + 0.5, 0, 255)
    return table.astype(np.uint8)[:, None]
