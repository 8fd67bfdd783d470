"""The cards of released models and the README's table, generated from the records: nobody types a figure.

`models/cards/*.md` hold the prose. In it `{{unet.figures.rendered.iou|percent}}` is a value of a record,
named by its path, in one of `FORMATS`; `{{table:segmenter unet}}` is one of `TABLES`, of one record or of
several. A record with a question mark, `?mediapipe_everyday`, may be missing: a table does without it, and is
left out if it is of that one alone. The command `handvision study cards` runs `write`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from handvision.core.files import replacing
from handvision.core.products import PRODUCTS, Product
from handvision.plotting import Table, percent, table
from handvision.studies import everyday_figures, study_tables, tables
from handvision.studies.everyday_targets import targets_table
from handvision.studies.record import Figures, Record, read_record

# Of each model the figures that the README shows: the measures of a test set, see `tables.MEASURES`.
README_FIGURES = {
    "finger_numbers": (
        ("finger_digits_last_fifth", "accuracy_all_rotations"),
        ("sign_language_digits_people", "accuracy_all_rotations"),
    ),
    "gestures": (("hand_gestures_test", "accuracy_all_rotations"),),
    "unet": (("hgr1_people_4_5", "iou"), ("sign_language_digits_composites", "iou")),
    "deeplab_v3_plus": (("hgr1_people_4_5", "iou"), ("sign_language_digits_composites", "iou")),
    "combined": (
        ("hagrid_counts", "accuracy"),
        ("hand_gesture_yolov8_counts", "accuracy"),
        ("ten_people_counts", "accuracy"),
        ("hands_dataset_one_hand", "accuracy"),
        ("finger_counting_last_fifth@any_rotation", "accuracy"),
        ("sign_language_digits_people@any_rotation", "accuracy"),
    ),
}
BEGIN, END = "<!-- figures: written by `handvision study cards` -->", "<!-- end of figures -->"
_PEER = "mediapipe_everyday"
_PLACEHOLDER = re.compile(r"\{\{\s*(.+?)\s*\}\}")


def write(root: Path) -> list[Path]:
    """Writes `models/README.md` and the README's table of figures anew.

    Args:
        root: of the repository.

    Returns:
        The files that changed.

    Raises:
        ValueError: a placeholder names no value, no format or no table, or the README has no markers.
    """
    changed = []
    for path, text in render(root).items():
        if not path.is_file() or path.read_text("utf-8") != text:
            with replacing(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def render(root: Path) -> dict[Path, str]:
    """What `write` writes: path -> text."""
    records = _records(root / "models")
    readme = root / "README.md"
    return {
        root / "models" / "README.md": _models_readme(root / "models", records),
        readme: between_markers(readme.read_text("utf-8"), _readme_table(records).markdown()),
    }


def fill(text: str, records: Mapping[str, Record]) -> str:
    """A template with its placeholders filled in.

    Raises:
        ValueError: a placeholder names no value, no format or no table.
    """
    values = {name: asdict(record) for name, record in records.items()}

    def replacement(match: re.Match) -> str:
        what = match.group(1)
        if what.startswith("table:"):
            return _table(what.removeprefix("table:").split(), records)
        path, bar, form = what.rpartition("|")
        if not bar or form.strip() not in FORMATS:
            raise ValueError(f"{{{{{what}}}}}: say after | how to format it: {', '.join(FORMATS)}")
        return FORMATS[form.strip()](_look_up(values, path.strip()))

    return _PLACEHOLDER.sub(replacement, text)


def section(folder: Path, product: Product) -> str:
    """What the page of all models says of one: facts and prose, filled in.

    Args:
        folder: `models/` of the repository.
        product: one that is released.
    """
    return _section(product, folder, _records(folder))


def uses(folder: Path) -> str:
    """What the models are fit for and what not."""
    return (folder / "cards" / "uses.md").read_text("utf-8")


def _models_readme(folder: Path, records: Mapping[str, Record]) -> str:
    sections = [fill((folder / "cards" / "introduction.md").read_text("utf-8"), records)]
    sections.append(uses(folder))
    sections += [_section(product, folder, records) for name, product in PRODUCTS.items() if name in records]
    sections.append(fill((folder / "cards" / "studies.md").read_text("utf-8"), records))
    note = "<!-- Written by `handvision study cards` from models/cards/ and the records: edit those. -->"
    return "\n".join([note, *(section.rstrip() + "\n" for section in sections)])


def _section(product: Product, folder: Path, records: Mapping[str, Record]) -> str:
    prose = fill((folder / "cards" / f"{product.name}.md").read_text("utf-8"), records)
    return f"## {product.name}\n{_facts(product, records[product.name], folder)}\n\n{prose}"


def _facts(product: Product, record: Record, folder: Path) -> str:
    size = (folder / f"{product.name}.keras").stat().st_size / 2**20
    made = f"commit {record.commit[:7]}, {record.date[:10]}" if record.commit and record.date else "unknown"
    lines = [
        f"Release {product.version}, made by `{product.command or product.notebook}`: {product.title}.",
        f"`{product.name}.keras`, {size:.1f} MB; record: [{product.name}.json]({product.name}.json), {made}.",
    ]
    if record.duration_seconds:
        lines.append(f"Trained for {_minutes(record.duration_seconds)}, {_hardware(record)}.")
    if record.unknown:
        reasons = "; ".join(f"{field} ({why})" for field, why in record.unknown.items())
        lines.append(f"Not recorded: {reasons}.")
    return " ".join(lines)


def _hardware(record: Record) -> str:
    gpu = ", ".join(record.hardware["gpu"]) or "no GPU"
    return f"{record.hardware['cpu']}, {record.hardware['cores']} cores, {gpu}"


def _readme_table(records: Mapping[str, Record]) -> Table:
    """The chosen figures; beside them MediaPipe's on the same photos, where the benchmark was run."""
    peer = _mediapipe(records)
    rows = []
    for name, chosen in README_FIGURES.items():
        for test, measure in chosen if name in records else ():
            result = records[name].figures[test]
            label = f"{tables.title(test)}, {tables.MEASURES[measure]}"
            beside = peer.get(test, {})
            known = beside.get(measure) if name == "combined" and beside.get("n") == result["n"] else None
            others = (known,) if peer else ()
            rows.append((f"`{name}`", label, result["n"], result[measure], *others, result["baseline"]))
    others = ("MediaPipe Hands",) if peer else ()
    return table(rows, ("model", "test set", "samples", "figure", *others, "baseline"))


