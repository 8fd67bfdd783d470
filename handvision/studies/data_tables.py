"""Tables of the data: the catalog, what the readers made of it, and the parts of a task."""

import numpy as np

from handvision.core.examples import Examples
from handvision.datasets import download
from handvision.datasets.catalog import CATALOG
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.load import load
from handvision.datasets.teacher import table as teacher_labels
from handvision.plotting import Table, table
from handvision.protocol import Task, partitions
from handvision.protocol.partitions import PARTITIONS
from handvision.studies.tables import DASH


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
    rows: list[tuple[object, ...]] = []
    for name in CATALOG:
        if download.find(name) is None:
            continue
        examples = load(name)
        classes = len(examples.class_names) if examples.labels is not None else DASH
        rows.append((examples.name, len(examples), classes, _groups(examples), examples.source))
    rows = rows or [("none at hand: `make data` fetches them", DASH, DASH, DASH, DASH)]
    return table(
        rows, ("data set", "pictures", "classes", "groups", "source"), "Read from the archives at hand"
    )


def teacher_table() -> Table:
    """What a teacher has labelled of each data set, from the table that travels with the package."""
    sets = teacher_labels.read().card["sets"]
    rows = [
        (CATALOG[name].title, f"{known['photos']:,}", f"{known['hands']:,}", CATALOG[name].licence)
        for name, known in sets.items()
    ]
    titles = ("data set", "photos that it saw", "hands that it found", "licence and terms")
    return table(rows, titles, f"Labelled by a teacher, {teacher_labels.TEACHER}")


def partitions_table(counted: bool) -> Table:
    """How each set of pictures is divided.

    Args:
        counted: also reads the sets that are at hand, to say how many pictures each part has.
    """
    rows = [
        (name, partition.unit, str(partition.rule), *(_parts(name) if counted else [DASH] * 3))
        for name, partition in PARTITIONS.items()
    ]
    columns = ("set", "never torn apart", "how it is divided", "train", "validation", "test")
    return table(rows, columns, "Who is in which part")


def task_table(task: Task) -> Table:
    """Pictures, groups and source of each part: training, validation and test sets."""
    parts = {"train": task.train, "validation": task.validation}
    parts |= {f"test: {examples.name}": examples for examples in task.tests.values()}
    rows: list[tuple[object, ...]] = []
    for name, part in parts.items():
        if isinstance(part, Examples):
            rows.append((name, len(part), _groups(part), part.source or part.name))
        else:
            rows.append((name, f"{len(part)} batches an epoch", DASH, "new pictures in every epoch"))
    return table(rows, ("part", "pictures", "groups", "source"), "Training, validation and test sets")


def _parts(name: str) -> list[object]:
    """How many pictures are in each part; a dash where there is none, or no archive is at hand."""
    try:
        counts = partitions.counts(name)
    except DataUnavailable:
        counts = {}
    return [counts.get(which, DASH) for which in ("train", "validation", "test")]


def _groups(examples: Examples) -> int | str:
    return DASH if examples.groups is None else len(np.unique(examples.groups))
