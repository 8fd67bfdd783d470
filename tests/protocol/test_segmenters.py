"""Photos with masks, as many as asked, of any shape."""

import numpy as np
import pytest

from handvision import protocol


@pytest.mark.slow
def test_segmentation_gives_photos_with_masks_and_as_many_batches_as_asked():
    task = protocol.segmentation("rendered", 64, 12, 6, batch_size=4, steps=2, seed=1)
    photos, masks = task.train[0]
    assert photos.shape == (4, 64, 64, 3)
    assert masks.shape == (4, 64, 64, 1)
    assert len(task.train) == 2
    task.train.epoch = 3
    assert not np.array_equal(photos, task.train[0][0]), "every epoch shows other pictures"


@pytest.mark.slow
def test_photos_need_not_be_square():
    task = protocol.segmentation("rendered", (64, 96), 12, 6, batch_size=4, steps=1, seed=1)
    assert task.train[0][0].shape == (4, 64, 96, 3)
    assert task.tests["rendered"].masks.shape == (6, 64, 96, 1)
    assert protocol.photo_test_sets("rendered", (64, 96), 6, seed=1)["rendered"].photos.shape[1:] == (
        64,
        96,
        3,
    )
