"""Which triangle each pixel shows: a z-buffer in NumPy, without a loop over triangles or rows."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Fragments:
    """What is seen, one entry a covered pixel, in the order of pixels.

    Attributes:
        pixel: (n,) int64 row * width + column.
        triangle: (n,) int64 row of the nearest triangle.
        barycentric: (3, n) float32 weights of its corners on the screen, not in space.
    """

    pixel: np.ndarray
    triangle: np.ndarray
    barycentric: np.ndarray


def rasterize(
    xy: np.ndarray, nearness: np.ndarray, triangles: np.ndarray, width: int, height: int
) -> Fragments:
    """Draws triangles whose corners run counter-clockwise to the viewer.

    All spans (a row of a triangle) are made at once, then all pixels of all spans; `maximum.at` finds the
    nearest. Arrays have their long side last: NumPy is several times slower where its inner loop is short.

    Args:
        xy: (c, 2) corners in pixels; the centre of the first pixel is (0.5, 0.5), y runs down.
        nearness: (c,) larger = nearer, and linear on the screen, as 1 / distance is.
        triangles: (t, 3) rows of corners.
    """
    x, y = (xy[:, axis].astype(np.float64)[triangles.T] - 0.5 for axis in (0, 1))
    near = nearness.astype(np.float64)[triangles.T]
    area = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0])
    top, bottom = np.maximum(np.ceil(y.min(axis=0)), 0), np.minimum(np.floor(y.max(axis=0)), height - 1)
    left, right = np.maximum(np.ceil(x.min(axis=0)), 0), np.minimum(np.floor(x.max(axis=0)), width - 1)
    drawn = np.flatnonzero((area < -1e-9) & (bottom >= top) & (right >= left))
    x, y, near, area, top = x[:, drawn], y[:, drawn], near[:, drawn], area[drawn], top[drawn].astype(np.int32)
    rows = bottom[drawn].astype(np.int32) - top + 1
    # Barycentric coordinates are a * column + b * row + c; inside a triangle all are >= 0.
    following, last = [1, 2, 0], [2, 0, 1]
    a, b = (y[following] - y[last]) / area, (x[last] - x[following]) / area
    c = (x[following] * y[last] - y[following] * x[last]) / area
    a[np.abs(a) < 1e-12] = 1e-12

    span_of, line = _runs(rows, top)
    offset = b[:, span_of] * line + c[:, span_of]
    cut, rising = offset * (-1 / a)[:, span_of], (a > 0)[:, span_of]
    low = np.maximum(np.ceil(np.where(rising, cut, -1e9).max(axis=0) - 1e-6), 0)
    high = np.minimum(np.floor(np.where(rising, 1e9, cut).min(axis=0) + 1e-6), width - 1)
    some = np.flatnonzero(high >= low)
    span_of, line, offset, low = span_of[some], line[some], offset[:, some], low[some].astype(np.int32)

    span, column = _runs(high[some].astype(np.int32) - low + 1, low)
    pixel = (line * np.int32(width))[span] + column
    slope, start = (a * near).sum(axis=0)[span_of], (offset * near[:, span_of]).sum(axis=0)
    depth = (start[span] + slope[span] * column).astype(np.float32)
    nearest = np.full(width * height, -np.inf, np.float32)
    np.maximum.at(nearest, pixel, depth)
    winners = np.flatnonzero(depth == nearest[pixel])
    owner = np.full(width * height, -1, np.int32)
    owner[pixel[winners]] = winners  # of equally near ones, the last
    pixel = np.flatnonzero(owner >= 0)
    span, column = span[owner[pixel]], column[owner[pixel]]
    barycentric = (offset[:, span] + a[:, span_of[span]] * column).astype(np.float32)
    return Fragments(pixel, drawn[span_of[span]], barycentric)


def _runs(lengths: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Runs of whole numbers, one after the other: whose run each entry is of, and the number."""
    owner = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    first = np.cumsum(lengths) - lengths
    return owner, np.arange(len(owner), dtype=np.int32) + (starts - first).astype(np.int32)[owner]
