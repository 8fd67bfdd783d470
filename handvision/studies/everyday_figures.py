"""The figures of everyday photos in a record, and their tables."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from handvision.core.examples import NO_HAND, Examples
from handvision.evaluation import commonest_class_share
from handvision.evaluation.estimates import Estimate
from handvision.evaluation.everyday import TOGETHER, Figure
from handvision.evaluation.everyday_kinds import FOUND, NUMBER_RIGHT
from handvision.plotting import Table, table
from handvision.protocol.titles import title
from handvision.studies.record import Figures, Record

# What stands beside the estimates of a test set, for tables that show no interval.
_HEADLINES = {NUMBER_RIGHT: "accuracy", FOUND: "found", "recall": "recall", "precision": "precision"}
OURS = "ours"  # the variant of a study that is our model
Sets = Mapping[str, Mapping[str, Examples]]


def by_test(figures: Sequence[Figure], sets: Sets) -> dict[str, dict[str, Any]]:
    """Figures as a record keeps them, those of all photos together left out.

    Args:
        figures: of `evaluate_everyday`.
        sets: that were judged: kind of truth -> id -> photos.

    Returns:
        Id of a test set -> `n`, the count of its first figure; `estimates`, name of a figure -> value, low,
        high, n and unit; and, where it has them, `accuracy` with its `baseline`, `found`, `recall` and
        `precision`.
    """
    found: dict[str, dict[str, Any]] = {}
    for figure in figures:
        if figure.test != TOGETHER:
            of_test = found.setdefault(figure.test, {"n": figure.estimate.n, "estimates": {}})
            of_test["estimates"][figure.name] = asdict(figure.estimate)
            if figure.name in _HEADLINES:
                of_test[_HEADLINES[figure.name]] = figure.estimate.value
    for kind, of_kind in sets.items():
        for test, photos in of_kind.items():
            if "accuracy" in found.get(test, {}):
                found[test]["baseline"] = commonest_class_share(_numbers(kind, photos))
    return found


def together(figures: Sequence[Figure]) -> dict[str, Any]:
    """The figures of all photos together as a record keeps them: name -> value, low, high, n and unit."""
    return {figure.name: asdict(figure.estimate) for figure in figures if figure.test == TOGETHER}


def tests_of(sets: Sets) -> dict[str, Examples]:
    """All sets by their ids, without their kinds."""
    return {test: photos for of_kind in sets.values() for test, photos in of_kind.items()}


def estimate_of(record: Record, test: str, name: str) -> Estimate:
    """A figure of a record; of nothing judged where it has none.

    Args:
        record: of a model on everyday photos.
        test: id of a test set, or `TOGETHER`.
        name: of the figure.
    """
    if test == TOGETHER:
        numbers = record.measurements["together"].get(name)
    else:
        numbers = record.figures.get(test, {}).get("estimates", {}).get(name)
    return as_estimate(numbers) if numbers else Estimate(math.nan, math.nan, math.nan, 0)


def everyday_table(record: Record, *others: Record) -> Table:
    """Every figure of a model on everyday photos, with its count and 95 % interval.

    Args:
        record: of the model.
        others: each has a column of its figures of the same test sets; a study one for each of its variants
            but ours.
    """
    beside = _columns(record, others)
    rows = []
    for test, result in record.figures.items():
        for name, numbers in result["estimates"].items():
            estimate = as_estimate(numbers)
            known = (_beside(figures.get(test, {}), name, estimate.n) for figures in beside.values())
            baseline = result["baseline"] if name == NUMBER_RIGHT else None
            rows.append((title(test), name, str(estimate), interval(estimate), *known, baseline, estimate.n))
    columns = ("photos", "figure", "ours", "95 %", *beside, "commonest number", "n")
    return table(rows, columns, "Everyday photos")


def groups_table(record: Record) -> Table:
    """All photos together, by group: number right, false finds and calibration."""
    rows = []
    for name, numbers in record.measurements["together"].items():
        estimate = as_estimate(numbers)
        rows.append((name, str(estimate), interval(estimate), estimate.n))
    return table(rows, ("all everyday photos", "ours", "95 %", "n"), "All photos together")


def believed_table(record: Record) -> Table:
    """When the model believes that it sees a hand, and what that was chosen by."""
    believed, chosen = record.measurements["believed"], record.measurements["chosen"]
    constant, first, closer = believed["presence_weights"]
    rows: list[tuple[object, ...]] = [
        ("score of the first look, at least", f"{believed['least_score']:.3f}"),
        ("presence by both looks, at least", f"{believed['least_presence']:.3f}"),
        ("presence: constant", f"{constant:.2f}"),
        ("presence: weight of the first look's logit", f"{first:.2f}"),
        ("presence: weight of the closer look's logit", f"{closer:.2f}"),
    ]
    if chosen:
        rows += [
            ("validation photos of one hand", chosen["with_hand"]),
            ("of them one is believed in", float(chosen["found"])),
            ("validation photos without a hand", chosen["without_hand"]),
            ("of them one is believed in", float(chosen["wrong"])),
            ("close-ups read of a photo", f"{chosen['close_ups']:.2f}"),
        ]
    return table(rows, ("believed", ""), "When it is a hand")


def joined_table(record: Record) -> Table:
    """What the model was joined from: files by their SHA-256."""
    rows = [(name, digest) for name, digest in record.parts.items()]
    return table(rows, ("part", "SHA-256 of its file"), "Joined from")


def times_table(record: Record) -> Table:
    """Milliseconds from the decoded photo to the answer, of a study's peers, in turns."""
    rows = [
        (
            time["threads"],
            time["hands"],
            f"{time['ours']:.1f} ms",
            f"{time['mediapipe']:.1f} ms",
            f"{time['ratio']:.2f}",
        )
        for time in record.measurements["milliseconds"]
    ]
    return table(rows, ("threads", "hands", "ours", "MediaPipe", "ratio"), "From photo to answer")


