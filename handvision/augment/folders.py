"""Folders of pictures, one a class, listed as Keras lists them, but for what is no class and no picture."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from handvision.media.pictures import PICTURES

CLASS_ORDERS = ("numbers", "alphabet")

logger = logging.getLogger(__name__)


class Listing(NamedTuple):
    """Pictures of a folder.

    Attributes:
        class_indices: name of a class -> its number.
        filenames: n paths from the folder, class by class, sorted in each.
        classes: (n,) int32 numbers of their classes.
    """

    class_indices: dict[str, int]
    filenames: list[str]
    classes: NDArray[np.int32]


def list_classes(
    directory: str | Path,
    classes: Sequence[str] | None = None,
    *,
    class_order: str = "numbers",
    part: tuple[float, float] = (0.0, 1.0),
    follow_links: bool = False,
) -> Listing:
    """Lists the pictures of each class.

    What systems and editors leave behind (`.ipynb_checkpoints`, `__MACOSX`, `.DS_Store`, `._*`) is neither
    class nor picture. Files that are no pictures are counted in a warning.

    Args:
        directory: holds a folder for each class.
        classes: their names, in order; None takes all, sorted by `class_order`.
        class_order: "numbers" sorts as numbers where all names are (0, 1, 2, 10), else by the alphabet;
            "alphabet" always does, as Keras (0, 1, 10, 2).
        part: from and to which share of each class's sorted pictures.
        follow_links: whether linked folders are entered.

    Raises:
        ValueError: `class_order` is none of these.
    """
    if class_order not in CLASS_ORDERS:
        raise ValueError(f"class_order is {class_order!r}; use one of {', '.join(CLASS_ORDERS)}")
    root = Path(directory)
    names = list(classes) if classes else _class_names(root, class_order)
    filenames: list[str] = []
    numbers: list[int] = []
    others: list[str] = []
    for number, name in enumerate(names):
        files = _files(root / name, follow_links)
        others += [file for file in files if not file.lower().endswith(PICTURES)]
        pictures = [file for file in files if file.lower().endswith(PICTURES)]
        start, stop = (int(share * len(pictures)) for share in part)
        filenames += [os.path.relpath(file, root) for file in pictures[start:stop]]
        numbers += [number] * (stop - start)
    if others:
        logger.warning("%s: passed over %d files that are no pictures: %s ...", root, len(others), others[0])
    return Listing(dict(zip(names, range(len(names)), strict=True)), filenames, np.array(numbers, np.int32))


def _class_names(root: Path, order: str) -> list[str]:
    names = sorted(path.name for path in root.iterdir() if path.is_dir() and not _is_litter(path.name))
    if order == "numbers" and all(name.isascii() and name.isdigit() for name in names):
        names.sort(key=lambda name: (int(name), name))
    return names


def _files(folder: Path, follow_links: bool) -> list[str]:
    found = []
    for parent, _, files in sorted(os.walk(folder, followlinks=follow_links), key=lambda each: each[0]):
        if not any(_is_litter(part) for part in Path(parent).relative_to(folder).parts):
            found += [os.path.join(parent, name) for name in sorted(files) if not _is_litter(name)]
    return found


def _is_litter(name: str) -> bool:
    return name.startswith(".") or name in ("__MACOSX", "Thumbs.db", "desktop.ini")
