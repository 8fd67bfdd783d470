"""Pictures in which every misplaced pixel shows, beside Keras's own generator."""

import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator as KerasImageDataGenerator

from handvision.augment.keras_compat import ImageDataGenerator

RANGES = {
    "rotation_range": 180,
    "width_shift_range": 0.3,
    "height_shift_range": 0.3,
    "shear_range": 25,
    "zoom_range": 0.4,
    "horizontal_flip": True,
    "vertical_flip": True,
}


def noise(*shape, seed=0):
    """Pictures of noise in 0..255: every misplaced pixel shows."""
    return np.random.default_rng(seed).uniform(0, 255, shape).astype("float32")


def both(**arguments):
    return ImageDataGenerator(**arguments), KerasImageDataGenerator(**arguments)


def difference(ours, theirs):
    assert ours.shape == theirs.shape
    return np.abs(ours.astype(float) - theirs.astype(float)).mean()