def peers_table(record: Record) -> Table:
    """Readers beside each other on everyday photos: of `benchmarks/everyday.py --record`."""
    names = [variant.name for variant in record.variants]
    figures = {variant.name: variant.figures for variant in record.variants}
    tests = dict.fromkeys(test for of_one in figures.values() for test in of_one)
    rows: list[tuple[object, ...]] = []
    for test in tests:
        of_each = [figures[name].get(test, {}).get("estimates", {}) for name in names]
        for figure in dict.fromkeys(name for estimates in of_each for name in estimates):
            known = [as_estimate(each[figure]) if figure in each else None for each in of_each]
            shown = (None if each is None else _with_interval(each) for each in known)
            counts = "/".join(dict.fromkeys(str(each.n) for each in known if each is not None))
            rows.append((title(test), figure, *shown, counts))
    return table(rows, ("photos", "figure", *names, "n"), "Beside MediaPipe Hands, everyday photos")


def interval(estimate: Estimate | None) -> str:
    """The 95 % interval, "90.1-97.3" of a share in percent; "" where there is none."""
    if estimate is None or math.isnan(estimate.low):
        return ""
    scale = 100 if estimate.unit == "share" else 1
    return f"{scale * estimate.low:.1f}-{scale * estimate.high:.1f}"


def _with_interval(estimate: Estimate) -> str:
    known = interval(estimate)
    return f"{estimate} ({known})" if known else str(estimate)


def _columns(record: Record, others: Sequence[Record]) -> dict[str, Figures]:
    """Title of a column -> its figures; those of a study only where it judged the same part."""
    columns: dict[str, Figures] = {}
    for other in others:
        if not other.variants:
            columns[other.name.replace("_", " ")] = other.figures
        elif other.measurements["part"] == record.measurements["part"]:
            columns |= {each.name: each.figures for each in other.variants if each.name != OURS}
    return columns


def _numbers(kind: str, photos: Examples) -> np.ndarray:
    """The numbers that are judged: of photos, or of every rendered hand."""
    if kind != "rendered":
        return photos.require("labels")
    labels = np.concatenate([hands.labels for hands in photos.require("hands")])
    return labels[labels != NO_HAND]


def as_estimate(numbers: Mapping[str, Any]) -> Estimate:
    """From a record, where null stands for NaN."""
    known: dict[str, Any] = {name: math.nan if value is None else value for name, value in numbers.items()}
    return Estimate(**known)


def _beside(result: Mapping[str, Any], name: str, n: int) -> Any:
    """Another's figure of the same photos; None where there is none, or where they were others."""
    if "estimates" in result:
        numbers = result["estimates"].get(name)
        return str(as_estimate(numbers)) if numbers else None
    return result.get(_HEADLINES.get(name, "")) if result.get("n") == n else None
