"""Accuracy of a classifier of masks, upright and rotated; its calibration; and the baselines beside it."""

from collections.abc import Iterable

import cv2
import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix
from sklearn.neighbors import KNeighborsClassifier

from handvision.core.checks import checked_labels
from handvision.core.examples import Examples
from handvision.core.geometry import degrees_from_sin_cos, letterbox
from handvision.evaluation.predictions import class_count, model_outputs
from handvision.evaluation.rotation import rotate_masks, rotated_degrees, rotation_error

TWELVE_ANGLES = tuple(range(0, 360, 30))


def evaluate_classifier(
    model: keras.Model,
    examples: Examples,
    angles: Iterable[float] = TWELVE_ANGLES,
    mirror: bool = False,
    limit: int | None = None,
    seed: int = 0,
    batch_size: int = 128,
    train: Examples | None = None,
) -> dict:
    """Everything that is reported of a classifier on one test set of masks.

    Every picture is read as it is, and rotated by each of `angles` (see `rotate_masks`).

    Args:
        model: masks -> dict with `gesture`, and `rotation` if it reads it.
        examples: with `masks` (an array in the size that the model takes) and `labels`.
        angles: degrees counter-clockwise.
        mirror: also read the mirror image of every rotated picture.
        limit: use so many pictures, drawn with `seed`, where there are more.
        train: the training masks, to compare with a nearest neighbour among them.

    Returns:
        A dict with `n` (pictures) and `n_rotated` (readings over all rotations), `class_names`,
        `accuracy_upright`, `accuracy_all_rotations`, `accuracy_by_angle` (angle -> accuracy),
        `accuracy_by_class` (list, None for a class without pictures), `confusion` (list of lists,
        rows are the truth, over all rotations), `baseline` (accuracy of always answering the commonest
        class), `expected_calibration_error` and `rotation` (see `rotation_error`, with its `reference`;
        None if the model gives no rotation); with `train` also `nearest_neighbour`, a dict of
        `upright` and `all_rotations` (see `nearest_neighbour_accuracy`).

        The reference of the rotation is "direction" where examples know it: that direction plus the
        applied angle. Where none does it is "turn": the reading's change against the upright picture's
        is compared with the applied angle.
    """
    examples = _subsample(examples, limit, seed)
    masks, labels, classes = examples.batch("masks"), examples.require("labels"), class_count(model)
    labels = checked_labels(labels, classes, examples.name)
    angles = _angles(angles)
    rotated = _Rotated(model, masks, angles, mirror, batch_size)
    probabilities = rotated.outputs["gesture"]
    repeated = np.tile(labels, len(rotated.turns))
    answers = probabilities.argmax(axis=1)
    right = answers == repeated
    right_by_angle = right.reshape(len(rotated.turns), -1)
    confusion = confusion_matrix(repeated, answers, labels=range(classes))
    neighbour = {} if train is None else {"nearest_neighbour": _nearest_neighbour(train, examples, seed)}
    return {
        "n": len(labels),
        "n_rotated": len(repeated),
        "baseline": commonest_class_share(labels),
        "class_names": list(examples.class_names),
        "accuracy_upright": float((rotated.upright["gesture"].argmax(axis=1) == labels).mean()),
        "accuracy_all_rotations": float(right.mean()),
        "accuracy_by_angle": {
            angle: float(right_by_angle[[t[0] == angle for t in rotated.turns]].mean()) for angle in angles
        },
        "accuracy_by_class": [
            float(right[repeated == k].mean()) if (repeated == k).any() else None for k in range(classes)
        ],
        "confusion": confusion.tolist(),
        "expected_calibration_error": expected_calibration_error(probabilities, repeated),
        "rotation": rotated.rotation(examples.rotations),
        **neighbour,
    }


def commonest_class_share(labels: np.ndarray) -> float:
    """The baseline of a classifier: accuracy of always answering the commonest class.

    Args:
        labels: (n,) integers >= 0, n > 0.
    """
    return float(np.bincount(labels).max() / len(labels))


def accuracy(model: keras.Model, examples: Examples, batch_size: int = 128) -> float:
    """Share of the masks, as they are, that the classifier reads right."""
    masks, labels = examples.batch("masks"), examples.require("labels")
    labels = checked_labels(labels, class_count(model), examples.name)
    answers = model_outputs(model, masks, batch_size=batch_size)["gesture"].argmax(axis=1)
    return float((answers == labels).mean())


def accuracy_by_angle(
    model: keras.Model,
    examples: Examples,
    angles: Iterable[float] = TWELVE_ANGLES,
    mirror: bool = False,
    batch_size: int = 128,
) -> dict[float, float]:
    """Accuracy for each angle that all pictures are rotated by; `mirror` also reads mirror images."""
    masks, labels = examples.batch("masks"), examples.require("labels")
    labels = checked_labels(labels, class_count(model), examples.name)
    angles = _angles(angles)
    rotated = _Rotated(model, masks, angles, mirror, batch_size)
    right = rotated.outputs["gesture"].argmax(axis=1).reshape(len(rotated.turns), -1) == labels
    return {angle: float(right[[t[0] == angle for t in rotated.turns]].mean()) for angle in angles}


