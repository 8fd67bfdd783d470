"""A file that is written row by row and whole after every row, however the program ends."""

import contextlib
import os
import shutil
from pathlib import Path
from typing import Any, Self

ENOUGH_BYTES = 1 << 20  # below this much free space no run can be expected to end well


class RowFile:
    """Whole rows, on the disk as soon as they are written: a run that is stopped keeps what it has read.

    Whether the file can be written is known when the RowFile is entered; what an earlier run left in it goes
    with the first row or at the end, so that a run that fails before leaves it. Text that UTF-8 cannot say
    (file names with stray bytes) is escaped.

    Args:
        path: where to; its folder is made if it is missing.
        ours: how the text of every file that this program wrote begins; another file is not replaced.
        before, between, after: what stands before the first row, between rows, and after the last, which is
            there at any time, so that a JSON list is complete after every row.

    Raises:
        FileExistsError: there is a file that this program did not write.
        OSError: the file cannot be written, or the disk is full.
    """

    def __init__(
        self,
        path: str | os.PathLike,
        ours: tuple[str, ...],
        before: str = "",
        between: str = "",
        after: str = "",
    ):
        self.path = Path(path)
        self._before, self._between, self._after = (text.encode() for text in (before, between, after))
        _check_ours(self.path, ours)

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.path.parent).free
        if free < ENOUGH_BYTES:
            raise OSError(f"{self.path}: the disk is full ({free:,} bytes free); name another folder")
        self._is_new = not self.path.exists()
        # Unbuffered, so that a row is on its way when `write` returns; "r+" would need a file to be there.
        self._file = open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
        self._whole: int | None = None  # bytes up to the end of the last row
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: Any) -> None:
        try:
            if self._whole is None and kind is None:
                self._begin()
                self._append(b"")
        finally:
            self._file.close()
        if self._whole is None and self._is_new:
            with contextlib.suppress(FileNotFoundError):
                self.path.unlink()

    def write(self, row: str) -> None:
        data = row.encode("utf-8", errors="backslashreplace")
        if self._whole is None:
            self._begin()
            self._append(data)
        else:
            self._append(self._between + data)

    def _begin(self) -> None:
        self._file.truncate(0)
        self._whole = 0
        self._append(self._before)

    def _append(self, data: bytes) -> None:
        """Adds `data` and what ends the file; where there is no room, the file ends as it did before."""
        assert self._whole is not None
        try:
            self._put(data + self._after)
        except OSError:
            # These few bytes have their place on the disk already.
            self._put(self._after)
            self._file.truncate(self._whole + len(self._after))
            raise
        self._whole += len(data)

    def _put(self, data: bytes) -> None:
        assert self._whole is not None
        self._file.seek(self._whole)
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]


def _check_ours(path: Path, ours: tuple[str, ...]) -> None:
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; name a file in it")
    if not path.exists():
        return
    if not path.is_file():
        raise ValueError(f"{path} is no file that rows could be written to")
    with path.open("rb") as file:
        start = file.read(64)
    if start and not start.startswith(tuple(text.encode() for text in ours)):
        raise FileExistsError(
            f"{path} exists and was not written by this program: name another file, or remove that one"
        )
