"""Outputs of a model for any number of uint8 pictures, batch by batch."""

from collections.abc import Iterator

import keras
import numpy as np

from handvision.core.checks import checked_uint8


def model_outputs(
    model: keras.Model,
    pictures: np.ndarray,
    outputs: tuple[str, ...] = ("gesture", "rotation", "has_hand"),
    batch_size: int = 128,
    channels: int = 1,
) -> dict[str, np.ndarray]:
    """A model's named outputs for any number of pictures; names that it lacks are left out.

    Pictures are converted batch by batch, and outputs that are not asked for are dropped, so memory
    holds no float copy of the whole.

    Args:
        model: gives a dict.
        pictures: (n, height, width, channels) uint8, in the size that the model takes, n > 0.

    Returns:
        Output name -> (n, ...) float32.
    """
    if not isinstance(model.output, dict):
        raise ValueError(f"{model.name} gives no dict of outputs; with one mask it is a segmenter")
    kept = [name for name in outputs if name in model.output]
    parts = [{k: batch[k] for k in kept} for batch in _batches(model, pictures, batch_size, channels)]
    return {k: np.concatenate([part[k] for part in parts]) for k in kept}


def predict_masks(
    model: keras.Model, photos: np.ndarray, threshold: float = 0.5, batch_size: int = 32
) -> np.ndarray:
    """Masks (n, height, width, 1) uint8 0/255 of photos (n, height, width, 3) uint8 RGB."""
    if not 0 < threshold < 1:
        raise ValueError(f"threshold is {threshold}; use a probability between 0 and 1")
    masks = []
    for output in _batches(model, photos, batch_size, channels=3):
        mask = output["mask"] if isinstance(output, dict) else output
        masks.append((mask > threshold) * np.uint8(255))
    return np.concatenate(masks)


def class_count(model: keras.Model) -> int:
    """How many gestures a classifier tells apart."""
    if not isinstance(model.output, dict) or "gesture" not in model.output:
        raise ValueError(f"{model.name} is no classifier: it has no output 'gesture'")
    return model.output["gesture"].shape[-1]


def _batches(model: keras.Model, pictures: np.ndarray, batch_size: int, channels: int) -> Iterator:
    """What the model gives for the pictures, batch by batch, as NumPy arrays."""
    pictures = checked_uint8(pictures, channels, "masks" if channels == 1 else "photos")
    wanted = tuple(model.input_shape[1:])
    if any(w not in (None, s) for w, s in zip(wanted, pictures.shape[1:], strict=True)):
        raise ValueError(
            f"pictures of {pictures.shape[1:]} for {model.name}, which takes {wanted}: resize them"
        )
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; use at least 1")
    if not len(pictures):
        raise ValueError("there are no pictures to predict")
    batch_size = min(batch_size, len(pictures))
    for start in range(0, len(pictures), batch_size):
        batch = pictures[start : start + batch_size].astype(np.float32) / 255
        count = len(batch)
        # A smaller last batch would make Keras build its function again: fill it up, and cut.
        batch = np.concatenate([batch, np.zeros((batch_size - count, *batch.shape[1:]), np.float32)])
        yield keras.tree.map_structure(lambda a, n=count: np.asarray(a)[:n], model.predict_on_batch(batch))