def evaluate_negatives(
    model: keras.Model, pictures: np.ndarray, above: float = 0.9, batch_size: int = 128
) -> dict:
    """How often a model reads a gesture with confidence where no hand is.

    Args:
        model: gives `gesture`, and `has_hand` where it tells that a picture is empty.
        pictures: (n, height, width, channels) uint8 masks or photos without a hand, in the size that the
            model takes.
        above: a probability.

    Returns:
        `n`; `read_with_confidence`, the share that is read with a probability over `above`; and of a model
        with an output `has_hand`, `found`, the share in which it finds a hand: only these count as read.
    """
    outputs = model_outputs(model, pictures, batch_size=batch_size, channels=pictures.shape[-1])
    confident = outputs["gesture"].max(axis=1) > above
    figures: dict[str, float] = {"n": len(pictures)}
    if "has_hand" in outputs:
        found = outputs["has_hand"].reshape(-1) > 0.5
        confident &= found
        figures["found"] = float(found.mean())
    return {**figures, "read_with_confidence": float(confident.mean())}


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """How far confidence is from accuracy, on average: 0 is perfect calibration.

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
    labels = checked_labels(labels, probabilities.shape[1], "labels", len(probabilities))
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
    """A baseline of classifiers: the label of the most similar training mask.

    Masks are cropped to the hand, brought to `size` x `size` with the aspect ratio kept, and
    compared pixel by pixel. A network that is no better has only
    memorised.

    Args:
        train, test: with masks and labels.
        angles: both sets are rotated by each of these; (0,) compares them as they are.
        size: pixels of the small crops.
        limit: at most so many crops of either set, rotated copies included, drawn with `seed`.
    """
    angles = _angles(angles)
    if size < 2:
        raise ValueError(f"size is {size}; use at least 2 pixels")
    if limit < len(angles):
        raise ValueError(f"limit is {limit}; use at least one picture for each of {len(angles)} angles")
    crops, labels = [], []
    for examples in (train, test):
        some = _subsample(examples, limit // len(angles), seed)
        rotated = [rotate_masks(some.batch("masks"), angle) for angle in angles]
        crops.append(_small_crops(np.concatenate(rotated), size))
        labels.append(np.tile(some.require("labels"), len(angles)))
    neighbours = KNeighborsClassifier(n_neighbors=1, algorithm="brute").fit(crops[0], labels[0])
    return float(neighbours.score(crops[1], labels[1]))


def _nearest_neighbour(train: Examples, test: Examples, seed: int) -> dict[str, float]:
    return {
        "upright": nearest_neighbour_accuracy(train, test, seed=seed),
        "all_rotations": nearest_neighbour_accuracy(train, test, TWELVE_ANGLES, seed=seed),
    }


class _Rotated:
    """A classifier's outputs for masks under every rotation, one rotation after the other.

    Attributes:
        turns: list of (degrees, mirror).
        outputs: name -> (turns * n, ...) float32.
        upright: name -> (n, ...) float32, of the masks as they are.
    """

    def __init__(
        self,
        model: keras.Model,
        masks: NDArray[np.uint8],
        angles: list[float],
        mirror: bool,
        batch_size: int,
    ) -> None:
        as_they_are = (0, False)
        self.turns = [
            (angle, flipped) for flipped in ([False, True] if mirror else [False]) for angle in angles
        ]
        parts = [
            model_outputs(model, rotate_masks(masks, *turn), batch_size=batch_size) for turn in self.turns
        ]
        if as_they_are in self.turns:
            self.upright = parts[self.turns.index(as_they_are)]
        else:
            self.upright = model_outputs(model, masks, batch_size=batch_size)
        self.outputs = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def rotation(self, rotations: np.ndarray | None) -> dict | None:
        if "rotation" not in self.outputs:
            return None
        start: NDArray
        if rotations is not None and not np.isnan(rotations).all():
            reference, start = "direction", rotations
            compared = [True] * len(self.turns)
        else:
            reference, start = "turn", degrees_from_sin_cos(self.upright["rotation"])
            # Compared with the turn alone, the untouched picture would be right by definition.
            compared = [turn != (0, False) for turn in self.turns]
        if not any(compared):
            return None
        true = np.stack([rotated_degrees(start, *turn) for turn in self.turns])
        read = degrees_from_sin_cos(self.outputs["rotation"]).reshape(true.shape)
        error = rotation_error(true[compared].reshape(-1), read[compared].reshape(-1))
        return {"reference": reference, **error}


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
            hand = mask[y : y + height, x : x + width].astype(np.float32) / 255
            square = letterbox((height, width), (side, side)).fit(hand)
            crops[i] = cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA)
    return crops.reshape(len(masks), -1)


def _angles(angles: Iterable[float]) -> list[float]:
    angles = list(angles)
    if not angles or not np.isfinite(angles).all():
        raise ValueError(f"angles are {angles}; use at least one finite number of degrees")
    return angles
