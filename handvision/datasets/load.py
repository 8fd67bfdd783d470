"""A data set's pictures by name: read once, then kept in memory while there is room."""

from collections import OrderedDict
from dataclasses import fields, replace
from threading import RLock

import numpy as np

from handvision.core.examples import Examples
from handvision.datasets import download
from handvision.datasets.catalog import CATALOG
from handvision.datasets.errors import missing
from handvision.datasets.readers import find_reader

# What one training of the combined model reads fits; the sets used longest ago go first.
MEMORY_BYTES = 2 << 30

_kept: OrderedDict[tuple[str, str], Examples] = OrderedDict()
_lock = RLock()


def load(name: str) -> Examples:
    """All pictures of a data set, or of a part of one that has a reader of its own.

    They are decoded once: the next call gives the same Examples, while their archive is the same and what
    is kept stays below MEMORY_BYTES. Their arrays cannot be written to: copy what you want to change.

    Args:
        name: "finger_digits", "finger_counting_composites" and so on: see `readers.READERS`.

    Raises:
        DataUnavailable: it is not at hand, or a picture cannot be read; the message says what to do.
        ValueError: no such pictures; the message lists those that there are.
    """
    reader = find_reader(name)
    copy = download.locate(reader.dataset)
    if copy is None:
        raise missing(CATALOG[reader.dataset])
    key = name, copy.stamp
    with _lock:
        if key not in _kept:
            if reader.of:
                examples = reader.read(load(reader.of))
            else:
                examples = reader.read(copy.files)
                examples = replace(examples, source=f"{copy.summary}; {examples.source}")
            _keep(key, examples)
        _kept.move_to_end(key)
        return _kept[key]


def _keep(key: tuple[str, str], examples: Examples) -> None:
    arrays = _arrays(examples)
    for array in arrays:
        array.flags.writeable = False
    _kept[key] = examples
    # Collections may share their photos: what is shared counts once.
    while len(_kept) > 1 and sum(_sizes().values()) > MEMORY_BYTES:
        _kept.popitem(last=False)


def _sizes() -> dict[int, int]:
    return {id(array): array.nbytes for examples in _kept.values() for array in _arrays(examples)}


def _arrays(examples: Examples) -> list[np.ndarray]:
    values = [getattr(examples, field.name) for field in fields(examples)]
    lists = [value if isinstance(value, list) else [value] for value in values]
    return [array for arrays in lists for array in arrays if isinstance(array, np.ndarray)]
