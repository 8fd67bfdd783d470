"""Opens a saved model of the suite."""

import os
import zipfile
from pathlib import Path

import keras

import handvision.models.layers  # noqa: F401 (registers what the suite's files are made of)


def load_model(path: str | os.PathLike) -> keras.Model:
    """The Keras model in a `.keras` file, opened in safe mode: no code that the file may hold is run.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no Keras model.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such model")
    check_model_file(path)
    return keras.models.load_model(path, safe_mode=True)


def check_model_file(path: Path) -> None:
    """Tells a whole `.keras` file from what is often found in its place; reads only its beginning and end.

    Raises:
        ValueError: the file is empty, cut off, a pointer of Git LFS, or of another kind.
    """
    with path.open("rb") as file:
        start = file.read(64)
    if start.startswith(b"version https://git-lfs"):
        raise ValueError(f"{path} is a pointer of Git LFS, not the model itself: run `git lfs pull`")
    if not start:
        raise ValueError(f"{path} is empty: fetch or train it again")
    if not start.startswith(b"PK"):
        raise ValueError(f"{path} is no .keras file: it begins with {start[:8]!r}, not as a zip archive")
    # A zip archive's table of contents stands at its end.
    if not zipfile.is_zipfile(path):
        raise ValueError(
            f"{path} is cut off after {path.stat().st_size:,} bytes: fetch it again, or restore it from Git"
        )
