"""What decides a picture's colours: skin, things worn and light. Colours are linear RGB, about [0, 1]."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike

from handvision.synthesis.hand import skin
from handvision.synthesis.hand.mesh.rotations import unit
from handvision.synthesis.strata import stratum
from handvision.synthesis.world import textures

TATTOO_SIZE = 96
_SATURATION = 1.25


@dataclass(frozen=True)
class Skin:
    """A person's skin.

    Attributes:
        tone, palm, nail: (3,) colour of the back, of the palm and of nails.
        gloss, sharpness: strength of highlights, and how small they are.
        creases, relief, blotches: strengths of lines, bumps and uneven colour.
        noise_corner: (2,) whole numbers, where in the bank of noise this person's skin lies.
        tattoo: (96, 96) uint8, 255 = ink, on the backs of hand and arm; None for most.
    """

    tone: np.ndarray
    palm: np.ndarray
    nail: np.ndarray
    gloss: float
    sharpness: float
    creases: float
    relief: float
    blotches: float
    noise_corner: np.ndarray
    tattoo: np.ndarray | None


@dataclass(frozen=True)
class Light:
    """What falls on the hand.

    Attributes:
        direction: (3,) unit vector to the lamp, in camera space: x right, y up, z to the viewer.
        lamp, sky, ground: (3,) colours of the lamp, of what comes from above and of what comes from below.
        kind: "soft", "hard" or "back".
    """

    direction: np.ndarray
    lamp: np.ndarray
    sky: np.ndarray
    ground: np.ndarray
    kind: str


@dataclass(frozen=True)
class Look:
    """Everything at once. `cloth` is (64, 64, 3), around and along a sleeve; the others are (3,)."""

    skin: Skin
    light: Light
    cloth: np.ndarray
    strap: np.ndarray
    dial: np.ndarray
    ring: np.ndarray


def linear(colour: ArrayLike) -> np.ndarray:
    """Linear light from a picture's values in [0, 1]."""
    return (np.asarray(colour, np.float32) ** 2.2).astype(np.float32)


def draw_look(rng: np.random.Generator, split: str, tone: np.ndarray) -> Look:
    """Random colours; `tone` is a skin colour of `skin.tone`, the sleeve's hue is the split's own."""
    cloth = np.empty((64, 64, 3), np.float32)
    cloth[:] = textures.colour_of(rng, stratum(rng, split), saturation=rng.beta(1.2, 1.8))
    if rng.random() < 0.5:
        cloth = textures.checked(cloth, rng)
    metal = np.array([(0.9, 0.75, 0.4), (0.85, 0.85, 0.85), (0.8, 0.6, 0.5)])[int(rng.integers(3))]
    return Look(
        skin=_draw_skin(rng, tone),
        light=_draw_light(rng),
        cloth=linear(np.clip(cloth, 0, 1)),
        strap=linear(rng.uniform(0.03, 0.7) * rng.uniform(0.6, 1.0, 3)),
        dial=linear(rng.choice((0.08, 0.9)) * rng.uniform(0.8, 1.0, 3)),
        ring=linear(metal),
    )


def _draw_skin(rng: np.random.Generator, tone: np.ndarray) -> Skin:
    lightest, darkest = (float(skin.TONES[row].mean()) for row in (0, -1))
    darkness = float(np.clip((lightest - tone.mean()) / (lightest - darkest), 0, 1))
    # Who photographs dark skin exposes for it.
    colour = linear(tone) * np.float32(1 + 0.6 * darkness)
    # The tones are those of lit pictures; pigment itself is more saturated than its picture.
    colour = colour**_SATURATION * colour.mean() ** (1 - _SATURATION) * rng.normal(1, (0.03, 0.03, 0.04))
    # Palms hold little pigment: they differ less from person to person than backs do.
    palm = colour * np.array([1.1, 1.02, 0.98]) * (1 - darkness) + 0.62 * darkness * linear(
        [0.74, 0.53, 0.43]
    )
    nail = 0.6 * palm + 0.4 * linear([0.96, 0.79, 0.75])
    if rng.random() < 0.1:  # polish
        nail = linear(rng.uniform(0.05, 0.95, 3) * (1, 0.55, 0.65))
    return Skin(
        tone=colour,
        palm=palm,
        nail=nail,
        gloss=rng.uniform(0.1, 0.6),
        sharpness=rng.uniform(14, 40),
        creases=rng.uniform(0.25, 0.65),
        relief=rng.uniform(0.6, 1.4),
        blotches=rng.uniform(0.04, 0.15),
        noise_corner=rng.integers(0, 600, 2),
        tattoo=_draw_tattoo(rng) if rng.random() < 0.06 else None,
    )


def _draw_light(rng: np.random.Generator) -> Light:
    kind = str(rng.choice(("soft", "hard", "back"), p=(0.72, 0.2, 0.08)))
    across, up = rng.uniform(-2.2, 2.2), rng.uniform(-0.2, 1.2)
    towards = abs(np.cos(across)) * np.cos(up) + 0.25
    power, fill = rng.uniform(0.75, 1.3), rng.uniform(0.3, 0.6)
    if kind == "hard":
        power, fill = rng.uniform(1.2, 1.7), rng.uniform(0.12, 0.3)
    elif kind == "back":
        towards, power, fill = -rng.uniform(0.2, 1.0), rng.uniform(0.8, 1.8), rng.uniform(0.4, 0.8)
    warmth = rng.normal(0, 0.1)
    return Light(
        direction=unit([np.sin(across) * np.cos(up), np.sin(up), towards]),
        lamp=power * np.array([1 + warmth, 1.0, 1 - warmth]),
        sky=fill * np.array([1 - 0.6 * warmth, 1.0, 1 + 0.6 * warmth]),
        ground=fill * rng.uniform(0.4, 0.8) * np.array([1.05, 0.98, 0.92]),
        kind=kind,
    )


def _draw_tattoo(rng: np.random.Generator) -> np.ndarray:
    """A few strokes and rings of ink."""
    ink = np.zeros((TATTOO_SIZE, TATTOO_SIZE), np.uint8)
    for _ in range(int(rng.integers(3, 9))):
        points = rng.integers(12, TATTOO_SIZE - 12, (2, 2)).tolist()
        thickness = int(rng.integers(2, 6))
        if rng.random() < 0.5:
            cv2.line(ink, points[0], points[1], 255, thickness, cv2.LINE_AA)
        else:
            cv2.circle(ink, points[0], int(rng.integers(4, 16)), 255, thickness, cv2.LINE_AA)
    return ink
