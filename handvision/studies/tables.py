"""What the notebooks tell beside their figures: tables of data, of results, and of how they compare."""

import html
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from handvision.augment.transforms import Augmentation
from handvision.core.examples import Examples
from handvision.core.files import replacing
from handvision.core.geometry import wrap_degrees
from handvision.core.workspace import models_folder, runs_folder
from handvision.datasets import download
from handvision.datasets.catalog import CATALOG
from handvision.datasets.labelling import reference_rotation
from handvision.datasets.load import load
from handvision.evaluation import (
    TWELVE_ANGLES,
    nearest_neighbour_accuracy,
    predict_masks,
    rotate_masks,
    rotation_error,
)
from handvision.plotting import Table, show_worst, table
from handvision.protocol import Task, splits
from handvision.studies.ablations import LEARNED
from handvision.studies.record import read_facts
from handvision.synthesis import rendered

DASH = "–"  # noqa: RUF001
_ACCURACY = ("test set", "pictures", "upright", "all rotations", "rotation error")
_ROTATIONS = {"upright": "upright", "any": "any rotation"}
NOT_MEASURED = "not measured yet: see handvision/comparisons.py"


# The data -----------------------------------------------------------------------------------------


def catalog_table() -> Table:
    """Every data set of the catalog: title, terms, pictures, and whether it is at hand."""
    rows = []
    for dataset in CATALOG.values():
        count = max(content.original for content in dataset.contents)
        at_hand = "yes" if download.find(dataset.name) is not None else "no"
        rows.append((dataset.title, f"{count:,}", dataset.licence, at_hand))
    return table(rows, ("data set", "pictures", "licence and terms", "at hand"), "The catalog")


def real_sets_table() -> Table:
    """What the readers made of the data sets that are at hand: pictures, classes, groups."""
    rows = []
    for name in CATALOG:
        if download.find(name) is None:
            continue
        examples = load(name)
        classes = len(examples.class_names) if examples.labels is not None else DASH
        groups = len(np.unique(examples.groups)) if examples.groups is not None else DASH
        rows.append((examples.name, len(examples), classes, groups, examples.source))
    rows = rows or [("none at hand: `make data` fetches them", DASH, DASH, DASH, DASH)]
    return table(
        rows, ("data set", "pictures", "classes", "groups", "source"), "Read from the archives at hand"
    )


def leak_of_random_splits(data: str, seed: int) -> dict[str, float]:
    """What one nearest neighbour gets of the six numbers, by split: the measure of a split's honesty.

    Frames of Finger Digits where it is at hand and `data` is not "rendered"; otherwise short
    sequences made of rendered hands: ten "frames" a hand, each a slightly turned copy.
    """
    frames = None if data == "rendered" or download.find("finger_digits") is None else load("finger_digits")
    if frames is None:
        frames = _rendered_sequences(seed)
    turned = {
        "a random split, as published": (splits.random_split(frames, seed=seed), (0,)),
        "a split by blocks of frames": (splits.block_split(frames, test=0.2, validation=0.0, gap=10), (0,)),
    }
    turned["the same blocks, turned to all sides"] = (turned["a split by blocks of frames"][0], TWELVE_ANGLES)
    return {
        f"{name} ({frames.name})": nearest_neighbour_accuracy(
            parts["train"], parts["test"], angles, seed=seed
        )
        for name, (parts, angles) in turned.items()
    }


def _rendered_sequences(seed: int) -> Examples:
    hands = rendered.cached_render(120, seed=seed, photos=False, rotation_range=(-15, 15), workers=2)
    rng = np.random.default_rng(seed)
    repeated = np.repeat(np.arange(len(hands)), 10)
    many = hands.take(repeated)
    masks = rotate_masks(many.masks, rng.uniform(-4, 4, len(many)))
    return Examples(
        "rendered sequences",
        masks=masks,
        labels=many.labels,
        groups=np.arange(len(many)),
        class_names=hands.class_names,
        source=hands.source,
    )


