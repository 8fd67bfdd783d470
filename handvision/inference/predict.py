"""From pictures of any kind to readings: which gesture, how sure, how rotated, where.

`predict` takes files, folders, videos and arrays. `stream` is the same one picture at a time, for what
does not fit into memory. `handvision.media.sinks` puts readings down.
"""

import contextlib
import logging
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from handvision.core.hand import Reading
from handvision.inference.backends import Backend, open_backend
from handvision.inference.session import MOST_HANDS, Answer, Session, check_count
from handvision.media.pictures import MAX_MEGAPIXELS
from handvision.media.sources import Picture, count_pictures, is_live, items_of, read_all

if TYPE_CHECKING:
    import keras

BATCH_PIXELS = 24_000_000  # two photos of 12 megapixels, one of 48: 72 to 200 MB

logger = logging.getLogger(__name__)


def predict(
    images: Any,
    model: "keras.Model | Backend | str | os.PathLike | None" = None,
    *,
    max_hands: int = 2,
    vocabulary: str = "numbers",
    track: bool = True,
    batch_size: int | None = None,
    max_megapixels: float = MAX_MEGAPIXELS,
    progress: bool = False,
) -> list[Reading]:
    """Reads the hands in each picture, one reading for each, in order.

    Args:
        images: one of

            - a path of a picture (JPEG, PNG, TIFF, WebP, GIF, BMP, AVIF, and HEIC with pillow-heif; grey,
              palette, RGB, RGBA, CMYK, 8 or 16 bit; EXIF orientation is obeyed, transparency becomes black);
              of an animation, or a TIFF of several pages, a reading for each frame,
            - a path of a video: a reading for each frame, which is stretched where its pixels are not square,
            - a path of a folder: its pictures and videos, sorted by name, without those of folders inside it,
            - a path with wildcards (`"photos/*.jpg"`),
            - a camera's number, or an open `cv2.VideoCapture`: its frames from now on (use `stream`),
            - an array (height, width), (height, width, 1 or 3) or (n, height, width, 1 or 3), RGB, uint8
              or float in [0, 1], or a PIL image,
            - a list or an iterator of these.
        model: the path of a combined model, `.onnx`, `.tflite` or `.keras`, each of which runs in its own
            runtime, or a Keras model (see `handvision.models.combine`). By default the released one, in
            ONNX Runtime.
        max_hands: how many hands of a picture are read at most, 1 to 4; the surest ones. (Models that
            `combine` made find one.)
        vocabulary: what hands are named by, "numbers" (raised fingers, "0" to "5"), "gestures" (twenty) or
            "hagrid" (twelve gestures of HaGRID, and "no_gesture"). Not every model has each.
        track: follows hands through videos and cameras: `Hand.track` is the hand's number, points and
            rotation are smoothed, and most frames need no look at the whole photo. False reads every frame
            by itself.
        batch_size: how many pictures go through the network at once, large photos fewer. By default 32; of a
            camera or an iterator, which may be live, 1.
        max_megapixels: larger picture files are refused: a small file may say that it is huge.
        progress: shows a progress bar on stderr.

    Pictures of any size keep their aspect: they are shrunk or enlarged to the model's input and padded
    with black on both sides.

    A file in a list or folder that cannot be read gives a reading without hands whose `error` says
    why, is logged by name, and the rest goes on; a video that is cut off ends with such a reading. A single
    file that cannot be read is an error, and so is an array that is no picture.

    Raises:
        FileNotFoundError: the model, or the only path, is not there, or a folder holds no pictures.
        ValueError: the only file cannot be read; an array has the wrong shape or values; the model is no
            combined model, or lacks the vocabulary; `max_hands` or `batch_size` is out of range.
        TypeError: an array has the wrong dtype, or `images` or `model` is of a kind that cannot be read.
        ImportError: the model's runtime is not installed.
    """
    answers = stream(
        images,
        model,
        max_hands=max_hands,
        vocabulary=vocabulary,
        track=track,
        batch_size=batch_size,
        max_megapixels=max_megapixels,
        progress=progress,
    )
    return [reading for _, reading in answers]


def stream(
    images: Any,
    model: "keras.Model | Backend | str | os.PathLike | None" = None,
    *,
    max_hands: int = 2,
    vocabulary: str = "numbers",
    track: bool = True,
    batch_size: int | None = None,
    max_megapixels: float = MAX_MEGAPIXELS,
    progress: bool = False,
) -> Iterator[Answer]:
    """As `predict`, but yields (photo, reading) batch by batch: long videos need little memory.

    The photo is uint8 RGB (height, width, 3), upright; None where a file could not be read.
    """
    check_count("max_hands", max_hands, MOST_HANDS)
    if batch_size is not None:
        check_count("batch_size", batch_size)
    if isinstance(max_megapixels, bool) or not max_megapixels > 0:
        raise ValueError(f"max_megapixels is {max_megapixels!r}; use a number above 0")
    session = Session(open_backend(model), max_hands, vocabulary, track)
    items, alone = items_of(images)
    live = isinstance(items, Iterator) or any(map(is_live, items))
    batch_size = batch_size or (1 if live else 32)
    colours_seen = False
    bar = tqdm(total=count_pictures(items) if progress else None, unit="picture", disable=not progress)
    with bar, contextlib.closing(read_all(items, alone, max_megapixels)) as pictures:
        for batch in _batches(pictures, batch_size):
            answers = session.answer(batch)
            colours_seen = colours_seen or _colours_seen(batch, answers)
            yield from answers
            bar.update(len(batch))


def _batches(pictures: Iterator[Picture], size: int) -> Iterator[list[Picture]]:
    """Batches of `size`, or less where the photos are so large that they would fill the memory."""
    batch: list[Picture] = []
    pixels = 0
    for picture in pictures:
        batch.append(picture)
        pixels += 0 if picture.photo is None else picture.photo.shape[0] * picture.photo.shape[1]
        if len(batch) == size or pixels >= BATCH_PIXELS:
            yield batch
            batch, pixels = [], 0
    if batch:
        yield batch


def _colours_seen(pictures: list[Picture], answers: list[Answer]) -> bool:
    """Whether an array shows a hand; warns where all of these hands are blue, as in OpenCV's BGR."""
    colours = [
        photo[hand.mask[..., 0] > 0].mean(axis=0)
        for picture, (photo, reading) in zip(pictures, answers, strict=True)
        if photo is not None and not picture.source
        for hand in reading.hands
        if hand.mask.any()
    ]
    if colours and all(red < green < blue and blue > 1.2 * red for red, green, blue in colours):
        logger.warning(
            "the hands in these arrays are blue: pictures are RGB; of OpenCV's BGR give picture[..., ::-1]"
        )
    return bool(colours)
