"""Two or three hands in one picture: both of one person, or those of two people."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from handvision.synthesis.hand.mesh.model import load
from handvision.synthesis.hand.mesh.scene import Scene, draw_scene
from handvision.synthesis.hand.mesh.shape import draw_shape

_TILT = 15.0  # degrees, how far each hand turns from the common direction


def draw_group(
    size: int,
    rng: np.random.Generator,
    split: str,
    task: str,
    labels: Sequence[int],
    turns: tuple[float, float],
) -> list[Scene]:
    """Hands side by side, far to near: each shows its label, all point roughly the same way.

    Two are mostly the left and the right of one person; of three, one is another person's. Arms leave the
    picture on the side that all hands point away from.

    Args:
        labels: two or three, as `draw.draw_mesh_hand` takes them.
        turns: range of the common rotation in degrees.
    """
    model = load()
    common = rng.uniform(*turns)
    first_is_left = bool(rng.random() < 0.5)
    # A third person's hand stands at the side of the two.
    persons = [0, 0, 1] if len(labels) == 3 else [0, int(rng.random() < 0.25)]
    shapes = [draw_shape(model, rng, split) for _ in range(max(persons) + 1)]
    squares = _squares(size, len(labels), common, rng)
    scenes = []
    for row, (label, person, square) in enumerate(zip(labels, persons, squares, strict=True)):
        left = first_is_left ^ (row == 1) if person == 0 else bool(rng.random() < 0.5)
        turn = common + float(np.clip(rng.normal(0, _TILT), -2 * _TILT, 2 * _TILT))
        drawn = draw_scene(
            size, rng, split, task, label, (turn, turn), 0.5, shape=shapes[person], left=left, square=square
        )
        scenes.append(replace(drawn, person=person))
    return scenes


def seen_together(scenes: Sequence[Scene]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Mask (size, size) uint8 and key points (21, 3) of each hand, less what nearer ones hide."""
    covers = [scene.coverage() >= 0.5 for scene in scenes]
    found = []
    for row, scene in enumerate(scenes):
        hidden = np.any([np.zeros_like(covers[row]), *covers[row + 1 :]], axis=0)
        points = scene.key_points()
        x, y = np.floor(points[:, :2]).astype(int).clip(0, scene.size - 1).T
        points[hidden[y, x], 2] = 0
        found.append((np.where(hidden, np.uint8(0), scene.mask()), points))
    return found


def _squares(
    size: int, count: int, degrees: float, rng: np.random.Generator
) -> list[tuple[float, float, float]]:
    """Squares (left, top, side) in a row across the direction in which the hands point."""
    side = size * (0.6 if count == 2 else 0.46)
    across = np.array([np.cos(np.radians(degrees)), -np.sin(np.radians(degrees))])
    places = (np.arange(count) - (count - 1) / 2) * (0.42 if count == 2 else 0.32) * size
    centres = size / 2 + places[:, None] * across + rng.normal(0, 0.05 * size, (count, 2))
    corners = (centres - side / 2).clip(0, size - side)
    return [(float(x), float(y), side) for x, y in corners]
