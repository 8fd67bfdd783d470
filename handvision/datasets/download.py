"""Gets a data set onto the disk: finds it, or downloads, verifies and unpacks it.

`python -m handvision.datasets.download [name ...]` fetches all data sets, or those named.
"""

import base64
import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import stat
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp

import requests
from tqdm import tqdm

from handvision.core import workspace
from handvision.datasets.catalog import CATALOG, Dataset, Kaggle, row

MARKER = ".complete.json"
KAGGLE_INPUT = Path("/kaggle/input")
TIMEOUT = (10, 30)  # seconds to connect, seconds between two pieces
ATTEMPTS = 5  # of a download that stops without progress
PAUSE = 1.0  # seconds before the next attempt, doubled each time
PIECE = 1 << 16  # what of a piece had come is lost when the connection is cut
# Pictures hardly shrink in a zip: 20 times at most for 1-bit masks. A bomb does 1,000 times.
MAX_BYTES = 8 << 30
MAX_RATIO = 100
RATIO_MATTERS_FROM = 64 << 20
MAX_FILES = 200_000


class DataUnavailable(RuntimeError):
    """A data set cannot be had. The message names the set and the file, and says what to do."""


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
    archives = os.environ.get("HANDVISION_ARCHIVES")
    if archives and not Path(archives).is_dir():
        raise DataUnavailable(
            f"HANDVISION_ARCHIVES is {archives!r}: there is no such folder. Correct or unset it."
        )
    places = [workspace.data_folder(), Path(archives) if archives else None, KAGGLE_INPUT]
    for place in places:
        if place is not None and place.is_dir():
            if copy := _folder_in(place, dataset):
                return copy
            if zips := _zips_in(place, dataset):
                with _lock(dataset):
                    return _ready(dataset) or Copy.of(dataset, _unpack(dataset, zips))
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
        zips = [_download(dataset, link, file) for file, link in _links(dataset).items()]
        try:
            folder = _unpack(dataset, zips)
        finally:
            for file in zips:  # unpacked, or not worth keeping
                file.unlink(missing_ok=True)
        return folder


