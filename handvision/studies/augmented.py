"""Augmented versions of masks and their directions, to be drawn."""

import numpy as np

from handvision.augment import Augmentation
from handvision.core.examples import Examples


def augmented(
    augmentation: Augmentation, examples: Examples, versions: int
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Arguments for `plotting.show_augmented`: masks, `versions` of them, and all directions.

    Args:
        augmentation: what the versions are drawn from.
        examples: with masks and rotations.
    """
    batches, directions = [], [examples.rotations]
    for version in range(versions):
        rng = np.random.default_rng(version)
        affines = augmentation.draw(len(examples), *examples.masks.shape[1:3], rng)
        batches.append(augmentation.pictures(examples.masks, affines) / 255)
        directions.append(
            [affine.directions(known) for affine, known in zip(affines, examples.rotations, strict=True)]
        )
    return examples.masks, batches, np.stack(directions)
