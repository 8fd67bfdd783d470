"""Figures of masks: IoU, outlines, boxes, corrupted photos; and skin colour as the baseline."""

from collections.abc import Sequence

import cv2
import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from handvision.core.checks import check_not_zero_and_one, checked_uint8
from handvision.core.examples import Examples
from handvision.core.geometry import mask_iou
from handvision.evaluation.predictions import predict_masks
from handvision.imaging.camera import CORRUPTIONS, corrupt
from handvision.imaging.skin_colour import skin_mask

_SPECK = 0.005  # a mask of a larger share of the frame claims that there is a hand


def evaluate_segmenter(
    model: keras.Model,
    examples: Examples,
    threshold: float = 0.5,
    tolerance: float = 2,
    batch_size: int = 32,
) -> dict:
    """Predicts masks and compares them with the true ones, and those of the skin-colour baseline as well.

    Args:
        model: photos -> mask, or a dict with `mask`.
        examples: with `photos` and `masks`, arrays in the size that the model takes.
        threshold: of the predicted probability.

    Returns:
        The figures of `evaluate_masks`; `skin_colour`, the same figures of `skin_colour_masks`; and
        `baseline`, the IoU among these.
    """
    photos = examples.batch("photos")
    figures = evaluate_masks(examples, predict_masks(model, photos, threshold, batch_size), tolerance)
    baseline = evaluate_masks(examples, skin_colour_masks(photos), tolerance)
    del baseline["iou_per_image"]
    return {**figures, "baseline": baseline["iou"], "skin_colour": baseline}


def evaluate_boxes(
    model: keras.Model, examples: Examples, threshold: float = 0.5, batch_size: int = 32
) -> dict:
    """How a segmenter's masks agree with boxes, where true masks do not exist.

    Args:
        model: photos -> mask, or a dict with `mask`.
        examples: with `photos` (an array in the size that the model takes), `boxes`, and weak `masks` (see
            `datasets.labelling.hands_in_boxes`).
        threshold: of the predicted probability.

    Returns:
        `n` photos, `inside` (share of all predicted pixels that lie in boxes), `joined` (share of pixels in
        a box or in a component that touches one: a forearm, which boxes of hands leave out), `boxes` (those
        whose weak mask shows a hand), `found` (share of these in which at least half of that hand is
        predicted), and `baseline`, `inside` of `skin_colour_masks`.
    """
    photos = examples.batch("photos")
    figures = _agreement_with_boxes(examples, predict_masks(model, photos, threshold, batch_size))
    baseline = _agreement_with_boxes(examples, skin_colour_masks(photos))
    return {**figures, "baseline": baseline["inside"]}


def _agreement_with_boxes(examples: Examples, predicted: np.ndarray) -> dict:
    predicted = predicted[..., 0] > 0
    inside, joined = np.zeros_like(predicted), np.zeros_like(predicted)
    found = []
    known = zip(examples.require("boxes"), examples.require("masks"), strict=True)
    for i, (boxes, weak) in enumerate(known):
        for x0, y0, x1, y1 in np.round(boxes).astype(int).clip(0):
            inside[i, y0:y1, x0:x1] = True
            hand = weak[y0:y1, x0:x1, 0] == 255
            if hand.any():
                found.append(predicted[i, y0:y1, x0:x1][hand].mean() >= 0.5)
        _, pieces = cv2.connectedComponents(predicted[i].astype(np.uint8))
        joined[i] = np.isin(pieces, pieces[inside[i] & predicted[i]])
    return {
        "n": len(predicted),
        "inside": _mean(inside[predicted]),
        "joined": _mean(joined[predicted]),
        "boxes": len(found),
        "found": _mean(found),
    }


def iou_by_corruption(model: keras.Model, examples: Examples, severity: int = 3) -> dict[str, float]:
    """IoU of a segmenter on photos as they are, and after each of `imaging.camera.CORRUPTIONS`.

    Args:
        model: photos -> mask, or a dict with `mask`.
        examples: with `photos` and `masks`, arrays in the size that the model takes.
        severity: 1 (slight) to 5 (heavy).

    Returns:
        "as they are" and the names of the corruptions -> mean IoU over pictures with a hand.
    """
    photos = {"as they are": examples.batch("photos")}
    for kind in CORRUPTIONS:
        worse = [corrupt(photo, kind, severity, seed) for seed, photo in enumerate(photos["as they are"])]
        photos[kind.replace("_", " ")] = np.stack(worse)
    return {
        kind: evaluate_masks(examples, predict_masks(model, changed))["iou"]
        for kind, changed in photos.items()
    }


