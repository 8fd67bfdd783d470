"""Whatever `handvision.predict` takes, as pictures: files, folders, wildcards, videos, cameras, arrays."""

import glob
import logging
import os
import re
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

from handvision.media.arrays import checked_picture, is_array
from handvision.media.pictures import MAX_MEGAPIXELS, PICTURES, is_picture, on_black, read_frames, upright
from handvision.media.videos import Frame, frames_of, is_video, open_video, read_video

logger = logging.getLogger(__name__)

# What `OverlayWriter` writes is no photo of a hand, and what systems leave in folders is none.
_OVERLAY = re.compile(r"_overlay(_\d+)?\.(jpg|mp4)$")
_LITTER = ("Thumbs.db", "desktop.ini")


class Picture(NamedTuple):
    """One picture and where it came from, or why it could not be read."""

    photo: np.ndarray | None  # (height, width, 3) RGB, uint8 or float32 in [0, 1]
    source: str = ""
    frame: int | None = None
    error: str = ""
    time_seconds: float | None = None  # of a video's frame, from its beginning


def items_of(images: Any) -> tuple[Iterable, bool]:
    """The paths, arrays and cameras to read, and whether it is a single file, whose failure is an error.

    What gives one picture after the other, perhaps without end, is an iterator.
    """
    if isinstance(images, str | os.PathLike):
        found, path = _expanded(images), Path(images)
        if found == [path] and path.is_dir():
            raise FileNotFoundError(f"{path}: no pictures here ({' '.join(PICTURES)})")
        return found, found == [path]
    if is_live(images):
        return iter([images]), True
    if isinstance(images, Image.Image):
        return [images], False
    if is_array(images):
        array = np.asarray(images)
        # A one-dimensional array of paths or of pictures of unequal sizes is a list.
        if array.ndim == 1 and array.dtype.kind in "OU":
            return items_of(array.tolist())
        return (array if array.ndim == 4 else [array]), False
    if isinstance(images, dict | bytes) or not isinstance(images, Iterable):
        raise TypeError(
            f"images is a {type(images).__name__}; give a path, an array, a camera's number, or a list"
        )
    items = (part for item in images for part in _expanded(item))
    return (items if isinstance(images, Iterator) else list(items)), False


def is_live(item: Any) -> bool:
    """Whether it is a camera's number or an open `cv2.VideoCapture`."""
    return isinstance(item, cv2.VideoCapture) or (isinstance(item, int) and not isinstance(item, bool))


def is_overlay(path: str | os.PathLike) -> bool:
    """Whether the file is named as `OverlayWriter` names what it draws."""
    return bool(_OVERLAY.search(os.fspath(path)))


def count_pictures(items: Iterable) -> int | None:
    """How many pictures there are, for the progress bar; None where nobody knows."""
    if isinstance(items, Iterator) or any(map(is_live, items)):
        return None
    total = 0
    for item in items:
        frames = 1
        if is_video(item):
            with open_video(item) as video:
                frames = max(1, int(video.get(cv2.CAP_PROP_FRAME_COUNT)))
        total += frames
    return total


def read_all(
    items: Iterable, alone: bool, max_megapixels: float = MAX_MEGAPIXELS
) -> Generator[Picture, None, None]:
    """The pictures of what `items_of` returned, in order.

    What fails beside others, or after it gave pictures, ends with a Picture that has an `error`.
    """
    for number, item in enumerate(items):
        if not (isinstance(item, str | os.PathLike) or is_live(item)):
            is_pillow = isinstance(item, Image.Image)
            photo = (
                np.array(on_black(upright(item))) if is_pillow else checked_picture(item, f"image {number}")
            )
            yield Picture(photo)
            continue
        source = _name(item)
        count = 0
        try:
            for picture in _read(item, source, max_megapixels):
                yield picture
                count += 1
        except (ImportError, OSError, ValueError) as error:
            if alone and not count:
                raise
            logger.warning("%s", error)
            yield Picture(None, source, count or None, error=str(error))


def _read(item: Any, source: str, max_megapixels: float) -> Iterator[Picture]:
    if is_live(item):
        yield from _pictures(_watch(item), source)
    elif is_video(item):
        yield from _pictures(read_video(item), source)
    else:
        for photo, frame, seconds in read_frames(item, max_megapixels):
            yield Picture(photo, source, frame, time_seconds=seconds)


def _pictures(frames: Iterable[Frame], source: str) -> Iterator[Picture]:
    for photo, number, seconds in frames:
        yield Picture(photo, source, number, time_seconds=seconds)


def _watch(camera: "int | cv2.VideoCapture") -> Iterator[Frame]:
    """Frames of a camera, which is released at the end if it was opened here."""
    if not isinstance(camera, int):
        if not camera.isOpened():
            raise ValueError("the cv2.VideoCapture is not open: is its path or number right?")
        yield from frames_of(camera)
        return
    if camera < 0:  # which OpenCV takes for a pointer
        raise ValueError(f"camera {camera} cannot be opened: cameras count from 0")
    video = cv2.VideoCapture(camera)
    try:
        if not video.isOpened():
            raise OSError(f"camera {camera} cannot be opened: is there one, and may this program use it?")
        yield from frames_of(video)
    finally:
        video.release()


def _name(item: Any) -> str:
    if isinstance(item, cv2.VideoCapture):
        return "camera"
    return f"camera {item}" if isinstance(item, int) else str(item)


def _expanded(item: Any) -> list:
    """A folder's pictures and videos, what a wildcard stands for, or else the item itself.

    A folder without pictures, and a wildcard that nothing fits, fail when they are read.
    """
    if not isinstance(item, str | os.PathLike):
        return [item]
    path = Path(item)
    if path.is_dir():
        return _files_in(path) or [path]
    if glob.has_magic(str(path)) and not path.exists():
        return [Path(found) for found in sorted(glob.glob(str(path)))] or [path]
    return [path]


def _files_in(folder: Path) -> list[Path]:
    """Pictures and videos of a folder, sorted by name; what is passed over is named."""
    files = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and path.name not in _LITTER
    ]
    found = [path for path in files if (is_picture(path) or is_video(path)) and not is_overlay(path)]
    if others := [path.name for path in files if path not in set(found)]:
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        logger.warning("%s: passed over %d: %s%s", folder, len(others), ", ".join(others[:5]), more)
    return found
