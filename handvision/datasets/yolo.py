"""Boxes as YOLO's text files have them: centre and size in shares of the picture."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handvision.datasets.errors import DataUnavailable

# Shares are rounded: a box may end this far beyond the picture's edge.
ROUNDING = 1e-3


def read_lines(path: Path, classes: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The hands of a text file with lines "class x_centre y_centre width height".

    Args:
        classes: how many classes there are.

    Returns:
        (k,) classes and (k, 4) centres and sizes, shares of the picture.

    Raises:
        DataUnavailable: a line is none of these, or its class is not below `classes`.
    """
    numbers, boxes = [], []
    for line in path.read_text().splitlines():
        words = line.split()
        try:
            number, box = int(words[0]), [float(word) for word in words[1:]]
        except (ValueError, IndexError):
            raise DataUnavailable(
                f"{path}: {line!r} is no line of a box; write a class, x, y, width and height in numbers"
            ) from None
        if len(box) != 4 or not 0 <= number < classes:
            raise DataUnavailable(
                f"{path}: {line!r} is no hand: a class from 0 to {classes - 1} and four numbers are wanted. "
                "Correct the line, or fetch the data set anew."
            )
        numbers.append(number)
        boxes.append(box)
    return np.array(numbers, np.int64), np.array(boxes, np.float64).reshape(-1, 4)


def corners(
    shares: Sequence[Sequence[float]] | NDArray[np.float64], size: tuple[int, int], path: Path
) -> NDArray[np.float32]:
    """(k, 4) float32 x0, y0, x1, y1 in pixels.

    Args:
        shares: (k, 4) x and y of the centre, width and height, each a share of the picture's.
        size: the picture's height and width.
        path: the file that is named if a box is wrong.

    Raises:
        DataUnavailable: a box is empty or reaches outside the picture.
    """
    centres_and_sizes = np.asarray(shares, np.float64).reshape(-1, 4)
    centres, sizes = centres_and_sizes[:, :2], centres_and_sizes[:, 2:]
    ends = np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)
    wrong = ~((ends >= -ROUNDING) & (ends <= 1 + ROUNDING)).all(axis=1) | ~(sizes > 0).all(axis=1)
    if wrong.any():
        box = centres_and_sizes[wrong][0].tolist()
        raise DataUnavailable(
            f"{path}: the box {box} (x, y of the centre, width, height: shares of the picture) is empty "
            "or reaches outside the picture. Correct it, or fetch the data set anew."
        )
    height, width = size
    return (ends.clip(0, 1) * (width, height, width, height)).astype(np.float32)
