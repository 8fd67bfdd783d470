"""Tables of figures, a row for every test set: for notebooks and for the cards of released models.

Figures are dicts: id of a test set (see `protocol.titles`) -> what an evaluation returned for it.
"""

from collections.abc import Mapping

import numpy as np

from handvision.core.geometry import wrap_degrees
from handvision.core.workspace import workspace
from handvision.plotting import Table, table
from handvision.protocol.titles import title
from handvision.studies.record import Figures, Record, read_record

DASH = "–"  # noqa: RUF001
# The figures that a reader compares, and what they are called beside the title of a test set.
MEASURES = {
    "accuracy_upright": "upright",
    "accuracy_all_rotations": "all rotations",
    "iou": "IoU",
    "accuracy": "photo to number",
}
_ACCURACY = ("test set", "masks", "upright", "all rotations", "rotation error")


def headlines(figures: Figures) -> dict[str, tuple[float, float]]:
    """The figures that a reader compares: "<title of the test set>, <measure>" -> (figure, its baseline)."""
    return {
        f"{title(test)}, {called}": (result[measure], result["baseline"])
        for test, result in figures.items()
        for measure, called in MEASURES.items()
        if result.get("n") and result.get(measure) is not None
    }


def classifier_table(figures: Figures) -> Table:
    """Accuracy upright and over all rotations, rotation error and baselines: of `evaluate_classifier`."""
    rows = [
        (
            *_accuracy_cells(test, result),
            result["rotation"]["within_10_degrees"],
            result.get("nearest_neighbour", {}).get("upright"),
            result.get("nearest_neighbour", {}).get("all_rotations"),
            result["baseline"],
        )
        for test, result in figures.items()
    ]
    baselines = ("nearest neighbour, upright", "nearest neighbour, all rotations", "commonest class")
    return table(rows, (*_ACCURACY, "within 10°", *baselines), "Accuracy, and its baselines")


def accuracy_table(figures: Figures, caption: str) -> Table:
    """Accuracy, rotation error and the commonest class alone: of `evaluate_classifier`."""
    rows = [(*_accuracy_cells(test, result), result["baseline"]) for test, result in figures.items()]
    return table(rows, (*_ACCURACY, "commonest class"), caption)


def rotations_within_table(figures: Figures, limit_degrees: float) -> Table:
    """Accuracy over the angles from -limit to limit, beside that over all; of `evaluate_classifier`."""
    rows = []
    for test, result in figures.items():
        by_angle = result["accuracy_by_angle"]
        within = [
            share for angle, share in by_angle.items() if abs(wrap_degrees(float(angle))) <= limit_degrees
        ]
        angles = f"{len(within)} of {len(by_angle)}"
        rows.append(
            (title(test), result["n"], angles, float(np.mean(within)), result["accuracy_all_rotations"])
        )
    columns = ("test set", "masks", "angles", f"within {limit_degrees:g} degrees", "all rotations")
    return table(rows, columns, "The published range of rotation")


def calibration_table(figures: Figures) -> Table:
    """How far probabilities can be trusted: of test sets with hands, and of negatives.

    Args:
        figures: of `evaluate_classifier` or `evaluate_combined`, and of `evaluate_negatives`.
    """
    rows = [
        (
            title(test),
            result.get("n_rotated", result["n"]),
            result.get("expected_calibration_error"),
            result.get("read_with_confidence"),
        )
        for test, result in figures.items()
    ]
    columns = ("test set", "readings", "expected calibration error", "read with more than 0.9")
    return table(rows, columns, "Calibration, and negatives read with confidence")


def segmenter_table(figures: Figures) -> Table:
    """IoU, boundary F, failures and baseline of a segmenter: of `evaluate_segmenter`."""
    rows = [
        (
            title(test),
            result["n"],
            result["iou"],
            result["boundary_f"],
            result["share_under_half"],
            result["baseline"],
            result["n_without_hand"],
            result["false_masks"],
        )
        for test, result in figures.items()
        if "iou" in result
    ]
    columns = ("test set", "photos", "IoU", "boundary F, 2 px", "under 0.5 IoU", "IoU of skin colour")
    return table(
        rows, (*columns, "photos without a hand", "of them with a mask"), "Masks, and their baseline"
    )


