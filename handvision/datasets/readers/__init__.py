"""One file a data set: how its files become `Examples`, whichever copy of it is at hand.

A file registers its readers with `@reader`; this folder's files are found by themselves. Every reader takes
the authors' own archive and the reduced one, brings photos to one largest size (that of the reduced archive),
and says in `Examples.source` how masks were made.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples

# What an archive holds, by kind ("photos", "masks"): the groups of `catalog.Content.pattern` -> the file.
Files = dict[str, dict[tuple[str, ...], Path]]


@dataclass(frozen=True)
class Reader:
    """How one collection of pictures is read.

    Attributes:
        name: the collection, as `load` takes it.
        dataset: the row of the catalog whose files it reads.
        read: makes Examples of the files, or of the collection `of`.
        of: the collection that it adds to, where it reads no files itself.
    """

    name: str
    dataset: str
    read: Callable[..., Examples]
    of: str | None = None


READERS: dict[str, Reader] = {}


def reader(name: str, dataset: str | None = None, of: str | None = None) -> Callable[..., Callable]:
    """Registers the decorated function as the reader of `name` (`dataset`: of which set, if of another)."""

    def register(read: Callable[..., Examples]) -> Callable[..., Examples]:
        READERS[name] = Reader(name, dataset or name, read, of)
        return read

    return register


def find_reader(name: str) -> Reader:
    """The reader of a collection.

    Raises:
        ValueError: there is none of this name; the message lists those that there are.
    """
    if name not in READERS:
        raise ValueError(f"no pictures {name!r}; there are {', '.join(READERS)}")
    return READERS[name]


def picture_ids(keys: Iterable[tuple[str, ...]]) -> NDArray[np.str_]:
    """`Examples.ids` of pictures, given what the pattern of the catalog's row found in their names."""
    return np.array(["/".join(key) for key in keys])


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
