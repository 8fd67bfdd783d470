"""Ablations of the two looks: what each part of their data, and the first look's encoder, is worth.

Short trainings that differ in one thing, judged on validation photos.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from handvision.core.close_ups import CloseUps
from handvision.core.examples import NO_HAND, Examples
from handvision.core.files import folder_name
from handvision.evaluation import commonest_class_share
from handvision.evaluation.detection import match_boxes
from handvision.protocol import everyday
from handvision.protocol.close_up_sequence import CloseUpSequence
from handvision.protocol.close_ups import REAL, TEACHERS_OWN
from handvision.studies.record import Variant
from handvision.training.close_reader_draws import heads_of_close_reader
from handvision.training.close_readers import close_ups_of, peaks_of, train_close_reader
from handvision.training.finders import train_finder
from handvision.training.frozen import Encoder
from handvision.training.recipe import CloseReaderRecipe, FinderRecipe

# A set of close-ups -> the test set that its photos are of.
_TESTS = {
    "hagrid_numbers": "hagrid_counts",
    "hand_gesture_yolov8": "hand_gesture_yolov8_counts",
    "hands_dataset": "hands_dataset_one_hand",
    "finger_counting": "finger_counting_last_fifth",
    "sign_language_digits": "sign_language_digits_people",
}
_EVERYDAY = ("hagrid_numbers", "hand_gesture_yolov8", "hands_dataset", "rock_paper_scissors", TEACHERS_OWN)
# Readers, and finders, are compared where they miss, and wrongly find, so much.
_MISSED, _WRONG = 0.02, 0.1


def reader_data(folder: Path, recipe: CloseReaderRecipe) -> list[Variant]:
    """What each kind of data is worth to the reader of close-ups: each training has one thing less.

    Args:
        folder: a folder for all; each training has one inside.
        recipe: of every training, but for what a row changes.

    Returns:
        A variant for each: the accuracy of numbers by set of close-ups, and in its details `wrong`, the share
        of close-ups without a hand that is believed where 2 % of hands are missed.
    """

    def without(*names: str) -> CloseReaderRecipe:
        return replace(recipe, sources={**recipe.sources, **dict.fromkeys(names, 0.0)})

    rows: dict[str, tuple[CloseReaderRecipe, Callable[[CloseUps], CloseUps] | None]] = {
        "all data": (recipe, None),
        "without everyday photos": (without(*_EVERYDAY), None),
        "without mesh hands": (without("mesh"), None),
        "without rendered persons": (without("persons"), None),
        "without what a finder wrongly finds": (replace(recipe, finder=""), None),
        "without a teacher's points and sides": (without(TEACHERS_OWN), untaught),
    }
    judged = close_ups_of(recipe, "validation")
    variants = []
    for name, (changed, change) in rows.items():
        changed = replace(changed, product=folder_name(name))
        model, _ = train_close_reader(changed, folder / folder_name(name), change)
        figures, wrong = judge_close_ups(model, judged, recipe)
        variants.append(Variant(name, figures, recipe.seed, {"wrong": wrong}))
    return variants


def untaught(close_ups: CloseUps) -> CloseUps:
    """The same, of real photos without what a teacher said: points and side."""
    real = np.isin(close_ups.sources, REAL)
    points, sides = close_ups.hands.keypoints.copy(), close_ups.hands.handedness.copy()
    points[real], sides[real] = np.nan, ""
    return replace(close_ups, hands=replace(close_ups.hands, keypoints=points, handedness=sides))


def judge_close_ups(
    model: keras.Model, close_ups: CloseUps, recipe: CloseReaderRecipe
) -> tuple[dict[str, dict[str, Any]], float]:
    """Accuracy of numbers by test set, and the share of close-ups without a hand that is believed.

    Args:
        model: a reader.
        close_ups: to judge it by.
        recipe: says how they are cut.
    """
    heads = heads_of_close_reader(recipe.crop)
    sequence = CloseUpSequence(close_ups, heads, size=recipe.crop, margin=recipe.margin, batch_size=16)
    read = Encoder(model, threads=2)
    rows = [dict(zip(read.names, read(sequence[index][0]), strict=True)) for index in range(len(sequence))]
    told = {name: np.concatenate([row[name] for row in rows]) for name in ("gesture", "presence")}
    labels, presence = close_ups.labels["gesture"], told["presence"][:, 0]
    figures = {}
    for source, test in _TESTS.items():
        some = (close_ups.sources == source) & (labels != NO_HAND)
        right = told["gesture"][some].argmax(axis=1) == labels[some]
        baseline = commonest_class_share(labels[some])
        figures[test] = {"n": len(right), "accuracy": float(right.mean()), "baseline": baseline}
    threshold = np.quantile(presence[close_ups.present], _MISSED)
    return figures, float((presence[~close_ups.present] >= threshold).mean())


def finder_parts(folder: Path, recipe: FinderRecipe) -> list[Variant]:
    """What the first look's encoder and data are worth: trainings that differ in one thing.

    Args, returns: as for `reader_data`; the figures are `recall` of hands by set, where a hand is found in
    10 % of the photos without one, and in the details `mask_iou` of the photos it was watched on.
    """
    persons = replace(recipe, sources={**recipe.sources, "persons": 0.0})
    # The palm detector's third level knows what lies below it; this encoder's levels are each for themselves.
    lite = dict(backbone="efficientnet_lite0", weights="imagenet", channels=(24, 40, 96, 128, 160), frozen=5)
    rows = {
        "the palm detector's features": recipe,
        "EfficientNet-Lite0, ImageNet": replace(recipe, network={**recipe.network, **lite}),
        "without composites": replace(recipe, composites=0),
        "without rendered persons": persons,
        "without unusual pictures": replace(recipe, unusual=0.0),
    }
    boxed, empty = everyday.boxed("validation"), everyday.without_hands("validation")
    variants = []
    for name, changed in rows.items():
        model, history = train_finder(replace(changed, product=folder_name(name)), folder / folder_name(name))
        figures = _recalls(model, boxed, empty)
        watched = float(history["val_mask_iou"][-1])
        variants.append(Variant(name, figures, recipe.seed, {"mask_iou": watched}))
    return variants


def _recalls(
    finder: keras.Model, boxed: Mapping[str, Examples], empty: Mapping[str, Examples]
) -> dict[str, dict[str, Any]]:
    look = peaks_of(finder)
    highest = [look(photo)[1].max() for photos in empty.values() for photo in photos.require("photos")]
    threshold = np.quantile(highest, 1 - _WRONG)
    figures = {}
    for test, photos in boxed.items():
        hits: list[bool] = []
        for photo, boxes in zip(photos.require("photos"), photos.require("boxes"), strict=True):
            hands, scores = look(photo)
            matches = match_boxes(boxes, hands.boxes[scores > threshold])
            hits += np.isin(np.arange(len(boxes)), matches).tolist()
        figures[test] = {"n": len(hits), "recall": float(np.mean(hits))}
    return figures
