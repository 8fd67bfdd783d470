"""Networks whose answers are known."""

import keras
import numpy as np
import pytest
from keras import layers

from tests.helpers.discs import SIZE


@pytest.fixture(scope="module")
def classifier():
    """Says 0 where more of the mask lies above the middle, 1 below; reads where its centre lies."""
    y, x = np.mgrid[:SIZE, :SIZE].reshape(2, -1) - (SIZE - 1) / 2
    inputs = keras.Input((SIZE, SIZE, 1))
    pixels = layers.Flatten()(inputs)
    gesture = layers.Dense(2, activation="softmax", use_bias=False, name="gesture")
    rotation = layers.Dense(2, use_bias=False, name="rotation")
    has_hand = layers.Dense(1, use_bias=False, name="has_hand")
    outputs = {"gesture": gesture(pixels), "rotation": rotation(pixels), "has_hand": has_hand(pixels)}
    model = keras.Model(inputs, outputs, name="up_or_down")
    gesture.set_weights([np.stack([y < 0, y > 0], axis=1).astype(np.float32)])
    rotation.set_weights([np.stack([-x, -y], axis=1).astype(np.float32)])
    has_hand.set_weights([np.ones((SIZE * SIZE, 1), np.float32)])
    return model


@pytest.fixture(scope="module")
def red_segmenter():
    """Takes the red channel for the mask."""
    inputs = keras.Input((SIZE, SIZE, 3))
    mask = layers.Conv2D(1, 1, use_bias=False, name="mask")
    model = keras.Model(inputs, mask(inputs), name="red")
    mask.set_weights([np.array([1, 0, 0], np.float32).reshape(1, 1, 3, 1)])
    return model
