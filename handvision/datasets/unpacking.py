"""Unpacks a zip file that a stranger may have made: all of what is needed, or nothing."""

import contextlib
import errno
import json
import os
import re
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import NoReturn

from tqdm import tqdm

from handvision.core.workspace import workspace
from handvision.datasets.catalog import Dataset
from handvision.datasets.copies import MARKER, describe, wanted
from handvision.datasets.errors import DataUnavailable, by_hand, corrupt, disk_full

# Pictures hardly shrink in a zip: 20 times at most for 1-bit masks. A bomb does 1,000 times.
MAX_BYTES = 8 << 30
MAX_RATIO = 100
RATIO_MATTERS_FROM = 64 << 20
MAX_FILES = 200_000


def unpack(dataset: Dataset, zips: list[Path]) -> Path:
    """Unpacks what the data set needs into `data/<name>`: all of it, or nothing. Call with the lock held."""
    final = workspace().data / dataset.name
    for left in workspace().data.glob(f".{dataset.name}.unpacking-*"):  # of a process that was killed
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
            raise corrupt(dataset, names, error) from error
        members = {info.filename: (archive, info) for archive in archives for info in archive.infolist()}
        _refuse_dangerous(dataset, names, [info for _, info in members.values()])
        found = dataset.sort_out(members)
        verdict = dataset.judge(found)
        if not verdict or verdict.startswith("incomplete"):
            verdict = verdict or "another data set: no file in it has a name of this one"
            raise DataUnavailable(f"{dataset.title}: {names} is {verdict}. Delete it. {by_hand(dataset)}")
        chosen = [members[path] for path in wanted(dataset, members)]
        needed = sum(info.file_size for _, info in chosen)
        if needed > shutil.disk_usage(workspace().data).free:
            raise disk_full(dataset, workspace().data, needed)
        temporary = Path(mkdtemp(prefix=f".{dataset.name}.unpacking-", dir=workspace().data))
        try:
            os.chmod(temporary, 0o755)  # mkdtemp makes it private
            for archive, info in tqdm(chosen, desc=f"Unpacking {dataset.title}", unit="file"):
                _write_member(archive, info, temporary / info.filename)
            checksums = {info.filename: (info.file_size, info.CRC) for _, info in chosen}
            facts = describe(dataset, checksums, names)
            (temporary / MARKER).write_text(json.dumps(facts, indent=1))  # last: it says that all is there
            os.rename(temporary, final)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise corrupt(dataset, names, error) from error
        except OSError as error:
            if error.errno == errno.ENOSPC:
                shutil.rmtree(temporary, ignore_errors=True)
                raise disk_full(dataset, workspace().data) from error
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
    """Raises DataUnavailable for paths that lead outside, links, devices, and zip bombs."""

    def refuse(reason: str) -> NoReturn:
        raise DataUnavailable(
            f"{dataset.title}: {names} was not unpacked: {reason}. Get it anew from {dataset.source.page}."
        )

    for info in members:
        path = PurePosixPath(info.filename)
        if path.is_absolute() or ".." in path.parts or re.search(r"[\\:\0]", info.filename):
            refuse(f"the path {info.filename!r} leads outside its folder")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            refuse(f"{info.filename!r} is a {'link' if kind == stat.S_IFLNK else 'device, pipe or socket'}")
    total = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members)
    if len(members) > MAX_FILES or total > MAX_BYTES:
        refuse(f"{len(members):,} files of {total:,} bytes are more than the limit")
    if total > RATIO_MATTERS_FROM and total > MAX_RATIO * packed:
        refuse(f"it is a zip bomb ({packed:,} bytes that unpack to {total:,})")
