"""Folders are read as Keras reads them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.helpers.noise import RANGES, both


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
