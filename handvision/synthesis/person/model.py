"""The baked body, joined with two mesh hands; and how bodies differ."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

import numpy as np

from handvision.synthesis.hand.mesh import model as hand_model
from handvision.synthesis.hand.mesh.normals import VertexNormals
from handvision.synthesis.person import anatomy

FILE = Path(__file__).with_name("body.npz")
_FLIP = np.array([-1.0, 1.0, 1.0], np.float32)


class Part(IntEnum):
    """What a triangle shows."""

    SKIN = 0
    EYE = 1
    SHOE = 2
    RIGHT_HAND = 3
    LEFT_HAND = 4
    RIGHT_FOREARM = 5
    LEFT_FOREARM = 6
    TOP = 7
    TROUSERS = 8
    HAIR = 9
    THING = 10


# Columns of `PersonModel.paint`; then those that `surface` adds: where clothes are, above 0.5.
LIPS, BROW, HAIR, BEARD, LIDS = range(5)
TOP, TROUSERS = 5, 6


@dataclass(frozen=True, eq=False)
class PersonModel:
    """A body at rest, in the frame of `anatomy`, with the hands of `hand.mesh` at its wrists.

    Rows of vertices: the body's first, forearms included, then what is the right hand's alone, then the left
    hand's. Corners: one a body's vertex, then those of the right hand, then those of the left one.

    Attributes:
        vertices: (b, 3) float32 of the mean body.
        joints: (j, 3) float32, in the order of `anatomy.JOINTS`.
        vertex_shapes, joint_shapes: (s, b, 3) and (s, j, 3) float32; what a shape coefficient of 1 moves.
        shape_range: (2, s) lowest and highest usual coefficient.
        weights: (b, bones) float32 shares of the bones.
        paint: (b, 5) float32 in [0, 1]: lips, brows, hair, beard, lids.
        triangles: (t, 3) rows of corners.
        vertex_of_corner: (c,) rows of vertices.
        uv: (c, 2) float32 place in the hand's texture; 0 on the body.
        part: (t,) of `Part`.
        finger: (t,) the finger shown, 0 = palm; -1 = no hand.
        hand_rows: for right and left hand, (h,) the vertex of each vertex of the hand's model.
        vertex_count: of the body and both hands.
        normals: makes normals of posed vertices.
    """

    vertices: np.ndarray
    joints: np.ndarray
    vertex_shapes: np.ndarray
    joint_shapes: np.ndarray
    shape_range: np.ndarray
    weights: np.ndarray
    paint: np.ndarray
    triangles: np.ndarray
    vertex_of_corner: np.ndarray
    uv: np.ndarray
    part: np.ndarray
    finger: np.ndarray
    hand_rows: tuple[np.ndarray, np.ndarray]
    vertex_count: int
    normals: VertexNormals

    def shaped(self, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Vertices (b, 3) float32 and joints (j, 3) float64 of one person at rest."""
        vertices = self.vertices + np.tensordot(coefficients.astype(np.float32), self.vertex_shapes, 1)
        joints = self.joints + np.tensordot(coefficients, self.joint_shapes, 1)
        return vertices, joints.astype(np.float64)


