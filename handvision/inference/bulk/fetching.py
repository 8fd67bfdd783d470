"""Files that may be far away, as files of this machine; and which failures may pass."""

import contextlib
import errno
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

# A damaged file is damaged every time; these may have passed when the file is read again.
_MAY_PASS = frozenset(
    (
        *(errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM),
        *(errno.ECONNABORTED, errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTDOWN, errno.EHOSTUNREACH),
        *(errno.ENETDOWN, errno.ENETUNREACH, errno.ENOSPC, errno.EPIPE, errno.ESTALE, errno.ETIMEDOUT),
    )
)


class Passing(OSError):
    """A file could not be read for a reason that may pass."""


@contextlib.contextmanager
def fetched(path: str) -> Iterator[Path]:
    """The file on this machine: itself, or of a URL a copy that goes at the end.

    Raises:
        FileNotFoundError, PermissionError: a server says so.
        Passing: it could not be fetched otherwise.
        ImportError: what opens such a URL is not installed.
    """
    if not is_url(path):
        yield Path(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        # The name stays: messages say it, and some formats are told by their ending.
        copy = Path(folder) / (Path(path).name or "photo")
        _fetch(path, copy)
        try:
            yield copy
        except ValueError as error:
            raise ValueError(str(error).replace(str(copy), path)) from error.__cause__


def is_url(path: str) -> bool:
    return "://" in path


def may_pass(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in _MAY_PASS


def _fetch(url: str, copy: Path) -> None:
    import fsspec

    # Outside of what is tried again: that a kind of URL is unknown or lacks its package does not pass.
    opened = fsspec.open(url)
    try:
        with opened as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{url}: there is no such file") from error
    except PermissionError as error:
        raise PermissionError(f"{url}: not allowed ({error})") from error
    # Each kind of server has its own classes of errors.
    except Exception as error:
        raise Passing(f"{url}: {error or type(error).__name__}") from error
