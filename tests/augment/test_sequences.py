"""Batches are a function of seed, epoch and index; targets move with their pictures."""

from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from handvision.augment import Augmentation
from handvision.augment.keras_compat import ImageDataGenerator
from handvision.augment.sequences import AugmentedSequence, MaskTargets
from handvision.core.hashing import hash_arrays

ALL_ROUND = Augmentation(
    rotation_degrees=180, shear_degrees=5, shrink=(1.0, 1.1), flip_horizontal=True, flip_vertical=True
)


def noise(count, size=16, channels=1):
    return np.random.default_rng(0).integers(0, 256, (count, size, size, channels)).astype(np.uint8)


def numbers(indices, affines):
    return (indices,)


SAME_RANGES = {  # as Keras's arguments, and as ours
    "published": (
        {"rotation_range": 80, "width_shift_range": 0.2, "height_shift_range": 0.2, "shear_range": 10},
        Augmentation(rotation_degrees=80, shift=0.2, shear_degrees=10),
    ),
    "all round": (
        {"rotation_range": 180, "shear_range": 5, "zoom_range": (1.0, 1.1), "horizontal_flip": True},
        Augmentation(rotation_degrees=180, shear_degrees=5, shrink=(1.0, 1.1), flip_horizontal=True),
    ),
    "nearest": (
        {"rotation_range": 25, "zoom_range": (0.95, 1.05), "vertical_flip": True, "fill_mode": "nearest"},
        Augmentation(rotation_degrees=25, shrink=(0.95, 1.05), flip_vertical=True, fill="nearest"),
    ),
    "as they are": ({}, Augmentation()),
}


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("name", SAME_RANGES)
def test_square_pictures_are_those_of_keras_arguments_to_the_bit(name, channels):
    arguments, augmentation = SAME_RANGES[name]
    pictures = noise(40, 48, channels)
    generator = ImageDataGenerator(**{"fill_mode": "constant", "rescale": 1 / 255, **arguments})
    flow = generator.flow(pictures, batch_size=16, seed=5)
    sequence = AugmentedSequence(pictures, augmentation, batch_size=16, seed=5)
    for epoch in (0, 3):
        flow.epoch = sequence.epoch = epoch
        for i in range(len(flow)):
            np.testing.assert_array_equal(sequence[i], flow[i])


def test_a_seed_gives_the_pictures_that_the_first_release_learned_from():
    # The last batch of epoch 3, measured with the code that trained the first release.
    rng = np.random.default_rng(0)
    rng.random(100), rng.integers(0, 3, 100)  # directions and labels, which were drawn first
    pictures = rng.integers(0, 256, (100, 64, 64, 1)).astype(np.uint8)
    sequence = AugmentedSequence(pictures, ALL_ROUND, batch_size=32, seed=5)
    assert hash_arrays([sequence.batch(3, 3)]) == "317f01611738ca57"


def test_uint8_becomes_a_share_and_floats_keep_their_values():
    pictures = noise(6)
    for given, scale in ((pictures, 255), (pictures.astype(np.float64) * 3, 1)):
        batch = AugmentedSequence(given, Augmentation(), shuffle=False, batch_size=4)[1]
        assert batch.dtype == np.float32
        np.testing.assert_allclose(batch, given[4:] / scale, rtol=1e-6)


def test_every_picture_comes_once_an_epoch_in_another_order():
    sequence = AugmentedSequence(noise(50, 2), Augmentation(), numbers, batch_size=8, seed=2)
    orders = []
    for _ in range(3):
        orders.append(np.concatenate([sequence[i][1] for i in range(len(sequence))]))
        assert sorted(orders[-1]) == list(range(50))
        sequence.on_epoch_end()
    assert sequence.epoch == 3 and len({tuple(order) for order in orders}) == 3


def test_a_batch_depends_on_seed_epoch_and_index_alone():
    one, other, third = (AugmentedSequence(noise(20), ALL_ROUND, batch_size=6, seed=s) for s in (7, 7, 8))
    first = [one[i] for i in range(4)]
    assert all(np.array_equal(other[i], first[i]) for i in (3, 1, 0, 2, 1, -4 + 1))
    other.epoch = 5
    assert not np.array_equal(other[1], first[1])
    assert np.array_equal(one.batch(5, 1), other[1]), "whatever epoch it is in"
    assert not np.array_equal(third[1], first[1])
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(one.__getitem__, range(4)))
    assert all(np.array_equal(a, b) for a, b in zip(first, together, strict=True))


def test_no_transform_is_ever_repeated():
    sequence = AugmentedSequence(np.repeat(noise(1, 24), 40, axis=0), ALL_ROUND, batch_size=8, seed=3)
    seen = [picture.tobytes() for e in range(3) for i in range(5) for picture in sequence.batch(e, i)]
    assert len(set(seen)) == len(seen) == 120


def test_targets_are_asked_for_the_pictures_and_transforms_of_their_batch():
    pictures = noise(10)
    masks = (pictures > 127) * np.uint8(255)

    def both(indices, affines):
        moved = ALL_ROUND.pictures(pictures[indices], affines)
        return {"number": indices, "moved": moved}, {"number": np.ones(len(indices))}

    x, targets, weights = AugmentedSequence(pictures, ALL_ROUND, both, batch_size=4, seed=1)[2]
    assert len(x) == 2 and len(weights["number"]) == 2
    np.testing.assert_allclose(targets["moved"] / 255, x, rtol=1e-6)
    x, y = AugmentedSequence(masks, ALL_ROUND, MaskTargets(masks, ALL_ROUND), batch_size=4, seed=1)[0]
    assert np.array_equal(y, x > 0.5)


@pytest.mark.slow
def test_fit_learns_the_same_with_any_number_of_workers():
    weights = []
    for workers in (0, 3):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
        model.compile("sgd", "mse", jit_compile=False)
        sequence = AugmentedSequence(noise(24, 8), ALL_ROUND, numbers, batch_size=4, seed=1, workers=workers)
        model.fit(sequence, epochs=2, shuffle=False, verbose=0)
        weights.append(model.get_weights()[0])
    assert np.array_equal(*weights)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pictures": noise(2)[0]}, r"pictures has shape \(16, 16, 1\).*add the channel"),
        ({"pictures": noise(0)}, "no picture in it"),
        ({"pictures": np.full((2, 4, 4, 1), np.nan)}, "NaN"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": None}, "seed is None"),
        ({"workers": -1}, "workers is -1"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        AugmentedSequence(**{"pictures": noise(2), "augmentation": ALL_ROUND, **arguments})


def test_bad_places_are_named():
    sequence = AugmentedSequence(noise(2), ALL_ROUND)
    with pytest.raises(IndexError, match="batch 1 of 1"):
        sequence[1]
    with pytest.raises(ValueError, match=r"epoch is 1\.5"):
        sequence.epoch = 1.5
    with pytest.raises(ValueError, match=r"masks are bool \(2, 16, 16, 1\)"):
        MaskTargets(noise(2) > 3, ALL_ROUND)
