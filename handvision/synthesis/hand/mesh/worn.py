"""What is worn on a hand: sleeve, watch and ring, as tubes that ride on a bone."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from handvision.synthesis.hand.mesh import anatomy
from handvision.synthesis.hand.mesh.model import HandModel
from handvision.synthesis.hand.mesh.rotations import unit


class Material(IntEnum):
    """What a triangle is made of."""

    SKIN = 0
    CLOTH = 1
    STRAP = 2
    DIAL = 3
    RING = 4


@dataclass(frozen=True)
class Worn:
    """A thing in the rest pose.

    Attributes:
        bone: the bone that moves it.
        vertices, normals: (k, 3).
        uv: (k, 2) once around in [0, 1], and along in hand lengths.
        triangles: (t, 3) rows of vertices, both sides of every wall.
        materials: (t,) of `Material`.
    """

    bone: int
    vertices: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    triangles: np.ndarray
    materials: np.ndarray


def draw_worn(
    model: HandModel, vertices: np.ndarray, rest: np.ndarray, rng: np.random.Generator
) -> list[Worn]:
    """What a random person wears: six in ten a sleeve, most ending near the wrist; few a watch or a ring."""
    things = []
    start = 9.0
    if rng.random() < 0.6:
        start = 0.08 + 0.85 * rng.random() ** 2
        things.append(sleeve(model, vertices, rest, start, rng.uniform(1.12, 1.5), rng))
    if rng.random() < 0.08 and start > 0.4:
        things += watch(
            model, vertices, rest, rng.uniform(0.12, 0.24), rng.uniform(0.05, 0.11), rng.random() < 0.7
        )
    if rng.random() < 0.1:
        finger = int(rng.choice((2, 3, 4, 4, 4, 5)))
        things.append(ring(model, vertices, rest, finger, rng.uniform(0.02, 0.05)))
    return things


def sleeve(
    model: HandModel,
    vertices: np.ndarray,
    rest: np.ndarray,
    start: float,
    width: float,
    rng: np.random.Generator,
) -> Worn:
    """Cloth from `start` (0 wrist, 1 elbow) to beyond the elbow, `width` arms wide, with folds."""
    stations = np.concatenate([start + np.array([0.0, 0.02, 0.08, 0.2]), np.linspace(start + 0.4, 2.5, 6)])
    centres, halves, frame = _arm_sections(model, vertices, rest, stations)
    widths = width + 0.12 * np.clip(stations - start, 0, 1)
    widths[0] *= 0.97  # the hem
    tube = _tube(anatomy.FOREARM, centres, halves * widths[:, None], frame, 20, Material.CLOTH)
    folds = rng.normal(0, 0.035, (len(stations), 20))
    folds = np.tile(np.concatenate([folds, folds[:, :1]], axis=1).ravel(), 2)  # outside and inside alike
    axis = np.tile(np.repeat(centres, 21, axis=0), (2, 1))
    wrinkled = axis + (tube.vertices - axis) * (1 + folds[:, None])
    return replace(tube, vertices=wrinkled)


def watch(
    model: HandModel, vertices: np.ndarray, rest: np.ndarray, start: float, width: float, has_dial: bool
) -> list[Worn]:
    """A strap around the arm at `start` (0 wrist, 1 elbow), with or without a dial on its back."""
    elbow = float(np.linalg.norm(rest[anatomy.ELBOW]))
    stations = start + np.array([0.0, 0.15, 0.85, 1.0]) * width / elbow
    centres, halves, frame = _arm_sections(model, vertices, rest, stations)
    halves = halves * np.array([1.04, 1.09, 1.09, 1.04])[:, None]
    things = [_tube(anatomy.FOREARM, centres, halves, frame, 20, Material.STRAP)]
    if has_dial:
        things.append(_dial(centres.mean(axis=0), float(halves[:, 1].max()), max(0.055, 0.6 * width), frame))
    return things


def ring(model: HandModel, vertices: np.ndarray, rest: np.ndarray, finger: int, width: float) -> Worn:
    """A ring on the first bone of finger 2 to 5."""
    bone, base = anatomy.finger_bone(finger, 1), anatomy.first_joint(finger)
    near, far = rest[base], rest[base + 1]
    along = unit(far - near)
    side = unit(np.cross(along, (0, 0, 1)))
    frame = side, np.cross(along, side), along
    middle = near + 0.62 * (far - near)
    offset = vertices[model.weights[:, bone] > 0.5] - middle
    offset = offset[np.abs(offset @ along) < 0.035]
    across = offset @ np.stack(frame[:2], axis=1)
    low, high = across.min(axis=0), across.max(axis=0)
    centre = middle + 0.5 * (low + high) @ np.stack(frame[:2])
    centres = centre + np.outer(np.array([-0.5, -0.3, 0.3, 0.5]) * width, along)
    halves = 0.5 * (high - low) * np.array([1.0, 1.08, 1.08, 1.0])[:, None]
    return _tube(bone, centres, halves, frame, 16, Material.RING)


def _dial(
    middle: np.ndarray, thick: float, radius: float, frame: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> Worn:
    """A round plate on the back of the wrist, half a thickness `thick` away from the middle of the arm."""
    back = -frame[1]
    centres = middle + np.outer(np.array([0.8, 1.12, 1.12]) * thick, back)
    radii = np.array([[radius, radius], [radius, radius], [0.0, 0.0]])
    axes = frame[0], np.cross(back, frame[0]), back
    plate = _tube(anatomy.FOREARM, centres, radii, axes, 16, Material.DIAL)
    normals = np.where(((plate.vertices - middle) @ back > 1.05 * thick)[:, None], back, plate.normals)
    return replace(plate, normals=normals)


def _arm_sections(
    model: HandModel, vertices: np.ndarray, rest: np.ndarray, stations: np.ndarray
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Cross-sections of the forearm at places along it: centres (n, 3), half widths (n, 2) and the frame."""
    elbow = rest[anatomy.ELBOW]
    along = unit(elbow)
    side = unit(np.cross((0, 0, 1), along))
    frame = side, np.cross(along, side), along
    centres, halves = [], []
    for station in stations:
        measured = min(station, 0.9)  # the arm goes on as it is there
        near = np.abs(model.along_arm - measured) < 0.1
        across = (vertices[near] - measured * elbow) @ np.stack(frame[:2], axis=1)
        low, high = across.min(axis=0), across.max(axis=0)
        centres.append(station * elbow + 0.5 * (low + high) @ np.stack(frame[:2]))
        halves.append(0.5 * (high - low))
    return np.array(centres), np.array(halves), frame


