"""Keras's pictures, randomness of its own, Keras's standardisation."""

import inspect
import itertools
import random

import numpy as np
import pytest
from keras.src.legacy.preprocessing.image import ImageDataGenerator as KerasImageDataGenerator

from handvision.augment.keras_compat import ImageDataGenerator
from tests.helpers.noise import RANGES, both, difference, noise


def test_it_takes_keras_arguments():
    ours, theirs = (inspect.signature(cls) for cls in (ImageDataGenerator, KerasImageDataGenerator))
    assert ours.parameters == theirs.parameters


@pytest.mark.parametrize("shape", [(48, 48, 1), (40, 61, 3), (33, 20, 4), (1, 5, 1), (1, 1, 3)])
@pytest.mark.parametrize("fill_mode", ["nearest", "reflect", "constant"])
def test_the_same_dictionary_gives_the_picture_that_keras_gives(fill_mode, shape):
    ours, theirs = both(**RANGES, fill_mode=fill_mode, cval=77.0)
    picture = noise(*shape)
    for seed in range(30):
        transform = ours.get_random_transform(shape, seed)
        picture_of_ours = ours.apply_transform(picture, transform)
        assert picture_of_ours.dtype == np.float32
        assert difference(picture_of_ours, theirs.apply_transform(picture, transform)) < 0.01
        transform = theirs.get_random_transform(shape, seed)
        assert difference(*(g.apply_transform(picture, transform) for g in (ours, theirs))) < 0.01


@pytest.mark.parametrize("fill_mode", ["nearest", "reflect", "constant"])
@pytest.mark.parametrize("size", [(48, 48), (33, 50)])
def test_exact_turns_shifts_and_flips_agree_at_the_border(fill_mode, size):
    ours, theirs = both(fill_mode=fill_mode)
    picture = noise(*size, 1)
    turns, shifts, zooms, flips = (0, 90, -90, 180, 270, 45), ((0, 0), (3, -7), (2.5, 0)), (1, 0.5, 2), (0, 1)
    for theta, (tx, ty), zoom, across, down in itertools.product(turns, shifts, zooms, flips, flips):
        transform = {"theta": theta, "tx": tx, "ty": ty, "zx": zoom, "zy": zoom}
        transform |= {"flip_horizontal": across, "flip_vertical": down}
        assert difference(*(g.apply_transform(picture, transform) for g in (ours, theirs))) < 0.01, transform


@pytest.mark.parametrize(
    ("arguments", "channels"),
    [
        ({"fill_mode": "wrap"}, 3),
        ({"interpolation_order": 3, "fill_mode": "reflect"}, 3),
        ({"interpolation_order": 0, "fill_mode": "constant", "cval": 9.0}, 1),
        ({}, 6),
    ],
)
def test_what_goes_through_keras_own_code_is_equal(arguments, channels):
    ours, theirs = both(**RANGES, **arguments)
    picture = noise(30, 40, channels)
    for seed in range(8):
        transform = ours.get_random_transform(picture.shape, seed)
        assert np.array_equal(*(g.apply_transform(picture, transform) for g in (ours, theirs)))


@pytest.mark.parametrize("fill_mode", ["nearest", "constant"])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float64"])
def test_a_picture_keeps_its_dtype(dtype, fill_mode):
    ours, theirs = both(**RANGES, fill_mode=fill_mode)
    picture = noise(40, 40, 3).astype(dtype)
    for seed in range(8):
        transform = ours.get_random_transform(picture.shape, seed)
        a, b = (g.apply_transform(picture, transform) for g in (ours, theirs))
        assert a.dtype == b.dtype
        assert difference(a, b) < 0.02


def test_channel_shift_and_brightness_agree():
    ours, theirs = both(**RANGES, channel_shift_range=60.0, brightness_range=(0.3, 1.6))
    picture = noise(40, 40, 3)
    for seed in range(10):
        transform = ours.get_random_transform(picture.shape, seed)
        # Brightness passes through a uint8 image: a rounding apart at most.
        assert difference(*(g.apply_transform(picture, transform) for g in (ours, theirs))) < 0.2


