"""Opens a saved model of the suite."""

import os
from pathlib import Path

import keras

import handvision.models.layers  # noqa: F401 (registers what the suite's files are made of)
from handvision.models.zoo import check_model_file


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
