"""Opens a saved model of the suite."""

import os
import tempfile
from pathlib import Path

import keras

import handvision.models.layers  # noqa: F401 (registers what the suite's files are made of)
from handvision.models.model_file import check_model_file, is_newer, leave_out_defaults


def load_model(path: str | os.PathLike) -> keras.Model:
    """The Keras model in a `.keras` file, opened in safe mode: no code that the file may hold is run.

    Keras from 3.10 on opens the suite's files, whichever release saved them.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no Keras model, or of a newer Keras than the installed one can open.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such model")
    check_model_file(path)
    newer = is_newer(path)
    if not newer:
        return keras.models.load_model(path, safe_mode=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        leave_out_defaults(path, copy)
        try:
            return keras.models.load_model(copy, safe_mode=True)
        # What Keras says of settings, and of classes, that it does not know.
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{path} was saved by Keras {newer}, and Keras {keras.__version__} cannot open it:"
                f" pip install 'keras>={newer}'"
            ) from error
