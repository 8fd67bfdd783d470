"""A fast `ImageDataGenerator`: Keras's arguments and pictures, one OpenCV warp an image.

Keras's own generator still works in Keras 3, but resamples each channel with SciPy and re-seeds
NumPy's global generator at every batch, so that parallel workers repeat each other. This one gives
the same picture for the same `apply_transform` dictionary, and draws from generators of its own:
batch `i` is a pure function of (seed, epoch, i). It can turn a photo and its mask through one
transform, and carries a hand's direction through the same transform as its picture.
"""

from handvision.augment.flows import ArrayFlow, FileFlow, Flow
from handvision.augment.generator import ImageDataGenerator

__all__ = [
    "ArrayFlow",
    "FileFlow",
    "Flow",
    "ImageDataGenerator",
]
