import cv2
import numpy as np
import pytest

from handvision.core.geometry import mask_iou
from handvision.synthesis.roughness import roughen


def discs(count=6, size=64):
    masks = np.zeros((count, size, size, 1), np.uint8)
    for mask in masks:
        cv2.circle(mask, (size // 2, size // 2), size // 3, 255, -1)
    return masks


def test_rough_masks_stay_binary_and_close_to_the_clean_ones():
    clean = discs()
    rough = roughen(clean, seed=1)
    assert set(np.unique(rough)) == {0, 255}
    overlap = mask_iou(clean[..., 0] > 0, rough[..., 0] > 0)
    assert len(np.unique(overlap)) > 1, "all masks got the same faults"
    assert (overlap > 0.75).all()
    assert not (rough[:, :4] | rough[:, -4:]).any(), "something was added far from the hand"


def test_faults_follow_the_seed():
    assert np.array_equal(roughen(discs(), seed=1), roughen(discs(), seed=1))
    assert not np.array_equal(roughen(discs(), seed=1), roughen(discs(), seed=2))
    first, second, *_ = roughen(discs(), seed=1)
    assert not np.array_equal(first, second)


def test_an_empty_mask_stays_empty():
    assert not roughen(np.zeros((3, 32, 32, 1), np.uint8), seed=0).any()


def test_other_arrays_are_refused():
    with pytest.raises(ValueError, match="uint8"):
        roughen(np.zeros((1, 8, 8, 1), np.float32), seed=0)
