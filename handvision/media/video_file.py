"""A video is written as its frames come, whatever the times between them."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.files import replacing

RATE = 25.0  # frames a second, of a camera, which has none of its own


@contextlib.contextmanager
def video_file(
    path: str | os.PathLike, rate: float = RATE
) -> Iterator[Callable[[NDArray[np.uint8], float], None]]:
    """Gives a function that adds a frame: (height, width, 3) uint8 RGB, and its time in seconds.

    A frame stands until the next one's time: it is written as often as the rate asks for, or left out where
    frames come faster, so that the video is as long as what it shows. The file is there at the end, with the
    frames until then, also where the program was stopped.

    Args:
        path: where to; ends with .mp4.
        rate: frames a second.

    Raises:
        ValueError: the path ends otherwise.
        FileExistsError: there is such a file.
        OSError: it cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() != ".mp4":
        raise ValueError(f"{path}: a video's file ends with .mp4")
    if path.exists():
        raise FileExistsError(f"{path} exists: name another file, or remove that one")
    path.parent.mkdir(parents=True, exist_ok=True)
    files = contextlib.ExitStack()
    writers: list[cv2.VideoWriter] = []
    count, start = 0, 0.0

    def add(photo: NDArray[np.uint8], seconds: float) -> None:
        nonlocal count, start
        if not writers:
            start = seconds
            writers.append(_writer(files.enter_context(replacing(path)), rate, photo.shape))
            files.callback(writers[0].release)
        bgr = cv2.cvtColor(photo, cv2.COLOR_RGB2BGR)
        while count < round((seconds - start) * rate) + 1:
            writers[0].write(bgr)
            count += 1

    try:
        yield add
    finally:
        files.close()


def _writer(path: Path, rate: float, shape: tuple[int, ...]) -> cv2.VideoWriter:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), rate, (shape[1], shape[0]))
    if not writer.isOpened():
        raise OSError(f"{path.parent}: OpenCV cannot write an mp4 video here")
    return writer
