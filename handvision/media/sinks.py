"""Puts readings down as they come: drawn on photos and videos, as CSV, as JSON.

A sink takes what `handvision.inference.predict.stream` yields, one photo and reading after the other. Rows
are in their file as soon as they are written; pictures and videos appear when they are complete. `write_csv`
and `write_json` are for readings that are already there.
"""

import contextlib
import csv
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import cv2
from numpy.typing import NDArray
from PIL import Image

from handvision.core.files import replacing
from handvision.core.hand import Hand, Reading
from handvision.heads import registered
from handvision.media.annotate import overlay
from handvision.media.pictures import is_picture
from handvision.media.rowfile import RowFile
from handvision.media.video_file import RATE
from handvision.media.videos import frame_rate

Write = Callable[[NDArray | None, Reading], None]
_NO_HAND = Hand(presence=0.0)
_Video = tuple[str, cv2.VideoWriter, contextlib.ExitStack]  # source, writer, what holds its file


def rows(reading: Reading) -> list[dict[str, Any]]:
    """A row for each hand, surest first; a picture without a hand has one, with the label "".

    Columns, in JSON's types, None where not known: `source`, `frame`, `time_seconds`, `hand` (0 for the
    surest, None without one), `has_hand`, `presence`, `track`, those of every head (`label`, `probability`,
    `rotation_degrees`, ...), `box` (x0, y0, x1, y1 in pixels of the photo), `model` and `error`.
    """
    hands: list[tuple[int | None, Hand]] = list(enumerate(reading.hands)) or [(None, _NO_HAND)]
    return [
        {
            "source": reading.source,
            "frame": reading.frame,
            "time_seconds": reading.time_seconds,
            "hand": number,
            "has_hand": number is not None,
            "presence": float(hand.presence),
            "track": hand.track,
            **{key: value for head in registered().values() for key, value in head.row(hand).items()},
            "box": [float(edge) for edge in hand.box],
            "model": hand.model,
            "error": reading.error,
        }
        for number, hand in hands
    ]


@contextlib.contextmanager
def csv_sink(path: str | os.PathLike) -> Iterator[Write]:
    """`rows` as CSV with a header; the box is x0, y0, x1, y1, unknown is empty.

    Raises:
        FileExistsError: there is a file at `path` that is no table of readings.
        OSError: it cannot be written.
    """
    header: list[str] = []
    with RowFile(path, ours=("source,frame,",)) as file:

        def write(photo: NDArray | None, reading: Reading) -> None:
            for row in rows(reading):
                error, box = row.pop("error"), row.pop("box")
                row |= dict(zip(("x0", "y0", "x1", "y1"), box, strict=True)) | {"error": error}
                if not header:
                    header.extend(row)
                    file.write(_csv_line(header))
                file.write(_csv_line(row.values()))

        yield write


@contextlib.contextmanager
def json_sink(path: str | os.PathLike) -> Iterator[Write]:
    """`rows` as a JSON list, one row a line; as JSON lines where the path ends in .jsonl or .ndjson.

    Raises:
        FileExistsError: there is a file at `path` that is no list of readings.
        OSError: it cannot be written.
    """
    if Path(path).suffix.lower() in (".jsonl", ".ndjson"):
        sink = RowFile(path, ours=('{"source"',), between="\n", after="\n")
    else:
        sink = RowFile(
            path, ours=('[\n{"source"', "[]", "[\n\n]"), before="[\n", between=",\n", after="\n]\n"
        )
    with sink as file:

        def write(photo: NDArray | None, reading: Reading) -> None:
            for row in rows(reading):
                file.write(json.dumps(row, ensure_ascii=False, allow_nan=False))

        yield write


def _csv_line(cells: Iterable[Any]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue()


def write_csv(readings: Iterable[Reading], path: str | os.PathLike) -> None:
    """As `csv_sink`, of readings that are already there."""
    with csv_sink(path) as write:
        for reading in readings:
            write(None, reading)


def write_json(readings: Iterable[Reading], path: str | os.PathLike) -> None:
    """As `json_sink`, of readings that are already there."""
    with json_sink(path) as write:
        for reading in readings:
            write(None, reading)


class OverlayWriter:
    """Writes overlays into a folder: `<name>_overlay.jpg` for pictures, `<name>_overlay.mp4` for videos.

    Frames of a picture (pages of a TIFF, an animated GIF) are pictures, too. A second source of the same name
    gets a number. A file appears under its name when it is complete. Use as a context manager; what is half
    written when an exception ends it is removed.

    >>> with OverlayWriter("overlays") as writer:
    ...     for photo, reading in stream("clip.mp4"):
    ...         writer.write(photo, reading)
    """

    def __init__(self, folder: str | os.PathLike):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        # Whether the folder can be written to is known before the first picture is read.
        with tempfile.TemporaryFile(dir=self.folder):
            pass
        self._taken: set[str] = set()
        self._video: _Video | None = None  # the one that is being written

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._end_video(*error)

    def write(self, photo: NDArray | None, reading: Reading) -> None:
        """Adds one picture or the next frame; readings of files that could not be read are passed over."""
        if self._video and (reading.frame in (None, 0) or reading.source != self._video[0]):
            self._end_video()
        if photo is None:
            return
        picture = overlay(photo, reading)
        if reading.frame is None or is_picture(reading.source):
            with replacing(self._free_path(reading.source, ".jpg")) as unfinished:
                Image.fromarray(picture).save(unfinished, "jpeg", quality=92)
            return
        self._video = self._video or self._new_video(reading.source, picture.shape)
        self._video[1].write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))

    def _new_video(self, source: str, shape: tuple[int, ...]) -> _Video:
        rate = frame_rate(source) or RATE
        files = contextlib.ExitStack()
        unfinished = files.enter_context(replacing(self._free_path(source, ".mp4")))
        writer = cv2.VideoWriter(str(unfinished), cv2.VideoWriter.fourcc(*"mp4v"), rate, (shape[1], shape[0]))
        if not writer.isOpened():
            raise OSError(f"{self.folder}: OpenCV cannot write an mp4 video here")
        return source, writer, files

    def _end_video(self, *error: Any) -> None:
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
