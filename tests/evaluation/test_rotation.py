"""Directions, and masks that are turned."""

import cv2
import numpy as np
import pytest

from handvision import evaluation
from tests.helpers.discs import SIZE, pointer


def test_rotation_error_is_circular_and_skips_unknown_directions():
    true = np.array([179, -90, np.nan, 0, 10])
    read = np.array([-179, -90, 5, 180, 21])
    result = evaluation.rotation_error(true, read)
    assert result["mean_absolute_degrees"] == pytest.approx((2 + 0 + 180 + 11) / 4)
    assert result["within_10_degrees"] == 0.5
    assert (result["n"], result["n_unknown"]) == (4, 1)
    nothing = evaluation.rotation_error(np.array([np.nan]), np.array([3.0]))
    assert np.isnan(nothing["mean_absolute_degrees"])
    assert nothing["n"] == 0


def test_rotated_masks_point_where_rotated_degrees_say():
    start = np.array([0, 30, -100, 170.0])
    masks = np.stack([pointer(d) for d in start])
    turns, mirror = np.array([90, 45, -30, 200.0]), np.array([False, True, True, False])
    expected = evaluation.rotated_degrees(start, turns, mirror)
    assert np.allclose(expected, [90, 15, 70, 10])
    for mask, degrees in zip(evaluation.rotate_masks(masks, turns, mirror), expected, strict=True):
        y, x = np.argwhere(mask[..., 0]).mean(axis=0) - (SIZE - 1) / 2
        assert np.degrees(np.arctan2(-x, -y)) == pytest.approx(degrees, abs=2)


def test_turning_by_nothing_or_full_circles_changes_no_bit():
    masks = np.stack([pointer(20), pointer(-70)])
    assert np.array_equal(evaluation.rotate_masks(masks, 0), masks)
    assert np.array_equal(evaluation.rotate_masks(masks, 360), masks)
    assert np.array_equal(evaluation.rotate_masks(masks, 0, True), masks[:, :, ::-1])
    assert np.array_equal(evaluation.rotate_masks(masks, 90), np.rot90(masks, axes=(1, 2)))


@pytest.mark.parametrize("shape", [(32, 32), (24, 48)])
@pytest.mark.parametrize("degrees", [15, 45, 90, 130, 225, 300])
def test_no_finger_is_lost_at_the_border(shape, degrees):
    # Fingers in three corners, and a frame filled by one long arm.
    masks = np.zeros((2, *shape, 1), np.uint8)
    for rows in (slice(0, 6), slice(-6, None)):
        masks[0, rows, :6] = 255
    masks[0, :6, -6:] = 255
    masks[1, shape[0] // 2 - 3 : shape[0] // 2 + 3] = 255
    turned = evaluation.rotate_masks(masks, degrees)
    assert set(np.unique(turned)) == {0, 255}
    # Background and all three fingers; background and one arm that the frame does not cut in two.
    assert cv2.connectedComponents(turned[0, ..., 0])[0] == 4
    assert cv2.connectedComponents(turned[1, ..., 0])[0] == 2
    # No smaller than it must be: as large as before, or as long as the frame.
    extent = np.ptp(np.argwhere(turned[0, ..., 0]), axis=0) + 1
    assert (turned[0] > 0).sum() > 0.9 * (masks[0] > 0).sum() or (extent >= np.array(shape) - 2).any()


def test_empty_masks_stay_empty():
    assert not evaluation.rotate_masks(np.zeros((2, 8, 8, 1), np.uint8), 33).any()
