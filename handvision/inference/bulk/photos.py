"""Which photos a job reads: of folders, wildcards, lists and URLs, each once, sorted, in little memory."""

import glob
import os
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Self

from handvision.inference.bulk.fetching import is_url
from handvision.media.pictures import PICTURES, is_picture
from handvision.media.sources import is_overlay

LISTS = (".txt", ".parquet")
_CACHE_KIBIBYTES = 32 << 10  # what a list takes of the memory at most
_COLUMNS = ("picture", "path")  # of a Parquet list; the first is what our own results have


class PhotoList:
    """Paths of photos, sorted, each once. They lie on the disk: ten million take no more memory than ten.

    Args:
        sources: each of them
            - a photo's path or URL (`s3://...`: whatever fsspec opens),
            - a folder, local or a URL: its pictures, and those of folders inside it,
            - a wildcard; `**` goes through folders,
            - a `.txt` file with a path or URL on each line, or a `.parquet` file that has them in a column
              `picture` or `path`, or in its only column.

    Raises:
        FileNotFoundError: a folder holds no pictures, nothing fits a wildcard, a list is empty or not there.
            (A photo that is named and is not there is a row with an error.)
        ValueError: a list cannot be read.
        ImportError: what opens such a URL is not installed.
    """

    def __init__(self, sources: Iterable[str | os.PathLike]):
        self._database = sqlite3.connect("")  # a file without a name, which goes when it is closed
        self._database.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE photos (path BLOB PRIMARY KEY) WITHOUT ROWID")
        try:
            for source in sources:
                self._add(os.fspath(source))
            (self._count,) = self._database.execute("SELECT count(*) FROM photos").fetchone()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        for (path,) in self._database.execute("SELECT path FROM photos ORDER BY path"):
            yield os.fsdecode(path)

    def close(self) -> None:
        self._database.close()

    def _add(self, source: str) -> None:
        # As bytes: names of files need not be UTF-8.
        paths = ((os.fsencode(path),) for path in _paths_of(source))
        self._database.executemany("INSERT OR IGNORE INTO photos VALUES (?)", paths)


def _paths_of(source: str) -> Iterator[str]:
    """What a source stands for: URLs, and absolute paths, since workers may stand in another folder."""
    local = not is_url(source)
    if local and os.path.isdir(source):
        found = map(os.path.abspath, _in_folder(source))
        yield from _some(found, f"{source}: no pictures here ({' '.join(PICTURES)})")
    elif source.lower().endswith(LISTS):
        yield from _some(map(_absolute, _listed(source)), f"{source}: an empty list")
    elif not local:
        yield from _of_url(source)
    elif glob.has_magic(source) and not os.path.exists(source):
        files = filter(os.path.isfile, glob.iglob(source, recursive=True))
        yield from _some(map(os.path.abspath, files), f"{source}: nothing fits this wildcard")
    else:
        yield os.path.abspath(source)


def _some(paths: Iterable[str], otherwise: str) -> Iterator[str]:
    """The same paths; where there is none, an error."""
    empty = True
    for path in paths:
        empty = False
        yield path
    if empty:
        raise FileNotFoundError(otherwise)


def _absolute(path: str) -> str:
    return path if is_url(path) else os.path.abspath(path)


def _in_folder(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.join(parent, name) for name in files if _is_photo(name))


def _raise(error: OSError) -> None:
    raise error


def _is_photo(path: str) -> bool:
    return is_picture(path) and not is_overlay(path) and not os.path.basename(path).startswith(".")


def _of_url(url: str) -> Iterator[str]:
    import fsspec

    files, path = fsspec.core.url_to_fs(url)
    if glob.has_magic(path):
        yield from _some(map(files.unstrip_protocol, files.glob(path)), f"{url}: nothing fits this wildcard")
    elif files.isdir(path):
        found = (each for each in files.find(path) if _is_photo(each) and "/." not in each[len(path) :])
        otherwise = f"{url}: no pictures here ({' '.join(PICTURES)})"
        yield from _some(map(files.unstrip_protocol, found), otherwise)
    else:
        yield url


def _listed(source: str) -> Iterator[str]:
    with _opened(source) as file:
        if source.lower().endswith(".txt"):
            lines = (os.fsdecode(line.rstrip(b"\r\n")) for line in file)
            yield from filter(str.strip, lines)
        else:
            yield from _of_parquet(source, file)


def _opened(source: str) -> Any:
    if not is_url(source):
        return open(source, "rb")
    import fsspec

    return fsspec.open(source, "rb")


def _of_parquet(source: str, file: Any) -> Iterator[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(file)
    except pa.ArrowInvalid as error:
        raise ValueError(f"{source}: no Parquet file that can be read ({error})") from error
    names = table.schema_arrow.names
    column = next((name for name in _COLUMNS if name in names), names[0] if len(names) == 1 else None)
    if column is None:
        raise ValueError(
            f"{source}: its columns are {', '.join(names)}; one is to be {' or '.join(_COLUMNS)}"
        )
    for batch in table.iter_batches(columns=[column]):
        for path in batch.column(0).to_pylist():
            if not isinstance(path, str):
                raise ValueError(f"{source}: {column} holds {path!r}; it is to hold paths")
            yield path
