"""From the file of a picture to what people see: RGB, upright, 8 bits a channel.

The one reader of pictures: `predict`, trainings from folders and data sets read with it.
"""

import contextlib
import math
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from handvision.media.arrays import as_uint8, checked_picture

PICTURES = (
    *(".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jpeg", ".jpg"),
    *(".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"),
)
# Above this a file that says it is large may be made to fill the memory.
MAX_MEGAPIXELS = 180

# Formats whose further frames are pictures of their own; those of others are previews and depth maps.
_OF_FRAMES = ("AVIF", "GIF", "PNG", "TIFF", "WEBP")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_pillow_limit = threading.Lock()


def is_picture(path: object) -> bool:
    """Whether the path ends as a picture does; of anything else, False."""
    return isinstance(path, str | os.PathLike) and Path(path).suffix.lower() in PICTURES


def read_picture(path: str | os.PathLike, max_megapixels: float = MAX_MEGAPIXELS) -> NDArray[np.uint8]:
    """The picture in a file: uint8 RGB (height, width, 3), upright; of several frames, the first.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no picture that can be read, damaged, or larger than `max_megapixels`; the message
            names it.
    """
    return np.array(on_black(open_picture(path, max_megapixels)))


def open_picture(path: str | os.PathLike, max_megapixels: float = MAX_MEGAPIXELS) -> Image.Image:
    """As `read_picture`, as a Pillow image of mode L, RGB or RGBA, so that transparency can be kept."""
    with _opened(Path(path), max_megapixels) as picture:
        picture.load()
        return upright(picture)


def read_frames(
    path: str | os.PathLike, max_megapixels: float = MAX_MEGAPIXELS
) -> Iterator[tuple[NDArray[np.uint8], int | None, float | None]]:
    """All frames of a picture's file, as (photo, frame, seconds from the beginning).

    Pages of a TIFF and frames of a GIF, WebP, AVIF or PNG are numbered from 0; a picture alone has frame
    None. Seconds are None where the file says no durations.

    Raises:
        FileNotFoundError, ValueError: as `read_picture`, also when frames were yielded before.
    """
    with _opened(Path(path), max_megapixels) as picture:
        pages = _pages(picture)
        if len(pages) == 1:
            yield np.array(on_black(upright(picture))), None, None
            return
        seconds: float | None = 0.0
        for frame, page in enumerate(pages):
            picture.seek(page)
            # A copy, since the next frame of a GIF is drawn over this one.
            photo = np.array(on_black(upright(picture.copy())))
            duration = picture.info.get("duration")  # milliseconds
            yield photo, frame, None if duration is None else seconds
            seconds = None if seconds is None or duration is None else seconds + duration / 1000


def upright(picture: Image.Image) -> Image.Image:
    """A Pillow image of any mode as people see it, in mode L, RGB or RGBA.

    EXIF orientation is obeyed; 16 bits become 8; palettes, CMYK and others become RGB.

    Raises:
        ValueError: its values fit no picture.
    """
    # Nothing is copied that can stay as it is: a photo of 48 megapixels takes 200 MB each time.
    if picture.getexif().get(ExifTags.Base.Orientation, 1) != 1:
        picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):
        # Pillow's own conversion cuts 16 bits off at 255.
        values = np.asarray(picture).astype(np.int64)
        if values.min() < 0 or values.max() > 65535:
            raise ValueError(f"values from {values.min()} to {values.max()} do not fit 16 bits")
        return Image.fromarray(np.rint(values / 257).astype(np.uint8))
    if picture.mode == "F":
        return Image.fromarray(as_uint8(checked_picture(np.asarray(picture), "the picture")))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in ("L", "RGB"):
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def on_black(picture: Image.Image) -> Image.Image:
    """RGB; what is transparent becomes black."""
    if picture.mode == "RGBA":
        black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        picture = Image.alpha_composite(black, picture)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


@contextlib.contextmanager
def _opened(path: Path, max_megapixels: float) -> Iterator[Image.Image]:
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file")
    if path.is_dir():
        raise ValueError(f"{path}: a folder without pictures ({' '.join(PICTURES)})")
    if not path.is_file():
        raise ValueError(f"{path}: no file but a device or pipe")
    if not path.stat().st_size:
        raise ValueError(f"{path}: the file is empty (0 bytes)")
    try:
        with _open(path) as picture:
            width, height = picture.size
            if width * height > max_megapixels * 1e6:
                needed = math.ceil(width * height / 1e6)
                raise ValueError(
                    f"{width} x {height} pixels; to read more than {max_megapixels:g} megapixels, give"
                    f" max_megapixels={needed}, or --max-megapixels {needed}"
                )
            yield picture
    # Pillow's decoders raise errors of many classes on damaged files: each of them means just that.
    except Exception as error:
        raise ValueError(f"{path}: no picture that can be read ({_words(path, error)})") from error


def _open(path: Path) -> Image.Image:
    """Pillow's image, of any size."""
    with _pillow_limit:
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            return Image.open(path)
        except UnidentifiedImageError:
            if not _is_heif(path):
                raise
            import pillow_heif

            pillow_heif.register_heif_opener()
            return Image.open(path)
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _words(path: Path, error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return "HEIC, as iPhones write it, needs pillow-heif: pip install 'handvision[media]'"
    if isinstance(error, UnidentifiedImageError):
        with path.open("rb") as file:
            return f"it begins with {file.read(8)!r}, as no picture does that Pillow knows"
    return str(error) or type(error).__name__


def _is_heif(path: Path) -> bool:
    """By its first bytes: phones and chats give HEIC the name .jpg, too."""
    with path.open("rb") as file:
        start = file.read(12)
    return start[4:8] == b"ftyp" and start[8:12] in _HEIF_BRANDS


def _pages(picture: Image.Image) -> list[int]:
    """The frames that are pictures of their own; a TIFF's previews are none."""
    count = getattr(picture, "n_frames", 1) if picture.format in _OF_FRAMES else 1
    pages = list(range(count))
    if picture.format == "TIFF" and count > 1:
        pages = [page for page in pages if not _is_preview(picture, page)] or [0]
        picture.seek(pages[0])
    return pages


def _is_preview(picture: Image.Image, page: int) -> bool:
    picture.seek(page)
    new_subfile_type = picture.tag_v2.get(254, 0)  # type: ignore[attr-defined]  # a TIFF has tags
    return bool(new_subfile_type & 1)
