"""Models by their names: saves one, finds its file, opens it."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from handvision.core.files import replacing
from handvision.core.products import find_product
from handvision.core.workspace import workspace

if TYPE_CHECKING:
    import keras


def find_model(name: str) -> Path:
    """The file of a released model in `models/`, or else of the last run in `runs/<name>/`.

    Args:
        name: of a product, see `core.products.PRODUCTS`.

    Raises:
        ValueError: no model of the suite has this name.
        FileNotFoundError: neither is there; the message says what makes it.
    """
    product = find_product(name)
    places = (workspace().models / f"{name}.keras", workspace().runs / name / f"{name}.keras")
    for path in places:
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"no {name}.keras in {places[0].parent} or {places[1].parent}: run {product.maker} first"
    )


def open_model(name: str) -> "keras.Model":
    """`find_model`, opened in safe mode; says which file it took.

    Raises:
        ValueError, FileNotFoundError: as `find_model` and `load_model`.
    """
    from handvision.models.load import load_model

    path = find_model(name)
    origin = "released" if path.parent == workspace().models else "of your own run"
    print(f"{name}: {origin}, {path.name}")
    return load_model(path)


def save_model(model: "keras.Model", path: str | Path) -> Path:
    """Saves a model as `.keras` without optimizer and losses, and opens it again in safe mode.

    Adam's state would make the file three times as large. The file appears at `path` only when it
    was written in full and gives the same weights back. Keras from 3.10 on opens it.

    Raises:
        ValueError: the path does not end in .keras, or the saved file does not give the model back.
    """
    from handvision.models.load import load_model
    from handvision.models.model_file import leave_out_defaults

    path = Path(path)
    if path.suffix != ".keras":
        raise ValueError(f"{path.name}: the file of a model ends in .keras")
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
    with replacing(path) as temporary:
        bare.save(temporary)
        leave_out_defaults(temporary, temporary)
        weights = load_model(temporary).get_weights()
        if not all(
            np.array_equal(a, b, equal_nan=True) for a, b in zip(weights, model.get_weights(), strict=True)
        ):
            raise ValueError(f"{path.name}: the saved file gives other weights than the model has")
    return path