def _tube(
    bone: int,
    centres: np.ndarray,
    halves: np.ndarray,
    frame: tuple[np.ndarray, np.ndarray, np.ndarray],
    sides: int,
    material: Material,
) -> Worn:
    """Ellipses joined to a tube, with an outside and an inside; the frame's last axis runs along it."""
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    axes = np.stack(frame[:2])
    vertices = (centres[:, None] + (circle * halves[:, None]) @ axes).reshape(-1, 3)
    normals = unit((circle / np.maximum(halves, 1e-3)[:, None]) @ axes).reshape(-1, 3)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(centres, axis=0), axis=1))])
    uv = np.stack(np.broadcast_arrays(angle / (2 * np.pi), along[:, None]), axis=-1).reshape(-1, 2)
    row, column = np.meshgrid(np.arange(len(centres) - 1), np.arange(sides), indexing="ij")
    a = (row * (sides + 1) + column).ravel()
    b, c, d = a + 1, a + sides + 2, a + sides + 1
    outside = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    inside = outside[:, ::-1] + len(vertices)
    return Worn(
        bone,
        np.tile(vertices, (2, 1)),
        np.concatenate([normals, -normals]),
        np.tile(uv, (2, 1)),
        np.concatenate([outside, inside]),
        np.full(2 * len(outside), material),
    )
