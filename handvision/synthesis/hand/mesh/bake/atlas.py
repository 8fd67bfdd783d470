"""From quads to the drawn mesh: triangles, corners with texture coordinates, an arm without end."""

from dataclasses import dataclass

import numpy as np

from handvision.synthesis.hand.mesh import anatomy
from handvision.synthesis.hand.mesh.bake.cutting import Cut

# x0, y0, x1, y1 in the texture: the hand large, the forearm small below it.
_HAND_BOX, _FOREARM_BOX = (0.01, 0.24, 0.99, 0.99), (0.01, 0.01, 0.6, 0.22)
_HAND_U = 0.3  # in the body's texture, what lies right of this is hand
_ARM_LONGER = 1.6  # hand lengths, so that the arm leaves every picture


@dataclass(frozen=True)
class Atlas:
    """Where the hand's texture lies.

    A corner is a vertex with one place in the texture; along seams, a vertex has several.

    Attributes:
        triangles: (t, 3) rows of corners, counter-clockwise from outside.
        vertex_of_corner: (c,) rows of vertices.
        uv: (c, 2) in [0, 1].
        hand_map: (origin (2,), scale, corner (2,)) from the body's uvs: (uv - origin) * scale + corner.
    """

    triangles: np.ndarray
    vertex_of_corner: np.ndarray
    uv: np.ndarray
    hand_map: tuple[np.ndarray, float, np.ndarray]


def lay_out(cut: Cut, uvs: np.ndarray) -> Atlas:
    """Splits quads and places their texture anew."""
    pairs = np.stack([cut.faces.ravel(), cut.face_uvs.ravel()], axis=1)
    unique, corner = np.unique(pairs, axis=0, return_inverse=True)
    quads = corner.reshape(-1, 4)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    old = uvs[unique[:, 1]]
    hand = old[:, 0] > _HAND_U
    uv = np.empty_like(old)
    hand_map = _fit(old[hand], _HAND_BOX)
    for rows, (origin, scale, place) in ((hand, hand_map), (~hand, _fit(old[~hand], _FOREARM_BOX))):
        uv[rows] = (old[rows] - origin) * scale + place
    return Atlas(triangles, unique[:, 0], uv, hand_map)


def lengthen_arm(cut: Cut, atlas: Atlas) -> tuple[Cut, Atlas]:
    """Draws the open rim at the elbow out along the forearm."""
    ends = atlas.vertex_of_corner[atlas.triangles]
    edges = np.concatenate([ends[:, [0, 1]], ends[:, [1, 2]], ends[:, [2, 0]]])
    known = {tuple(edge) for edge in edges.tolist()}
    rim = [edge for edge in sorted(known) if edge[::-1] not in known]  # they run as their triangles do
    near = np.unique(rim)
    arm = cut.joints[anatomy.ELBOW] / np.linalg.norm(cut.joints[anatomy.ELBOW])
    centre = cut.vertices[near].mean(axis=0)
    far = centre + arm * _ARM_LONGER + (cut.vertices[near] - centre) * 0.95
    forearm = np.zeros((len(near), len(anatomy.BONES)))
    forearm[:, anatomy.FOREARM] = 1

    corner_of = {vertex: int(np.flatnonzero(atlas.vertex_of_corner == vertex)[0]) for vertex in near.tolist()}
    far_corner = {vertex: len(atlas.uv) + row for row, vertex in enumerate(near.tolist())}
    strip = []
    for a, b in rim:
        strip += [(corner_of[b], corner_of[a], far_corner[a]), (corner_of[b], far_corner[a], far_corner[b])]
    longer = Cut(
        vertices=np.concatenate([cut.vertices, far]),
        joints=cut.joints,
        vertex_shapes=np.concatenate([cut.vertex_shapes, cut.vertex_shapes[:, near]], axis=1),
        joint_shapes=cut.joint_shapes,
        shape_range=cut.shape_range,
        weights=np.concatenate([cut.weights, forearm]),
        faces=cut.faces,
        face_uvs=cut.face_uvs,
    )
    rows = [corner_of[vertex] for vertex in near.tolist()]
    return longer, Atlas(
        triangles=np.concatenate([atlas.triangles, strip]),
        vertex_of_corner=np.concatenate([atlas.vertex_of_corner, len(cut.vertices) + np.arange(len(near))]),
        uv=np.concatenate([atlas.uv, atlas.uv[rows]]),
        hand_map=atlas.hand_map,
    )


def _fit(uv: np.ndarray, box: tuple[float, float, float, float]) -> tuple[np.ndarray, float, np.ndarray]:
    """The map that puts an island into a box as large as it can be."""
    low, high = uv.min(axis=0), uv.max(axis=0)
    place = np.array(box[:2])
    return low, float(((np.array(box[2:]) - place) / (high - low)).min()), place
