"""Masks, outlines and boxes, against values computed by hand."""

import numpy as np
import pytest

from handvision import evaluation
from handvision.core.examples import UNKNOWN, Examples, Hands
from handvision.imaging.camera import CORRUPTIONS
from tests.helpers.discs import SIZE, blob


def test_iou_by_hand():
    true, read = np.zeros((4, 4, 4, 1), np.uint8), np.zeros((4, 4, 4, 1), np.uint8)
    true[0, :2], read[0, 1:3] = 255, 255  # 4 of 12 pixels
    true[1, :2] = 255  # missed
    true[2, 0, 0], read[2, 0, 0] = 255, 255  # same
    assert np.allclose(evaluation.iou(true, read), [1 / 3, 0, 1, 1])  # the last: both empty
    assert np.allclose(evaluation.iou(true[..., 0] > 0, read > 0), [1 / 3, 0, 1, 1])


def test_boundary_f_by_hand():
    true = np.zeros((1, 40, 40, 1), np.uint8)
    true[0, 10:20, 10:20] = 255
    assert evaluation.boundary_f(true, true)[0] == 1
    for shift, tolerance, expected in ((2, 2, 1.0), (1, 0, None), (15, 2, 0.0)):
        score = evaluation.boundary_f(true, np.roll(true, shift, axis=2), tolerance)[0]
        if expected is not None:
            assert score == expected
        else:
            # Outlines of 36 pixels: 9 of the top and 9 of the bottom row are shared.
            assert score == pytest.approx(18 / 36)
    empty = np.zeros_like(true)
    assert evaluation.boundary_f(true, empty)[0] == 0
    assert evaluation.boundary_f(empty, empty)[0] == 1
    full = np.full_like(true, 255)
    assert evaluation.boundary_f(full, full)[0] == 1


def test_boundary_f_sees_a_lost_finger_that_iou_does_not():
    hand = np.zeros((1, 64, 64, 1), np.uint8)
    hand[0, 30:60, 10:54] = 255
    whole = hand.copy()
    whole[0, 5:30, 30:33] = 255
    lost_iou, lost_f = 1 - evaluation.iou(whole, hand)[0], 1 - evaluation.boundary_f(whole, hand)[0]
    assert lost_iou < 0.06
    assert lost_f > 2 * lost_iou


def test_no_outline_where_a_hand_leaves_the_frame():
    true = np.zeros((1, 20, 20, 1), np.uint8)
    true[0, 10:] = 255
    read = true.copy()
    read[0, 10:, :10] = 0
    # True outline: row 10. Read: its right half, and column 10 below it, of which the first 2 are near.
    precision, recall = (10 + 2) / 19, 12 / 20
    assert evaluation.boundary_f(true, read)[0] == pytest.approx(
        2 * precision * recall / (precision + recall)
    )


def test_segmenter_figures_keep_pictures_without_a_hand_apart(red_segmenter):
    photos = np.zeros((4, SIZE, SIZE, 3), np.uint8)
    masks = np.zeros((4, SIZE, SIZE, 1), np.uint8)
    masks[0, :16], photos[0, :16, :, 0] = 255, 255  # perfect
    masks[1, :16], photos[1, :4, :, 0] = 255, 200  # a quarter of it
    photos[2, 0, :6, 0] = 255  # no hand, 6 of 1024 pixels: 0.59 %
    photos[3, 0, :5, 0] = 255  # no hand, 0.49 %
    examples = Examples("reds", photos=photos, masks=masks)
    result = evaluation.evaluate_segmenter(red_segmenter, examples)
    assert (result["n"], result["n_without_hand"]) == (2, 2)
    assert result["iou"] == pytest.approx((1 + 0.25) / 2)
    assert result["share_under_half"] == 0.5
    assert result["false_masks"] == 0.5
    assert np.allclose(result["iou_per_image"], [1, 0.25, np.nan, np.nan], equal_nan=True)
    assert 0 < result["boundary_f"] < 1
    assert evaluation.evaluate_segmenter(red_segmenter, examples, threshold=0.9)["iou"] == 0.5
    assert result["baseline"] == result["skin_colour"]["iou"]
    only_hands = evaluation.evaluate_masks(examples.take([0]), masks[:1])
    assert np.isnan(only_hands["false_masks"])


def test_skin_colour_baseline_finds_skin_and_no_wall():
    photos = np.zeros((1, 2, 3, 3), np.uint8)
    photos[0, 0] = [(224, 172, 145), (141, 85, 56), (255, 219, 192)]  # three tones of skin
    photos[0, 1] = [(90, 120, 200), (60, 160, 60), (128, 128, 128)]
    masks = evaluation.skin_colour_masks(photos)
    assert (masks.shape, masks.dtype) == ((1, 2, 3, 1), np.uint8)
    assert np.array_equal(masks[0, ..., 0], [[255] * 3, [0] * 3])


def test_boxes_are_found_by_half_of_their_hand_and_count_what_lies_in_them(red_segmenter):
    photos = np.zeros((2, SIZE, SIZE, 3), np.uint8)
    photos[0, 4:8, 4:12, 0] = 255  # half of the first hand
    photos[0, 20:22, 0:8, 0] = 255  # and something that is in no box
    photos[1, 4:7, 4:12, 0] = 255  # less than half
    photos[1, 4:7, 12:16, 0] = 255  # and its forearm, which goes on outside of the box
    weak = np.zeros((2, SIZE, SIZE, 1), np.uint8)
    weak[:, 4:12, 4:12] = 255
    weak[1, 16:24, 16:24] = UNKNOWN
    boxes = [np.array([[4, 4, 12, 12]], np.float32), np.array([[4, 4, 12, 12], [16, 16, 24, 24]], np.float32)]
    result = evaluation.evaluate_boxes(
        red_segmenter, Examples("webcam", photos=photos, masks=weak, hands=[Hands(boxes=b) for b in boxes])
    )
    assert (result["n"], result["boxes"], result["found"]) == (2, 2, 0.5)
    assert result["inside"] == pytest.approx((32 + 24) / (32 + 16 + 24 + 12))
    assert result["joined"] == pytest.approx((32 + 24 + 12) / (32 + 16 + 24 + 12))


def test_worse_photos_give_worse_masks(red_segmenter):
    masks = np.stack([blob(16, 16, 8), blob(12, 20, 6)])
    photos = np.where(masks > 0, np.uint8([220, 40, 40]), np.uint8([40, 40, 90])).astype(np.uint8)
    scores = evaluation.iou_by_corruption(red_segmenter, Examples("discs", photos=photos, masks=masks))
    assert scores["as they are"] == 1
    assert scores["dark"] < 1 and scores["gray"] < 1
    assert set(scores) == {"as they are", *(kind.replace("_", " ") for kind in CORRUPTIONS)}
