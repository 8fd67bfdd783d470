"""From pictures of any kind to readings: which gesture, how sure, how rotated, where.

`predict` takes files, folders, videos and arrays. `stream` is the same one picture at a time, for what
does not fit into memory. `handvision.media.sinks` puts readings down.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from handvision.core.geometry import letterbox
from handvision.core.hand import Reading
from handvision.inference.backends import Backend, open_backend
from handvision.inference.decode import reading_of
from handvision.media.sources import Picture, as_uint8, count_pictures, items_of, read_all

if TYPE_CHECKING:
    import keras

MOST_HANDS = 4


def predict(
    images: Any,
    model: "keras.Model | Backend | str | os.PathLike | None" = None,
    *,
    max_hands: int = 2,
    batch_size: int = 32,
    progress: bool = False,
) -> list[Reading]:
    """Reads the hands in each picture, one reading for each, in order.

    Args:
        images: one of
            - a path of a picture (JPEG, PNG, TIFF, WebP, GIF, BMP; grey, palette, RGB, RGBA, CMYK, 8 or
              16 bit; EXIF orientation is obeyed, transparency becomes black),
            - a path of a video: a reading for each frame,
            - a path of a folder: its pictures, sorted by name, without those of folders inside it,
            - an array (height, width), (height, width, 1 or 3) or (n, height, width, 1 or 3), RGB, uint8
              or float in [0, 1], or a PIL image,
            - a list or an iterator of these.
        model: the path of a combined model, `.onnx`, `.tflite` or `.keras`, each of which runs in its own
            runtime, or a Keras model (see `handvision.models.combine`). By default the released one, in
            ONNX Runtime.
        max_hands: how many hands of a picture are read at most, 1 to 4; the surest ones. (The released
            model finds one.)
        batch_size: how many pictures go through the network at once.
        progress: shows a progress bar on stderr.

    Pictures of any size keep their aspect: they are shrunk or enlarged to the model's input and padded
    with black on both sides.

    A file in a list or folder that cannot be read gives a reading without hands whose `error` says
    why, is logged by name, and the rest goes on. A single file that cannot be read is an error, and so
    is an array that is no picture.

    Raises:
        FileNotFoundError: the model, or the only path, is not there, or a folder holds no pictures.
        ValueError: the only file cannot be read; an array has the wrong shape or values; the model is no
            combined model; `max_hands` or `batch_size` is out of range.
        TypeError: an array has the wrong dtype, or `images` or `model` is of a kind that cannot be read.
        ImportError: the model's runtime is not installed.
    """
    answers = stream(images, model, max_hands=max_hands, batch_size=batch_size, progress=progress)
    return [reading for _, reading in answers]


def stream(
    images: Any,
    model: "keras.Model | Backend | str | os.PathLike | None" = None,
    *,
    max_hands: int = 2,
    batch_size: int = 32,
    progress: bool = False,
) -> Iterator[tuple[NDArray[np.uint8] | None, Reading]]:
    """As `predict`, but yields (photo, reading) batch by batch: long videos need little memory.

    The photo is uint8 RGB (height, width, 3), upright; None where a file could not be read.
    """
    _check_count("max_hands", max_hands, MOST_HANDS)
    _check_count("batch_size", batch_size)
    backend = open_backend(model)
    items, alone = items_of(images)
    bar = tqdm(total=count_pictures(items) if progress else None, unit="picture", disable=not progress)
    with bar, contextlib.closing(read_all(items, alone)) as pictures:
        for batch in _batches(pictures, batch_size):
            yield from _answer(batch, backend, max_hands)
            bar.update(len(batch))


def _batches(pictures: Iterator[Picture], size: int) -> Iterator[list[Picture]]:
    batch: list[Picture] = []
    for picture in pictures:
        batch.append(picture)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _answer(
    pictures: list[Picture], backend: Backend, max_hands: int
) -> Iterator[tuple[NDArray[np.uint8] | None, Reading]]:
    size = (backend.height, backend.width)
    photos = [picture.photo for picture in pictures if picture.photo is not None]
    places = [letterbox(photo.shape[:2], size) for photo in photos]
    if photos:
        fitted = [place.fit(photo) for place, photo in zip(places, photos, strict=True)]
        outputs = backend.run(np.stack([_as_float(photo) for photo in fitted]))
    row = 0
    for picture in pictures:
        if picture.photo is None:
            yield None, Reading(source=picture.source, frame=picture.frame, error=picture.error)
            continue
        output = {name: value[row] for name, value in outputs.items()}
        reading = reading_of(output, picture, places[row], backend)
        yield as_uint8(picture.photo), replace(reading, hands=reading.hands[:max_hands])
        row += 1


def _as_float(photo: NDArray) -> NDArray[np.float32]:
    return photo.astype(np.float32) / np.float32(255) if photo.dtype == np.uint8 else photo


def _check_count(name: str, value: int, most: int | None = None) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1 or (most and value > most):
        limits = f"1 to {most}" if most else "1 up"
        raise ValueError(f"{name} is {value!r}; use a whole number from {limits}")
