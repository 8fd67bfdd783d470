"""Saves a model, and opens one by its name: the released one, or else that of the reader's own run."""

from pathlib import Path

import keras
import numpy as np

from handvision.core.files import replacing
from handvision.core.workspace import models_folder, runs_folder

# Which notebook makes which file.
MADE_BY = {
    "finger_numbers": "6_finger_numbers_recognition/6_finger_numbers_recognition.ipynb",
    "gestures": "20_gestures_recognition/20_gestures_recognition.ipynb",
    "unet": "notebooks/2_unet.ipynb",
    "deeplab_v3_plus": "notebooks/3_deeplab_v3_plus.ipynb",
    "combined": "CombinedModels/CombinedModels.ipynb",
}


def made_by(name: str) -> str:
    """The notebook that makes a model.

    Raises:
        ValueError: no model of the suite has this name.
    """
    if name not in MADE_BY:
        raise ValueError(f"no model is called {name!r}; there are {', '.join(MADE_BY)}")
    return MADE_BY[name]


def find_model(name: str) -> Path:
    """The file of a released model in `models/`, or else of the last run in `runs/<name>/`.

    Args:
        name: "finger_numbers", "gestures", "unet", "deeplab_v3_plus" or "combined".

    Raises:
        ValueError: no model of the suite has this name.
        FileNotFoundError: neither is there; the message says which notebook makes it.
    """
    notebook = made_by(name)
    places = (models_folder() / f"{name}.keras", runs_folder() / name / f"{name}.keras")
    for path in places:
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"no {name}.keras in {places[0].parent} or {places[1].parent}: run {notebook} first"
    )


def open_model(name: str) -> keras.Model:
    """`find_model`, loaded in safe mode; says which file it took. Errors as `find_model`."""
    path = find_model(name)
    origin = "released" if path.parent == models_folder() else "of your own run"
    print(f"{name}: {origin}, {path.name}")
    return keras.models.load_model(path)


def save_model(model: keras.Model, path: str | Path) -> Path:
    """Saves a model as `.keras` without optimizer and losses, and opens it again in safe mode.

    Adam's state would make the file three times as large. The file appears at `path` only when it
    was written in full and gives the same weights back.

    Raises:
        ValueError: the path does not end in .keras, or the saved file does not give the model back.
    """
    path = Path(path)
    if path.suffix != ".keras":
        raise ValueError(f"{path.name}: the file of a model ends in .keras")
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
    with replacing(path) as temporary:
        bare.save(temporary)
        weights = keras.models.load_model(temporary, safe_mode=True).get_weights()
        if not all(
            np.array_equal(a, b, equal_nan=True) for a, b in zip(weights, model.get_weights(), strict=True)
        ):
            raise ValueError(f"{path.name}: the saved file gives other weights than the model has")
    return path