def task_overview(task: Task) -> Table:
    """What is learned from, chosen by and judged by: pictures, groups and source of each part."""
    parts = {"train": task.train, "validation": task.validation}
    parts |= {f"test: {name}": examples for name, examples in task.tests.items()}
    rows = []
    for name, part in parts.items():
        if not isinstance(part, Examples):
            rows.append((name, f"{len(part)} batches an epoch", DASH, "new pictures in every epoch"))
            continue
        groups = len(np.unique(part.groups)) if part.groups is not None else DASH
        rows.append((name, len(part), groups, part.source or part.name))
    return table(rows, ("part", "pictures", "groups", "source"), "What is learned from, and what judges")


def augmented(
    augmentation: Augmentation, examples: Examples, versions: int
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Arguments for `plotting.show_augmented`: masks, `versions` of them, and all directions.

    Args:
        augmentation: what the versions are drawn from.
        examples: with masks and rotations.
    """
    batches, directions = [], [examples.rotations]
    for version in range(versions):
        rng = np.random.default_rng(version)
        affines = augmentation.draw(len(examples), *examples.masks.shape[1:3], rng)
        batches.append(augmentation.pictures(examples.masks, affines) / 255)
        directions.append(
            [affine.directions(known) for affine, known in zip(affines, examples.rotations, strict=True)]
        )
    return examples.masks, batches, np.stack(directions)


# The results --------------------------------------------------------------------------------------


def nearest_neighbour_baselines(train: Examples, tests: Mapping[str, Examples], seed: int) -> dict[str, dict]:
    """Name of a test -> accuracy of one nearest neighbour, `upright` and over `all_rotations`."""
    return {
        name: {
            "upright": nearest_neighbour_accuracy(train, test, seed=seed),
            "all_rotations": nearest_neighbour_accuracy(train, test, TWELVE_ANGLES, seed=seed),
        }
        for name, test in tests.items()
    }


def classifier_report(results: Mapping[str, Mapping], neighbour: Mapping[str, Mapping]) -> Table:
    """Accuracy upright and over all rotations, rotation error and baselines, a row for every test.

    Args:
        results: name of a test -> what `evaluation.evaluate_classifier` returned for it.
        neighbour: what `nearest_neighbour_baselines` returned, or a part of it.
    """
    rows = [
        (
            *_accuracy_cells(name, result),
            result["rotation"]["within_10_degrees"],
            neighbour.get(name, {}).get("upright"),
            neighbour.get(name, {}).get("all_rotations"),
            result["baseline"],
        )
        for name, result in results.items()
    ]
    baselines = ("nearest neighbour, upright", "nearest neighbour, all rotations", "commonest class")
    return table(rows, (*_ACCURACY, "within 10°", *baselines), "Accuracy, and its baselines")


def _accuracy_cells(name: str, result: Mapping) -> tuple:
    """Under the columns `_ACCURACY`."""
    accuracies = (result["accuracy_upright"], result["accuracy_all_rotations"])
    return name, result["n"], *accuracies, degrees(result["rotation"]["mean_absolute_degrees"])


def within_report(results: Mapping[str, Mapping], limit_degrees: float) -> Table:
    """Accuracy over the angles within a range, beside that over all.

    Args:
        results: name of a test -> what `evaluation.evaluate_classifier` returned for it.
        limit_degrees: the range is from -limit to limit.
    """
    rows = []
    for name, result in results.items():
        by_angle = result["accuracy_by_angle"]
        within = [share for angle, share in by_angle.items() if abs(wrap_degrees(angle)) <= limit_degrees]
        angles = f"{len(within)} of {len(by_angle)}"
        rows.append((name, result["n"], angles, float(np.mean(within)), result["accuracy_all_rotations"]))
    columns = ("test set", "pictures", "angles", f"within {limit_degrees:g} degrees", "all rotations")
    return table(rows, columns, "The published range of rotation")


def classifier_summary(results: Mapping[str, Mapping]) -> dict[str, float]:
    """The accuracies that a reader compares: "<test>, upright" and "<test>, all rotations"."""
    summary = {}
    for name, result in results.items():
        summary[f"{name}, upright"] = result["accuracy_upright"]
        summary[f"{name}, all rotations"] = result["accuracy_all_rotations"]
    return summary


def neighbour_summary(neighbour: Mapping[str, Mapping]) -> dict[str, float]:
    """`nearest_neighbour_baselines` under the names of `classifier_summary`."""
    return {
        f"{name}, {how}": shares[key]
        for name, shares in neighbour.items()
        for how, key in (("upright", "upright"), ("all rotations", "all_rotations"))
    }


def reference_error(hands: Examples) -> dict:
    """How far `reference_rotation`, the direction of a real mask, is off where the direction is known.

    Args:
        hands: rendered, with masks and rotations.

    Returns:
        What `evaluation.rotation_error` gives; masks without a forearm at the border count as unknown.
    """
    reference = reference_rotation(hands.masks)
    known = ~np.isnan(reference)
    error = rotation_error(hands.rotations[known], reference[known])
    return {**error, "n_unknown": int((~known).sum())}


def calibration_report(results: Mapping[str, Mapping], confident: Mapping[str, float]) -> Table:
    """How far probabilities can be trusted.

    Args:
        results: name of a test -> what `evaluation.evaluate_classifier` returned for it.
        confident: name of negatives -> share of them read with more than 0.9.
    """
    rows = [
        (name, result["n_rotated"], result["expected_calibration_error"], None)
        for name, result in results.items()
    ]
    rows += [(name, None, None, share) for name, share in confident.items()]
    columns = ("test set", "readings", "expected calibration error", "read with more than 0.9")
    return table(rows, columns, "Calibration, and negatives read with confidence")


def ablation_report(rows: Mapping[str, Mapping] | None) -> Table | str:
    """What each kind of data buys: what `comparisons.data` returned, or its released facts."""
    if not rows:
        return NOT_MEASURED
    tests = list(dict.fromkeys(test for row in rows.values() for test in row))
    cells = []
    for name, row in rows.items():
        cells.append([name])
        for test in tests:
            result = row.get(test, {})
            cells[-1].append(result.get("accuracy_all_rotations", result.get("accuracy_upright")))
    columns = (f"{test}{', upright' if test == LEARNED else ', all rotations'}" for test in tests)
    return table(cells, ("training set", *columns), "What each kind of data buys")


def attention_report(study: Mapping[str, list] | None) -> Table | str:
    """With and without attention: what `comparisons.attention` returned, or its released facts."""
    if not study:
        return NOT_MEASURED
    runs = next(iter(study.values()))
    rows = []
    for how, results in study.items():
        for test in runs[0]:
            if test == LEARNED:
                continue
            shares = [100 * result[test]["accuracy_all_rotations"] for result in results]
            spread = f"{np.mean(shares):.2f} % ± {np.std(shares, ddof=1) if len(shares) > 1 else 0:.2f}"
            rows.append((test, how, spread, f"{min(shares):.2f} to {max(shares):.2f} %"))
    columns = ("test set, all rotations", "", "mean ± standard deviation", "lowest to highest")
    return table(sorted(rows), columns, f"Attention, {len(runs)} trainings each")


def people_report(results: Mapping[str, Mapping] | None) -> Table | str:
    """Without other people in training: what `comparisons.people` returned, or its released facts."""
    if not results:
        return NOT_MEASURED
    rows = [_accuracy_cells(name, result) for name, result in results.items()]
    return table(rows, _ACCURACY, "Trained without a real mask of other people")


def parts_report(rows: Mapping[str, Mapping] | None) -> Table | str:
    """What each part of DeepLabV3+ is worth: what `comparisons.segmenter` returned, or its released facts."""
    if not rows:
        return NOT_MEASURED
    first = next(iter(rows.values()))
    tests = [name for name, result in first.items() if name != "weights" and result["n"]]
    cells = [
        (row, f"{result['weights']:,}", *(f"{result[test]['iou']:.3f}" for test in tests))
        for row, result in rows.items()
    ]
    return table(cells, ("", "weights", *(f"{test}, IoU" for test in tests)), "DeepLabV3+, part by part")


def segmenter_report(results: Mapping[str, Mapping]) -> Table:
    """IoU, boundary F and failures of a segmenter, a row for every test.

    Args:
        results: name of a test -> what `evaluation.evaluate_segmenter` returned for it.
    """
    rows = [
        (
            name,
            result["n"],
            result["iou"],
            result["boundary_f"],
            result["share_under_half"],
            result["baseline"],
            result["n_without_hand"],
            result["false_masks"],
        )
        for name, result in results.items()
    ]
    columns = ("test set", "photos", "IoU", "boundary F, 2 px", "under 0.5 IoU", "IoU of skin colour")
    return table(
        rows, (*columns, "photos without a hand", "of them with a mask"), "Masks, and their baseline"
    )


def boxes_report(boxed: Mapping | None) -> Table | str:
    """What `evaluation.evaluate_boxes` returned; None where there are no photos with boxes."""
    if boxed is None:
        return "no photos with boxes at hand: they are real ones"
    figures = (boxed[name] for name in ("n", "inside", "joined", "boxes", "found", "baseline"))
    row = ("webcam frames, sessions left out", *figures)
    columns = ("test set", "photos", "mask inside the boxes", "or joined to that", "boxes", "boxes found")
    columns += ("skin colour inside the boxes",)
    return table([row], columns, "Masks against boxes")


def gallery(folder: str | Path, model: keras.Model, tests: Mapping[str, Examples], count: int = 24) -> Path:
    """A page with the worst masks of every test, for the reader's own eyes: it may show real photos.

    Args:
        folder: where the page and its pictures go; not a place that is committed.
        model: a segmenter.
        tests: name -> Examples with photos and masks.
        count: pictures of each test.

    Returns:
        The page.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    parts = ["<!DOCTYPE html><title>Worst masks</title><h1>Worst masks</h1>"]
    for number, (name, test) in enumerate(tests.items()):
        predicted = predict_masks(model, test.photos)
        shown = np.flatnonzero(test.masks.any(axis=(1, 2, 3)))
        if not len(shown):  # without hands the worst are those with most of a mask
            shown = np.argsort(-predicted.mean(axis=(1, 2, 3)), kind="stable")[:count]
        figure = show_worst(test.photos[shown], test.masks[shown], predicted[shown], count=count)
        figure.savefig(folder / f"{number}.png", dpi=150)
        parts.append(f"<h2>{html.escape(name)}</h2><img src='{number}.png' style='max-width:100%'>")
    with replacing(folder / "index.html") as page:
        page.write_text("\n".join(parts), encoding="utf-8")
    return folder / "index.html"


def segmenter_summary(results: Mapping[str, Mapping], figure: str = "iou") -> dict[str, float]:
    """ "<test>, IoU" of every test that shows hands; `figure` "baseline" gives that of skin colour."""
    return {f"{name}, IoU": result[figure] for name, result in results.items() if result["n"]}


def segmenters_side_by_side(names: Mapping[str, str]) -> Table:
    """IoU of several segmenters of the own runs on each test that they share.

    Args:
        names: column title -> model's name, such as {"U-Net": "unet"}; one that has not run is a dash.
    """
    columns = {title: _own_summary(name) for title, name in names.items()}
    tests = list(dict.fromkeys(test for summary in columns.values() for test in summary))
    rows = [(test, *(summary.get(test) for summary in columns.values())) for test in tests]
    return table(rows, ("test set", *columns), "Segmenters of your own runs")


def _own_summary(name: str) -> dict:
    path = runs_folder() / name / f"{name}.json"
    return read_facts(path)["metrics"]["summary"] if path.is_file() else {}


def combined_report(results: Mapping[str, Mapping]) -> Table:
    """From photo to number, a row for every test: what `evaluation.evaluate_combined` returned."""
    rows = []
    for name, result in results.items():
        iou = result["masks"]["iou"] if result["masks"] else None
        error = result["rotation"]["mean_absolute_degrees"] if result["rotation"] else None
        rows.append(
            (
                name,
                result["n"],
                result["baseline"],
                result["accuracy"],
                result["found"],
                result["accuracy_of_found"],
                iou,
                degrees(error),
            )
        )
    columns = (
        "test set",
        "photos",
        "commonest class",
        "right",
        "hands found",
        "right of those found",
        "IoU",
        "rotation error",
    )
    return table(rows, columns, "From photo to number")


def peer_report(measured: Mapping | None) -> Table | str:
    """Our combined model beside MediaPipe Hands: what `benchmarks/photo_to_gesture.py` measured."""
    if not measured:
        return "not measured yet: see benchmarks/photo_to_gesture.py"
    keys = ("ours", "mediapipe_rule", "mediapipe_trained", "second_look_rule", "second_look_trained")
    rows = [
        (f"{row['set']}, {_ROTATIONS[row['rotation']]}", row["n"], *(row[key] for key in keys))
        for row in measured["photo_to_number"]
    ]
    empty = measured["photos_without_hands"]
    found = (empty["ours_found"], empty["mediapipe_found"], DASH, empty["second_look_found"], DASH)
    rows.append(("photos without a hand, in which one is found", empty["n"], *found))
    for time in measured["milliseconds"]:
        times = (f"{time['ours']:.1f} ms", f"{time['mediapipe']:.1f} ms", DASH, DASH, DASH)
        rows.append((f"from photo to answer, threads: {time['threads']}", DASH, *times))
    peer = ("MediaPipe, rule", "MediaPipe, trained", "second look, rule", "second look, trained")
    return table(rows, ("", "photos", "ours", *peer), "Beside MediaPipe Hands")


def worth_report(results: Mapping[str, Mapping], worth: Mapping[str, Mapping[str, float]]) -> Table:
    """Accuracy from photo to number beside that of models which lack one thing.

    Args:
        results: name of a test -> what `evaluation.evaluate_combined` returned for it.
        worth: name of a test -> what is lacking -> accuracy.
    """
    lacking = list(next(iter(worth.values())))
    rows = [
        (name, results[name]["accuracy"], *(shares[how] for how in lacking)) for name, shares in worth.items()
    ]
    return table(rows, ("", "as it is", *lacking), "From photo to number, with one thing less")


def comparison(
    name: str,
    summary: Mapping[str, float],
    claims: Mapping[str, float] | None = None,
    baselines: Mapping[str, float] | None = None,
) -> Table:
    """The closing table: this run, the released model, the published claim, the baseline.

    Args:
        name: of the released model, such as "unet".
        summary: what is measured -> this run's share; the released model's facts have the same keys.
        claims: what the published work measured -> its share. It is for another split than any of
            ours, so each has a row of its own.
        baselines: the keys of `summary` -> share, where there is one.
    """
    released = released_metrics(name).get("summary", {})
    claims, baselines = claims or {}, baselines or {}
    rows = [
        (
            what,
            summary.get(what),
            released.get(what) if released else "not released yet",
            None,
            baselines.get(what),
        )
        for what in {**summary, **released}
    ]
    rows += [(what, None, None, claim, None) for what, claim in claims.items()]
    return table(
        rows, ("", "this run", "released model", "published claim", "baseline"), f"{name}: how it compares"
    )


def comparison_report(name: str) -> Table | str:
    """The table of a released comparison (see `handvision.studies.ablations`), or that there is none yet.

    Args:
        name: "data", "attention", "people", "segmenter" or "mediapipe".
    """
    path = models_folder() / "comparisons" / f"{name}.json"
    return REPORTS[name](read_facts(path)["metrics"][name] if path.is_file() else None)


def released_metrics(name: str) -> dict:
    """What was measured of a released model; empty if it is not released yet."""
    path = models_folder() / f"{name}.json"
    return read_facts(path)["metrics"] if path.is_file() else {}


def degrees(value: float | None) -> str:
    """An angle for a table, with its unit; a dash where nothing was measured."""
    return DASH if value is None or not np.isfinite(value) else f"{value:.1f}°"


REPORTS = {
    "data": ablation_report,
    "attention": attention_report,
    "people": people_report,
    "segmenter": parts_report,
    "mediapipe": peer_report,
}
