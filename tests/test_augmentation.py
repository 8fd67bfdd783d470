"""ImageDataGenerator: Keras's pictures, randomness of its own, rotation targets, photo-mask pairs."""

import inspect
import itertools
import pickle
import random
from concurrent.futures import ThreadPoolExecutor

import cv2
import keras
import numpy as np
import pytest
from keras.src.legacy.preprocessing.image import ImageDataGenerator as KerasImageDataGenerator

from handvision.augmentation import ImageDataGenerator

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


# Keras's pictures


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


# Random transforms


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


# Standardisation and fit


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


def test_fit_measures_uint8_and_augmented_pictures():
    pictures = noise(20, 12, 12, 3).astype("uint8")
    arguments = {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 1 / 255}
    ours, theirs = both(**arguments)
    ours.fit(pictures)
    theirs.fit(pictures)
    np.testing.assert_allclose(ours.mean, theirs.mean, rtol=1e-5)
    np.testing.assert_allclose(ours.std, theirs.std, rtol=1e-5)

    ours, theirs = both(**arguments, horizontal_flip=True, width_shift_range=0.2, fill_mode="constant")
    again = ImageDataGenerator(**arguments, horizontal_flip=True, width_shift_range=0.2, fill_mode="constant")
    for generator in (ours, again, theirs):
        generator.fit(pictures, augment=True, rounds=20, seed=4)
    assert np.array_equal(ours.mean, again.mean)
    np.testing.assert_allclose(ours.mean, theirs.mean, rtol=0.03)
    np.testing.assert_allclose(ours.std, theirs.std, rtol=0.03)


def test_a_flow_without_the_fit_it_needs_warns():
    flow = ImageDataGenerator(featurewise_center=True).flow(noise(2, 4, 4, 1))
    with pytest.warns(UserWarning, match="hasn't been fit"):
        flow[0]


# Flows


def test_a_flow_gives_float32_of_uint8_and_grey_pictures():
    pictures = noise(10, 12, 14, 1).astype("uint8")
    flow = ImageDataGenerator(rescale=1 / 255).flow(pictures, np.arange(10), batch_size=4, shuffle=False)
    assert len(flow) == 3
    x, y = flow[2]
    assert x.dtype == np.float32
    np.testing.assert_allclose(x, pictures[8:] / 255, rtol=1e-6)
    assert y.tolist() == [8, 9]
    assert np.array_equal(flow[-1][0], x)


def test_labels_weights_and_other_inputs_stay_with_their_pictures():
    n = 9
    pictures = np.arange(n, dtype="float32")[:, None, None, None] * np.ones((1, 4, 4, 1), "float32")
    flow = ImageDataGenerator(rotation_range=30).flow(
        (pictures, [np.arange(n) * 2]), np.eye(n), sample_weight=np.arange(n) * 3, batch_size=4, seed=1
    )
    for i in range(len(flow)):
        (x, other), y, weights = flow[i]
        number = x[:, 0, 0, 0].round()
        assert np.array_equal(other, number * 2)
        assert np.array_equal(y.argmax(1), number)
        assert np.array_equal(weights, number * 3)


def test_every_picture_comes_once_an_epoch_in_another_order():
    flow = ImageDataGenerator().flow(noise(50, 2, 2, 1), np.arange(50), batch_size=8, seed=2)
    orders = []
    for _ in range(3):
        orders.append(np.concatenate([flow[i][1] for i in range(len(flow))]))
        assert sorted(orders[-1]) == list(range(50))
        flow.on_epoch_end()
    assert len({tuple(order) for order in orders}) == 3


def test_a_batch_depends_on_seed_epoch_and_index_alone():
    pictures = noise(20, 16, 16, 1)
    flow, other = (ImageDataGenerator(**RANGES).flow(pictures, batch_size=6, seed=7) for _ in range(2))
    first = [flow[i] for i in range(4)]
    assert all(np.array_equal(other[i], first[i]) for i in (3, 1, 0, 2, 1))
    other.epoch = 5
    assert not np.array_equal(other[1], first[1])
    for _ in range(5):
        flow.on_epoch_end()
    assert flow.epoch == 5
    assert np.array_equal(other[1], flow[1])
    assert not np.array_equal(ImageDataGenerator(**RANGES).flow(pictures, batch_size=6, seed=8)[1], first[1])


