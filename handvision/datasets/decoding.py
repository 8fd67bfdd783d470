"""Picture files become arrays of one kind and largest size; many of them in threads."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from PIL import Image

from handvision.datasets.errors import DataUnavailable
from handvision.media.pictures import on_black, open_picture

Item = TypeVar("Item")


def in_threads(work: Callable[[Item], np.ndarray], items: Iterable[Item]) -> np.ndarray | list[np.ndarray]:
    """`work` on every item (decoders let go of Python's lock); one array if all come out in one shape."""
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        results = list(pool.map(work, items))
    one_shape = len({result.shape for result in results}) == 1
    return np.stack(results) if one_shape else results


def photo(path: Path, longest: int) -> np.ndarray:
    """(height, width, 3) uint8 RGB, shrunk so that no side is above `longest` pixels.

    Raises:
        DataUnavailable: the file is no picture.
    """
    return no_larger(np.array(_decode(path)), longest)


def mask(path: Path, longest: int | None = None) -> np.ndarray:
    """(height, width, 1) uint8, 255 where the gray file is above 127, else 0; shrunk as photos are.

    Raises:
        DataUnavailable: the file is no picture.
    """
    gray = np.asarray(_decode(path).convert("L"))
    if longest:
        gray = no_larger(gray, longest)
    return np.where(gray > 127, 255, 0).astype(np.uint8)[..., None]


def classes(path: Path) -> np.ndarray:
    """(height, width) uint8: the class of every pixel, as the gray file has it.

    Raises:
        DataUnavailable: the file is no picture.
    """
    return np.asarray(_decode(path).convert("L"))


def no_larger(picture: np.ndarray, longest: int) -> np.ndarray:
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    return cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)


def _decode(path: Path) -> Image.Image:
    try:
        return on_black(open_picture(path))
    except (FileNotFoundError, ValueError) as error:
        raise DataUnavailable(f"{error}. Delete {path.parent} and fetch it anew.") from error