def boxes_table(figures: Figures) -> Table:
    """Agreement of masks with boxes: of `evaluate_boxes`. Photos with boxes are real ones."""
    keys = ("n", "inside", "joined", "boxes", "found", "baseline")
    rows = [
        (title(test), *(result[key] for key in keys))
        for test, result in figures.items()
        if "inside" in result
    ]
    rows = rows or [("no photos with boxes at hand", *[None] * len(keys))]
    columns = ("test set", "photos", "mask inside the boxes", "or joined to that", "boxes", "boxes found")
    return table(rows, (*columns, "skin colour inside the boxes"), "Masks against boxes")


def combined_table(figures: Figures) -> Table:
    """From photo to number: of `evaluate_combined`."""
    rows = []
    for test, result in figures.items():
        if "accuracy" not in result:
            continue
        iou = result["masks"]["iou"] if result["masks"] else None
        error = result["rotation"]["mean_absolute_degrees"] if result["rotation"] else None
        shares = (result[key] for key in ("accuracy", "baseline", "found", "accuracy_of_found"))
        rows.append((title(test), result["n"], *shares, iou, degrees(error)))
    columns = ("test set", "photos", "right", "commonest class", "hands found", "right of those found")
    return table(rows, (*columns, "IoU", "rotation error"), "From photo to number")


def without_table(figures: Figures, names: Mapping[str, str]) -> Table:
    """Accuracy from photo to number, beside that of models which lack one thing.

    Args:
        figures: of `evaluate_combined`, each with `accuracy_without`: key -> accuracy.
        names: key -> title of its column.
    """
    rows = [
        (title(test), result["n"], result["accuracy"], *(result["accuracy_without"][key] for key in names))
        for test, result in figures.items()
        if "accuracy_without" in result
    ]
    return table(
        rows, ("test set", "photos", "as it is", *names.values()), "From photo to number, with one thing less"
    )


def shares_table(shares: Mapping[str, float], what: str, figure: str) -> Table:
    """One figure a row: `shares` is what -> figure."""
    return table(list(shares.items()), (what, figure))


def segmenters_side_by_side(names: Mapping[str, str], *, of_release: bool = False) -> Table:
    """IoU of several segmenters on each test set that they share.

    Args:
        names: column title -> model's name, such as {"U-Net": "unet"}; one without a record is a dash.
        of_release: of the released models, not of the own runs.
    """
    records = {
        heading: (released(name) if of_release else _own_record(name)) or Record(name)
        for heading, name in names.items()
    }
    columns = {heading: headlines(record.figures) for heading, record in records.items()}
    labels = list(dict.fromkeys(label for column in columns.values() for label in column))
    rows = [(label, *(column.get(label, (None,))[0] for column in columns.values())) for label in labels]
    whose = "Released segmenters" if of_release else "Segmenters of your own runs"
    return table(rows, ("test set", *columns), whose)


def closing_table(name: str, figures: Figures, claims: Mapping[str, float] | None = None) -> Table:
    """The last table of a notebook: this run, the released model, the published claim, the baseline.

    Args:
        name: of the product.
        figures: of this run.
        claims: what the published work measured -> its share. It is for another split than any of
            ours, so each has a row of its own.
    """
    released_record = released(name)
    own, theirs = headlines(figures), headlines(released_record.figures) if released_record else {}
    rows: list[tuple[object, ...]] = [
        (
            label,
            own.get(label, (None,))[0],
            theirs.get(label, (None,))[0] if released_record else "not released yet",
            None,
            (own.get(label) or theirs[label])[1],
        )
        for label in {**own, **theirs}
    ]
    rows += [(label, None, None, claim, None) for label, claim in (claims or {}).items()]
    columns = ("", "this run", "released model", "published claim", "baseline")
    return table(rows, columns, f"{name}: how it compares")


def released(name: str) -> Record | None:
    """The record of a released model; None if it is not released yet."""
    path = workspace().models / f"{name}.json"
    return read_record(path) if path.is_file() else None


def degrees(value: float | None) -> str:
    """An angle for a table, with its unit; a dash where nothing was measured."""
    return DASH if value is None or not np.isfinite(value) else f"{value:.1f}°"


def _accuracy_cells(test: str, result: Mapping) -> tuple:
    """Under the columns `_ACCURACY`."""
    accuracies = (result["accuracy_upright"], result["accuracy_all_rotations"])
    error = result["rotation"]["mean_absolute_degrees"] if result["rotation"] else None
    return title(test), result["n"], *accuracies, degrees(error)


def _own_record(name: str) -> Record | None:
    path = workspace().runs / name / f"{name}.json"
    return read_record(path) if path.is_file() else None