def test_next_walks_through_the_epochs_and_resumes():
    def new():
        return ImageDataGenerator(**RANGES).flow(noise(10, 8, 8, 1), batch_size=4, seed=7)

    flow, indexed, resumed = new(), new(), new()
    walked = list(itertools.islice(flow, 9))
    assert flow.epoch == 2
    for epoch, i in itertools.product(range(3), range(3)):
        indexed.epoch = epoch
        assert np.array_equal(walked[3 * epoch + i], indexed[i])
    resumed.epoch = 2
    assert np.array_equal(next(resumed), walked[6])
    next(resumed)
    resumed.reset()
    assert np.array_equal(next(resumed), walked[6])


def test_no_transform_is_ever_repeated():
    one = noise(1, 24, 24, 1)
    flow = ImageDataGenerator(rotation_range=180).flow(np.repeat(one, 40, axis=0), batch_size=8, seed=3)
    with ThreadPoolExecutor(4) as pool:
        seen = [picture.tobytes() for _ in range(3) for batch in _epoch(flow, pool) for picture in batch]
    assert len(set(seen)) == len(seen) == 120


def _epoch(flow, pool):
    batches = list(pool.map(flow.__getitem__, range(len(flow))))
    flow.on_epoch_end()
    return batches


def test_threads_and_processes_change_nothing():
    flow = ImageDataGenerator(**RANGES, fill_mode="constant").flow(noise(60, 16, 16, 3), batch_size=4, seed=3)
    alone = [flow[i] for i in range(len(flow))]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(flow.__getitem__, range(len(flow))))
        walked = list(pool.map(lambda _: next(flow), range(len(flow))))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))
    assert {batch.tobytes() for batch in walked} == {batch.tobytes() for batch in alone}
    flow.epoch = 1
    elsewhere = pickle.loads(pickle.dumps(flow))
    assert elsewhere.epoch == 1
    assert np.array_equal(next(elsewhere), flow[0])


def test_fit_learns_the_same_with_any_number_of_workers():
    weights = []
    for workers in (0, 1, 3):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
        model.compile("sgd", "mse", jit_compile=False)
        flow = ImageDataGenerator(**RANGES, rescale=1 / 255).flow(
            noise(24, 8, 8, 1), np.arange(24.0), batch_size=4, seed=1, workers=workers
        )
        assert flow.workers == workers
        model.fit(flow, epochs=2, shuffle=False, verbose=0)
        weights.append(model.get_weights()[0])
    assert np.array_equal(weights[0], weights[1])
    assert np.array_equal(weights[0], weights[2])


def test_the_validation_part_is_the_one_that_keras_takes():
    pictures, labels = noise(10, 4, 4, 1), np.arange(10) % 2
    for subset in ("training", "validation"):
        a, b = (g.flow(pictures, labels, subset=subset, shuffle=False)[0] for g in both(validation_split=0.4))
        assert np.array_equal(a[0], b[0])
        assert np.array_equal(a[1], b[1])


def test_pictures_can_be_saved(tmp_path):
    flow = ImageDataGenerator(horizontal_flip=True).flow(
        noise(3, 6, 6, 3), seed=1, save_to_dir=tmp_path, save_prefix="hand", save_format="png"
    )
    flow[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"hand_{i}_0.png" for i in range(3)]


# Folders


@pytest.fixture
def folder(tmp_path):
    """Two classes, five PNG files each, and a file that is none."""
    for name, kind in itertools.product(("fist", "open"), range(5)):
        (tmp_path / name).mkdir(exist_ok=True)
        picture = noise(20, 24, 3, seed=kind).astype("uint8")
        cv2.imwrite(str(tmp_path / name / f"{kind}.png"), picture)
    (tmp_path / "fist" / "notes.txt").write_text("not a picture")
    return tmp_path