def provenance(name: str) -> dict:
    """What a report should say of the copy in use: name, source, version, kind, files, fingerprint.

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
        return json.loads(marker.read_text())
    files = {path: _checksum(folder / path) for path in _wanted(row(name), files_below(folder))}
    return _facts(row(name), files, str(folder), None)


def files_below(folder: Path) -> list[str]:
    """All files below `folder`, as sorted relative paths with "/"."""
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        base = Path(parent).relative_to(folder).as_posix()
        found += [file if base == "." else f"{base}/{file}" for file in files]
    return sorted(found)


# Finding ---------------------------------------------------------------------------------------------


def _ready(dataset: Dataset) -> Copy | None:
    """`data/<name>` if it was unpacked to the end."""
    folder = workspace.data_folder() / dataset.name
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
    else:
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
        except (zipfile.BadZipFile, OSError):
            continue  # no way to know whose it is
        if verdict and not verdict.startswith("incomplete"):
            return [file]
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


# Downloading -----------------------------------------------------------------------------------------

Link = Callable[[], contextlib.AbstractContextManager[requests.Response]]


def _links(dataset: Dataset) -> dict[str, Link]:
    """File name -> a call that asks the server for the whole file and returns the streaming answer."""
    if isinstance(dataset.source, Kaggle):
        return {dataset.archive: lambda: _ask_kaggle(dataset.source)}

    def ask(url: str) -> Link:
        return lambda: requests.get(
            url, stream=True, timeout=TIMEOUT, headers={"Accept-Encoding": "identity"}
        )

    return {f"{dataset.name}-{url.rsplit('/', 1)[1]}": ask(url) for url in dataset.source.urls}


@contextlib.contextmanager
def _ask_kaggle(source: Kaggle) -> Iterator[requests.Response]:
    """Kaggle's answer to "download": the two clients know the protocol and the user's credentials."""
    # Imported late: readers of local data need none of it.
    from kagglesdk.datasets.types.dataset_api_service import ApiDownloadDatasetRequest

    request = ApiDownloadDatasetRequest()
    request.owner_slug, request.dataset_slug = source.handle.split("/")
    if source.version:
        request.dataset_version_number = source.version
    with _kaggle_client() as client, client.datasets.dataset_api_client.download_dataset(request) as response:
        yield response


def _kaggle_client():
    choice = os.environ.get("HANDVISION_KAGGLE_CLIENT", "kagglehub")
    if choice == "kagglehub":  # needs no account for public data sets
        from kagglehub.clients import build_kaggle_client

        try:
            return build_kaggle_client()
        except ValueError as error:  # it read a broken kaggle.json
            raise DataUnavailable(f"{error}. Correct or remove it: public sets need no account.") from error
    if choice == "kaggle":
        from kaggle.api.kaggle_api_extended import KaggleApi

        api = KaggleApi()
        try:
            api.authenticate()
        except SystemExit as error:  # it prints help and leaves
            raise DataUnavailable(
                "HANDVISION_KAGGLE_CLIENT is 'kaggle', and that client found no valid credentials. Put a "
                "token into KAGGLE_API_TOKEN or ~/.kaggle/access_token, or unset HANDVISION_KAGGLE_CLIENT: "
                "public data sets need no account."
            ) from error
        return api.build_kaggle_client()
    raise DataUnavailable(f"HANDVISION_KAGGLE_CLIENT is {choice!r}; use 'kagglehub' or 'kaggle'")


def _download(dataset: Dataset, link: Link, file: str) -> Path:
    """Downloads one file into `data/.downloads`, in as many attempts as make progress, and verifies it."""
    folder = workspace.data_folder() / ".downloads"
    target, part = folder / file, folder / f"{file}.part"
    if target.is_file():  # verified by an earlier call that stopped at the next file
        return target
    failures, had = 0, -1
    while True:
        try:
            _transfer(dataset, link, part)
            break
        except OSError as error:  # requests' errors are OSErrors too
            if error.errno == errno.ENOSPC:
                part.unlink(missing_ok=True)
                raise _disk_full(dataset, folder) from error
            if not _worth_another_try(error):
                raise _explained(dataset, error) from error
            now = part.stat().st_size if part.exists() else 0
            failures = failures + 1 if now <= had else 1
            had = max(had, now)
            if failures >= ATTEMPTS:
                raise DataUnavailable(
                    f"{dataset.title}: the download of {file} was cut {failures} times after {now:,} bytes "
                    f"({error}). Run this again: it goes on from there. {_by_hand(dataset)}"
                ) from error
            time.sleep(PAUSE * 2 ** (failures - 1))
    os.replace(part, target)
    _note(part).unlink(missing_ok=True)
    return target


def _transfer(dataset: Dataset, link: Link, part: Path) -> None:
    """One attempt: the rest of the file if the server can, else all of it. Checks length and MD5."""
    with contextlib.ExitStack() as stack:
        response = stack.enter_context(link())
        response.raise_for_status()
        size = response.headers.get("Content-Length")
        size = int(size) if size and "Content-Encoding" not in response.headers else None
        md5 = re.search(r"md5=([^,\s]+)", response.headers.get("x-goog-hash", ""))
        # The same file as the part was begun with? Kaggle's addresses change, so the address is no sign.
        sign = {"size": size, "etag": response.headers.get("ETag"), "md5": md5 and md5[1]}
        have = part.stat().st_size if part.exists() else 0
        known = sign["etag"] or sign["md5"]
        if have and not (known and size and have <= size and _read_note(part) == sign):
            have = 0
        if have and have < size:
            headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}
            if sign["etag"] and not sign["etag"].startswith("W/"):
                headers["If-Range"] = sign["etag"]
            address = response.url
            response.close()
            response = stack.enter_context(
                requests.get(address, stream=True, timeout=TIMEOUT, headers=headers)
            )
            response.raise_for_status()
            if response.status_code != 206:  # the server sends all of it
                have = 0
        _note(part).write_text(json.dumps(sign))
        if size is None or have < size:
            bar = tqdm(
                total=size, initial=have, desc=f"Downloading {dataset.title}", unit="B", unit_scale=True
            )
            with bar, open(part, "ab" if have else "wb") as out:
                for piece in response.iter_content(PIECE):
                    out.write(piece)
                    bar.update(len(piece))
    got = part.stat().st_size
    if size is not None and got < size:
        raise ConnectionError(f"{got:,} of {size:,} bytes came")
    if sign["md5"] and _md5(part) != sign["md5"]:
        part.unlink()
        resumed = " (the part that an earlier run left was wrong)" if have else ""
        raise DataUnavailable(
            f"{dataset.title}: the file that came is not the one that the server announced: its MD5 differs"
            f"{resumed}. It was deleted; run this again. {_by_hand(dataset)}"
        )


def _worth_another_try(error: OSError) -> bool:
    if isinstance(error, requests.HTTPError):
        return error.response is not None and error.response.status_code in (429, 500, 502, 503, 504)
    return isinstance(
        error,
        ConnectionError
        | requests.ConnectionError
        | requests.Timeout
        | requests.exceptions.ChunkedEncodingError,
    )


def _explained(dataset: Dataset, error: OSError) -> DataUnavailable:
    status = error.response.status_code if isinstance(error, requests.HTTPError) else None
    where = dataset.source.page
    if status in (401, 403) and isinstance(dataset.source, Kaggle):
        also = " (Kaggle says so, too, of a data set that was withdrawn)" if status == 403 else ""
        return DataUnavailable(
            f"{dataset.title}: Kaggle refused the credentials that it was given, {status}{also}. Correct "
            "them (KAGGLE_API_TOKEN, ~/.kaggle/access_token, KAGGLE_USERNAME and KAGGLE_KEY, or kaggle.json) "
            f"or remove them: public data sets need no account. {_by_hand(dataset)}"
        )
    if status in (404, 410):
        return DataUnavailable(
            f"{dataset.title}: there is no such data set at {where} any more ({status}). {_by_hand(dataset)}"
        )
    return DataUnavailable(f"{dataset.title}: the download from {where} failed: {error}. {_by_hand(dataset)}")


def missing(dataset: Dataset) -> DataUnavailable:
    return DataUnavailable(
        f"{dataset.title} ({dataset.name}) is not on this machine. Run "
        f"`python -m handvision.datasets.download {dataset.name}`. {_by_hand(dataset)}"
    )


def _by_hand(dataset: Dataset) -> str:
    return (
        f"By hand: download the zip from {dataset.source.page} and put it into {workspace.data_folder()} "
        f"as {dataset.archive}."
    )


def _disk_full(dataset: Dataset, folder: Path, needed: int | None = None) -> DataUnavailable:
    wants = f"needs {needed:,} bytes, " if needed else ""
    free = shutil.disk_usage(folder).free
    return DataUnavailable(
        f"{dataset.title}: the disk is full: {wants}{folder} has {free:,} bytes free. "
        "What was half written is gone. Make room, or name another folder in HANDVISION_DATA_FOLDER."
    )


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _read_note(part: Path) -> dict | None:
    try:
        return json.loads(_note(part).read_text())
    except (OSError, ValueError):
        return None


def _md5(file: Path) -> str:
    with open(file, "rb") as stream:
        digest = hashlib.file_digest(stream, "md5").digest()
    return base64.b64encode(digest).decode()


# Unpacking -------------------------------------------------------------------------------------------


def _unpack(dataset: Dataset, zips: list[Path]) -> Path:
    """Unpacks what the data set needs into `data/<name>`: all of it, or nothing. Call with the lock held."""
    final = workspace.data_folder() / dataset.name
    for left in workspace.data_folder().glob(f".{dataset.name}.unpacking-*"):  # of a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    if final.exists():
        raise DataUnavailable(
            f"{dataset.title}: {final} exists, but holds no complete data set. Delete it and run this again."
        )
    names = " and ".join(str(file) for file in zips)
    with contextlib.ExitStack() as stack:
        try:
            archives = [stack.enter_context(zipfile.ZipFile(file)) for file in zips]
        except zipfile.BadZipFile as error:
            raise _corrupt(dataset, names, error) from error
        members = {info.filename: (archive, info) for archive in archives for info in archive.infolist()}
        _refuse_dangerous(dataset, names, [info for _, info in members.values()])
        found = dataset.sort_out(members)
        verdict = dataset.judge(found)
        if not verdict or verdict.startswith("incomplete"):
            verdict = verdict or "another data set: no file in it has a name of this one"
            raise DataUnavailable(f"{dataset.title}: {names} is {verdict}. Delete it. {_by_hand(dataset)}")
        wanted = [members[path] for path in _wanted(dataset, members)]
        needed = sum(info.file_size for _, info in wanted)
        if needed > shutil.disk_usage(workspace.data_folder()).free:
            raise _disk_full(dataset, workspace.data_folder(), needed)
        temporary = Path(mkdtemp(prefix=f".{dataset.name}.unpacking-", dir=workspace.data_folder()))
        try:
            os.chmod(temporary, 0o755)  # mkdtemp makes it private
            for archive, info in tqdm(wanted, desc=f"Unpacking {dataset.title}", unit="file"):
                _write_member(archive, info, temporary / info.filename)
            checksums = {info.filename: (info.file_size, info.CRC) for _, info in wanted}
            facts = _facts(dataset, checksums, names, verdict)
            (temporary / MARKER).write_text(json.dumps(facts, indent=1))  # last: it says that all is there
            os.rename(temporary, final)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise _corrupt(dataset, names, error) from error
        except OSError as error:
            if error.errno == errno.ENOSPC:
                shutil.rmtree(temporary, ignore_errors=True)
                raise _disk_full(dataset, workspace.data_folder()) from error
            raise DataUnavailable(f"{dataset.title}: cannot unpack {names} into {final}: {error}") from error
        except RuntimeError as error:  # how zipfile says that a member is encrypted
            raise DataUnavailable(f"{dataset.title}: cannot unpack {names}: {error}") from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return final


def _write_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as source, open(target, "wb") as out:  # reading to the end checks the CRC
        shutil.copyfileobj(source, out)


def _refuse_dangerous(dataset: Dataset, names: str, members: list[zipfile.ZipInfo]) -> None:
    """Raises DataUnavailable for paths that lead outside, links, and zip bombs."""

    def refuse(reason: str):
        raise DataUnavailable(
            f"{dataset.title}: {names} was not unpacked: {reason}. Get it anew from {dataset.source.page}."
        )

    for info in members:
        path = PurePosixPath(info.filename)
        if path.is_absolute() or ".." in path.parts or re.search(r"[\\:\0]", info.filename):
            refuse(f"the path {info.filename!r} leads outside its folder")
        if stat.S_ISLNK(info.external_attr >> 16):
            refuse(f"{info.filename!r} is a link")
    total = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members)
    if len(members) > MAX_FILES or total > MAX_BYTES:
        refuse(f"{len(members):,} files of {total:,} bytes are more than the limit")
    if total > RATIO_MATTERS_FROM and total > MAX_RATIO * packed:
        refuse(f"it is a zip bomb ({packed:,} bytes that unpack to {total:,})")


def _wanted(dataset: Dataset, paths) -> list[str]:
    """The data set's own files among `paths`, and the words that come with them."""
    own = [path for files in dataset.sort_out(paths).values() for path in files.values()]
    words = [path for path in paths if re.search(r"(?:^|/)(?:licen[cs]e|readme)[^/]*$", path, re.I)]
    return sorted({*own, *words})


