"""Figures of a classifier, a segmenter, and the combined model, with the trivial floors beside them.

Models are known only as `keras.Model`. A classifier takes masks (n, height, width, 1) float32 in
[0, 1] to a dict with `gesture` and `rotation`; a segmenter takes photos (n, height, width, 3) float32
in [0, 1] to a mask; the combined model takes photos to a dict with all of these.
"""

from collections.abc import Iterable, Iterator

import cv2
import keras
import numpy as np
from sklearn.metrics import confusion_matrix
from sklearn.neighbors import KNeighborsClassifier

from handvision.data.compositing import CORRUPTIONS, corrupt
from handvision.data.examples import Examples
from handvision.data.no_hands import skin_mask

ALL_ROUND = tuple(range(0, 360, 30))
_SPECK = 0.005  # a mask of a larger share of the frame claims that there is a hand


# Classifiers ------------------------------------------------------------------------------------


def evaluate_classifier(
    model: keras.Model,
    examples: Examples,
    angles: Iterable[float] = ALL_ROUND,
    mirror: bool = False,
    limit: int | None = None,
    seed: int = 0,
    batch_size: int = 128,
) -> dict:
    """Everything that is reported of a classifier on one set of masks.

    Every picture is read as it is, and turned by each of `angles` (see `rotate_masks`).

    Args:
        model: masks -> dict with `gesture`, and `rotation` if it reads it.
        examples: with `masks` (an array in the size that the model takes) and `labels`.
        angles: degrees counter-clockwise.
        mirror: also read the mirror image of every turned picture.
        limit: use so many pictures, drawn with `seed`, where there are more.

    Returns:
        A dict with `n` (pictures) and `n_turned` (readings over all rotations), `class_names`,
        `accuracy_upright`, `accuracy_all_rotations`, `accuracy_by_angle` (angle -> accuracy),
        `accuracy_by_class` (list, None for a class without pictures), `confusion` (list of lists,
        rows are the truth, over all rotations), `floor` (always the most frequent
        class), `expected_calibration_error` and `rotation` (see `rotation_error`, with its
        `reference`; None if the model gives no rotation).

        The reference of the rotation is "direction" where examples know it, plus the turn. Where
        none does it is "turn": the change of the reading against the upright picture's is compared
        with the turn that was applied.
    """
    examples = _labelled_masks(_subsample(examples, limit, seed))
    angles = _angles(angles)
    classes = _class_count(model)
    labels = _labels(examples.labels, classes, examples.name)
    turned = _Turned(model, examples.masks, angles, mirror, batch_size)
    probabilities = turned.outputs["gesture"]
    repeated = np.tile(labels, len(turned.turns))
    answers = probabilities.argmax(axis=1)
    right = answers == repeated
    right_by_turn = right.reshape(len(turned.turns), -1)
    confusion = confusion_matrix(repeated, answers, labels=range(classes))
    return {
        "n": len(labels),
        "n_turned": len(repeated),
        "class_names": list(examples.class_names),
        "accuracy_upright": float((turned.upright["gesture"].argmax(axis=1) == labels).mean()),
        "accuracy_all_rotations": float(right.mean()),
        "accuracy_by_angle": {
            angle: float(right_by_turn[[t[0] == angle for t in turned.turns]].mean()) for angle in angles
        },
        "accuracy_by_class": [
            float(right[repeated == k].mean()) if (repeated == k).any() else None for k in range(classes)
        ],
        "confusion": confusion.tolist(),
        "floor": float(np.bincount(labels).max() / len(labels)),
        "expected_calibration_error": expected_calibration_error(probabilities, repeated),
        "rotation": turned.rotation(examples.rotations),
    }


def accuracy(model: keras.Model, examples: Examples, batch_size: int = 128) -> float:
    """Share of the masks, as they are, that the classifier reads right."""
    examples = _labelled_masks(examples)
    labels = _labels(examples.labels, _class_count(model), examples.name)
    answers = predict(model, examples.masks, batch_size=batch_size)["gesture"].argmax(axis=1)
    return float((answers == labels).mean())