@pytest.mark.parametrize("class_mode", ["categorical", "binary", "sparse", "input", None])
def test_a_folder_is_read_as_keras_reads_it(folder, class_mode):
    options = {"target_size": (16, 18), "class_mode": class_mode, "batch_size": 4, "shuffle": False}
    ours, theirs = (g.flow_from_directory(folder, **options) for g in both(rescale=1 / 255))
    for name in ("class_indices", "filenames", "filepaths", "samples", "num_classes", "image_shape"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert ours.class_indices == {"fist": 0, "open": 1}
    assert np.array_equal(ours.classes, theirs.classes)
    assert type(ours[2]) is type(theirs[2])
    for a, b in zip(ours[2], theirs[2], strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_a_folder_is_split_and_transformed(folder):
    options = {"target_size": (16, 16), "color_mode": "grayscale", "classes": ["open", "fist"], "seed": 1}
    ours, theirs = both(**RANGES, validation_split=0.4)
    for subset, count in (("training", 6), ("validation", 4)):
        flow = ours.flow_from_directory(folder, **options, subset=subset)
        assert flow.filenames == theirs.flow_from_directory(folder, **options, subset=subset).filenames
        x, y = flow[0]
        assert x.shape == (count, 16, 16, 1)
        assert y.sum(axis=0).tolist() == [count / 2, count / 2]
        with ThreadPoolExecutor(3) as pool:
            assert all(np.array_equal(x, again[0]) for again in pool.map(flow.__getitem__, [0] * 4))


# Rotation targets


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


# Photos and their masks


def blobs(n, height, width, seed=0):
    """(n, height, width, 1) uint8 masks of 0 and 255 whose shapes reach the border."""
    rough = np.random.default_rng(seed).normal(size=(n, height, width)).astype("float32")
    return np.stack([(cv2.GaussianBlur(r, (0, 0), 5) > 0) * np.uint8(255) for r in rough])[..., None]


@pytest.mark.parametrize("fill_mode", ["constant", "nearest", "reflect", "wrap"])
@pytest.mark.parametrize("as_ones", [False, True])
def test_a_mask_goes_through_the_transform_of_its_photo(fill_mode, as_ones):
    masks = blobs(12, 40, 52)
    photos = np.repeat(masks, 3, axis=-1)
    given = (masks / 255).astype("float32") if as_ones else masks
    generator = ImageDataGenerator(**RANGES, fill_mode=fill_mode, rescale=1 / 255)
    x, y = generator.flow(photos, masks=given, seed=4, batch_size=12)[0]
    assert y.shape == (12, 40, 52, 1)
    assert y.dtype == np.float32
    assert set(np.unique(y)) == {0, 1}
    assert (y != (x[..., :1] > 0.5)).mean() < 1e-4
    # Interpolated and thresholded, not copied from the nearest pixel: the photo has grays between.
    assert len(np.unique(x)) > 100


def test_what_a_constant_fill_paints_is_no_hand():
    photos, masks = np.zeros((4, 32, 32, 3), "uint8"), np.full((4, 32, 32, 1), 255, "uint8")
    generator = ImageDataGenerator(rotation_range=180, zoom_range=(1.5, 2), fill_mode="constant", cval=200)
    x, y = generator.flow(photos, masks=masks, seed=4)[0]
    assert 0.1 < y.mean() < 0.9
    assert np.array_equal(y, (x[..., :1] < 100).astype("float32"))


def test_colours_and_rescaling_leave_the_mask_alone():
    masks = blobs(4, 24, 24)
    generator = ImageDataGenerator(
        rescale=1 / 255, channel_shift_range=50, brightness_range=(0.5, 0.6), samplewise_center=True
    )
    flow = generator.flow(noise(4, 24, 24, 3), masks=masks, sample_weight=[1, 2, 3, 4], shuffle=False)
    _, y, weights = flow[0]
    assert np.array_equal(y, masks / 255)
    assert weights.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(("top", "rescale", "result"), [(255, 1 / 255, 1), (255, None, 255), (1, None, 1)])
def test_masks_as_pictures_can_stay_binary(top, rescale, result):
    masks = (blobs(6, 30, 30) // 255 * top).astype("uint8")
    generator = ImageDataGenerator(**RANGES, rescale=rescale)
    smooth = generator.flow(masks, seed=1)[0]
    sharp, labels = generator.flow(masks, np.arange(6), seed=1, binary=True)[0]
    assert len(np.unique(smooth)) > 10
    np.testing.assert_allclose(np.unique(sharp), [0, result], rtol=1e-6)
    assert np.array_equal(sharp > result / 2, smooth > result / 2)
    assert labels.shape == (6,)


# Bad input

PICTURES = np.zeros((4, 8, 8, 1), np.uint8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data_format": "channels_first"}, "only 'channels_last'"),
        ({"data_format": "rows_first"}, "rows_first"),
        ({"fill_mode": "mirror"}, "fill_mode is 'mirror'"),
        ({"interpolation_order": 6}, "interpolation_order is 6"),
        ({"rotation_range": -10}, "rotation_range is -10"),
        ({"rotation_range": "10"}, "rotation_range is '10'"),
        ({"rotation_range": float("nan")}, "rotation_range is nan"),
        ({"shear_range": 90}, "shear_range is 90.*below 90"),
        ({"width_shift_range": -0.1}, "width_shift_range is -0.1"),
        ({"height_shift_range": [[1, 2]]}, "height_shift_range"),
        ({"height_shift_range": []}, "height_shift_range"),
        ({"zoom_range": 1.5}, "zoom_range gives factors from -0.5"),
        ({"zoom_range": (0.5, 1, 2)}, "zoom_range"),
        ({"brightness_range": 0.5}, "brightness_range"),
        ({"brightness_range": (-1, 1)}, "brightness_range is -1"),
        ({"channel_shift_range": -5}, "channel_shift_range is -5"),
        ({"cval": float("inf")}, "cval is inf"),
        ({"rescale": "1/255"}, "rescale is '1/255'"),
        ({"preprocessing_function": 3}, "preprocessing_function is 3"),
        ({"dtype": "uint8"}, "dtype is 'uint8'"),
        ({"validation_split": 1.5}, "validation_split"),
    ],
)
def test_bad_generators_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": PICTURES[0]}, r"x has shape \(8, 8, 1\).*add the channel"),
        ({"x": PICTURES[:0]}, "no picture in it"),
        ({"x": list(PICTURES)}, "np.stack"),
        ({"x": PICTURES.astype(object)}, "dtype object"),
        ({"x": np.full((2, 4, 4, 1), np.nan)}, "NaN"),
        ({"x": np.full((2, 4, 4, 1), np.inf)}, "infinite"),
        ({"y": np.zeros(3)}, r"y has shape \(3,\), but x has 4 pictures"),
        ({"y": 1}, r"y has shape \(\)"),
        ({"sample_weight": np.ones(5)}, r"sample_weight has shape \(5,\)"),
        ({"x": (PICTURES, np.zeros(3))}, r"but x has 4 pictures"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 0.5}, "seed is 0.5"),
        ({"workers": -1}, "workers is -1"),
        ({"save_to_dir": "no/such/folder"}, "save_to_dir is 'no/such/folder'"),
        ({"subset": "test"}, "subset is 'test'"),
        ({"subset": "validation"}, "needs a generator with a validation_split"),
        ({"rotations": np.zeros(3)}, r"rotations has shape \(3,\)"),
        ({"rotations": np.zeros((4, 2))}, r"rotations are float64 of shape \(4, 2\)"),
        ({"rotations": ["up"] * 4}, "rotations are"),
        ({"rotations": [0, 1, 2, np.inf]}, "infinite"),
        ({"masks": PICTURES[:3]}, r"masks has shape \(3, 8, 8, 1\)"),
        ({"masks": PICTURES[..., 0]}, r"masks has shape \(4, 8, 8\)"),
        ({"masks": np.zeros((4, 8, 8, 3))}, "masks are"),
        ({"masks": np.zeros((4, 9, 8, 1))}, "resize them first"),
        ({"masks": PICTURES + 7}, "masks is not binary.*threshold it first"),
        ({"masks": np.full((4, 8, 8, 1), 0.5)}, "masks is not binary"),
        ({"masks": np.full((4, 8, 8, 1), np.nan)}, "masks is not binary"),
        ({"masks": PICTURES, "y": np.zeros(4)}, "give either masks"),
        ({"masks": PICTURES, "rotations": np.zeros(4)}, "give either masks"),
        ({"x": PICTURES + 100, "binary": True}, r"x \(with binary=True\) is not binary"),
    ],
)
def test_bad_flows_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator().flow(**({"x": PICTURES} | arguments))


