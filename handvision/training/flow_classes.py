"""Do a flow's labels mean what a model's outputs do?"""

from typing import Any

import keras

from handvision.models import class_names


def check_classes(model: keras.Model, flow: Any) -> None:
    """Compares the folders that a flow has for classes with the names that a model carries, in order.

    `fit` calls it. Before Keras's own `model.fit` or `model.evaluate` call it yourself: Keras compares
    numbers alone, and folders in another order are other numbers.

    Args:
        model: with a `ClassProbabilities`, as all classifiers of the suite; others carry no names and pass.
        flow: what `ImageDataGenerator.flow_from_directory` returns; data without `class_indices` pass.

    Raises:
        ValueError: the names differ, or stand in another order.
    """
    indices = getattr(flow, "class_indices", None)
    if indices is None:
        return
    try:
        names = class_names(model)
    except ValueError:  # of a model without names
        return
    folders = tuple(sorted(indices, key=indices.__getitem__))
    if folders == names:
        return
    differ = "in another order" if set(folders) == set(names) else "other classes"
    raise ValueError(
        f"{model.name} tells apart {', '.join(names)}, but the flow's folders are {differ}:"
        f" {', '.join(folders)}. Rename the folders, and give flow_from_directory"
        " classes=list(handvision.models.class_names(model))"
    )
