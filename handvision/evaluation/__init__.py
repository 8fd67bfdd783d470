"""Figures of a classifier, a segmenter, and the combined model, each with its baseline.

Models are known only as `keras.Model`. A classifier takes masks (n, height, width, 1) float32 in
[0, 1] to a dict with `gesture` and `rotation`; a segmenter takes photos (n, height, width, 3) float32
in [0, 1] to a mask; the combined model takes photos to a dict with all of these.
"""

from handvision.evaluation.classifiers import (
    TWELVE_ANGLES,
    accuracy,
    accuracy_by_angle,
    commonest_class_share,
    evaluate_classifier,
    evaluate_negatives,
    expected_calibration_error,
    nearest_neighbour_accuracy,
)
from handvision.evaluation.combined import accuracy_by_direction, evaluate_combined, failure_kinds
from handvision.evaluation.predictions import model_outputs, predict_masks
from handvision.evaluation.rotation import (
    rotate_masks,
    rotated_degrees,
    rotation_error,
)
from handvision.evaluation.segmenters import (
    boundary_f,
    evaluate_boxes,
    evaluate_masks,
    evaluate_segmenter,
    iou,
    iou_by_corruption,
    skin_colour_masks,
)

__all__ = [
    "TWELVE_ANGLES",
    "accuracy",
    "accuracy_by_angle",
    "accuracy_by_direction",
    "boundary_f",
    "commonest_class_share",
    "evaluate_boxes",
    "evaluate_classifier",
    "evaluate_combined",
    "evaluate_masks",
    "evaluate_negatives",
    "evaluate_segmenter",
    "expected_calibration_error",
    "failure_kinds",
    "iou",
    "iou_by_corruption",
    "model_outputs",
    "nearest_neighbour_accuracy",
    "predict_masks",
    "rotate_masks",
    "rotated_degrees",
    "rotation_error",
    "skin_colour_masks",
]
