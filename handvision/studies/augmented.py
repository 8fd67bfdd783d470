"""Augmented versions of masks and their directions, to be drawn."""

import numpy as np
from numpy.typing import NDArray

from handvision.augment import Augmentation
from handvision.core.examples import Examples


def augmented(
    augmentation: Augmentation, examples: Examples, versions: int
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Arguments for `plotting.show_augmented`: masks, `versions` of them, and all directions.

    Args:
        augmentation: what the versions are drawn from.
        examples: with masks and rotations.
        versions: how many there are of each picture.

    Returns:
        The masks (n, height, width, 1) uint8; for each version its masks, as large, float32 in [0, 1]; and
        (1 + versions, n) degrees: the directions of the masks, then those of each version.
    """
    masks, rotations = examples.batch("masks"), examples.require("rotations")
    height, width = masks.shape[1:3]
    batches: list[NDArray] = []
    directions: list[NDArray] = [rotations]
    for version in range(versions):
        rng = np.random.default_rng(version)
        affines = augmentation.draw(len(masks), height, width, rng)
        batches.append(augmentation.pictures(masks, affines) / 255)
        moved = [affine.directions(known) for affine, known in zip(affines, rotations, strict=True)]
        directions.append(np.array(moved))
    return masks, batches, np.stack(directions)
