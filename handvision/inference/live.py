"""Hands in what a camera sees now, or in a video from its first frame to its last."""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Reading
from handvision.inference.backends import Backend, open_backend
from handvision.inference.session import MOST_HANDS, Session, check_count
from handvision.media.newest import Newest
from handvision.media.sources import Picture, is_live, items_of, read_all
from handvision.media.videos import is_video

if TYPE_CHECKING:
    import keras


def live(
    source: "int | cv2.VideoCapture | str | os.PathLike" = 0,
    model: "keras.Model | Backend | str | os.PathLike | None" = None,
    *,
    max_hands: int = 2,
    vocabulary: str = "numbers",
    track: bool = True,
) -> Iterator[tuple[NDArray[np.uint8], Reading]]:
    """Yields (photo, reading) for what a camera sees, frame by frame, or for every frame of a video.

    A camera's frames that come while one is being read are dropped, all but the newest: `Reading.frame` says
    which are missing. Hands are followed, see `predict`. Closing the iterator releases the camera.

    Args:
        source: a camera's number, an open `cv2.VideoCapture`, or the path of a video.
        model, max_hands, vocabulary, track: as `predict` takes them.

    Yields:
        photo: (height, width, 3) uint8 RGB, upright.
        reading: of this frame.

    Raises:
        FileNotFoundError: the video or the model is not there.
        OSError: the camera cannot be opened.
        ValueError: the source is no camera and no video, or the video cannot be read to its end; a choice is
            out of range.

    Example:
        for photo, reading in handvision.live():
            print(reading.label, [hand.track for hand in reading.hands])
    """
    check_count("max_hands", max_hands, MOST_HANDS)
    if not (is_live(source) or is_video(source)):
        raise ValueError(f"source is {source!r}; give a camera's number or the path of a video")
    return _frames(source, Session(open_backend(model), max_hands, vocabulary, track))


def _frames(
    source: "int | cv2.VideoCapture | str | os.PathLike", session: Session
) -> Iterator[tuple[NDArray[np.uint8], Reading]]:
    items, alone = items_of(source)
    pictures = read_all(items, alone)
    with contextlib.ExitStack() as stack:
        if is_live(source):
            frames: Iterator[Picture] = iter(stack.enter_context(Newest(pictures)))
        else:
            frames = stack.enter_context(contextlib.closing(pictures))
        for picture in frames:
            if picture.error:
                raise ValueError(picture.error)
            ((photo, reading),) = session.answer([picture])
            assert photo is not None
            yield photo, reading
