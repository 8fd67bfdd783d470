"""From the file of a video, or a camera, to frames as people see them."""

import contextlib
import os
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

VIDEOS = (
    *(".3g2", ".3gp", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4"),
    *(".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv"),
)


class Frame(NamedTuple):
    photo: NDArray[np.uint8]  # (height, width, 3) RGB, upright, of square pixels
    number: int
    time_seconds: float  # from the beginning


def is_video(path: object) -> bool:
    """Whether the path ends as a video does; of anything else, False."""
    return isinstance(path, str | os.PathLike) and Path(path).suffix.lower() in VIDEOS


def read_video(path: str | os.PathLike) -> Iterator[Frame]:
    """The frames of a video, read by OpenCV, or by PyAV where OpenCV does not know the codec.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no video that can be read, or, after its last frame, it is cut off.
        ImportError: only PyAV can read it, and is not installed.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file")
    read = 0
    with open_video(path) as video:
        announced = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        codec = _codec(video)
        for frame in frames_of(video):
            yield frame
            read += 1
    if not read and codec:
        for frame in _read_with_pyav(path, codec):
            yield frame
            read += 1
    if not read:
        raise ValueError(f"{path}: no video that can be read")
    # Headers may be off by a few frames.
    if read < 0.95 * announced:
        raise ValueError(f"{path}: the video is cut off: it ends after {read} of {announced} frames")


def frames_of(video: cv2.VideoCapture) -> Iterator[Frame]:
    """The frames that an open video or camera gives from now on."""
    sideways = int(video.get(cv2.CAP_PROP_ORIENTATION_META)) % 180 == 90
    started, number = time.monotonic(), 0
    while True:
        more, picture = video.read()
        if not more:
            return
        # Of the frame just read, whatever the frame rate; cameras and some containers say 0 or less.
        seconds = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if number and seconds <= 0 and video.get(cv2.CAP_PROP_FRAME_COUNT) <= 0:
            seconds = time.monotonic() - started
        aspect = _ratio(video.get(cv2.CAP_PROP_SAR_NUM), video.get(cv2.CAP_PROP_SAR_DEN))
        photo = _square(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), aspect, sideways)
        yield Frame(photo, number, max(0.0, seconds))
        number += 1


@contextlib.contextmanager
def open_video(path: str | os.PathLike) -> Iterator[cv2.VideoCapture]:
    """OpenCV's reader of a video, released at the end; of a file that is no video it reads no frame."""
    # A relative "12:30:05.mp4" would be an address of the protocol "12".
    video = cv2.VideoCapture(os.path.abspath(path))
    try:
        yield video
    finally:
        video.release()


def frame_rate(path: str | os.PathLike) -> float | None:
    """Frames a second of a video; None where its file says none, or nonsense."""
    with open_video(path) as video:
        rate = video.get(cv2.CAP_PROP_FPS)
    return rate if 1 <= rate <= 240 else None


def _read_with_pyav(path: Path, codec: str) -> Iterator[Frame]:
    try:
        import av
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{path}: OpenCV cannot decode this video (codec {codec!r}); install PyAV, pip install"
            " 'handvision[media]', or convert it: ffmpeg -i VIDEO -c:v libx264 VIDEO.mp4"
        ) from error
    try:
        with av.open(os.path.abspath(path)) as container:
            stream = container.streams.video[0]
            aspect = float(stream.sample_aspect_ratio or 1)
            for number, frame in enumerate(container.decode(stream)):
                photo = np.rot90(frame.to_ndarray(format="rgb24"), frame.rotation // 90)
                sideways = frame.rotation % 180 == 90
                seconds = max(0.0, frame.time or 0.0)
                yield Frame(np.ascontiguousarray(_square(photo, aspect, sideways)), number, seconds)
    except av.FFmpegError as error:
        raise ValueError(f"{path}: the video (codec {codec!r}) cannot be read ({error})") from error


def _codec(video: cv2.VideoCapture) -> str:
    """The four letters of the codec, such as "av01"; "" where there is no video."""
    if not video.isOpened():
        return ""
    number = int(video.get(cv2.CAP_PROP_FOURCC))
    return number.to_bytes(4, "little", signed=number < 0).decode("latin-1").strip("\0 ")


def _ratio(width: float, height: float) -> float:
    """Width of a pixel by its height; 1 where the container says none, or nonsense."""
    if width <= 0 or height <= 0:
        return 1.0
    ratio = float(Fraction(int(width), int(height)))
    return ratio if 0.2 < ratio < 5 else 1.0


def _square(photo: NDArray[Any], aspect: float, sideways: bool) -> NDArray[np.uint8]:
    """The uint8 frame with its width stretched by `aspect`; its height, where it was rotated by a quarter."""
    if aspect != 1:
        height, width = photo.shape[:2]
        size = (width, round(height * aspect)) if sideways else (round(width * aspect), height)
        photo = cv2.resize(photo, size, interpolation=cv2.INTER_LINEAR)
    return photo.astype(np.uint8, copy=False)