def _mediapipe(records: Mapping[str, Record]) -> Figures:
    """Its figures on everyday photos; none where no benchmark is released."""
    variants = records[_PEER].variants if _PEER in records else ()
    return next((variant.figures for variant in variants if variant.name.startswith("MediaPipe")), {})


def between_markers(text: str, content: str, begin: str = BEGIN, end: str = END) -> str:
    """The text with other content between two lines of it.

    Raises:
        ValueError: it has no such lines.
    """
    before, found, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise ValueError(f"README.md: the table stands between {begin} and {end}; put both in")
    return f"{before}{begin}\n{content}\n{end}{after}"


def _records(folder: Path) -> dict[str, Record]:
    paths = [*folder.glob("*.json"), *folder.glob("comparisons/*.json")]
    return {path.stem: read_record(path) for path in sorted(paths)}


def _table(words: list[str], records: Mapping[str, Record]) -> str:
    wanted = [word for word in words[1:] if word.removeprefix("?") in records or not word.startswith("?")]
    names = [word.removeprefix("?") for word in wanted]
    if len(words) < 2 or words[0] not in TABLES or not set(names) <= set(records):
        raise ValueError(
            f"{{{{table:{' '.join(words)}}}}}: name a table ({', '.join(TABLES)}) and a record "
            f"({', '.join(records)})"
        )
    return TABLES[words[0]](*(records[name] for name in names)).markdown() if names else ""


def _look_up(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for key in path.split("."):
        if not isinstance(found, Mapping) or key not in found:
            known = (
                f"there are {', '.join(map(str, found))}" if isinstance(found, Mapping) else "it is a value"
            )
            raise ValueError(f"{path}: there is no {key!r}; {known}")
        found = found[key]
    return found


def _minutes(seconds: float) -> str:
    return f"{round(seconds / 60):,} minutes"


def _pictures(recipe: Mapping[str, Any]) -> str:
    """How many pictures a training in phases has seen."""
    steps = sum(phase["steps"] * phase["epochs"] for phase in recipe["phases"])
    return f"{steps * recipe['batch_size']:,}"


FORMATS: dict[str, Callable[[Any], str]] = {
    "percent": percent,
    "degrees": lambda value: f"{value:.1f} degrees",
    "count": lambda value: f"{value:,}",
    "minutes": _minutes,
    "pictures": _pictures,
    "megabytes": lambda value: f"{value:.1f} MB",
}

_WITHOUT = {"main_region": "without the main region", "tuning": "classifier before tuning"}
TABLES: dict[str, Callable[..., Table]] = {
    "classifier": lambda record: tables.classifier_table(_with(record, "accuracy_upright")),
    "calibration": lambda record: tables.calibration_table(
        _with(record, "expected_calibration_error", "read_with_confidence")
    ),
    "segmenter": lambda record: tables.segmenter_table(record.figures),
    "boxes": lambda record: tables.boxes_table(record.figures),
    "corruptions": lambda record: tables.shares_table(record.measurements["corruptions"], "photos", "IoU"),
    "combined": lambda record: tables.combined_table(record.figures),
    "without": lambda record: tables.without_table(record.figures, _WITHOUT),
    "everyday": everyday_figures.everyday_table,
    "groups": everyday_figures.groups_table,
    "believed": everyday_figures.believed_table,
    "joined": everyday_figures.joined_table,
    "times": everyday_figures.times_table,
    "targets": targets_table,
    "study": lambda record: study_tables.table_of(record),
}


def _with(record: Record, *keys: str) -> dict[str, Mapping]:
    """The figures that hold one of the keys."""
    return {test: figures for test, figures in record.figures.items() if any(key in figures for key in keys)}