def test_missing_keys_are_neutral_and_the_picture_is_a_copy():
    picture = noise(10, 12, 3)
    same = ImageDataGenerator().apply_transform(picture, {})
    assert np.array_equal(same, picture)
    assert not np.shares_memory(same, picture)


def test_random_transforms_have_keras_keys_and_ranges():
    arguments = RANGES | {"zoom_range": (0.8, 1.5), "channel_shift_range": 20.0, "brightness_range": (0.5, 2)}
    ours, theirs = both(**arguments)
    drawn = [[g.get_random_transform((50, 80, 3), seed) for seed in range(400)] for g in (ours, theirs)]
    assert list(drawn[0][0]) == list(drawn[1][0])
    limits = {"theta": (-180, 180), "tx": (-15, 15), "ty": (-24, 24), "shear": (-25, 25)}
    limits |= {
        "zx": (0.8, 1.5),
        "zy": (0.8, 1.5),
        "channel_shift_intensity": (-20, 20),
        "brightness": (0.5, 2),
    }
    for transforms, (key, (low, high)) in itertools.product(drawn, limits.items()):
        values = np.array([transform[key] for transform in transforms])
        slack = 0.02 * (high - low)
        assert low <= values.min() < low + slack, key
        assert high - slack < values.max() <= high, key
    for transforms, key in itertools.product(drawn, ("flip_horizontal", "flip_vertical")):
        assert 140 < sum(transform[key] for transform in transforms) < 260


@pytest.mark.parametrize("shift", [4, 4.0, 0.25, [2, 5], (0.1, 0.2), 0])
def test_shifts_are_read_as_keras_reads_them(shift):
    ours, theirs = both(height_shift_range=shift, width_shift_range=shift)
    for key in ("tx", "ty"):
        a, b = ([g.get_random_transform((40, 20, 1), s)[key] for s in range(300)] for g in (ours, theirs))
        if isinstance(shift, float):
            assert np.allclose([min(a), max(a)], [min(b), max(b)], atol=0.5)
        else:
            assert set(np.round(a, 9)) == set(np.round(b, 9))


def test_without_ranges_a_transform_is_neutral():
    ours, theirs = both()
    assert ours.get_random_transform((8, 8, 1), 3) == theirs.get_random_transform((8, 8, 1), 3)


def test_seeds_fix_a_transform_and_numpys_generator_is_left_alone():
    generator = ImageDataGenerator(**RANGES)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    assert generator.get_random_transform((8, 8, 1), 3) == generator.get_random_transform((8, 8, 1), 3)
    assert generator.get_random_transform((8, 8, 1), 3) != generator.get_random_transform((8, 8, 1), 4)
    assert generator.get_random_transform((8, 8, 1)) != generator.get_random_transform((8, 8, 1))
    generator.flow(noise(4, 8, 8, 1), seed=1)[0]
    assert np.array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_keras_set_random_seed_fixes_what_has_no_seed():
    pictures = noise(4, 16, 16, 1)
    batches = []
    state = random.getstate()
    for _ in range(2):
        random.seed(5)
        batches.append(ImageDataGenerator(**RANGES).flow(pictures)[0])
    random.setstate(state)
    assert np.array_equal(*batches)


@pytest.mark.parametrize(
    "arguments",
    [
        {"rescale": 1 / 255},
        {"samplewise_center": True},
        {"samplewise_center": True, "samplewise_std_normalization": True, "rescale": 0.5},
        {"preprocessing_function": lambda picture: picture[::-1] / 2, "rescale": 3},
        {"featurewise_center": True},
        {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 1 / 255},
        {"featurewise_center": True, "zca_whitening": True, "zca_epsilon": 1e-3},
    ],
)
def test_standardised_pictures_agree(arguments):
    pictures = noise(12, 6, 5, 3)
    ours, theirs = both(**arguments)
    for generator in (ours, theirs):
        generator.fit(pictures)
    a, b = (g.flow(pictures, batch_size=12, shuffle=False)[0] for g in (ours, theirs))
    assert a.dtype == np.float32
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-3)


def test_a_flow_without_the_fit_it_needs_warns():
    flow = ImageDataGenerator(featurewise_center=True).flow(noise(2, 4, 4, 1))
    with pytest.warns(UserWarning, match="hasn't been fit"):
        flow[0]
