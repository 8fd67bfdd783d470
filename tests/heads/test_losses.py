"""Losses and metrics against values worked out by hand."""

import numpy as np
import pytest

from handvision.heads.losses import (
    CentreLoss,
    GestureAccuracy,
    MapLoss,
    MaskIoU,
    MaskLoss,
    RotationLoss,
    ShapeLoss,
)


def test_rotation_loss_of_unit_vectors_is_one_minus_cosine():
    angles = np.radians([[0, 0], [0, 90], [30, 210], [10, 70]])
    true, read = (np.stack([np.sin(a), np.cos(a)], axis=1) for a in angles.T)
    losses = RotationLoss(reduction=None)(true, read)
    assert np.allclose(losses, [0, 1, 2, 0.5], atol=1e-6)


def test_accuracy_leaves_out_what_prefers_no_gesture():
    true = np.array([[1, 0, 0], [0, 1, 0], [1 / 3, 1 / 3, 1 / 3]], np.float32)
    read = np.array([[0.8, 0.1, 0.1], [0.8, 0.1, 0.1], [0.8, 0.1, 0.1]], np.float32)
    metric = GestureAccuracy()
    metric.update_state(true, read)
    assert float(metric.result()) == 0.5
    metric.reset_state()
    metric.update_state(true, read, sample_weight=np.array([3, 1, 1]))
    assert float(metric.result()) == 0.75


def test_mask_loss_and_iou_leave_unknown_pixels_out():
    true = np.zeros((1, 2, 2, 1), np.float32)
    true[0, 0] = 1
    read = np.full((1, 2, 2, 1), 0.5, np.float32)
    # Cross-entropy ln 2; Dice (2 * (0.5 + 0.5) + 1) / (2 + 2 + 1).
    assert float(MaskLoss()(true, read)) == pytest.approx(np.log(2) + 1 - 3 / 5, rel=1e-5)
    read[0, 1, 1], true[0, 1, 1] = 1, np.nan
    # Three pixels are left: Dice (2 * 1 + 1) / (2 + 1.5 + 1).
    assert float(MaskLoss()(true, read)) == pytest.approx(np.log(2) + 1 - 3 / 4.5, rel=1e-5)
    metric = MaskIoU()
    metric.update_state(true, np.array([[[[0.9], [0.1]], [[0.1], [0.9]]]], np.float32))
    assert float(metric.result()) == pytest.approx(0.5)
    metric.reset_state()
    metric.update_state(np.zeros((2, 2, 2, 1)), np.zeros((2, 2, 2, 1)))
    assert float(metric.result()) == 1


def test_a_centre_map_that_is_right_costs_nothing_and_unknown_cells_never_cost():
    target = np.zeros((1, 3, 3, 1), np.float32)
    target[0, 1, 1] = 1
    right, wrong = np.where(target > 0, 0.9999, 1e-4), np.where(target > 0, 0.1, 0.8)
    assert float(CentreLoss()(target, right)) < 1e-6
    assert float(CentreLoss()(target, wrong)) > 1
    unknown = np.full_like(target, np.nan)
    assert float(CentreLoss()(unknown, wrong)) == 0


def test_a_map_is_compared_where_it_is_known():
    target = np.full((1, 2, 2, 2), np.nan, np.float32)
    target[0, 0, 0] = (4, 6)
    answer = np.full((1, 2, 2, 2), 3, np.float32)
    assert float(MapLoss()(target, answer)) == pytest.approx((1 + 3) / 2)
    assert float(MapLoss(relative=True)(target, answer)) == pytest.approx(
        (np.log(4 / 3) + np.log(2)) / 2, abs=1e-6
    )
    assert float(MapLoss()(np.full_like(target, np.nan), answer)) == 0


def test_hands_of_one_shape_are_to_have_one_vector():
    rng = np.random.default_rng(0)
    open_hand, fist = rng.normal(size=(2, 42))
    shapes = np.stack([open_hand, open_hand, fist, np.zeros(42)]).astype(np.float32)
    apart = np.array([[1, 0], [1, 0], [0, 1], [1, 0]], np.float32)  # the last shape is not known
    assert float(ShapeLoss()(shapes, apart)) < 1e-3
    together = np.tile(np.array([[1, 0]], np.float32), (4, 1))
    assert float(ShapeLoss()(shapes, together)) > 0.2