def _facts(dataset: Dataset, checksums: dict[str, tuple[int, int]], source: str, kind: str | None) -> dict:
    found = dataset.sort_out(checksums)
    lines = sorted(
        f"{what} {'/'.join(map(str, groups))} {checksums[path][0]} {checksums[path][1]}"
        for what, files in found.items()
        for groups, path in files.items()
    )
    version = dataset.source.version if isinstance(dataset.source, Kaggle) else " ".join(dataset.source.urls)
    return {
        "name": dataset.name,
        "page": dataset.source.page,
        "version": version,
        "from": source,
        "kind": kind or dataset.judge(found),
        "files": len(lines),
        "fingerprint": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    }


def _checksum(file: Path) -> tuple[int, int]:
    data = file.read_bytes()
    return len(data), zlib.crc32(data)


def _corrupt(dataset: Dataset, names: str, error: Exception) -> DataUnavailable:
    return DataUnavailable(
        f"{dataset.title}: {names} is corrupted ({error}). Delete it and run this again. {_by_hand(dataset)}"
    )


@contextlib.contextmanager
def _lock(dataset: Dataset) -> Iterator[None]:
    """One process at a time downloads or unpacks a data set. The system frees it when a process dies."""
    folder = workspace.data_folder() / ".downloads"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = open(folder / f"{dataset.name}.lock", "a+b")  # noqa: SIM115
    except OSError as error:
        raise DataUnavailable(
            f"{dataset.title}: cannot write into {workspace.data_folder()} ({error}). "
            "Name another folder in HANDVISION_DATA_FOLDER."
        ) from error
    with stream:
        if not _take(stream):
            print(f"Another process is getting {dataset.title}: waiting for it", file=sys.stderr)
            while not _take(stream):
                time.sleep(0.2)
        yield  # closing the file gives the lock back


if os.name == "nt":
    import msvcrt

    def _take(stream) -> bool:
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(stream) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


# Command ---------------------------------------------------------------------------------------------


def main(names: list[str] | None = None) -> int:
    """Fetches the named data sets, or all. Goes on past failures; returns how many are missing."""
    names = names or list(CATALOG)
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
            lines.append(f"  {name:22} {facts['files']:6,} files ({facts['kind']}) in {_shown(folder)}")
    print("\nData sets:", *lines, sep="\n")
    for name, error in problems.items():
        print(f"\n{name}: {error}", file=sys.stderr)
    return len(problems)


def _shown(folder: Path) -> Path:
    """The path as a person in the repository would type it: notebooks print it and are published."""
    try:
        return folder.relative_to(workspace.REPOSITORY)
    except ValueError:
        return folder


if __name__ == "__main__":
    try:
        sys.exit(1 if main(sys.argv[1:]) else 0)
    except ValueError as error:
        sys.exit(str(error))
