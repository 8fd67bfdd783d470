"""All that is drawn of a hand, in the camera's space: skin and what is worn on it."""

from dataclasses import dataclass, replace

import numpy as np

from handvision.synthesis.hand.mesh import anatomy
from handvision.synthesis.hand.mesh.model import HandModel
from handvision.synthesis.hand.mesh.posing import Posed, skin
from handvision.synthesis.hand.mesh.worn import Material, Worn


@dataclass(frozen=True)
class Surface:
    """Triangles with what shading needs. The model's own vertices, corners and triangles come first.

    Attributes:
        vertices, normals: (v, 3) float32.
        place: (v, 2) float32 place at rest, by which noise is looked up so that it has no seams.
        triangles: (t, 3) rows of corners.
        vertex_of_corner: (c,) rows of vertices.
        uv: (c, 2) float32; of skin into the model's texture, of things as `Worn` has it.
        materials: (t,) of `Material`.
        finger: (t,) the finger shown, 0 = palm and forearm, -1 = a thing.
        in_hand: (v,) bool, skin of the hand without the forearm.
    """

    vertices: np.ndarray
    normals: np.ndarray
    place: np.ndarray
    triangles: np.ndarray
    vertex_of_corner: np.ndarray
    uv: np.ndarray
    materials: np.ndarray
    finger: np.ndarray
    in_hand: np.ndarray

    def moved(self, shift: np.ndarray, turn: np.ndarray) -> "Surface":
        """Shifted, then turned by a (3, 3) matrix; one that mirrors turns the triangles' sides."""
        vertices = ((self.vertices + shift) @ turn.T).astype(np.float32)
        normals = (self.normals @ turn.T).astype(np.float32)
        mirrors = np.linalg.det(turn) < 0
        triangles = self.triangles[:, ::-1] if mirrors else self.triangles
        return replace(self, vertices=vertices, normals=normals, triangles=triangles)


def build_surface(
    model: HandModel, vertices: np.ndarray, rest: np.ndarray, posed: Posed, worn: list[Worn]
) -> Surface:
    """Skins a hand at rest, (v, 3), and puts things on it."""
    skinned = skin(model, vertices, rest, posed)
    parts = [(skinned, model.normals(skinned), _noise_place(model.vertices))]
    triangles, corners, uvs = [model.triangles], [model.vertex_of_corner], [model.uv]
    materials = [np.full(len(model.triangles), Material.SKIN)]
    for thing in worn:
        turn, start = posed.turns[thing.bone], anatomy.start_of(thing.bone)
        moved = (thing.vertices - rest[start]) @ turn.T + posed.joints[start]
        triangles.append(thing.triangles + sum(len(uv) for uv in uvs))
        corners.append(np.arange(len(moved)) + sum(len(part[0]) for part in parts))
        parts.append((moved, thing.normals @ turn.T, _noise_place(thing.vertices)))
        uvs.append(thing.uv)
        materials.append(thing.materials)
    things = sum(len(part) for part in triangles[1:])
    in_hand = np.zeros(sum(len(part[0]) for part in parts), bool)
    in_hand[: len(skinned)] = model.along_arm < 0.02
    all_vertices, normals, place = (
        np.concatenate(arrays).astype(np.float32) for arrays in zip(*parts, strict=True)
    )
    return Surface(
        all_vertices,
        normals,
        place,
        np.concatenate(triangles),
        np.concatenate(corners),
        np.concatenate(uvs).astype(np.float32),
        np.concatenate(materials),
        np.concatenate([model.finger_of_triangle, np.full(things, -1)]),
        in_hand,
    )


def _noise_place(vertices: np.ndarray) -> np.ndarray:
    """A slanted view of the rest pose: front and back, and all sides of a finger, get different noise."""
    return vertices[:, :2] + vertices[:, 2:] * (0.6, 0.5) + (0.6, 0.4)
