"""Bad input is refused, by name."""

import numpy as np
import pytest

from handvision import evaluation
from handvision.core.examples import Examples
from tests.helpers.discs import SIZE

MASKS = np.zeros((2, SIZE, SIZE, 1), np.uint8)
LABELS = np.array([0, 1])


@pytest.mark.parametrize(
    ("masks", "labels", "message"),
    [
        (MASKS[..., 0], LABELS, "shape"),
        (MASKS.astype(np.float32), LABELS, "dtype float32"),
        (MASKS + np.uint8(1), LABELS, "0 and 1"),
        (MASKS[:, :8], LABELS, "resize"),
        ([MASKS[0], MASKS[1]], LABELS, "bad has a list of masks"),
        (MASKS, np.array([0, 2]), "labels go from 0 to 2"),
        (MASKS, np.array([-1, 0]), "labels go from -1 to 0"),
        (MASKS, np.array([0.0, 1.0]), "integers"),
        (MASKS, np.eye(2, dtype=int), "integers"),
        (MASKS, None, "has no labels"),
        (None, LABELS, "has no masks"),
        (MASKS[:0], LABELS[:0], "empty"),
    ],
)
def test_classifier_evaluation_refuses(classifier, masks, labels, message):
    examples = Examples("bad", masks=masks, labels=labels)
    with pytest.raises(ValueError, match=message):
        evaluation.evaluate_classifier(classifier, examples)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluation.iou(MASKS, MASKS[:1]), "unequal shapes"),
        (lambda: evaluation.iou(MASKS, MASKS.astype(np.float32)), "threshold"),
        (lambda: evaluation.iou(MASKS, MASKS + np.uint8(1)), "0 and 1"),
        (lambda: evaluation.iou([MASKS[0]], MASKS), "list"),
        (lambda: evaluation.iou(MASKS[0, ..., 0], MASKS[0, ..., 0]), "shape"),
        (lambda: evaluation.boundary_f(MASKS, MASKS, -1), "tolerance is -1"),
        (lambda: evaluation.rotate_masks(MASKS, np.zeros(3)), "degrees has shape"),
        (lambda: evaluation.rotate_masks(MASKS, np.nan), "finite"),
        (lambda: evaluation.rotate_masks(MASKS, 0, np.array([1, 0])), "booleans"),
        (lambda: evaluation.rotation_error(np.zeros(2), np.zeros(3)), "shapes"),
        (lambda: evaluation.rotation_error(np.zeros(1), np.array([np.nan])), "finite"),
        (lambda: evaluation.skin_colour_masks(MASKS), "photos have shape"),
        (lambda: evaluation.skin_colour_masks(np.zeros((1, 4, 4, 3))), "dtype float64"),
        (lambda: evaluation.expected_calibration_error(np.ones((2, 2)), LABELS), "sum to 1"),
        (lambda: evaluation.expected_calibration_error(np.eye(2), LABELS[:1]), "1 labels for 2"),
        (lambda: evaluation.expected_calibration_error(np.zeros((0, 2)), LABELS[:0]), "n > 0"),
        (lambda: evaluation.evaluate_masks(Examples("bare", labels=LABELS), MASKS), "has no masks"),
    ],
)
def test_functions_refuse(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_models_of_the_wrong_kind_are_named(classifier, red_segmenter):
    photos = np.zeros((2, SIZE, SIZE, 3), np.uint8)
    with pytest.raises(ValueError, match="red is no classifier"):
        evaluation.evaluate_classifier(red_segmenter, Examples("hands", masks=MASKS, labels=LABELS))
    with pytest.raises(ValueError, match="for up_or_down, which takes"):
        evaluation.predict_masks(classifier, photos)
    with pytest.raises(ValueError, match=r"threshold is 1\.5"):
        evaluation.predict_masks(red_segmenter, photos, threshold=1.5)
    with pytest.raises(ValueError, match="angles are"):
        evaluation.accuracy_by_angle(classifier, Examples("hands", masks=MASKS, labels=LABELS), angles=())
    with pytest.raises(ValueError, match="hands has no photos"):
        evaluation.evaluate_segmenter(red_segmenter, Examples("hands", masks=MASKS))
