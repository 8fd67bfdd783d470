"""A photo and its mask go through one transform."""

import cv2
import numpy as np
import pytest

from handvision.augment import ImageDataGenerator
from tests.helpers.noise import RANGES, noise


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
