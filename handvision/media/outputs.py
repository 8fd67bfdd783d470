"""Where readings may be written: never over a photo, another output, or a file of somebody else's."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from handvision.media.pictures import is_picture
from handvision.media.videos import is_video


def check_outputs(inputs: Iterable[str | os.PathLike], outputs: Mapping[str, str | os.PathLike]) -> None:
    """Refuses outputs that would harm an input or each other, before any work is done.

    Args:
        inputs: files and folders that are read.
        outputs: what writes ("--csv") -> the file or folder that it writes. A file whose ending is a
            picture's or a video's is refused: most often the name of the output was forgotten.

    Raises:
        ValueError: an output is an input, another output, named like a picture, or a folder of inputs.
    """
    paths = [Path(path) for path in inputs]
    folders = {_real(path if path.is_dir() else path.parent): path for path in paths}
    files = {_real(path): path for path in paths if not path.is_dir()}
    taken: dict[str, str] = {}
    for name, given in outputs.items():
        path = _real(Path(given))
        if path in files:
            raise ValueError(f"{name} {given} is one of the files to read: name another file")
        if path in folders:
            raise ValueError(f"{name} {given} is the folder that {folders[path]} is in: name another folder")
        if not Path(given).is_dir() and (is_picture(given) or is_video(given)):
            raise ValueError(f"{name} {given} is named like a picture or video: was the name left out?")
        if path in taken:
            raise ValueError(f"{taken[path]} and {name} are both {given}: name two files")
        taken[path] = name


def _real(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))
