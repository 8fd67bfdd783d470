"""Arguments that evaluations share: checked once, with errors that name them."""

import numpy as np

from handvision.core.examples import Examples


def checked_pictures(pictures, channels: int, what: str) -> np.ndarray:
    if isinstance(pictures, list):
        raise ValueError(f"{what} are a list, perhaps of unequal sizes: resize them into one array")
    if pictures is None:
        raise ValueError(f"there are no {what}")
    pictures = np.asarray(pictures)
    if pictures.ndim != 4 or pictures.shape[-1] != channels:
        raise ValueError(f"{what} have shape {pictures.shape}; use (n, height, width, {channels})")
    if pictures.dtype != np.uint8:
        raise ValueError(f"{what} have dtype {pictures.dtype}; use uint8 from 0 to 255")
    if channels == 1:
        check_binary(pictures, what)
    return pictures


def check_binary(masks: np.ndarray, what: str) -> None:
    if masks.size and masks.max() == 1:
        raise ValueError(f"{what} are uint8 with 0 and 1; use 0 and 255, or booleans")


def labelled_masks(examples: Examples) -> Examples:
    for field in ("masks", "labels"):
        if getattr(examples, field) is None:
            raise ValueError(f"{examples.name} has no {field}")
    return examples


def checked_labels(labels, classes: int, name: str, length: int | None = None) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"{name}: labels have shape {labels.shape} and dtype {labels.dtype}; use (n,) integers"
        )
    if length is not None and len(labels) != length:
        raise ValueError(f"{name}: {len(labels)} labels for {length} pictures")
    if not len(labels):
        raise ValueError(f"{name} is empty")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"{name}: labels go from {labels.min()} to {labels.max()}; "
            f"with {classes} classes they must lie in 0 to {classes - 1}"
        )
    return labels


def class_count(model) -> int:
    if not isinstance(model.output, dict) or "gesture" not in model.output:
        raise ValueError(f"{model.name} is no classifier: it has no output 'gesture'")
    return model.output["gesture"].shape[-1]
