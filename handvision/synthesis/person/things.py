"""Things that a hand holds: cups, bottles, phones, as boxes and cylinders in the hand's own frame."""

import numpy as np

from handvision.synthesis.person.model import Part
from handvision.synthesis.person.surface import PosedHand, Surface

_SIDES = 14


def add_thing(surface: Surface, hand: PosedHand, wrist: np.ndarray, rng: np.random.Generator) -> None:
    """Puts a random thing into a gripping hand."""
    middle = np.array([-0.02, 0.42, 0.17])
    if rng.random() < 0.65:
        radius, long = rng.uniform(0.11, 0.2), rng.uniform(0.5, 1.3)
        points, triangles = _cylinder(radius, long)
        shift = np.array([rng.uniform(-0.2, 0.2) * long, 0.0, 0.0])
    else:
        points, triangles = _cylinder(1.0, rng.uniform(0.7, 0.95), sides=4)
        points = points * (1, rng.uniform(0.22, 0.3), rng.uniform(0.04, 0.08))
        shift = np.zeros(3)
    points = points + middle + shift
    corners = points[triangles]
    if np.linalg.det(hand.turn) < 0:
        corners, triangles = corners[:, ::-1], triangles[:, ::-1]
    space = hand.placed(corners.reshape(-1, 3), wrist)
    faces = space.reshape(-1, 3, 3)
    normal = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    rows = np.arange(len(space)).reshape(-1, 3)
    surface.add(space, np.repeat(normal, 3, axis=0), 0.19 * corners.reshape(-1, 3), rows, Part.THING)


def _cylinder(radius: float, long: float, sides: int = _SIDES) -> tuple[np.ndarray, np.ndarray]:
    """Points and triangles of a closed cylinder along x."""
    angle = 2 * np.pi * (np.arange(sides) + 0.5) / sides
    ring = np.stack([np.zeros(sides), radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    half = np.array([long / 2, 0, 0])
    points = np.concatenate([ring - half, ring + half, [-half, half]])
    a = np.arange(sides)
    b = (a + 1) % sides
    near, far = np.full(sides, 2 * sides), np.full(sides, 2 * sides + 1)
    triangles = [(a, b, b + sides), (a, b + sides, a + sides), (near, b, a), (far, a + sides, b + sides)]
    return points, np.concatenate([np.stack(each, axis=1) for each in triangles])
