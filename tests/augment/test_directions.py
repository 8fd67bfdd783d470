"""Rotation targets are what the pixels show."""

import cv2
import keras
import numpy as np
import pytest

from handvision.augment import ImageDataGenerator
from tests.helpers.noise import RANGES, noise


def arrow(rotation_degrees, size=128):
    """(size, size, 1) uint8 mask of a thin wedge that widens towards the direction it points to."""
    angle = np.deg2rad(rotation_degrees)
    along, across = np.array([-np.sin(angle), -np.cos(angle)]), np.array([np.cos(angle), -np.sin(angle)])
    tip = size / 2 + 28 * along
    corners = np.array([size / 2 - 28 * along, tip + 5 * across, tip - 5 * across])
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [np.round(corners * 16).astype(np.int32)], 255, shift=4)
    return mask[..., None]


def measured_rotation(mask):
    """Degrees: the long axis of the pixels, towards the side where they crowd."""
    points = np.argwhere(mask[..., 0] > 0.5)[:, ::-1].astype(float)
    points -= points.mean(axis=0)
    axis = np.linalg.svd(points, full_matrices=False)[2][0]
    if ((points @ axis) ** 3).mean() > 0:
        axis = -axis
    return np.degrees(np.arctan2(-axis[0], -axis[1]))


def angle_between(a, b):
    return abs((a - b + 180) % 360 - 180)


def test_the_measure_reads_the_arrow():
    for rotation in (0, 90, -90, 180, 33, -120):
        assert angle_between(measured_rotation(arrow(rotation)), rotation) < 1


@pytest.mark.parametrize(
    ("transform", "before", "after"),
    [
        ({"flip_horizontal": True}, -90, 90),
        ({"flip_horizontal": True}, 30, -30),
        ({"flip_vertical": True}, 0, 180),
        ({"flip_vertical": True}, -90, -90),
        ({"theta": 90}, 0, 90),
        ({"theta": -30}, 10, -20),
        ({"theta": 170}, 20, -170),
        ({"tx": 9, "ty": -4}, 77, 77),
        ({"zx": 0.5, "zy": 0.5}, -45, -45),
        ({}, -180, 180),
    ],
)
def test_what_a_transform_does_to_a_direction(transform, before, after):
    generator = ImageDataGenerator(fill_mode="constant")
    turned = generator.transform_rotation(before, transform)
    assert -180 < turned <= 180
    assert angle_between(turned, after) < 1e-3
    mask = generator.transform_mask(arrow(before), transform)
    assert angle_between(measured_rotation(mask), after) < 2


@pytest.mark.parametrize(
    "ranges",
    [
        {"rotation_range": 180},
        {"shear_range": 30},
        {"zoom_range": (0.8, 1.25)},
        {"horizontal_flip": True},
        {"vertical_flip": True},
        {"horizontal_flip": True, "vertical_flip": True, "rotation_range": 180},
        RANGES | {"width_shift_range": 0.1, "height_shift_range": 0.1, "zoom_range": (0.8, 1.25)},
    ],
    ids=lambda ranges: "-".join(ranges),
)
def test_the_rotation_targets_are_what_the_pixels_show(ranges):
    rotations = np.linspace(-179, 180, 24)
    masks = np.stack([arrow(rotation) for rotation in rotations])
    flow = ImageDataGenerator(**ranges, fill_mode="constant").flow(
        masks, np.arange(24) % 6, rotations=rotations, seed=2, batch_size=24
    )
    x, targets, weights = flow[0]
    assert targets["rotation"].shape == (24, 2)
    assert targets["rotation"].dtype == weights["rotation"].dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(targets["rotation"], axis=1), 1, rtol=1e-5)
    for mask, (sine, cosine) in zip(x, targets["rotation"], strict=True):
        assert angle_between(measured_rotation(mask / 255), np.degrees(np.arctan2(sine, cosine))) < 2


def test_rotations_that_are_not_known_weigh_nothing():
    rotations = [30.0, np.nan, -90.0]
    generator = ImageDataGenerator(horizontal_flip=True)
    assert np.isnan(generator.transform_rotation(np.nan, {"theta": 20}))
    options = {"rotations": rotations, "shuffle": False, "seed": 1}
    _, targets, weights = generator.flow(noise(3, 8, 8, 1), np.eye(3), **options)[0]
    assert weights["rotation"].tolist() == [1, 0, 1]
    assert weights["gesture"].tolist() == [1, 1, 1]
    assert np.array_equal(targets["gesture"], np.eye(3))
    assert np.isfinite(targets["rotation"]).all()
    _, targets, weights = generator.flow(noise(3, 8, 8, 1), sample_weight=[2, 2, 4], **options)[0]
    assert list(targets) == ["rotation"]
    assert weights["rotation"].tolist() == [2, 0, 4]


def test_a_model_of_two_heads_trains_on_the_flow():
    inputs = keras.Input((8, 8, 1))
    features = keras.layers.Flatten()(inputs)
    heads = {
        "gesture": keras.layers.Dense(3, activation="softmax", name="gesture")(features),
        "rotation": keras.layers.Dense(2, name="rotation")(features),
    }
    model = keras.Model(inputs, heads)
    model.compile("sgd", {"gesture": "categorical_crossentropy", "rotation": "mse"}, jit_compile=False)
    before = model.get_layer("rotation").get_weights()[0]
    flow = ImageDataGenerator(rescale=1 / 255).flow(
        noise(6, 8, 8, 1), np.eye(3)[[0, 1, 2, 0, 1, 2]], rotations=[np.nan] * 6, seed=1, batch_size=3
    )
    history = model.fit(flow, shuffle=False, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    assert np.array_equal(model.get_layer("rotation").get_weights()[0], before)
