"""From files, folders, videos and arrays to pictures as people see them: RGB and upright.

`read_picture` reads one file. `items_of` and `read_all` read whatever `handvision.predict` takes.
"""

import contextlib
import logging
import os
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageOps

PICTURES = (".bmp", ".gif", ".jfif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
VIDEOS = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm", ".wmv")

logger = logging.getLogger(__name__)


def read_picture(path: str | os.PathLike) -> np.ndarray:
    """The picture in a file as people see it: uint8 RGB (height, width, 3), upright.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no picture that can be read, or it is damaged; the message names it.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file")
    if path.is_dir():
        raise ValueError(f"{path}: a folder without pictures ({' '.join(PICTURES)})")
    if not path.stat().st_size:
        raise ValueError(f"{path}: the file is empty (0 bytes)")
    try:
        with Image.open(path) as picture:
            return _rgb(picture)
    # Pillow's decoders raise errors of many classes on damaged files: each of them means just that.
    except Exception as error:
        raise ValueError(f"{path}: no picture that can be read ({error})") from error


class Picture(NamedTuple):
    """One picture and where it came from, or why it could not be read."""

    photo: np.ndarray | None  # (height, width, 3) RGB, uint8 or float32 in [0, 1]
    source: str = ""
    frame: int | None = None
    error: str = ""
    time_seconds: float | None = None  # of a video's frame, from its beginning


def items_of(images: Any) -> tuple[Iterable, bool]:
    """The paths and arrays to read, and whether it is a single file, whose failure is an error."""
    if isinstance(images, str | os.PathLike):
        path = Path(images)
        if not path.is_dir():
            return [path], True
        files = _pictures_in(path)
        if not files:
            raise FileNotFoundError(f"{path}: no pictures here ({' '.join(PICTURES)})")
        return files, False
    if isinstance(images, Image.Image):
        return [images], False
    if _is_array(images):
        array = np.asarray(images)
        # A one-dimensional array of paths or of pictures of unequal sizes is a list.
        if array.ndim == 1 and array.dtype.kind in "OU":
            return items_of(array.tolist())
        return (array if array.ndim == 4 else [array]), False
    if isinstance(images, dict | bytes) or not isinstance(images, Iterable):
        raise TypeError(f"images is a {type(images).__name__}; give a path, an array or a list of these")
    items = (part for item in images for part in _parts(item))
    return (items if isinstance(images, Iterator) else list(items)), False


def count_pictures(items: Iterable) -> int | None:
    """How many pictures there are, for the progress bar; None for an iterator."""
    if isinstance(items, Iterator):
        return None
    total = 0
    for item in items:
        frames = 1
        if _is_video(item):
            with open_video(item) as video:
                frames = max(1, int(video.get(cv2.CAP_PROP_FRAME_COUNT)))
        total += frames
    return total


def read_all(items: Iterable, alone: bool) -> Generator[Picture]:
    """The pictures of what `items_of` returned, in order; a file that fails beside others has an `error`."""
    for number, item in enumerate(items):
        if not isinstance(item, str | os.PathLike):
            is_pillow = isinstance(item, Image.Image)
            yield Picture(_rgb(item) if is_pillow else checked_picture(item, f"image {number}"))
            continue
        try:
            if _is_video(item):
                yield from _read_video(Path(item))
            else:
                yield Picture(read_picture(item), str(item))
        except (OSError, ValueError) as error:
            if alone:
                raise
            logger.warning("%s", error)
            yield Picture(None, str(item), error=str(error))


# --- files and videos ---------------------------------------------------------------------------------


def _parts(item: Any) -> list:
    """A folder's pictures, or else the item itself; a folder without pictures fails when it is read."""
    if isinstance(item, str | os.PathLike) and Path(item).is_dir():
        return _pictures_in(Path(item)) or [item]
    return [item]


def _pictures_in(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in PICTURES and path.is_file() and not path.name.startswith(".")
    )


def _read_video(path: Path) -> Iterator[Picture]:
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file")
    frame = 0
    with open_video(path) as video:
        announced = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        while True:
            more, picture = video.read()
            if not more:
                break
            # Of the frame just read, whatever the frame rate; containers without times say 0 or less.
            seconds = max(0.0, video.get(cv2.CAP_PROP_POS_MSEC) / 1000)
            yield Picture(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), str(path), frame, time_seconds=seconds)
            frame += 1
    if not frame:
        raise ValueError(f"{path}: no video that OpenCV can read")
    # Headers may be off by a few frames.
    if frame < 0.95 * announced:
        logger.warning("%s: the video ends after %d of %d frames", path, frame, announced)


