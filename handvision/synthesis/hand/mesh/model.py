"""The baked mesh: one right hand with its forearm, and how hands differ."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from handvision.synthesis.hand.mesh import anatomy
from handvision.synthesis.hand.mesh.normals import VertexNormals
from handvision.synthesis.hand.mesh.rotations import unit

FILE = Path(__file__).with_name("right_hand.npz")


@dataclass(frozen=True)
class HandModel:
    """A hand at rest, in the frame and the unit of `anatomy`.

    Attributes:
        vertices: (v, 3) float32 of the mean hand.
        joints: (24, 3) float64.
        vertex_shapes, joint_shapes: (12, v, 3) and (12, 24, 3) float32; what a shape coefficient of 1 moves.
        shape_range: (2, 12) lowest and highest usual coefficient.
        triangles: (t, 3) int64 rows of corners, counter-clockwise from outside.
        vertex_of_corner: (c,) int64; at seams of the texture a vertex has several corners.
        uv: (c, 2) float32 place of each corner in the texture, in [0, 1].
        weights: (v, 21) float32 shares of the bones.
        texture: (640, 640, 4) uint8: creases, relief (128 = flat), nails, palm's side (255) against back (0).
    """

    vertices: np.ndarray
    joints: np.ndarray
    vertex_shapes: np.ndarray
    joint_shapes: np.ndarray
    shape_range: np.ndarray
    triangles: np.ndarray
    vertex_of_corner: np.ndarray
    uv: np.ndarray
    weights: np.ndarray
    texture: np.ndarray

    def shaped(self, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Vertices (v, 3) float32 and joints (24, 3) of one person's hand at rest."""
        vertices = self.vertices + np.tensordot(coefficients.astype(np.float32), self.vertex_shapes, 1)
        return vertices, self.joints + np.tensordot(coefficients, self.joint_shapes, 1)

    def normals(self, vertices: np.ndarray) -> np.ndarray:
        """Unit normals (v, 3) float32 of the vertices, for any pose."""
        return self._vertex_normals(vertices)

    @cached_property
    def triangle_vertices(self) -> np.ndarray:
        """(t, 3) rows of vertices."""
        return self.vertex_of_corner[self.triangles]

    @cached_property
    def _vertex_normals(self) -> VertexNormals:
        return VertexNormals(self.triangle_vertices)

    @cached_property
    def finger_of_triangle(self) -> np.ndarray:
        """(t,) the finger that a triangle belongs to; 0 = palm and forearm."""
        finger = np.array([anatomy.finger_of_bone(bone) for bone in range(len(anatomy.BONES))])
        shares = np.stack([self.weights[:, finger == k].sum(axis=1) for k in range(6)], axis=1)
        return shares.argmax(axis=1)[self.triangle_vertices[:, 0]]

    @cached_property
    def along_arm(self) -> np.ndarray:
        """(v,) float32 place along the forearm, 0 = wrist, 1 = elbow, beyond it more; -1 in the hand."""
        elbow = self.joints[anatomy.ELBOW]
        along = (self.vertices @ (elbow / (elbow @ elbow))).astype(np.float32)
        along[self.weights[:, anatomy.FOREARM] < 0.02] = -1
        return along

    @cached_property
    def thumb_nail(self) -> np.ndarray:
        """(3,) where the thumb's nail faces at rest."""
        size = len(self.texture)
        column, row = np.clip((self.uv * size).astype(int), 0, size - 1).T
        on_thumb = self.weights[self.vertex_of_corner, anatomy.finger_bone(1, 3)] > 0.5
        nail = on_thumb & (self.texture[row, column, 2] > 128)
        return unit(self.normals(self.vertices)[np.unique(self.vertex_of_corner[nail])].sum(axis=0))

    @cached_property
    def radii(self) -> np.ndarray:
        """(24,) thickness of the flesh about each joint of the mean hand; 0.1 where it was not measured."""
        radii = np.full(anatomy.JOINTS, 0.1)
        for finger in anatomy.FINGERS:
            start = anatomy.first_joint(finger)
            for bone in (1, 2, 3):
                near, far = self.joints[start + bone - 1], self.joints[start + bone]
                along = unit(far - near)
                offset = self.vertices[self.weights[:, anatomy.finger_bone(finger, bone)] > 0.6] - near
                across = offset - np.outer(offset @ along, along)
                radii[start + bone - 1] = np.median(np.linalg.norm(across, axis=1))
            radii[start + 3] = 0.85 * radii[start + 2]
        return radii


@lru_cache(maxsize=1)
def load() -> HandModel:
    """The hand that comes with the package (see NOTICE.md beside it for where it is from)."""
    with np.load(FILE, allow_pickle=False) as stored:
        baked = {name: stored[name] for name in stored.files}
    weights = np.zeros((len(baked["vertices"]), len(anatomy.BONES)), np.float32)
    np.put_along_axis(weights, baked.pop("bone_index").astype(np.int64), baked.pop("bone_weight"), axis=1)
    kinds: dict[str, type] = {"joints": np.float64, "vertex_shapes": np.float32, "joint_shapes": np.float32}
    kinds |= {"triangles": np.int64, "vertex_of_corner": np.int64}
    return HandModel(
        weights=weights, **{name: array.astype(kinds.get(name, array.dtype)) for name, array in baked.items()}
    )
