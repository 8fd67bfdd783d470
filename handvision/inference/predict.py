"""From pictures of any kind to readings: which gesture, how sure, how turned, where.

`predict` takes files, folders, videos and arrays. `stream` is the same one picture at a time, for what
does not fit into memory. `handvision.media.sinks` puts readings down.
"""

import contextlib
import functools
import logging
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from tqdm import tqdm

from handvision.media.sources import Picture, as_uint8, count_pictures, items_of, read_all

if TYPE_CHECKING:
    import keras

OUTPUTS = frozenset(("mask", "box", "crop", "has_hand", "gesture", "rotation"))

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """What the model reads from one picture, in the pixels of the original.

    Attributes:
        label: the gesture, such as "3"; "" where there is no hand.
        probability: of the label, in [0, 1]; 0 where there is no hand.
        rotation_degrees: direction from wrist to middle knuckle, counter-clockwise from image-up, in
            (-180, 180]: a hand that points to image-right has -90. NaN where there is no hand.
        has_hand: whether the segmenter saw a hand.
        box: (4,) float32, x0, y0, x1, y1 of the hand in pixels, edges; zeros where there is no hand.
        source: the file's path as it was given; "" for arrays.
        frame: the frame's number in a video, from 0; None for pictures.
        error: why the file could not be read; "" if it could. Such a reading has no hand.
        size: (height, width) of the picture, upright; (0, 0) if it could not be read.
        soft_mask: the network's own mask of the picture, (h, w) float32 in [0, 1], small.
    """

    label: str = ""
    probability: float = 0.0
    rotation_degrees: float = math.nan
    has_hand: bool = False
    box: np.ndarray = field(default_factory=lambda: np.zeros(4, np.float32))
    source: str = ""
    frame: int | None = None
    error: str = ""
    size: tuple[int, int] = (0, 0)
    soft_mask: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32), repr=False)

    @property
    def mask(self) -> np.ndarray:
        """(height, width, 1) uint8, 0 = background, 255 = hand, in the pixels of the original.

        Drawn from `soft_mask` at each access: a thousand readings of large photos stay small.
        """
        height, width = self.size
        if not self.soft_mask.size:
            return np.zeros((height, width, 1), np.uint8)
        large = cv2.resize(self.soft_mask, (width, height), interpolation=cv2.INTER_LINEAR)
        return (large > 0.5).astype(np.uint8)[..., None] * 255

    def as_dict(self) -> dict:
        """All but the mask, in JSON's types; a rotation that is not known is None."""
        return {
            "source": self.source,
            "frame": self.frame,
            "label": self.label,
            "probability": float(self.probability),
            "rotation_degrees": None if math.isnan(self.rotation_degrees) else float(self.rotation_degrees),
            "has_hand": bool(self.has_hand),
            "box": [float(edge) for edge in self.box],
            "error": self.error,
        }


def predict(
    images,
    model: "keras.Model | str | os.PathLike | None" = None,
    *,
    batch_size: int = 32,
    progress: bool = False,
) -> list[Reading]:
    """Reads the hand in each picture, one reading for each, in order.

    Args:
        images: one of
            - a path of a picture (JPEG, PNG, TIFF, WebP, GIF, BMP; grey, palette, RGB, RGBA, CMYK, 8 or
              16 bit; EXIF orientation is obeyed, transparency becomes black),
            - a path of a video: a reading for each frame,
            - a path of a folder: its pictures, sorted by name, without those of folders inside it,
            - an array (height, width), (height, width, 1 or 3) or (n, height, width, 1 or 3), RGB, uint8
              or float in [0, 1], or a PIL image,
            - a list or an iterator of these.
        model: a combined model (see `handvision.models.combine`) or the path of one; by default
            `models/combined.keras` of the repository, or else the one of the last run.
        batch_size: how many pictures go through the network at once.
        progress: shows a progress bar on stderr.

    Pictures of any size keep their aspect: they are shrunk or enlarged to the model's input and padded
    with black on both sides.

    A file in a list or folder that cannot be read gives a reading without a hand whose `error` says
    why, is logged by name, and the rest goes on. A single file that cannot be read is an error, and so
    is an array that is no picture.

    Raises:
        FileNotFoundError: the model, or the only path, is not there, or a folder holds no pictures.
        ValueError: the only file cannot be read; an array has the wrong shape or values; the model is no
            combined model.
        TypeError: an array has the wrong dtype, or `images` or `model` is of a kind that cannot be read.
    """
    return [reading for _, reading in stream(images, model, batch_size=batch_size, progress=progress)]


def stream(
    images, model=None, *, batch_size: int = 32, progress: bool = False
) -> Iterator[tuple[np.ndarray | None, Reading]]:
    """As `predict`, but yields (photo, reading) batch by batch: long videos need little memory.

    The photo is uint8 RGB (height, width, 3), upright; None where a file could not be read.
    """
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"batch_size is {batch_size!r}; use a whole number from 1 up")
    network = _network(model)
    items, alone = items_of(images)
    bar = tqdm(total=count_pictures(items) if progress else None, unit="picture", disable=not progress)
    with bar, contextlib.closing(read_all(items, alone)) as pictures:
        batch = []
        for picture in pictures:
            batch.append(picture)
            if len(batch) == batch_size:
                yield from _answer(batch, network)
                bar.update(len(batch))
                batch = []
        yield from _answer(batch, network)
        bar.update(len(batch))


