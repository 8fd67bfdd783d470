"""The one place that imports Keras's private path: the public one needs TensorFlow, this one does not."""

from keras.src.legacy.preprocessing import image as keras_image

__all__ = ["keras_image"]