@lru_cache(maxsize=1)
def load() -> PersonModel:
    """The body that comes with the package (see NOTICE.md beside it for where it is from)."""
    with np.load(FILE, allow_pickle=False) as stored:
        baked = {name: stored[name] for name in stored.files}
    mirrored = baked["mirrored"].astype(np.int64)
    weights = np.zeros((len(baked["vertices"]), len(anatomy.BONES)), np.float32)
    np.put_along_axis(weights, baked["bone_index"].astype(np.int64), baked["bone_weight"], axis=1)
    of_other_side = [anatomy.BONES.index(_other_side(name)) for name in anatomy.BONES]
    weights = np.concatenate([weights, weights[mirrored][:, of_other_side]])
    paint = baked["paint"].astype(np.float32) / 255
    body = len(weights)
    right = baked["body_of_hand"].astype(np.int64)
    half = len(baked["vertices"])
    to_left = np.arange(body)
    to_left[mirrored] = half + np.arange(len(mirrored))
    hand_rows, count = [], body
    for rows in (right, np.where(right >= 0, to_left[right], -1)):
        own = rows < 0
        rows = rows.copy()
        rows[own] = count + np.arange(own.sum())
        count += int(own.sum())
        hand_rows.append(rows)
    triangles, corners, uvs, parts, fingers = _join(baked, body, hand_rows)
    vertex_of_corner = np.concatenate(corners)
    all_triangles = np.concatenate(triangles)
    return PersonModel(
        vertices=_both_halves(baked["vertices"], mirrored),
        joints=_both_sides(baked["joints"]),
        vertex_shapes=np.stack([_both_halves(shape, mirrored) for shape in _single(baked["vertex_shapes"])]),
        joint_shapes=np.stack([_both_sides(shape) for shape in _single(baked["joint_shapes"])]),
        shape_range=baked["shape_range"],
        weights=weights,
        paint=np.concatenate([paint, paint[mirrored]]),
        triangles=all_triangles,
        vertex_of_corner=vertex_of_corner,
        uv=np.concatenate(uvs).astype(np.float32),
        part=np.concatenate(parts),
        finger=np.concatenate(fingers),
        hand_rows=(hand_rows[0], hand_rows[1]),
        vertex_count=count,
        normals=VertexNormals(vertex_of_corner[all_triangles]),
    )


def _join(
    baked: dict[str, np.ndarray], body: int, hand_rows: list[np.ndarray]
) -> tuple[list[np.ndarray], ...]:
    """Triangles, vertices of corners, uvs, parts and fingers of body, right and left hand."""
    hand = hand_model.load()
    triangles, corners = [baked["triangles"].astype(np.int64)], [np.arange(body)]
    uvs, parts = [np.zeros((body, 2), np.float32)], [baked["part"].astype(np.int64)]
    fingers = [np.full(len(triangles[0]), -1)]
    short = (hand.triangle_vertices < len(hand_rows[0])).all(
        axis=1
    )  # without the arm drawn out beyond the elbow
    forearm = (hand.along_arm[hand.triangle_vertices] > 0.02).all(axis=1)[short]
    for rows, of_hand, of_forearm in (
        (hand_rows[0], Part.RIGHT_HAND, Part.RIGHT_FOREARM),
        (hand_rows[1], Part.LEFT_HAND, Part.LEFT_FOREARM),
    ):
        inward = hand.triangles[short] if of_hand == Part.RIGHT_HAND else hand.triangles[short][:, ::-1]
        triangles.append(inward + sum(len(part) for part in corners))
        # Corners of the arm's far end stay unused; their row does not matter.
        corners.append(rows[np.minimum(hand.vertex_of_corner, len(rows) - 1)])
        uvs.append(hand.uv)
        parts.append(np.where(forearm, of_forearm, of_hand))
        fingers.append(np.where(forearm, 0, hand.finger_of_triangle[short]))
    return triangles, corners, uvs, parts, fingers


def _single(shapes: np.ndarray) -> np.ndarray:
    return shapes.astype(np.float32)


def _both_halves(vertices: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
    return np.concatenate([vertices, vertices[mirrored] * _FLIP])


def _both_sides(joints: np.ndarray) -> np.ndarray:
    """Joints of the baked file, then those of the left side."""
    of_side = [row for row, name in enumerate(anatomy.BAKED_JOINTS) if name.startswith("right ")]
    return np.concatenate([joints, joints[of_side] * _FLIP])


def _other_side(name: str) -> str:
    for side, other in (("right ", "left "), ("left ", "right ")):
        if name.startswith(side):
            return other + name.removeprefix(side)
    return name
