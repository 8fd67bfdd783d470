"""From pictures of any kind to readings: which gesture, how sure, how turned, where.

`predict` takes files, folders, videos and arrays. `stream` is the same one picture at a time, for what
does not fit into memory. `write_csv`, `write_json`, `overlay` and `OverlayWriter` put readings down.
"""

import contextlib
import csv
import functools
import json
import logging
import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import cv2
import keras
import numpy as np
from PIL import Image, ImageOps
from tqdm import tqdm

from handvision.models import class_names
from handvision.models.store import find_model

PICTURES = (".bmp", ".gif", ".jfif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
VIDEOS = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm", ".wmv")
OUTPUTS = frozenset(("mask", "box", "crop", "has_hand", "gesture", "rotation"))
TINT, INK = (0, 114, 178), (213, 94, 0)  # blue and vermilion of Okabe and Ito, RGB

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
    model: keras.Model | str | os.PathLike | None = None,
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
    items, alone = _items(images)
    bar = tqdm(total=_count(items) if progress else None, unit="picture", disable=not progress)
    with bar, contextlib.closing(_read_all(items, alone)) as pictures:
        batch = []
        for picture in pictures:
            batch.append(picture)
            if len(batch) == batch_size:
                yield from _answer(batch, network)
                bar.update(len(batch))
                batch = []
        yield from _answer(batch, network)
        bar.update(len(batch))


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


def overlay(photo: np.ndarray, reading: Reading) -> np.ndarray:
    """The photo with mask, box, arrow and label drawn on it, uint8 RGB (height, width, 3).

    Args:
        photo: (height, width, 3) RGB, or another array that `predict` takes, of the reading's size.

    Raises:
        ValueError: the photo is not of the size that the reading was made from.
    """
    picture = np.ascontiguousarray(_as_uint8(_checked(photo, "photo"))).copy()
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
            with _complete_file(self._free_path(reading.source, ".jpg")) as unfinished:
                Image.fromarray(picture).save(unfinished, "jpeg", quality=92)
            return
        if not self._video:
            self._start_video(reading.source, picture.shape)
        self._video[1].write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))

    def _start_video(self, source: str, shape) -> None:
        with _capture(source) as video:
            rate = video.get(cv2.CAP_PROP_FPS)
        # Some containers say no rate, or nonsense.
        rate = rate if 1 <= rate <= 240 else 25.0
        files = contextlib.ExitStack()
        unfinished = files.enter_context(_complete_file(self._free_path(source, ".mp4")))
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
    with _complete_file(path) as unfinished, open(unfinished, "w", newline="", encoding="utf-8") as file:
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
    with _complete_file(path) as unfinished:
        text = json.dumps([r.as_dict() for r in readings], indent=1, ensure_ascii=False, allow_nan=False)
        unfinished.write_text(text + "\n", encoding="utf-8")


# --- the model ----------------------------------------------------------------------------------------


class _Network(NamedTuple):
    model: keras.Model
    height: int
    width: int
    names: tuple[str, ...]


def _network(model) -> _Network:
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
def _load(path: Path, changed: int) -> keras.Model:
    logger.info("reading hands with %s", path)
    return keras.models.load_model(path)


def _answer(pictures: list["_Picture"], network: _Network) -> Iterator[tuple[np.ndarray | None, Reading]]:
    readable = [picture for picture in pictures if not picture.error]
    if readable:
        fitted = [_fit(picture.photo, network.height, network.width) for picture in readable]
        outputs = network.model.predict_on_batch(np.stack([canvas for canvas, _ in fitted]))
        outputs = {name: np.asarray(value) for name, value in outputs.items()}
    row = 0
    for picture in pictures:
        if picture.error:
            yield None, Reading(source=picture.source, frame=picture.frame, error=picture.error)
            continue
        one = {name: value[row] for name, value in outputs.items()}
        yield _as_uint8(picture.photo), _reading(one, picture, fitted[row][1], network.names)
        row += 1


def _reading(output: dict, picture: "_Picture", place: "_Place", names: tuple[str, ...]) -> Reading:
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


def _fit(photo: np.ndarray, height: int, width: int) -> tuple[np.ndarray, _Place]:
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


# --- what can be read ---------------------------------------------------------------------------------


class _Picture(NamedTuple):
    photo: np.ndarray | None  # (height, width, 3) RGB, uint8 or float32 in [0, 1]
    source: str = ""
    frame: int | None = None
    error: str = ""


def _items(images) -> tuple[Iterable, bool]:
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
            return _items(array.tolist())
        return (array if array.ndim == 4 else [array]), False
    if isinstance(images, dict | bytes) or not isinstance(images, Iterable):
        raise TypeError(f"images is a {type(images).__name__}; give a path, an array or a list of these")
    items = (part for item in images for part in _parts(item))
    return (items if isinstance(images, Iterator) else list(items)), False


def _parts(item) -> list:
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


def _count(items) -> int | None:
    """How many pictures there are, for the progress bar; None for an iterator."""
    if isinstance(items, Iterator):
        return None
    total = 0
    for item in items:
        frames = 1
        if _is_video(item):
            with _capture(item) as video:
                frames = max(1, int(video.get(cv2.CAP_PROP_FRAME_COUNT)))
        total += frames
    return total


def _read_all(items: Iterable, alone: bool) -> Iterator[_Picture]:
    for number, item in enumerate(items):
        if not isinstance(item, str | os.PathLike):
            yield _Picture(_rgb(item) if isinstance(item, Image.Image) else _checked(item, f"image {number}"))
            continue
        try:
            if _is_video(item):
                yield from _read_video(Path(item))
            else:
                yield _Picture(read_picture(item), str(item))
        except (OSError, ValueError) as error:
            if alone:
                raise
            logger.warning("%s", error)
            yield _Picture(None, str(item), error=str(error))


def _read_video(path: Path) -> Iterator[_Picture]:
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file")
    frame = 0
    with _capture(path) as video:
        announced = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        while True:
            more, picture = video.read()
            if not more:
                break
            yield _Picture(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), str(path), frame)
            frame += 1
    if not frame:
        raise ValueError(f"{path}: no video that OpenCV can read")
    # Headers may be off by a few frames.
    if frame < 0.95 * announced:
        logger.warning("%s: the video ends after %d of %d frames", path, frame, announced)


@contextlib.contextmanager
def _capture(path):
    video = cv2.VideoCapture(str(path))
    try:
        yield video
    finally:
        video.release()


def _is_video(item) -> bool:
    return isinstance(item, str | os.PathLike) and Path(item).suffix.lower() in VIDEOS


def _is_array(value) -> bool:
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
        return _as_uint8(_checked(np.asarray(picture), "the picture"))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        picture = Image.alpha_composite(black, picture)
    return np.array(picture.convert("RGB"))


def _checked(image, name: str) -> np.ndarray:
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


def _as_uint8(photo: np.ndarray) -> np.ndarray:
    return photo if photo.dtype == np.uint8 else np.rint(photo * 255).astype(np.uint8)


@contextlib.contextmanager
def _complete_file(path):
    """A path to write to that takes the place of `path` when all went well, and is removed otherwise."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays last: OpenCV chooses the container by it.
    unfinished = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield unfinished
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
