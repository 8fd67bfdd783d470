"""Puts readings down: drawn on their photos and videos, as CSV, as JSON.

`write_csv` and `write_json` write one file. `overlay` draws on a photo; `OverlayWriter` fills a folder.
"""

import contextlib
import csv
import json
import math
import os
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from handvision.core.files import replacing
from handvision.inference.predict import Reading
from handvision.media.sources import as_uint8, checked_picture, open_video

TINT, INK = (0, 114, 178), (213, 94, 0)  # blue and vermilion of Okabe and Ito, RGB


def overlay(photo: np.ndarray, reading: Reading) -> np.ndarray:
    """The photo with mask, box, arrow and label drawn on it, uint8 RGB (height, width, 3).

    Args:
        photo: (height, width, 3) RGB, or another array that `predict` takes, of the reading's size.

    Raises:
        ValueError: the photo is not of the size that the reading was made from.
    """
    picture = np.ascontiguousarray(as_uint8(checked_picture(photo, "photo"))).copy()
    if picture.shape[:2] != tuple(reading.size):
        raise ValueError(f"photo is {picture.shape[:2]}, but the reading was made from {reading.size}")
    height, width = picture.shape[:2]
    thick = max(1, round(min(height, width) / 160))
    scale = max(0.35, min(height, width) / 480)
    text = "no hand"
    if reading.has_hand:
        mask = reading.mask[..., 0]
        picture[mask > 0] = (0.6 * picture[mask > 0] + 0.4 * np.array(TINT)).astype(np.uint8)
        outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(picture, outlines, -1, TINT, thick)
        x0, y0, x1, y1 = reading.box
        cv2.rectangle(picture, (round(x0), round(y0)), (round(x1) - 1, round(y1) - 1), INK, thick)
        centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
        angle = math.radians(reading.rotation_degrees)
        reach = 0.35 * max(x1 - x0, y1 - y0) * np.array([-math.sin(angle), -math.cos(angle)])
        tail, tip = (tuple(map(round, map(float, end))) for end in (centre - reach, centre + reach))
        for colour, line in (((255, 255, 255), thick + 2), (INK, thick)):
            cv2.arrowedLine(picture, tail, tip, colour, line, cv2.LINE_AA, tipLength=0.25)
        # OpenCV's plain fonts have no degree sign.
        text = f"{reading.label}  {reading.probability:.0%}  {round(reading.rotation_degrees)} deg"
    font = (cv2.FONT_HERSHEY_SIMPLEX, scale)
    (right, above), below = cv2.getTextSize(text, *font, thick)
    margin = round(6 * scale)
    cv2.rectangle(picture, (0, 0), (right + 2 * margin, above + below + 2 * margin), (0, 0, 0), cv2.FILLED)
    cv2.putText(picture, text, (margin, above + margin), *font, (255, 255, 255), thick, cv2.LINE_AA)
    return picture


class OverlayWriter:
    """Writes overlays into a folder: `<name>_overlay.jpg` for pictures, `<name>_overlay.mp4` for videos.

    A second source of the same name gets a number. A file appears under its name when it is complete.
    Use as a context manager; what is half written when an exception ends it is removed.

    >>> with OverlayWriter("overlays") as writer:
    ...     for photo, reading in stream("clip.mp4"):
    ...         writer.write(photo, reading)
    """

    def __init__(self, folder: str | os.PathLike):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._taken: set[str] = set()
        self._video = None  # the video that is being written: source, writer, ExitStack with its file

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._end_video(*error)

    def write(self, photo: np.ndarray | None, reading: Reading) -> None:
        """Adds one picture or the next frame; readings of files that could not be read are passed over."""
        if self._video and (reading.frame in (None, 0) or reading.source != self._video[0]):
            self._end_video()
        if photo is None:
            return
        picture = overlay(photo, reading)
        if reading.frame is None:
            with replacing(self._free_path(reading.source, ".jpg")) as unfinished:
                Image.fromarray(picture).save(unfinished, "jpeg", quality=92)
            return
        if not self._video:
            self._start_video(reading.source, picture.shape)
        self._video[1].write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))

    def _start_video(self, source: str, shape) -> None:
        with open_video(source) as video:
            rate = video.get(cv2.CAP_PROP_FPS)
        # Some containers say no rate, or nonsense.
        rate = rate if 1 <= rate <= 240 else 25.0
        files = contextlib.ExitStack()
        unfinished = files.enter_context(replacing(self._free_path(source, ".mp4")))
        writer = cv2.VideoWriter(str(unfinished), cv2.VideoWriter.fourcc(*"mp4v"), rate, (shape[1], shape[0]))
        if not writer.isOpened():
            raise OSError(f"{self.folder}: OpenCV cannot write an mp4 video here")
        self._video = (source, writer, files)

    def _end_video(self, *error) -> None:
        if self._video:
            _, writer, files = self._video
            self._video = None
            writer.release()
            files.__exit__(*(error or (None, None, None)))

    def _free_path(self, source: str, suffix: str) -> Path:
        stem = f"{Path(source).stem or 'picture'}_overlay"
        names = (f"{stem}{'' if number == 1 else f'_{number}'}{suffix}" for number in range(1, 10**9))
        name = next(name for name in names if name not in self._taken)
        self._taken.add(name)
        return self.folder / name


def write_csv(readings: Iterable[Reading], path: str | os.PathLike) -> None:
    """One line a reading, with a header: `as_dict` with the box as x0, y0, x1, y1; unknown is empty."""
    with replacing(path) as unfinished, open(unfinished, "w", newline="", encoding="utf-8") as file:
        writer = None
        for reading in readings:
            row = reading.as_dict()
            error, box = row.pop("error"), row.pop("box")
            row |= dict(zip(("x0", "y0", "x1", "y1"), box, strict=True)) | {"error": error}
            if writer is None:
                writer = csv.DictWriter(file, row)
                writer.writeheader()
            writer.writerow(row)


def write_json(readings: Iterable[Reading], path: str | os.PathLike) -> None:
    """A list with `as_dict` of each reading."""
    with replacing(path) as unfinished:
        text = json.dumps([r.as_dict() for r in readings], indent=1, ensure_ascii=False, allow_nan=False)
        unfinished.write_text(text + "\n", encoding="utf-8")
