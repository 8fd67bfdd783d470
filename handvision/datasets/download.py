"""Gets a data set onto the disk: finds it, or downloads, verifies and unpacks it.

`handvision data fetch [NAME ...]` does it for all data sets, or those named.
"""

import contextlib
import json
import logging
import os
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from handvision.core.workspace import workspace
from handvision.datasets.catalog import CATALOG, Dataset, Kaggle, row
from handvision.datasets.copies import MARKER, Copy, checksum, describe, files_below, wanted
from handvision.datasets.errors import DataUnavailable, missing, only_as_archive
from handvision.datasets.transfer import download, links
from handvision.datasets.unpacking import unpack

logger = logging.getLogger(__name__)

KAGGLE_INPUT = Path("/kaggle/input")


def find(name: str) -> Path | None:
    """The folder of a data set that is already at hand, or None: see `locate`."""
    copy = locate(name)
    return copy.folder if copy else None


def locate(name: str) -> Copy | None:
    """The copy of a data set that is already at hand, or None. Never downloads.

    Looks in `data/` (a folder, or a zip file dropped there), then in the folder that HANDVISION_ARCHIVES
    names, then in /kaggle/input, then in kagglehub's cache. A zip is unpacked into `data/<name>` on first
    use; an unpacked folder is used where it is.

    Raises:
        DataUnavailable: a copy is there, but broken, incomplete or dangerous to unpack.
        ValueError: the catalog has no such data set.
    """
    dataset = row(name)
    if ready := _ready(dataset):
        return ready
    archives = workspace().archives
    if archives and not archives.is_dir():
        raise DataUnavailable(
            f"HANDVISION_ARCHIVES is {str(archives)!r}: there is no such folder. Correct or unset it."
        )
    places = [workspace().data, archives, KAGGLE_INPUT]
    for place in places:
        if place is not None and place.is_dir():
            if copy := _folder_in(place, dataset):
                return copy
            if zips := _zips_in(place, dataset):
                with _lock(dataset):
                    return _ready(dataset) or Copy.of(dataset, unpack(dataset, zips))
    return _kagglehub_cache(dataset)


def fetch(name: str) -> Path:
    """The folder of a data set, downloaded if it is not at hand. Goes on where an earlier call was cut.

    Raises:
        DataUnavailable: it cannot be had; the message says what to do.
        ValueError: the catalog has no such data set.
    """
    if folder := find(name):
        return folder
    dataset = row(name)
    with _lock(dataset):
        if copy := _ready(dataset):  # another process was quicker
            return copy.folder
        if not _offered(dataset):
            raise only_as_archive(dataset)
        zips = [download(dataset, link, file) for file, link in links(dataset).items()]
        try:
            folder = unpack(dataset, zips)
        finally:
            for file in zips:  # unpacked, or not worth keeping
                file.unlink(missing_ok=True)
        return folder


def obtainable() -> list[str]:
    """The data sets that `fetch` can get: those that are at hand, and those that are offered for download.

    Sets that were chosen from larger ones are offered by nobody: only their archive has them.
    """
    return [name for name in CATALOG if _offered(row(name)) or find(name)]


def provenance(name: str) -> dict[str, object]:
    """What a report should say of the copy in use: name, source, version, kind, files, fingerprint, known.

    `fingerprint` is a SHA-256 over the sorted file names, sizes and CRC-32s: equal for equal contents,
    however they were packed.

    Raises:
        DataUnavailable: the data set is not at hand.
    """
    folder = find(name)
    if folder is None:
        raise missing(row(name))
    marker = folder / MARKER
    if marker.is_file():
        stored = json.loads(marker.read_text())
        return stored | {"known": stored["fingerprint"] == row(name).fingerprint}
    files = {path: checksum(folder / path) for path in wanted(row(name), files_below(folder))}
    return describe(row(name), files, str(folder))


def run(names: Sequence[str] = ()) -> int:
    """Fetches the named data sets, or all that can be had, and says what is there. Goes on past failures.

    Returns:
        How many are missing: 0 is success.

    Raises:
        ValueError: the catalog has no such data set.
    """
    names = list(names) or obtainable()
    for name in names:
        row(name)  # a wrong name is said at once
    problems, lines = {}, []
    for position, name in enumerate(names, 1):
        print(f"[{position}/{len(names)}] {row(name).title}", flush=True)
        try:
            folder = fetch(name)
        except DataUnavailable as error:
            problems[name] = error
            lines.append(f"  {name:22} MISSING")
        else:
            facts = provenance(name)
            lines.append(f"  {name:22} {facts['files']:6,} files ({_which(facts)}) in {_shown(folder)}")
    print("\nData sets:", *lines, sep="\n")
    for name, error in problems.items():
        print(f"\n{name}: {error}", file=sys.stderr)
    return len(problems)


