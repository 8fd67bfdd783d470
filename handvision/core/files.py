"""Files and folders that are there in full or not at all."""

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: str | os.PathLike) -> Iterator[Path]:
    """A temporary path beside `path`, which takes its place once it is written in full.

    The folder is made if it is missing. The suffix stays: Keras and OpenCV choose the format by it. The
    file gets the permissions that a plain `open(path, "w")` gives, whoever wrote it; a link stays a link.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        temporary.touch()
        permissions = stat.S_IMODE((path if path.exists() else temporary).stat().st_mode)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        # Some writers make private files of their own, and move them here.
        temporary.chmod(permissions)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def new_folder(path: str | os.PathLike) -> Iterator[Path]:
    """A temporary folder beside `path`, which becomes `path` once all in it is written.

    Raises:
        FileExistsError: `path` is a file, or a folder that is not empty.
    """
    path = Path(path).absolute()
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        what = "a folder that is not empty" if path.is_dir() else "a file"
        raise FileExistsError(f"{path} is {what}: name a new folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.mkdir()
    try:
        yield temporary
        if path.exists():
            path.rmdir()
        temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def folder_name(title: str) -> str:
    """A title as the name of a folder: "+ other people" -> "other_people"."""
    return "_".join("".join(c if c.isalnum() else " " for c in title.lower()).split())