# --- the model ----------------------------------------------------------------------------------------


class _Network(NamedTuple):
    model: "keras.Model"
    height: int
    width: int
    names: tuple[str, ...]


def _network(model) -> _Network:
    import keras

    from handvision.models import class_names, find_model

    if model is None:
        model = find_model("combined")
    if isinstance(model, str | os.PathLike):
        path = Path(model)
        if not path.exists():
            raise FileNotFoundError(f"{path}: there is no such model; CombinedModels.ipynb makes one")
        model = _load(path.resolve(), path.stat().st_mtime_ns)
    if not isinstance(model, keras.Model):
        raise TypeError(f"model is a {type(model).__name__}; give a keras.Model or the path of a .keras file")
    shape = model.input_shape
    if not (isinstance(shape, tuple) and len(shape) == 4 and shape[3] == 3 and None not in shape[1:]):
        raise ValueError(f"{model.name} takes {shape}; a combined model takes (None, height, width, 3)")
    missing = OUTPUTS - set(model.output if isinstance(model.output, dict) else ())
    if missing:
        raise ValueError(
            f"{model.name} lacks the outputs {', '.join(sorted(missing))}; join a segmenter and a classifier"
            " with handvision.models.combine"
        )
    # XLA, which Keras may choose by itself, compiles anew for each batch size and is slower here.
    if not model.compiled and keras.backend.backend() == "tensorflow":
        model.jit_compile = False
    return _Network(model, shape[1], shape[2], class_names(model))


@functools.lru_cache(maxsize=2)
def _load(path: Path, changed: int) -> "keras.Model":
    from handvision.models.load import load_model

    logger.info("reading hands with %s", path)
    return load_model(path)


def _answer(pictures: list[Picture], network: _Network) -> Iterator[tuple[np.ndarray | None, Reading]]:
    readable = [picture for picture in pictures if not picture.error]
    if readable:
        fitted = [fit_photo(picture.photo, network.height, network.width) for picture in readable]
        outputs = network.model.predict_on_batch(np.stack([canvas for canvas, _ in fitted]))
        outputs = {name: np.asarray(value) for name, value in outputs.items()}
    row = 0
    for picture in pictures:
        if picture.error:
            yield None, Reading(source=picture.source, frame=picture.frame, error=picture.error)
            continue
        one = {name: value[row] for name, value in outputs.items()}
        yield as_uint8(picture.photo), _reading(one, picture, fitted[row][1], network.names)
        row += 1


def _reading(output: dict, picture: Picture, place: "_Place", names: tuple[str, ...]) -> Reading:
    height, width = picture.photo.shape[:2]
    inside = (slice(place.top, place.top + place.height), slice(place.left, place.left + place.width))
    reading = Reading(
        source=picture.source,
        frame=picture.frame,
        size=(height, width),
        soft_mask=np.array(output["mask"][..., 0][inside], np.float32),
    )
    x = np.clip((output["box"][[0, 2]] - place.left) * width / place.width, 0, width)
    y = np.clip((output["box"][[1, 3]] - place.top) * height / place.height, 0, height)
    # What the segmenter sees in the padding alone is no hand of this picture.
    outside = reading.soft_mask.max() <= 0.5 < output["mask"].max()
    if output["has_hand"].ravel()[0] <= 0.5 or outside:
        return reading
    best = int(np.argmax(output["gesture"]))
    degrees = math.degrees(math.atan2(*map(float, output["rotation"])))
    return replace(
        reading,
        label=names[best],
        probability=float(output["gesture"][best]),
        rotation_degrees=180.0 if degrees == -180 else degrees,
        has_hand=True,
        box=np.array([x[0], y[0], x[1], y[1]], np.float32),
    )


class _Place(NamedTuple):
    """Where a picture lies on the model's input, in pixels of the input."""

    top: int
    left: int
    height: int
    width: int


def fit_photo(photo: np.ndarray, height: int, width: int) -> tuple[np.ndarray, _Place]:
    """The photo on black, (height, width, 3) float32 in [0, 1], as large as its aspect lets it be."""
    scale = min(height / photo.shape[0], width / photo.shape[1])
    h = min(height, max(1, round(photo.shape[0] * scale)))
    w = min(width, max(1, round(photo.shape[1] * scale)))
    # Averaging keeps thin fingers of large photos; it only makes sense when pixels get fewer.
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(photo, (w, h), interpolation=how) if scale != 1 else photo
    place = _Place((height - h) // 2, (width - w) // 2, h, w)
    canvas = np.zeros((height, width, 3), np.float32)
    canvas[place.top : place.top + h, place.left : place.left + w] = (
        small.astype(np.float32) / 255 if photo.dtype == np.uint8 else small
    )
    return canvas, place
