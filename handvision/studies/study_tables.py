"""The tables of studies: what each part of a training is worth, and how a peer does on the same photos."""

from collections.abc import Callable, Sequence

import numpy as np

from handvision.core.workspace import workspace
from handvision.evaluation.everyday_kinds import FOUND, NUMBER_RIGHT
from handvision.plotting import Table, percent, table
from handvision.protocol.titles import title
from handvision.studies.everyday_figures import as_estimate, interval, peers_table
from handvision.studies.record import Record, Variant, read_record
from handvision.studies.tables import DASH, accuracy_table


def study_table(name: str) -> Table | str:
    """The table of a released study, or that there is none yet.

    Args:
        name: of `STUDIES`.

    Raises:
        ValueError: no study has this name.
    """
    if name not in _TABLES:
        raise ValueError(f"no study is called {name!r}; there are {', '.join(_TABLES)}")
    path = workspace().models / "comparisons" / f"{name}.json"
    if not path.is_file():
        return f"not measured yet: run {how_to_run(name)}"
    return table_of(read_record(path))


def table_of(record: Record) -> Table:
    """The table of a study's record."""
    return _TABLES[record.name](record)


def how_to_run(name: str) -> str:
    """The command that makes a study."""
    return _SCRIPTS.get(name, f"handvision study {name}")


def data_table(record: Record) -> Table:
    """What each kind of training data is worth: a training a row."""
    tests = _tests(record.variants)
    rows = [
        (
            variant.name,
            variant.details["training_masks"]["accuracy_upright"],
            *(variant.figures.get(test, {}).get("accuracy_all_rotations") for test in tests),
        )
        for variant in record.variants
    ]
    columns = ("training set", "its own training masks, upright")
    columns += tuple(f"{title(test)}, all rotations" for test in tests)
    return table([*rows, _baselines(record.variants, tests, 2)], columns, "What each kind of data is worth")


def attention_table(record: Record) -> Table:
    """With and without the attention block: mean and spread over the seeds."""
    names = list(dict.fromkeys(variant.name for variant in record.variants))
    rows = []
    for test in _tests(record.variants):
        for name in names:
            results = [variant.figures[test] for variant in record.variants if variant.name == name]
            shares = [100 * result["accuracy_all_rotations"] for result in results]
            spread = f"{np.mean(shares):.2f} % ± {np.std(shares, ddof=1) if len(shares) > 1 else 0:.2f}"
            rows.append(
                (
                    title(test),
                    name,
                    spread,
                    f"{min(shares):.2f} to {max(shares):.2f} %",
                    results[0]["baseline"],
                )
            )
    columns = ("test set, all rotations", "", "mean ± standard deviation", "lowest to highest")
    seeds = len(record.variants) // len(names)
    return table(sorted(rows), (*columns, "commonest class"), f"Attention, {seeds} trainings each")


def people_table(record: Record) -> Table:
    """A training without a real mask of other people."""
    return accuracy_table(record.variants[0].figures, "Trained without a real mask of other people")


def parts_table(record: Record) -> Table:
    """What each part of DeepLabV3+ is worth: IoU, a training a row."""
    return _iou_table(record, "DeepLabV3+, part by part")


def unet_recipe_table(record: Record) -> Table:
    """What each part of the U-Net's recipe adds: IoU, a training a row."""
    return _iou_table(record, "The U-Net's recipe, step by step")


def _iou_table(record: Record, heading: str) -> Table:
    tests = [test for test in _tests(record.variants) if record.variants[0].figures[test]["n"]]
    rows = [
        (
            variant.name,
            f"{variant.details['weights']:,}",
            *(f"{variant.figures[test]['iou']:.3f}" for test in tests),
        )
        for variant in record.variants
    ]
    rows.append(
        ("baseline (skin colour)", DASH, *(f"{_baseline(record.variants, test):.3f}" for test in tests))
    )
    return table(rows, ("", "weights", *(f"{title(test)}, IoU" for test in tests)), heading)


def reader_data_table(record: Record) -> Table:
    """What each kind of data is worth to the reader of close-ups, a training a row."""
    tests = _tests(record.variants)
    rows: list[tuple[object, ...]] = [
        (
            variant.name,
            *(variant.figures[test]["accuracy"] for test in tests),
            float(variant.details["wrong"]),
        )
        for variant in record.variants
    ]
    rows.append(("baseline (commonest class)", *(_baseline(record.variants, test) for test in tests), None))
    columns = ("learned from", *(title(test) for test in tests), "believed where no hand is")
    return table(rows, columns, "The reader of close-ups, one thing less a row: numbers right, validation")


def finder_parts_table(record: Record) -> Table:
    """What the first look's encoder and data are worth, a training a row."""
    tests = _tests(record.variants)
    rows = [
        (
            variant.name,
            *(variant.figures[test]["recall"] for test in tests),
            f"{variant.details['mask_iou']:.3f}",
        )
        for variant in record.variants
    ]
    columns = ("", *(f"{title(test)}: hands found" for test in tests), "mask IoU")
    return table(rows, columns, "The first look, one thing different a row, validation")


