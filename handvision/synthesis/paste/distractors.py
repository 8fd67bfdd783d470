"""Things of skin colour or cloth that are no hand, laid over a background."""

import cv2
import numpy as np

from handvision.imaging.light import scaled, uneven_light
from handvision.synthesis.paste.textures import blend, draw_cloth, draw_strip, draw_wood, skin_tone


def add_distractor(canvas: np.ndarray, rng: np.random.Generator, skin: np.ndarray | None) -> np.ndarray:
    """A thing that is no hand: skin-coloured paper, a blob or a face, a piece of wood, a sleeve."""
    size = canvas.shape[:2]
    reach = min(size)
    tone = skin_tone(rng) if skin is None or rng.random() < 0.5 else skin
    tone = np.clip(np.asarray(tone) * np.exp(rng.normal(0, 0.12)), 0, 255)
    at = np.array((size[1], size[0])) * rng.uniform(0, 1, 2)
    kind = rng.choice(("paper", "blob", "face", "wood", "sleeve"), p=(0.25, 0.25, 0.25, 0.15, 0.1))
    if kind == "face":
        colours, alpha = _face(canvas, tone, at, reach * rng.uniform(0.1, 0.3), rng)
    elif kind == "wood" or kind == "sleeve":
        angle = rng.uniform(0, 2 * np.pi)
        direction = np.array((np.cos(angle), np.sin(angle)))
        texture = draw_wood(rng) if kind == "wood" else draw_cloth(canvas, rng)
        wide = reach * rng.uniform(0.08, 0.4)
        colours, alpha = draw_strip(texture, at, direction, wide, wide, reach * rng.uniform(0.2, 1.5), size)
    else:
        alpha = np.zeros(size, np.uint8)
        if kind == "paper":
            angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 6))))
            edge = np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach * rng.uniform(0.1, 0.45)
            corners = np.round((at + edge) * 16).astype(np.int32)
            cv2.fillPoly(alpha, [corners], 255, cv2.LINE_AA, shift=4)
        else:
            for _ in range(int(rng.integers(1, 4))):
                axes = np.maximum(reach * rng.uniform(0.04, 0.25, 2), 1).astype(int)
                middle = (at + rng.normal(0, 0.1 * reach, 2)).astype(int)
                turn = float(rng.uniform(0, 180))
                cv2.ellipse(alpha, middle.tolist(), axes.tolist(), turn, 0, 360, 255, -1, cv2.LINE_AA)
            alpha = cv2.GaussianBlur(alpha, (0, 0), reach / 128 * rng.uniform(0.5, 3))
        colours = scaled(np.full(size + (3,), tone, np.uint8), uneven_light(size, rng, 1.0))
        alpha = alpha.astype(np.float32) / np.float32(255)
    return blend(canvas, colours, alpha)


def add_face(canvas: np.ndarray, rng: np.random.Generator, skin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The canvas with a face somewhere in its middle part, and where it is: (2,) x, y."""
    height, width = canvas.shape[:2]
    at = np.array((width, height)) * rng.uniform(0.25, 0.75, 2)
    tone = skin_tone(rng) if rng.random() < 0.5 else skin
    colours, alpha = _face(canvas, np.asarray(tone), at, min(height, width) * rng.uniform(0.12, 0.35), rng)
    return blend(canvas, colours, alpha), at


def _face(
    canvas: np.ndarray, tone: np.ndarray, at: np.ndarray, radius: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A face at a glance: neck, head, hair, eyes, mouth."""
    size = canvas.shape[:2]
    colours = np.full(size + (3,), tone, np.uint8)
    alpha = np.zeros(size, np.uint8)
    x, y = at
    tall = radius * rng.uniform(1.2, 1.45)

    def oval(
        image: np.ndarray, dx: float, dy: float, rx: float, ry: float, colour: float | tuple[float, ...]
    ) -> None:
        middle = (round((x + dx * radius) * 16), round((y + dy * tall) * 16))
        axes = (max(16, round(rx * radius * 16)), max(16, round(ry * tall * 16)))
        cv2.ellipse(image, middle, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, shift=4)

    oval(alpha, 0, 0, 1, 1, 255)
    oval(alpha, 0, 1, 0.5, 0.6, 255)
    hair = tuple(float(c) for c in np.array((60, 42, 30)) * rng.uniform(0.2, 2.2))
    dark = tuple(float(c) for c in tone * 0.35)
    lips = tuple(float(c) for c in tone * (0.85, 0.5, 0.5))
    if rng.random() < 0.8:
        oval(alpha, 0, -0.35, 1.12, 0.85, 255)
        oval(colours, 0, -0.35, 1.12, 0.85, hair)
        oval(colours, 0, 0.12, 0.88, 0.85, tuple(float(c) for c in tone))
    for side in (-0.38, 0.38):
        oval(colours, side, -0.05, 0.15, 0.06, dark)
        oval(colours, side, -0.22, 0.2, 0.035, hair)
    oval(colours, 0, 0.25, 0.12, 0.08, tuple(float(c) for c in tone * 0.8))
    oval(colours, 0, 0.52, 0.3, 0.07, lips)
    colours = scaled(colours, uneven_light(size, rng, 1.0))
    blur = max(0.4, radius * 0.05)
    return cv2.GaussianBlur(colours, (0, 0), blur), cv2.GaussianBlur(alpha, (0, 0), blur / 2).astype(
        np.float32
    ) / np.float32(255)
