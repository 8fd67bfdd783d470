"""Normals of a mesh's vertices, for any pose."""

import numpy as np


class VertexNormals:
    """Sums the normals of the triangles about each vertex; what does not change with the pose is kept.

    Args:
        triangle_vertices: (t, 3) rows of vertices, counter-clockwise from outside.
    """

    def __init__(self, triangle_vertices: np.ndarray) -> None:
        self._corners = np.ascontiguousarray(triangle_vertices.T)
        flat = triangle_vertices.ravel()
        order = np.argsort(flat, kind="stable")
        self._starts = np.flatnonzero(np.r_[True, np.diff(flat[order]) > 0])
        self._owners, self._order = flat[order][self._starts], order // 3

    def __call__(self, vertices: np.ndarray) -> np.ndarray:
        """Unit normals (v, 3) float32; 0 where no triangle is."""
        corners = np.ascontiguousarray(vertices.T)[:, self._corners]
        a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        of_face = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
        normals = np.zeros_like(vertices)
        for axis, values in enumerate(of_face):
            normals[self._owners, axis] = np.add.reduceat(values[self._order], self._starts)
        return (normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)).astype(np.float32)
