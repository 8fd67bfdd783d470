"""The rasteriser against a slow one, and its pixel convention."""

import numpy as np

from handvision.synthesis.hand.mesh.rasterizer import rasterize


def slow(xy, nearness, triangles, width, height):
    """Pixel by pixel: the nearest triangle (-1 = none)."""
    nearest, owner = np.full((height, width), -np.inf), np.full((height, width), -1)
    for row, corners in enumerate(triangles):
        matrix = np.vstack([xy[corners].T, np.ones(3)])
        a, b = xy[corners[1]] - xy[corners[0]], xy[corners[2]] - xy[corners[0]]
        if a[0] * b[1] - a[1] * b[0] >= 0:
            continue
        for y in range(height):
            for x in range(width):
                weights = np.linalg.solve(matrix, (x + 0.5, y + 0.5, 1))
                if (weights >= 0).all() and weights @ nearness[corners] > nearest[y, x]:
                    nearest[y, x], owner[y, x] = weights @ nearness[corners], row
    return owner


def test_random_triangles_are_drawn_as_pixel_by_pixel():
    rng = np.random.default_rng(0)
    xy, nearness = rng.uniform(-4, 24, (60, 2)), rng.uniform(0, 1, 60)
    triangles = np.arange(60).reshape(20, 3)
    found = rasterize(xy, nearness, triangles, 20, 16)
    drawn = np.full(20 * 16, -1)
    drawn[found.pixel] = found.triangle
    np.testing.assert_array_equal(drawn.reshape(16, 20), slow(xy, nearness, triangles, 20, 16))


def test_weights_give_back_the_place_of_the_pixel():
    xy = np.array([[1.0, 1.0], [3.0, 14.0], [15.0, 4.0]])
    found = rasterize(xy, np.ones(3), np.array([[0, 1, 2]]), 16, 16)
    places = found.barycentric.T @ xy
    row, column = np.divmod(found.pixel, 16)
    np.testing.assert_allclose(places, np.column_stack([column, row]) + 0.5, atol=1e-4)
    np.testing.assert_allclose(found.barycentric.sum(axis=0), 1, atol=1e-5)


def test_the_first_pixel_is_covered_around_its_centre_alone():
    corners = np.array([[0.3, 0.3], [0.3, 0.9], [0.9, 0.3]])
    assert rasterize(corners, np.ones(3), np.array([[0, 1, 2]]), 4, 4).pixel.tolist() == [0]
    assert not len(rasterize(corners * 0.5, np.ones(3), np.array([[0, 1, 2]]), 4, 4).pixel)


def test_what_turns_its_back_or_lies_outside_is_not_drawn():
    square = np.array([[0.0, 0.0], [0.0, 9.0], [9.0, 0.0]])
    assert not len(rasterize(square, np.ones(3), np.array([[0, 2, 1]]), 8, 8).pixel)
    assert not len(rasterize(square + 50, np.ones(3), np.array([[0, 1, 2]]), 8, 8).pixel)
