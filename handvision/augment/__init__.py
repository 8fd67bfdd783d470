"""Random transforms that carry a picture and all that belongs to it.

`transforms` draws one affine for each picture and moves pictures and masks by it; it needs no Keras.
`sequences` makes of it batches for `fit` that are a pure function of (seed, epoch, index). `keras_compat`
is Keras's `ImageDataGenerator`, several times faster.
"""

from handvision.augment.transforms import Augmentation

__all__ = ["Augmentation"]
