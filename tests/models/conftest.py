"""Small models with lively weights: a fresh batch norm does nothing, and would hide mistakes."""

import cv2
import keras
import numpy as np
import pytest

from handvision.models import build_classifier, build_deeplab_v3_plus, build_unet, shown_the_photo


def shake(model, seed=0):
    """Gives every weight of `model` a random value under which signals neither die nor explode."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        shape = tuple(weight.shape)
        if weight.name in ("gamma", "moving_variance"):
            value = rng.uniform(0.8, 1.2, shape)
        elif len(shape) < 2:
            value = rng.normal(0, 0.1, shape)
        else:
            value = rng.normal(0, 1, shape) * np.sqrt(2 / np.prod(shape[:-1]))
        weight.assign(value.astype("float32"))
    return model


def brightness_segmenter(height=64, width=48):
    """A segmenter that calls bright pixels a hand: 1 in white, 0 in black, 0.5 in the middle of gray."""
    photo = keras.Input((height, width, 3), name="photo")
    layer = keras.layers.Conv2D(1, 1, activation="sigmoid", name="mask")
    mask = layer(photo)
    layer.set_weights([np.full((1, 1, 3, 1), 10.0), np.array([-15.0])])
    return keras.Model(photo, mask, name="brightness")


def drawn_hands(count, height=64, width=48, seed=0):
    """Photos (count, height, width, 3) float32 of bright capsule hands on dark noise; the first is empty."""
    rng = np.random.default_rng(seed)
    photos = rng.uniform(0, 0.3, (count, height, width, 3)).astype("float32")
    for photo in photos[1:]:
        center = rng.uniform((0.4 * width, 0.4 * height), (0.6 * width, 0.6 * height)).astype(int).tolist()
        cv2.circle(photo, center, int(rng.integers(7, 11)), (0.9, 0.8, 0.8), -1)
        for angle in rng.uniform(0, 2 * np.pi, rng.integers(1, 6)):
            tip = (center + 18 * np.array([np.cos(angle), np.sin(angle)])).astype(int).tolist()
            cv2.line(photo, center, tip, (0.9, 0.8, 0.8), 4)
    return photos


@pytest.fixture(scope="module")
def classifier():
    return shake(build_classifier((32, 32, 1), 6), seed=1)


@pytest.fixture(scope="module")
def seeing(classifier):
    """A classifier that is given the photo too, and minds it."""
    return shake(shown_the_photo(classifier), seed=4)


@pytest.fixture(scope="module")
def unet():
    return shake(build_unet((64, 48, 3), channels=(4, 8, 12, 16)), seed=2)


@pytest.fixture(scope="module")
def deeplab():
    return shake(build_deeplab_v3_plus((64, 48, 3)), seed=3)
