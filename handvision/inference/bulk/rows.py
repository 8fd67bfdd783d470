"""From the path of a photo to rows of plain values: the function that every engine runs, knowing none."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from handvision.core.hand import HANDEDNESS, Hand, Reading
from handvision.core.hashing import hash_json
from handvision.core.run_lengths import run_lengths
from handvision.inference.backends import RELEASED
from handvision.inference.backends.onnx import OnnxBackend
from handvision.inference.bulk.fetching import Passing, fetched, may_pass
from handvision.inference.session import MOST_HANDS, Session, check_count
from handvision.media.pictures import MAX_MEGAPIXELS, read_frames
from handvision.media.sources import Picture

Row = dict[str, Any]
Read = Callable[[str], list[Row]]

TRIES = 3
PAUSE_SECONDS = 0.5  # before the second try; twice as long before each further one


@dataclass(frozen=True)
class ReadingOptions:
    """How photos are read: all that a row depends on beside its photo.

    Attributes:
        model: path of a `.onnx` file, on every machine that reads; None is the released one.
        max_hands: of a photo, the surest ones.
        vocabulary: see `handvision.predict`.
        masks: whether hands have their mask, as COCO's run lengths.
        max_megapixels: larger files are refused.

    Raises:
        ValueError: a value is out of range, or the model's file has another ending.
    """

    model: str | None = None
    max_hands: int = 2
    vocabulary: str = "numbers"
    masks: bool = False
    max_megapixels: float = MAX_MEGAPIXELS

    def __post_init__(self) -> None:
        check_count("max_hands", self.max_hands, MOST_HANDS)
        if isinstance(self.max_megapixels, bool) or not self.max_megapixels > 0:
            raise ValueError(f"max_megapixels is {self.max_megapixels!r}; use a number above 0")
        object.__setattr__(self, "max_megapixels", float(self.max_megapixels))  # 180 is 180.0
        if self.model is not None and Path(self.model).suffix != ".onnx":
            raise ValueError(
                f"{self.model}: bulk reading runs .onnx files; `handvision release export` makes one"
            )


class RowReader:
    """A model that reads one photo after the other, in one thread; `RowReader(...)(path)` gives its rows.

    A photo has one row, an animation or a TIFF of several pages one for each frame. A file that cannot be
    read has one, which says why. The rows have the fields of `schema.SCHEMA`, in types of JSON.

    Args:
        options: how photos are read.
        identity: that the model is to have here, see `identity`; None takes any.

    Raises:
        FileNotFoundError: the model is not there.
        ValueError: it is no combined model, lacks the vocabulary, or is another one than `identity` says.
    """

    def __init__(self, options: ReadingOptions, identity: str | None = None):
        path = RELEASED if options.model is None else Path(options.model)
        if not path.is_file():
            raise FileNotFoundError(f"{path}: there is no such model on this machine")
        # Workers share the cores: one thread each is the fastest, and more would not change an answer.
        self.backend = OnnxBackend(path, threads=1)
        self.options = options
        self.session = Session(self.backend, options.max_hands, options.vocabulary, track=False)
        if identity is not None and identity != self.identity:
            raise ValueError(
                f"{path}: this machine has another model or release ({self.identity}) than the job"
                f" ({identity}); install the same on all"
            )

    @property
    def identity(self) -> str:
        """Of what a row depends on beside its photo: the model, wherever it lies, and the options."""
        options = {name: value for name, value in asdict(self.options).items() if name != "model"}
        return hash_json({"model": asdict(self.backend.info), "options": options})

    def __call__(self, path: str) -> list[Row]:
        """The rows of a photo: a local path, or a URL that fsspec opens.

        Raises:
            Passing: it could not be fetched for a reason that may pass, TRIES times.
            ImportError: what opens such a URL is not installed here.
        """
        for attempt in range(1, TRIES):
            try:
                return self._rows(path)
            except Passing:
                time.sleep(PAUSE_SECONDS * 2 ** (attempt - 1))
        return self._rows(path)

    def _rows(self, path: str) -> list[Row]:
        rows: list[Row] = []
        try:
            with fetched(path) as file:
                for photo, frame, _ in read_frames(file, self.options.max_megapixels):
                    ((_, reading),) = self.session.answer([Picture(photo, path, frame)])
                    rows.append(row_of(reading, self.options.masks))
        except Passing:
            raise
        except (OSError, ValueError) as error:
            if may_pass(error) or may_pass(error.__cause__):
                raise Passing(str(error)) from error
            rows.append(error_row(path, str(error), frame=len(rows) or None))
        return rows


def row_of(reading: Reading, masks: bool = False) -> Row:
    """The reading of a photo that could be read, as plain values; what the model cannot say is None."""
    height, width = reading.size
    hands = [_hand(hand, masks) for hand in reading.hands]
    return _row(reading.source, reading.frame, height, width, None, hands)


def error_row(picture: str, error: str, frame: int | None = None) -> Row:
    return _row(picture, frame, None, None, error, [])


def _row(
    picture: str,
    frame: int | None,
    height: int | None,
    width: int | None,
    error: str | None,
    hands: list[Row],
) -> Row:
    return {
        "picture": _utf8(picture),
        "frame": frame,
        "height": height,
        "width": width,
        "error": None if error is None else _utf8(error),
        "hands": hands,
    }


def _hand(hand: Hand, masks: bool) -> Row:
    told = bool(hand.label)
    sided = hand.handedness != HANDEDNESS[0]
    return {
        "label": hand.label if told else None,
        "probability": float(hand.probability) if told else None,
        "presence": float(hand.presence),
        "rotation_degrees": _or_none(hand.rotation_degrees),
        "box": dict(zip(("x0", "y0", "x1", "y1"), hand.box.tolist(), strict=True)),
        "handedness": hand.handedness if sided else None,
        "handedness_probability": float(hand.handedness_probability) if sided else None,
        "keypoints": _points(hand.keypoints),
        "mask": _mask(hand) if masks else None,
    }


def _points(keypoints: NDArray) -> list[Row] | None:
    if not math.isfinite(keypoints[0, 0]):
        return None
    return [dict(zip(("x", "y", "score"), point, strict=True)) for point in keypoints.tolist()]


def _mask(hand: Hand) -> Row:
    return {"size": list(hand.size), "counts": run_lengths(hand.mask[..., 0])}


def _or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _utf8(text: str) -> str:
    """Names of files with stray bytes, which UTF-8 cannot say, are escaped."""
    return text.encode("utf-8", errors="backslashreplace").decode()