def accuracy_by_angle(
    model: keras.Model,
    examples: Examples,
    angles: Iterable[float] = ALL_ROUND,
    mirror: bool = False,
    batch_size: int = 128,
) -> dict[float, float]:
    """Accuracy for each angle that all pictures are turned by; `mirror` also reads mirror images."""
    examples = _labelled_masks(examples)
    labels = _labels(examples.labels, _class_count(model), examples.name)
    turned = _Turned(model, examples.masks, _angles(angles), mirror, batch_size)
    right = turned.outputs["gesture"].argmax(axis=1).reshape(len(turned.turns), -1) == labels
    return {angle: float(right[[t[0] == angle for t in turned.turns]].mean()) for angle in _angles(angles)}


def confident_share(
    model: keras.Model, pictures: np.ndarray, above: float = 0.9, batch_size: int = 128
) -> float:
    """Share of the pictures that are read with a probability over `above`: for those that show no hand.

    Where the model has an output `has_hand`, a picture that it calls empty is not counted as read.

    Args:
        model: gives `gesture`.
        pictures: (n, height, width, channels) uint8 masks or photos, in the size that the model takes.
        above: a probability.
    """
    outputs = predict(model, pictures, batch_size=batch_size, channels=pictures.shape[-1])
    confident = outputs["gesture"].max(axis=1) > above
    if "has_hand" in outputs:
        confident &= outputs["has_hand"].reshape(-1) > 0.5
    return float(confident.mean())


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """How far confidence is from accuracy, on average: 0 is perfect doubt.

    Guo et al., On Calibration of Modern Neural Networks (ICML 2017): answers are sorted into equal
    bins by their probability; the gaps between mean probability and accuracy are averaged,
    weighted by the share of answers in the bin.

    Args:
        probabilities: (n, classes), rows that sum to 1.
        labels: (n,) integers.
    """
    probabilities = np.asarray(probabilities, np.float64)
    if probabilities.ndim != 2 or not len(probabilities):
        raise ValueError(f"probabilities have shape {probabilities.shape}; use (n, classes) with n > 0")
    if not (probabilities >= 0).all() or np.abs(probabilities.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError("probabilities: every row must be >= 0 and sum to 1")
    if bins < 1:
        raise ValueError(f"bins is {bins}; use at least 1")
    labels = _labels(labels, probabilities.shape[1], "labels", len(probabilities))
    confidence = probabilities.max(axis=1)
    gap = confidence - (probabilities.argmax(axis=1) == labels)
    # |sum of the gaps| in a bin is its number of answers times |mean confidence - accuracy|.
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(np.abs(np.bincount(place, weights=gap, minlength=bins)).sum() / len(labels))


def nearest_neighbour_accuracy(
    train: Examples,
    test: Examples,
    angles: Iterable[float] = (0,),
    size: int = 16,
    limit: int = 4000,
    seed: int = 0,
) -> float:
    """The floor under every classifier: the label of the most similar training mask.

    Masks are cropped to the hand, brought to `size` x `size` with the aspect ratio kept, and
    compared pixel by pixel. A network that is no better has only memorised.

    Args:
        train, test: with masks and labels.
        angles: both sets are turned by each of these; (0,) compares them as they are.
        size: pixels of the small crops.
        limit: at most so many crops of either set, turned copies included, drawn with `seed`.
    """
    angles = _angles(angles)
    if size < 2:
        raise ValueError(f"size is {size}; use at least 2 pixels")
    if limit < len(angles):
        raise ValueError(f"limit is {limit}; use at least one picture for each of {len(angles)} angles")
    crops, labels = [], []
    for examples in (train, test):
        examples = _labelled_masks(_subsample(examples, limit // len(angles), seed))
        turned = [rotate_masks(examples.masks, angle) for angle in angles]
        crops.append(_small_crops(np.concatenate(turned), size))
        labels.append(np.tile(np.asarray(examples.labels), len(angles)))
    neighbours = KNeighborsClassifier(n_neighbors=1, algorithm="brute").fit(crops[0], labels[0])
    return float(neighbours.score(crops[1], labels[1]))


# Rotation ---------------------------------------------------------------------------------------


def rotation_error(true_degrees: np.ndarray, predicted_degrees: np.ndarray) -> dict:
    """Circular error of directions: 179 and -179 degrees are 2 apart.

    Args:
        true_degrees: (n,), NaN where the direction is not known.
        predicted_degrees: (n,).

    Returns:
        `mean_absolute_degrees` and `within_10_degrees` (a share) over the known ones, both NaN if
        there is none; `n` known and `n_unknown`.
    """
    true = np.asarray(true_degrees, np.float64)
    predicted = np.asarray(predicted_degrees, np.float64)
    if true.ndim != 1 or true.shape != predicted.shape:
        raise ValueError(f"directions have shapes {true.shape} and {predicted.shape}; use (n,) for both")
    known = ~np.isnan(true)
    if not np.isfinite(predicted[known]).all() or np.isinf(true).any():
        raise ValueError("directions must be finite; NaN may stand for a true one that is not known")
    errors = np.abs(wrap_degrees(predicted[known] - true[known]))
    return {
        "mean_absolute_degrees": float(errors.mean()) if len(errors) else float("nan"),
        "within_10_degrees": float((errors <= 10).mean()) if len(errors) else float("nan"),
        "n": len(errors),
        "n_unknown": int((~known).sum()),
    }


def degrees_from_sin_cos(pairs: np.ndarray) -> np.ndarray:
    """(n, 2) pairs (sin, cos) of any length to (n,) degrees in (-180, 180]."""
    pairs = np.asarray(pairs, np.float64)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"rotation has shape {pairs.shape}; use (n, 2), columns sin and cos")
    return wrap_degrees(np.degrees(np.arctan2(pairs[:, 0], pairs[:, 1])))


def sin_cos_from_degrees(degrees: np.ndarray) -> np.ndarray:
    """(n,) degrees to (n, 2) float32 pairs (sin, cos); NaN stays NaN."""
    radians = np.radians(np.asarray(degrees, np.float64))
    if radians.ndim != 1:
        raise ValueError(f"degrees have shape {radians.shape}; use (n,)")
    return np.stack([np.sin(radians), np.cos(radians)], axis=1).astype(np.float32)


def wrap_degrees(degrees: np.ndarray) -> np.ndarray:
    """The same directions in (-180, 180]."""
    return 180 - (180 - np.asarray(degrees, np.float64)) % 360


def turned_degrees(rotations: np.ndarray, degrees, mirror=False) -> np.ndarray:
    """Directions of hands in pictures that went through `rotate_masks` with the same arguments."""
    return wrap_degrees(np.where(mirror, -1.0, 1.0) * np.asarray(rotations, np.float64) + degrees)


def rotate_masks(masks: np.ndarray, degrees, mirror=False) -> np.ndarray:
    """Masks mirrored left to right (where `mirror`), then turned about the centre, with no finger lost.

    Turned about its centre a picture loses its corners, and a hand at its edge its fingers. So
    where a part of the hand would leave the frame, the whole is moved in by just so much, and where
    it is too long for the frame also made smaller. To a classifier behind BoundingBoxCropLayer
    neither makes a difference. What the frame had cut off before, such as a forearm, stays cut off.

    Args:
        masks: (n, height, width, 1) uint8, 0 or 255.
        degrees: counter-clockwise, a number or (n,).
        mirror: a boolean or (n,) booleans.

    Returns:
        (n, height, width, 1) uint8, 0 or 255. Without turn and mirror it is `masks` to the bit.
    """
    masks = _uint8(masks, 1, "masks")
    n, height, width, _ = masks.shape
    degrees = _each(degrees, n, "degrees", np.float64)
    mirror = _each(mirror, n, "mirror", bool)
    if not np.isfinite(degrees).all():
        raise ValueError("degrees must be finite")
    turned = np.empty_like(masks)
    for i, mask in enumerate(masks[..., 0]):
        mask = mask[:, ::-1] if mirror[i] else mask
        if degrees[i] % 360 == 0:
            turned[i, ..., 0] = mask
            continue
        matrix = _fitting_turn(mask, degrees[i])
        image = cv2.warpAffine(np.ascontiguousarray(mask), matrix, (width, height), flags=cv2.INTER_LINEAR)
        turned[i, ..., 0] = (image >= 128) * np.uint8(255)
    return turned


def _fitting_turn(mask: np.ndarray, degrees: float) -> np.ndarray:
    """The 2x3 matrix, source to target, that turns about the centre and keeps the foreground inside."""
    height, width = mask.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    points = cv2.findNonZero(np.ascontiguousarray(mask))
    if points is None:
        return matrix
    hull = cv2.convexHull(points)[:, 0].astype(np.float64)
    frame = np.array([width - 1, height - 1], np.float64)
    places = hull @ matrix[:, :2].T + matrix[:, 2]
    span = places.max(axis=0) - places.min(axis=0)
    scale = min(1.0, *(frame / np.maximum(span, 1e-9)))
    matrix[:, :2] *= scale
    matrix[:, 2] = scale * (matrix[:, 2] - frame / 2) + frame / 2
    places = hull @ matrix[:, :2].T + matrix[:, 2]
    matrix[:, 2] += np.maximum(0, -places.min(axis=0)) - np.maximum(0, places.max(axis=0) - frame)
    return matrix


# Masks ------------------------------------------------------------------------------------------


def evaluate_segmenter(
    model: keras.Model,
    examples: Examples,
    threshold: float = 0.5,
    tolerance: float = 2,
    batch_size: int = 32,
) -> dict:
    """Reads the photos and compares the masks with the true ones; see `evaluate_masks`.

    Args:
        model: photos -> mask, or a dict with `mask`.
        examples: with `photos` and `masks`, arrays in the size that the model takes.
        threshold: of the predicted probability.
    """
    return evaluate_masks(examples, predict_masks(model, examples.photos, threshold, batch_size), tolerance)


def evaluate_boxes(
    model: keras.Model, examples: Examples, threshold: float = 0.5, batch_size: int = 32
) -> dict:
    """How a segmenter's masks agree with boxes, where true masks do not exist.

    Args:
        model: photos -> mask, or a dict with `mask`.
        examples: with `photos` (an array in the size that the model takes), `boxes`, and weak `masks` (see
            `real_masks.hands_in_boxes`).
        threshold: of the predicted probability.

    Returns:
        `n` photos, `inside` (share of all predicted pixels that lie in boxes), `boxes` (those whose weak
        mask shows a hand), and `found` (share of these in which at least half of that hand is predicted).
    """
    predicted = predict_masks(model, examples.photos, threshold, batch_size)[..., 0] > 0
    inside = np.zeros_like(predicted)
    found = []
    for i, (boxes, weak) in enumerate(zip(examples.boxes, examples.masks, strict=True)):
        for x0, y0, x1, y1 in np.round(boxes).astype(int).clip(0):
            inside[i, y0:y1, x0:x1] = True
            hand = weak[y0:y1, x0:x1, 0] == 255
            if hand.any():
                found.append(predicted[i, y0:y1, x0:x1][hand].mean() >= 0.5)
    return {
        "n": len(predicted),
        "inside": _mean(inside[predicted]),
        "boxes": len(found),
        "found": _mean(found),
    }


def iou_by_corruption(model: keras.Model, examples: Examples, severity: int = 3) -> dict[str, float]:
    """IoU of a segmenter on photos as they are, and after each of `compositing.CORRUPTIONS`.

    Args:
        model: photos -> mask, or a dict with `mask`.
        examples: with `photos` and `masks`, arrays in the size that the model takes.
        severity: 1 (slight) to 5 (heavy).

    Returns:
        "as they are" and the names of the corruptions -> mean IoU over pictures with a hand.
    """
    photos = {"as they are": examples.photos}
    for kind in CORRUPTIONS:
        worse = [corrupt(photo, kind, severity, seed) for seed, photo in enumerate(examples.photos)]
        photos[kind.replace("_", " ")] = np.stack(worse)
    return {
        kind: evaluate_masks(examples, predict_masks(model, changed))["iou"]
        for kind, changed in photos.items()
    }


def evaluate_masks(examples: Examples, predicted: np.ndarray, tolerance: float = 2) -> dict:
    """Compares masks of any origin (a network, the skin-colour floor) with the true ones.

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
    if examples.masks is None:
        raise ValueError(f"{examples.name} has no masks to compare with")
    true, predicted = _mask_pair(examples.masks, predicted)
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
    shared = (true & predicted).sum(axis=(1, 2))
    union = (true | predicted).sum(axis=(1, 2))
    return np.where(union == 0, 1.0, shared / np.maximum(union, 1))


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
    """The floor under every segmenter: pixels of the colour of skin (see `no_hands.skin_mask`).

    Args:
        photos: (n, height, width, 3) uint8 RGB.

    Returns:
        (n, height, width, 1) uint8, 0 or 255.
    """
    return np.stack([skin_mask(photo) for photo in _uint8(photos, 3, "photos")])


def _outline(mask: np.ndarray) -> np.ndarray:
    # OpenCV takes what lies outside the frame for foreground when it erodes: no outline there.
    inside = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8))
    return mask & (inside == 0)


def _distance_to(outline: np.ndarray) -> np.ndarray:
    return cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


# The combined model -----------------------------------------------------------------------------


def evaluate_combined(
    model: keras.Model, examples: Examples, threshold: float = 0.5, batch_size: int = 32
) -> dict:
    """From photo to number: what the combined model makes of photos with labels.

    Args:
        model: photos -> dict with `gesture`, and with `has_hand`, `rotation`, `mask` where it has them.
        examples: with `photos` (an array in the model's size) and `labels`; rotations and masks are
            judged where they are known.

    Returns:
        `n`, `accuracy` (a photo in which no hand is found counts as wrong), `found` (share),
        `accuracy_of_found`, `confusion` (list of lists, found hands only),
        `expected_calibration_error`, `rotation` (see `rotation_error`; found hands; None if nothing
        is known), `masks` (see `evaluate_masks`; None without true masks), and for each photo
        `right_per_image` and `found_per_image` (n,) bool and `iou_per_image` (n,) float32, NaN where
        it is not known.
    """
    if examples.labels is None:
        raise ValueError(f"{examples.name} has no labels")
    classes = _class_count(model)
    labels = _labels(examples.labels, classes, examples.name)
    outputs = predict(
        model, examples.photos, ("gesture", "rotation", "has_hand", "mask"), batch_size, channels=3
    )
    found = outputs["has_hand"].reshape(-1) > 0.5 if "has_hand" in outputs else np.ones(len(labels), bool)
    answers = outputs["gesture"].argmax(axis=1)
    right = (answers == labels) & found
    rotation = masks = None
    scores = np.full(len(labels), np.nan, np.float32)
    if examples.rotations is not None and "rotation" in outputs:
        read = degrees_from_sin_cos(outputs["rotation"][found])
        rotation = {"reference": "direction", **rotation_error(np.asarray(examples.rotations)[found], read)}
    if examples.masks is not None and "mask" in outputs:
        masks = evaluate_masks(examples, outputs["mask"] > threshold)
        scores = masks.pop("iou_per_image")
    return {
        "n": len(labels),
        "accuracy": float(right.mean()),
        "found": float(found.mean()),
        "accuracy_of_found": _mean(right[found]),
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
    """Why photos are read wrongly: kind -> share of all photos, from what `evaluate_combined` returned."""
    wrong, found = ~result["right_per_image"], result["found_per_image"]
    poor = np.nan_to_num(result["iou_per_image"], nan=1.0) < 0.5
    return {
        "no hand found": float((wrong & ~found).mean()),
        "poor mask (IoU under 0.5)": float((wrong & found & poor).mean()),
        "hand found, gesture misread": float((wrong & found & ~poor).mean()),
    }


# Predictions ------------------------------------------------------------------------------------


def predict(
    model: keras.Model,
    pictures: np.ndarray,
    outputs: tuple[str, ...] = ("gesture", "rotation", "has_hand"),
    batch_size: int = 128,
    channels: int = 1,
) -> dict[str, np.ndarray]:
    """Those of a model's named outputs that it has, for pictures of any number.

    Pictures are converted batch by batch, and outputs that are not asked for are dropped, so memory
    holds no float copy of the whole.

    Args:
        model: gives a dict.
        pictures: (n, height, width, channels) uint8, in the size that the model takes, n > 0.

    Returns:
        Output name -> (n, ...) float32.
    """
    if not isinstance(model.output, dict):
        raise ValueError(f"{model.name} gives no dict of outputs; with one mask it is a segmenter")
    kept = [name for name in outputs if name in model.output]
    parts = [{k: batch[k] for k in kept} for batch in _batches(model, pictures, batch_size, channels)]
    return {k: np.concatenate([part[k] for part in parts]) for k in kept}


def predict_masks(
    model: keras.Model, photos: np.ndarray, threshold: float = 0.5, batch_size: int = 32
) -> np.ndarray:
    """Masks (n, height, width, 1) uint8 0/255 of photos (n, height, width, 3) uint8 RGB."""
    if not 0 < threshold < 1:
        raise ValueError(f"threshold is {threshold}; use a probability between 0 and 1")
    masks = []
    for output in _batches(model, photos, batch_size, channels=3):
        mask = output["mask"] if isinstance(output, dict) else output
        masks.append((mask > threshold) * np.uint8(255))
    return np.concatenate(masks)


def _batches(model: keras.Model, pictures: np.ndarray, batch_size: int, channels: int) -> Iterator:
    """What the model gives for the pictures, batch by batch, as NumPy arrays."""
    pictures = _uint8(pictures, channels, "masks" if channels == 1 else "photos")
    wanted = tuple(model.input_shape[1:])
    if any(w not in (None, s) for w, s in zip(wanted, pictures.shape[1:], strict=True)):
        raise ValueError(
            f"pictures of {pictures.shape[1:]} for {model.name}, which takes {wanted}: resize them"
        )
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; use at least 1")
    if not len(pictures):
        raise ValueError("there are no pictures to predict")
    batch_size = min(batch_size, len(pictures))
    for start in range(0, len(pictures), batch_size):
        batch = pictures[start : start + batch_size].astype(np.float32) / 255
        count = len(batch)
        # A smaller last batch would make Keras build its function again: fill it up, and cut.
        batch = np.concatenate([batch, np.zeros((batch_size - count, *batch.shape[1:]), np.float32)])
        yield keras.tree.map_structure(lambda a, n=count: np.asarray(a)[:n], model.predict_on_batch(batch))


class _Turned:
    """A classifier's outputs for masks under every turn, turn after turn.

    Attributes:
        turns: list of (degrees, mirror).
        outputs: name -> (turns * n, ...) float32.
        upright: name -> (n, ...) float32, of the masks as they are.
    """

    def __init__(self, model, masks, angles, mirror, batch_size):
        as_they_are = (0, False)
        self.turns = [
            (angle, flipped) for flipped in ([False, True] if mirror else [False]) for angle in angles
        ]
        parts = [predict(model, rotate_masks(masks, *turn), batch_size=batch_size) for turn in self.turns]
        if as_they_are in self.turns:
            self.upright = parts[self.turns.index(as_they_are)]
        else:
            self.upright = predict(model, masks, batch_size=batch_size)
        self.outputs = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def rotation(self, rotations: np.ndarray | None) -> dict | None:
        if "rotation" not in self.outputs:
            return None
        known = rotations is not None and not np.isnan(rotations).all()
        start = rotations if known else degrees_from_sin_cos(self.upright["rotation"])
        # Compared with the turn alone, the untouched picture would be right by definition.
        compared = [known or turn != (0, False) for turn in self.turns]
        if not any(compared):
            return None
        true = np.stack([turned_degrees(start, *turn) for turn in self.turns])
        read = degrees_from_sin_cos(self.outputs["rotation"]).reshape(true.shape)
        error = rotation_error(true[compared].reshape(-1), read[compared].reshape(-1))
        return {"reference": "direction" if known else "turn", **error}


# Checks -----------------------------------------------------------------------------------------


def _uint8(pictures, channels: int, what: str) -> np.ndarray:
    if isinstance(pictures, list):
        raise ValueError(f"{what} are a list, perhaps of unequal sizes: resize them into one array")
    if pictures is None:
        raise ValueError(f"there are no {what}")
    pictures = np.asarray(pictures)
    if pictures.ndim != 4 or pictures.shape[-1] != channels:
        raise ValueError(f"{what} have shape {pictures.shape}; use (n, height, width, {channels})")
    if pictures.dtype != np.uint8:
        raise ValueError(f"{what} have dtype {pictures.dtype}; use uint8 from 0 to 255")
    if channels == 1:
        _check_binary(pictures, what)
    return pictures


def _check_binary(masks: np.ndarray, what: str) -> None:
    if masks.size and masks.max() == 1:
        raise ValueError(f"{what} are uint8 with 0 and 1; use 0 and 255, or booleans")


def _mask_pair(true, predicted) -> tuple[np.ndarray, np.ndarray]:
    """Both as (n, height, width) booleans."""
    pair = []
    for name, masks in (("true masks", true), ("predicted masks", predicted)):
        if isinstance(masks, list):
            raise ValueError(f"{name} are a list, perhaps of unequal sizes: resize them into one array")
        masks = np.asarray(masks)
        if masks.ndim == 4 and masks.shape[-1] == 1:
            masks = masks[..., 0]
        if masks.ndim != 3:
            raise ValueError(f"{name} have shape {masks.shape}; use (n, height, width, 1)")
        if masks.dtype == np.uint8:
            _check_binary(masks, name)
            masks = masks >= 128
        if masks.dtype != bool:
            raise ValueError(
                f"{name} have dtype {masks.dtype}; use uint8 0/255 or booleans (apply a threshold)"
            )
        pair.append(masks)
    if pair[0].shape != pair[1].shape:
        raise ValueError(f"masks have unequal shapes: true {pair[0].shape}, predicted {pair[1].shape}")
    return pair[0], pair[1]


def _labelled_masks(examples: Examples) -> Examples:
    for field in ("masks", "labels"):
        if getattr(examples, field) is None:
            raise ValueError(f"{examples.name} has no {field}")
    return examples


def _labels(labels, classes: int, name: str, length: int | None = None) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"{name}: labels have shape {labels.shape} and dtype {labels.dtype}; use (n,) integers"
        )
    if length is not None and len(labels) != length:
        raise ValueError(f"{name}: {len(labels)} labels for {length} pictures")
    if not len(labels):
        raise ValueError(f"{name} is empty")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"{name}: labels go from {labels.min()} to {labels.max()}; "
            f"with {classes} classes they must lie in 0 to {classes - 1}"
        )
    return labels


def _class_count(model) -> int:
    if not isinstance(model.output, dict) or "gesture" not in model.output:
        raise ValueError(f"{model.name} is no classifier: it has no output 'gesture'")
    return model.output["gesture"].shape[-1]


def _angles(angles) -> list:
    angles = list(angles)
    if not angles or not np.isfinite(angles).all():
        raise ValueError(f"angles are {angles}; use at least one finite number of degrees")
    return angles


def _each(value, n: int, name: str, dtype) -> np.ndarray:
    value = np.asarray(value)
    if dtype is bool and value.dtype != bool:
        raise ValueError(f"{name} has dtype {value.dtype}; use booleans")
    if value.shape not in ((), (n,)):
        raise ValueError(f"{name} has shape {value.shape}; use a single value or ({n},)")
    return np.broadcast_to(value.astype(dtype), (n,))


def _subsample(examples: Examples, limit: int | None, seed: int) -> Examples:
    if limit is None or len(examples) <= limit:
        return examples
    if limit < 1:
        raise ValueError(f"limit is {limit}; use at least 1")
    return examples.take(np.sort(np.random.default_rng(seed).choice(len(examples), limit, replace=False)))


def _small_crops(masks: np.ndarray, size: int) -> np.ndarray:
    """(n, size * size) float32 in [0, 1]: each hand in a square, the aspect ratio kept."""
    crops = np.zeros((len(masks), size, size), np.float32)
    for i, mask in enumerate(masks[..., 0]):
        x, y, width, height = cv2.boundingRect(np.ascontiguousarray(mask))
        if width and height:
            side = max(width, height)
            square = np.zeros((side, side), np.float32)
            top, left = (side - height) // 2, (side - width) // 2
            square[top : top + height, left : left + width] = mask[y : y + height, x : x + width] / 255
            crops[i] = cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA)
    return crops.reshape(len(masks), -1)


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