def _offered(dataset: Dataset) -> bool:
    """Whether there is an address that has it: not where its pictures were chosen from larger sets."""
    return isinstance(dataset.source, Kaggle) or bool(dataset.source.urls)


def _which(facts: dict[str, object]) -> str:
    """The kind of a copy, and whether its contents are the expected ones, where that is known."""
    if facts["known"]:
        return f"{facts['kind']}, its fingerprint is the catalog's"
    if facts["kind"] == "subset":
        return "subset, but its fingerprint is not the catalog's: its contents differ"
    return str(facts["kind"])


def _shown(folder: Path) -> Path:
    """The path as a person in the repository would type it: notebooks print it and are published."""
    repository = workspace().repository
    inside = repository is not None and folder.is_relative_to(repository)
    return folder.relative_to(repository) if repository and inside else folder


def _ready(dataset: Dataset) -> Copy | None:
    """`data/<name>` if it was unpacked to the end."""
    folder = workspace().data / dataset.name
    marker = folder / MARKER
    if not marker.is_file():
        return None
    expected = json.loads(marker.read_text())["files"]
    copy = Copy.of(dataset, folder)
    left = sum(len(files) for files in copy.files.values())
    if left < expected:
        raise DataUnavailable(
            f"{dataset.title}: {folder} has {left} of the {expected} files that were unpacked into it. "
            "Delete that folder and run this again."
        )
    return copy


def _folder_in(place: Path, dataset: Dataset) -> Copy | None:
    """A folder of `place` that holds the unpacked data set, used where it is."""
    names = [dataset.name, Path(dataset.archive).stem, *dataset.folders]
    if isinstance(dataset.source, Kaggle):
        names += [dataset.source.slug, f"datasets/{dataset.source.handle}"]
    for name in dict.fromkeys(names):
        folder = place / name
        if not folder.is_dir():
            continue
        copy = Copy.of(dataset, folder)
        if copy.kind.startswith("incomplete"):
            raise DataUnavailable(
                f"{dataset.title}: {folder} is {copy.kind}. Complete that folder or delete it."
            )
        if copy.kind:
            return copy
    return None


def _zips_in(place: Path, dataset: Dataset) -> list[Path]:
    """The zip files of `place` that together hold the data set: by name, else by what is inside."""
    sets = [[dataset.archive], [f"{dataset.name}.zip"]]
    if isinstance(dataset.source, Kaggle):
        sets += [[f"{dataset.source.slug}.zip"]]
    elif dataset.source.urls:
        sets += [[url.rsplit("/", 1)[1] for url in dataset.source.urls]]
    sets += [[f"{folder}.zip"] for folder in dataset.folders]
    for names in sets:
        if all((place / name).is_file() for name in names):
            return [place / name for name in names]
    # Browsers save as "archive.zip", "archive (1).zip" and the like: look inside.
    for file in sorted(place.glob("*.zip")):
        try:
            with zipfile.ZipFile(file) as archive:
                verdict = dataset.judge(dataset.sort_out(archive.namelist()))
        except (zipfile.BadZipFile, OSError) as error:
            # Nobody knows whose it is, but its owner may wait for its pictures.
            logger.warning("%s: passed over, cut off or no zip archive (%s)", file, error)
            continue
        if verdict and not verdict.startswith("incomplete"):
            return [file]
        if verdict:
            logger.warning("%s: passed over, it is %s of %s", file, verdict, dataset.title)
    return []


def _kagglehub_cache(dataset: Dataset) -> Copy | None:
    """What `kagglehub.dataset_download` left on this machine, newest version first."""
    if not isinstance(dataset.source, Kaggle):
        return None
    cache = Path(os.environ.get("KAGGLEHUB_CACHE", Path.home() / ".cache" / "kagglehub"))
    base = cache / "datasets" / dataset.source.handle
    versions = sorted(base.glob("versions/*"), key=lambda p: int(p.name) if p.name.isdigit() else -1)
    for folder in reversed(versions):
        complete = (base / f"{folder.name}.complete").is_file()
        if complete and folder.is_dir():
            copy = Copy.of(dataset, folder)
            if copy.kind and not copy.kind.startswith("incomplete"):
                return copy
    return None


@contextlib.contextmanager
def _lock(dataset: Dataset) -> Iterator[None]:
    """One process at a time downloads or unpacks a data set. The system frees it when a process dies."""
    folder = workspace().data / ".downloads"
    lock = FileLock(folder / f"{dataset.name}.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            print(f"Another process is getting {dataset.title}: waiting for it", file=sys.stderr)
            lock.acquire()
    except OSError as error:
        raise DataUnavailable(
            f"{dataset.title}: cannot write into {workspace().data} ({error}). "
            "Name another folder in HANDVISION_DATA_FOLDER."
        ) from error
    try:
        yield
    finally:
        lock.release()
