"""The combined model: accuracy, accuracy by direction, and causes of failure."""

import keras
import numpy as np
from sklearn.metrics import confusion_matrix

from handvision.core.checks import checked_labels
from handvision.core.examples import Examples
from handvision.core.geometry import degrees_from_sin_cos
from handvision.evaluation.classifiers import commonest_class_share, expected_calibration_error
from handvision.evaluation.predictions import class_count, model_outputs
from handvision.evaluation.rotation import rotation_error
from handvision.evaluation.segmenters import evaluate_masks


def evaluate_combined(
    model: keras.Model, examples: Examples, threshold: float = 0.5, batch_size: int = 32
) -> dict:
    """Accuracy from photo to number of the combined model, on photos with labels.

    Args:
        model: photos -> dict with `gesture`, and with `has_hand`, `rotation`, `mask` where it has them.
        examples: with `photos` (an array in the model's size) and `labels`; rotations and masks are
            compared where they are known.

    Returns:
        `n`, `baseline` (accuracy of always answering the commonest class), `accuracy` (a photo in which no
        hand is found counts as wrong), `found` (share), `accuracy_of_found`, `confusion` (list of lists,
        found hands only), `expected_calibration_error`, `rotation` (see `rotation_error`; found hands; None
        if nothing is known), `masks` (see `evaluate_masks`; None without true masks), and for each photo
        `right_per_image` and `found_per_image` (n,) bool and `iou_per_image` (n,) float32, NaN where it is
        not known.
    """
    labels, classes = examples.require("labels"), class_count(model)
    labels = checked_labels(labels, classes, examples.name)
    outputs = model_outputs(
        model, examples.batch("photos"), ("gesture", "rotation", "has_hand", "mask"), batch_size, channels=3
    )
    found = outputs["has_hand"].reshape(-1) > 0.5 if "has_hand" in outputs else np.ones(len(labels), bool)
    answers = outputs["gesture"].argmax(axis=1)
    right = (answers == labels) & found
    rotation = masks = None
    scores = np.full(len(labels), np.nan, np.float32)
    if examples.rotations is not None and "rotation" in outputs:
        read = degrees_from_sin_cos(outputs["rotation"][found])
        rotation = {"reference": "direction", **rotation_error(examples.rotations[found], read)}
    if examples.masks is not None and "mask" in outputs:
        masks = evaluate_masks(examples, outputs["mask"] > threshold)
        scores = masks.pop("iou_per_image")
    return {
        "n": len(labels),
        "baseline": commonest_class_share(labels),
        "accuracy": float(right.mean()),
        "found": float(found.mean()),
        "accuracy_of_found": float(right[found].mean()) if found.any() else float("nan"),
        "confusion": confusion_matrix(labels, answers, labels=range(classes), sample_weight=found)
        .astype(int)
        .tolist(),
        "expected_calibration_error": expected_calibration_error(outputs["gesture"], labels),
        "rotation": rotation,
        "masks": masks,
        "right_per_image": right,
        "found_per_image": found,
        "iou_per_image": scores,
    }


def accuracy_by_direction(right: np.ndarray, rotations: np.ndarray, step: int = 30) -> dict[int, float]:
    """Accuracy by the direction of the hand: direction in degrees -> accuracy of those about it.

    Args:
        right: (n,) booleans, as `right_per_image` of `evaluate_combined`.
        rotations: (n,) degrees, NaN where not known.
        step: degrees between two directions; divides 360.

    Returns:
        0, step, 2 step, ... below 360 -> accuracy of the hands within step / 2 of it. Directions
        without a hand are left out.
    """
    right, rotations = np.asarray(right), np.asarray(rotations, np.float64)
    if right.dtype != bool or right.ndim != 1 or right.shape != rotations.shape:
        raise ValueError(
            f"right is {right.dtype} {right.shape}, rotations are {rotations.shape}; "
            "use (n,) booleans and (n,) degrees"
        )
    if not 0 < step <= 360 or 360 % step:
        raise ValueError(f"step is {step}; use a number of degrees that divides 360")
    known = np.isfinite(rotations)
    nearest = np.round(rotations[known] / step).astype(int) * step % 360
    return {int(a): float(right[known][nearest == a].mean()) for a in np.unique(nearest)}


def failure_kinds(result: dict) -> dict[str, float]:
    """Causes of failure: kind -> share of all photos, from what `evaluate_combined` returned."""
    wrong, found = ~result["right_per_image"], result["found_per_image"]
    poor = np.nan_to_num(result["iou_per_image"], nan=1.0) < 0.5
    return {
        "no hand found": float((wrong & ~found).mean()),
        "poor mask (IoU under 0.5)": float((wrong & found & poor).mean()),
        "hand found, gesture misread": float((wrong & found & ~poor).mean()),
    }
