"""Small JSON files of what a user has taught."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from handvision.core.files import replacing

_Taught = TypeVar("_Taught")


def write_taught(path: str | os.PathLike, kind: str, version: int, content: dict[str, Any]) -> None:
    """Writes the file; its kind and version come first.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as temporary:
        text = json.dumps({"format": kind, "version": version} | content, ensure_ascii=False)
        temporary.write_text(text + "\n", "utf-8")


def read_taught(
    path: str | os.PathLike, kind: str, version: int, made_of: Callable[[dict[str, Any]], _Taught]
) -> _Taught:
    """What `made_of` makes of the file's content.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is something else, of another version, or lacks what `made_of` takes from it.
    """
    try:
        content = json.loads(Path(path).read_text("utf-8"))
        if content["format"] != kind or content["version"] != version:
            raise ValueError(
                f"it says {content['format']!r}, version {content['version']!r}; this handvision reads "
                f"{kind!r}, version {version}"
            )
        return made_of(content)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        what = kind.removeprefix("handvision own ")
        raise ValueError(
            f"{path} is no file of taught {what}: {why}; name another file, or teach them anew"
        ) from error