@contextlib.contextmanager
def open_video(path: str | os.PathLike) -> Iterator[cv2.VideoCapture]:
    """OpenCV's reader of a video, released at the end; of a file that is no video it reads no frame."""
    video = cv2.VideoCapture(str(path))
    try:
        yield video
    finally:
        video.release()


def _is_video(item: Any) -> bool:
    return isinstance(item, str | os.PathLike) and Path(item).suffix.lower() in VIDEOS


# --- pixels -------------------------------------------------------------------------------------------


def _is_array(value: Any) -> bool:
    return hasattr(value, "__array__") or hasattr(value, "__array_interface__")


def _rgb(picture: Image.Image) -> np.ndarray:
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):
        # Pillow's own conversion cuts 16 bits off at 255.
        values = np.asarray(picture).astype(np.int64)
        if values.min() < 0 or values.max() > 65535:
            raise ValueError(f"values from {values.min()} to {values.max()} do not fit 16 bits")
        return cv2.cvtColor(np.rint(values / 257).astype(np.uint8), cv2.COLOR_GRAY2RGB)
    if picture.mode == "F":
        return as_uint8(checked_picture(np.asarray(picture), "the picture"))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        picture = Image.alpha_composite(black, picture)
    return np.array(picture.convert("RGB"))


def checked_picture(image: Any, name: str) -> np.ndarray:
    """An array as a picture: (height, width, 3), uint8 or float32 in [0, 1]."""
    if not _is_array(image):
        raise TypeError(f"{name} is a {type(image).__name__}; give a path or an array")
    image = np.asarray(image)
    shape = image.shape
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3)):
        hint = "give (height, width), (height, width, 3) or (n, height, width, 3)"
        if len(shape) == 3 and shape[2] == 4:
            hint = "drop the fourth channel: image[..., :3]"
        elif len(shape) == 3 and shape[0] in (1, 3):
            hint = "channels come last: np.moveaxis(image, 0, -1)"
        elif len(shape) == 3:
            hint += "; many grey pictures are a list"
        raise ValueError(f"{name} has shape {shape}; {hint}")
    if not image.size:
        raise ValueError(f"{name} has shape {shape}: no pixels")
    if image.dtype != np.uint8:
        image = _checked_floats(image, name)
    elif image.max() == 1:
        raise ValueError(f"{name} is uint8, but its largest value is 1; multiply by 255 before the cast")
    if image.ndim == 2 or image.shape[2] == 1:
        image = np.repeat(image.reshape(*image.shape[:2], 1), 3, axis=2)
    return image


def _checked_floats(image: np.ndarray, name: str) -> np.ndarray:
    if image.dtype.kind != "f":
        raise TypeError(f"{name} is {image.dtype}; give uint8 from 0 to 255, or floats in [0, 1]")
    if not np.isfinite(image).all():
        raise ValueError(f"{name} holds NaN or infinite values; give floats in [0, 1]")
    low, high = float(image.min()), float(image.max())
    # What float16 and interpolation overshoot is let through.
    if high > 1.001:
        raise ValueError(f"{name} has floats up to {high:.4g}; they are read as [0, 1]: divide by 255")
    if low < -0.001:
        raise ValueError(f"{name} has floats down to {low:.4g}; bring them into [0, 1], as with (x + 1) / 2")
    if 0 < high < 1.001 / 255:
        raise ValueError(f"{name} has floats up to {high:.4g} only; was it divided by 255 twice?")
    return np.clip(image, 0, 1).astype(np.float32)


def as_uint8(photo: np.ndarray) -> np.ndarray:
    """A picture, uint8 or floats in [0, 1], as uint8."""
    return photo if photo.dtype == np.uint8 else np.rint(photo * 255).astype(np.uint8)