def test_bad_splits_are_refused():
    generator = ImageDataGenerator(validation_split=0.1)
    with pytest.raises(ValueError, match="leaves one part empty"):
        generator.flow(PICTURES, subset="validation")
    generator = ImageDataGenerator(validation_split=0.5)
    with pytest.raises(ValueError, match="different classes"):
        generator.flow(PICTURES, [0, 0, 1, 1], subset="training")
    assert len(generator.flow(PICTURES, [0, 0, 1, 1], subset="training", ignore_class_split=True)) == 1


def test_bad_calls_are_refused():
    generator = ImageDataGenerator()
    with pytest.raises(ValueError, match=r"x has shape \(8, 8\)"):
        generator.apply_transform(np.zeros((8, 8)), {})
    with pytest.raises(ValueError, match=r"unknown transform parameters.*'angle'"):
        generator.apply_transform(PICTURES[0], {"angle": 3})
    with pytest.raises(ValueError, match="theta is nan"):
        generator.apply_transform(PICTURES[0], {"theta": np.nan})
    with pytest.raises(ValueError, match="mask is not binary"):
        generator.transform_mask(np.full((8, 8, 1), 9), {})
    with pytest.raises(ValueError, match=r"x has shape \(8, 8, 1\)"):
        generator.fit(PICTURES[0])
    with pytest.raises(ValueError, match="rounds is 0"):
        generator.fit(PICTURES, augment=True, rounds=0)
    with pytest.raises(NotImplementedError, match="flow_from_directory"):
        generator.flow_from_dataframe(None)
    flow = generator.flow(PICTURES)
    with pytest.raises(IndexError, match="batch 1 of 1"):
        flow[1]
    with pytest.raises(ValueError, match="epoch is -1"):
        flow.epoch = -1
    halving = ImageDataGenerator(preprocessing_function=lambda picture: picture[::2])
    with pytest.raises(ValueError, match="must keep a picture's shape"):
        halving.flow(PICTURES)[0]


def test_bad_folders_are_refused(folder, tmp_path_factory):
    generator = ImageDataGenerator()
    with pytest.raises(ValueError, match="is not a folder"):
        generator.flow_from_directory(folder / "none")
    with pytest.raises(ValueError, match="no pictures found"):
        generator.flow_from_directory(tmp_path_factory.mktemp("empty"))
    with pytest.raises(ValueError, match=r"no folder for the classes \['thumb'\]"):
        generator.flow_from_directory(folder, classes=["fist", "thumb"])
    with pytest.raises(ValueError, match="class_mode"):
        generator.flow_from_directory(folder, class_mode="colour")
    with pytest.raises(ValueError, match="color mode"):
        generator.flow_from_directory(folder, color_mode="cmyk")
    with pytest.raises(ValueError, match="needs a generator with a validation_split"):
        generator.flow_from_directory(folder, subset="training")
    (folder / "open" / "0.png").write_bytes(b"\x89PNG broken")
    with pytest.raises(ValueError, match=r"0\.png is no picture"):
        generator.flow_from_directory(folder)[0]
