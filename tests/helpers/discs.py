"""Masks whose figures can be computed by hand."""

import numpy as np

from handvision.core.examples import Examples

SIZE = 32


def blob(row, column, radius=4, size=SIZE):
    """(size, size, 1) uint8: a disc."""
    y, x = np.mgrid[:size, :size]
    return (((y - row) ** 2 + (x - column) ** 2 <= radius**2) * np.uint8(255))[..., None]


def pointer(degrees, size=SIZE):
    """A disc that lies from the centre in the given direction, counter-clockwise from up."""
    middle, angle = (size - 1) / 2, np.radians(degrees)
    return blob(middle - 9 * np.cos(angle), middle - 9 * np.sin(angle), size=size)


def pointers(degrees, labels, **more):
    masks = np.stack([pointer(d) for d in degrees])
    return Examples("pointers", masks=masks, labels=np.array(labels), class_names=("up", "down"), **more)
