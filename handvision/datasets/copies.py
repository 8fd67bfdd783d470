"""A copy of a data set on this machine: what is in it, and whether it is the one that the catalog expects."""

import hashlib
import os
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from handvision.datasets.catalog import Dataset, Kaggle

MARKER = ".complete.json"  # written last: it says that all is there, and what it is


@dataclass(frozen=True)
class Copy:
    """A copy of a data set on this machine, listed once.

    Attributes:
        dataset: its row of the catalog.
        folder: where its files lie.
        files: kind of file -> groups of its pattern -> path, as `Dataset.sort_out` finds them.
    """

    dataset: Dataset
    folder: Path
    files: dict[str, dict[tuple[str, ...], Path]]

    @classmethod
    def of(cls, dataset: Dataset, folder: Path) -> "Copy":
        found = dataset.sort_out(files_below(folder))
        return cls(dataset, folder, {k: {key: folder / p for key, p in v.items()} for k, v in found.items()})

    @property
    def kind(self) -> str:
        """ "original", "subset", "mixed", "incomplete: ..." or "", see `Dataset.judge`."""
        return self.dataset.judge(self.files)

    @property
    def summary(self) -> str:
        """Which copy it is and what is in it, as a sentence for the reader."""
        counts = ", ".join(f"{len(paths):,} {what}" for what, paths in self.files.items())
        return f"{self.dataset.title} ({self.kind} archive: {counts})"

    @cached_property
    def stamp(self) -> str:
        """Changes when a file of the copy does: a hash of all names, sizes and times of change."""
        digest = hashlib.sha256()
        for paths in self.files.values():
            for path in paths.values():
                status = path.stat()
                digest.update(f"{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
        return digest.hexdigest()


def files_below(folder: Path) -> list[str]:
    """All files below `folder`, as sorted relative paths with "/"."""
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        base = Path(parent).relative_to(folder).as_posix()
        found += [file if base == "." else f"{base}/{file}" for file in files]
    return sorted(found)


def wanted(dataset: Dataset, paths: Iterable[str]) -> list[str]:
    """The data set's own files among `paths`, and the licences and readme files beside them."""
    paths = list(paths)
    own = [path for files in dataset.sort_out(paths).values() for path in files.values()]
    words = [path for path in paths if re.search(r"(?:^|/)(?:licen[cs]e|readme)[^/]*$", path, re.I)]
    return sorted({*own, *words})


def describe(dataset: Dataset, checksums: dict[str, tuple[int, int]], source: str) -> dict[str, object]:
    """What a report should say of a copy, see `download.provenance`.

    Args:
        dataset: its row of the catalog.
        checksums: path -> size and CRC-32.
        source: where it came from.
    """
    found = dataset.sort_out(checksums)
    lines = sorted(
        f"{what} {'/'.join(map(str, groups))} {checksums[path][0]} {checksums[path][1]}"
        for what, files in found.items()
        for groups, path in files.items()
    )
    version = dataset.source.version if isinstance(dataset.source, Kaggle) else " ".join(dataset.source.urls)
    fingerprint = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return {
        "name": dataset.name,
        "page": dataset.source.page,
        "version": version,
        "from": source,
        "kind": dataset.judge(found),
        "files": len(lines),
        "fingerprint": fingerprint,
        "known": fingerprint == dataset.fingerprint,
    }


def checksum(file: Path) -> tuple[int, int]:
    """Size and CRC-32 of a file, as zip files list them."""
    data = file.read_bytes()
    return len(data), zlib.crc32(data)
