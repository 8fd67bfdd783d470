"""Batches are a function of seed, epoch and index."""

import itertools
import pickle
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from handvision.augment.keras_compat import ImageDataGenerator
from tests.helpers.noise import RANGES, both, noise


def test_a_flow_gives_float32_of_uint8_and_grey_pictures():
    pictures = noise(10, 12, 14, 1).astype("uint8")
    flow = ImageDataGenerator(rescale=1 / 255).flow(pictures, np.arange(10), batch_size=4, shuffle=False)
    assert len(flow) == 3
    x, y = flow[2]
    assert x.dtype == np.float32
    np.testing.assert_allclose(x, pictures[8:] / 255, rtol=1e-6)
    assert y.tolist() == [8, 9]
    assert np.array_equal(flow[-1][0], x)


def test_labels_and_weights_stay_with_their_pictures():
    n = 9
    pictures = np.arange(n, dtype="float32")[:, None, None, None] * np.ones((1, 4, 4, 1), "float32")
    flow = ImageDataGenerator(rotation_range=30).flow(
        pictures, np.eye(n), sample_weight=np.arange(n) * 3, batch_size=4, seed=1
    )
    for i in range(len(flow)):
        x, y, weights = flow[i]
        number = x[:, 0, 0, 0].round()
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


@pytest.mark.slow
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
    flows = [
        ImageDataGenerator(horizontal_flip=True).flow(
            noise(3, 6, 6, 3), seed=1, save_to_dir=tmp_path, save_prefix="hand", save_format="png"
        )
        for _ in range(2)
    ]
    for flow in flows:
        flow[0]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name[:8] for name in names] == [f"hand_{i}_0_"[:8] for i in (0, 0, 1, 1, 2, 2)]