def evaluate_masks(examples: Examples, predicted: np.ndarray, tolerance: float = 2) -> dict:
    """Compares masks of any origin (a network, the skin-colour baseline) with the true ones.

    Args:
        examples: with `masks`, (n, height, width, 1) uint8.
        predicted: the same shape, uint8 0/255 or boolean.
        tolerance: pixels, of the boundary F.

    Returns:
        Over pictures with a hand: `n`, `iou` and `boundary_f` (means), `share_under_half` (of
        pictures with an IoU under 0.5), `iou_per_image` ((all pictures,) float32, NaN where there is
        no hand). Over pictures without one: `n_without_hand`, `false_masks` (the share that gets a
        mask of more than 0.5 % of the frame). What has no pictures is NaN.
    """
    true, predicted = _mask_pair(examples.require("masks"), predicted)
    hand = true.any(axis=(1, 2))
    scores = np.where(hand, iou(true, predicted), np.nan)
    return {
        "n": int(hand.sum()),
        "iou": _mean(scores[hand]),
        "boundary_f": _mean(boundary_f(true[hand], predicted[hand], tolerance)),
        "share_under_half": _mean(scores[hand] < 0.5),
        "iou_per_image": scores.astype(np.float32),
        "n_without_hand": int((~hand).sum()),
        "false_masks": _mean(predicted[~hand].mean(axis=(1, 2)) > _SPECK),
    }


def iou(true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Intersection over union of the foreground, for each picture; 1 where both masks are empty.

    Args:
        true, predicted: (n, height, width) or (n, height, width, 1), uint8 0/255 or boolean.

    Returns:
        (n,) float64 in [0, 1].
    """
    true, predicted = _mask_pair(true, predicted)
    return mask_iou(true, predicted)


def boundary_f(true: np.ndarray, predicted: np.ndarray, tolerance: float = 2) -> np.ndarray:
    """F-measure of the outlines, for each picture: IoU hardly sees a lost finger, this does.

    Precision is the share of the predicted outline that lies within `tolerance` pixels of the true
    one, recall the reverse (Csurka et al., BMVC 2013; Perazzi et al., CVPR 2016). An outline is the
    foreground pixels with a background neighbour; where a hand leaves the frame there is none.
    1 where neither mask has an outline, 0 where one has.

    Args:
        true, predicted: as in `iou`.
        tolerance: pixels, Euclidean, >= 0.

    Returns:
        (n,) float64 in [0, 1].
    """
    true, predicted = _mask_pair(true, predicted)
    if not tolerance >= 0:
        raise ValueError(f"tolerance is {tolerance}; use 0 pixels or more")
    scores = np.empty(len(true))
    for i in range(len(true)):
        outlines = [_outline(true[i]), _outline(predicted[i])]
        if not (outlines[0].any() and outlines[1].any()):
            scores[i] = float(not (outlines[0].any() or outlines[1].any()))
            continue
        recall, precision = (
            (_distance_to(other)[outline] <= tolerance).mean()
            for outline, other in (outlines, outlines[::-1])
        )
        scores[i] = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return scores


def skin_colour_masks(photos: np.ndarray) -> np.ndarray:
    """The baseline of segmenters: pixels of the colour of skin (see `imaging.skin_colour.skin_mask`).

    Args:
        photos: (n, height, width, 3) uint8 RGB.

    Returns:
        (n, height, width, 1) uint8, 0 or 255.
    """
    return np.stack([skin_mask(photo) for photo in checked_uint8(photos, 3, "photos")])


def _outline(mask: np.ndarray) -> np.ndarray:
    # OpenCV takes what lies outside the frame for foreground when it erodes: no outline there.
    inside = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8))
    return mask & (inside == 0)


def _distance_to(outline: np.ndarray) -> np.ndarray:
    return cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def _mask_pair(true: ArrayLike, predicted: ArrayLike) -> tuple[NDArray[np.bool], NDArray[np.bool]]:
    """Both as (n, height, width) booleans."""
    pair = []
    for name, given in (("true masks", true), ("predicted masks", predicted)):
        if isinstance(given, list):
            raise ValueError(f"{name} are a list, perhaps of unequal sizes: resize them into one array")
        masks: NDArray = np.asarray(given)
        if masks.ndim == 4 and masks.shape[-1] == 1:
            masks = masks[..., 0]
        if masks.ndim != 3:
            raise ValueError(f"{name} have shape {masks.shape}; use (n, height, width, 1)")
        if masks.dtype == np.uint8:
            check_not_zero_and_one(masks, name)
            masks = masks >= 128
        if masks.dtype != bool:
            raise ValueError(
                f"{name} have dtype {masks.dtype}; use uint8 0/255 or booleans (apply a threshold)"
            )
        pair.append(masks)
    if pair[0].shape != pair[1].shape:
        raise ValueError(f"masks have unequal shapes: true {pair[0].shape}, predicted {pair[1].shape}")
    return pair[0], pair[1]


def _mean(values: NDArray | Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