def peer_table(record: Record) -> Table:
    """The mask alone beside MediaPipe Hands, a row for every test set."""
    names = [variant.name for variant in record.variants]
    rows = []
    for test in _tests(record.variants):
        results = [variant.figures[test] for variant in record.variants]
        if "accuracy" in results[0]:
            shares = [result["accuracy"] for result in results]
            rows.append((title(test), results[0]["n"], *shares, results[0]["baseline"]))
        else:
            found = [result["found"] for result in results]
            rows.append((f"{title(test)}: a hand is found", results[0]["n"], *found, DASH))
    # Both ways of counting need the same landmarks, and so the same time.
    columns = {"ours": "ours", "MediaPipe, rule": "mediapipe"}
    for time in record.measurements["milliseconds"]:
        times = (f"{time[columns[name]]:.1f} ms" if name in columns else DASH for name in names)
        rows.append((f"from photo to answer, threads: {time['threads']}", DASH, *times, DASH))
    return table(rows, ("test set", "photos", *names, "commonest class"), "Beside MediaPipe Hands")


def own_gestures_table(record: Record) -> Table:
    """Gestures taught by a few examples: mean of many draws of them, and the 5 % quantile; a column a way."""
    rows = []
    for test in _tests(record.variants):
        results = [variant.figures[test] for variant in record.variants]
        counts = [key.removeprefix("accuracy_") for key in results[0] if key.startswith("accuracy_")]
        for count in (count for count in counts if count.isdigit()):
            for figure, n, what in (
                ("accuracy", "n", "named rightly"),
                ("refused", "n_others", "others refused"),
            ):
                if results[0][n]:
                    key = f"{figure}_{count}"
                    cells = [
                        f"{percent(result[key])} ({percent(result[f'{key}_low'])})" for result in results
                    ]
                    rows.append((title(test), count, what, results[0][n], *cells))
    columns = ("photos", "examples", "", "n", *(variant.name for variant in record.variants))
    return table(rows, columns, "Gestures of one's own: mean of the draws (5 % quantile)")


def appearance_table(record: Record) -> Table:
    """Numbers read without colour, in gloves, and of hands ever smaller: a look a row."""
    measured = record.measurements
    sizes = [row | {"look": _of_height(row["look"])} for row in measured["sizes"]]
    rows: list[tuple[object, ...]] = []
    for row in [*measured["looks"], *sizes]:
        right, found = as_estimate(row[NUMBER_RIGHT]), as_estimate(row[FOUND])
        rows.append((row["photos"], row["look"], str(right), interval(right), str(found), right.n))
    if measured["smallest"] is not None:
        rows.append(("smallest hand that is read", _of_height(measured["smallest"]), *[None] * 4))
    columns = ("photos", "look", NUMBER_RIGHT, "95 %", FOUND, "n")
    return table(rows, columns, "What colour, gloves and distance cost")


def split_leak_table(record: Record) -> Table:
    """What one nearest neighbour reads of real masks, by how they are split."""
    rows = [
        (photos, split, share)
        for photos, by_split in record.measurements["accuracy"].items()
        for split, share in by_split.items()
    ]
    return table(rows, ("learned from", "tested on", "accuracy"), "What one nearest neighbour gets")


def _of_height(size: float) -> str:
    return f"hand of {percent(size)} of the photo's height"


def _tests(variants: Sequence[Variant]) -> list[str]:
    return list(dict.fromkeys(test for variant in variants for test in variant.figures))


def _baseline(variants: Sequence[Variant], test: str) -> float:
    return next(variant.figures[test]["baseline"] for variant in variants if test in variant.figures)


def _baselines(variants: Sequence[Variant], tests: Sequence[str], columns: int) -> tuple:
    """The last row of a table whose first `columns` hold no test set."""
    return (
        "baseline (commonest class)",
        *[None] * (columns - 1),
        *(_baseline(variants, test) for test in tests),
    )


_TABLES: dict[str, Callable[[Record], Table]] = {
    "data": data_table,
    "attention": attention_table,
    "people": people_table,
    "segmenter": parts_table,
    "unet_recipe": unet_recipe_table,
    "reader_data": reader_data_table,
    "finder_parts": finder_parts_table,
    "mediapipe": peer_table,
    "mediapipe_everyday": peers_table,
    "own_gestures": own_gestures_table,
    "appearance": appearance_table,
    "split_leak": split_leak_table,
}
# Of those that are no `handvision study`.
_SCRIPTS = {
    "mediapipe": "benchmarks/photo_to_gesture.py",
    "mediapipe_everyday": "benchmarks/everyday.py --which test --record",
    "own_gestures": "python -m handvision.studies.own_gestures",
    "appearance": "python -m handvision.studies.appearance --which test",
    "split_leak": "python -m handvision.studies.split_leak",
}
STUDIES = tuple(_TABLES)
