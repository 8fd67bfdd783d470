"""Models that another training has left in the folder of runs, to build on."""

import keras

from handvision.core.workspace import workspace
from handvision.models.load import load_model


def open_trained(name: str) -> keras.Model:
    """The model of a recipe, `<name>/<name>.keras` in the folder of runs.

    Raises:
        FileNotFoundError: it is not trained yet.
    """
    path = workspace().runs / name / f"{name}.keras"
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such model; train it with: handvision train {name} --data real")
    return load_model(path)
