"""A folder of pictures of hands, with masks and key points, in the JSON format of COCO.

The format: https://cocodataset.org/#format-data. Beside COCO's own fields an annotation says `handedness`,
`label` and `rotation_degrees`.
"""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from handvision.core.hands import NO_HAND, Hands
from handvision.core.keypoints import KEYPOINT_NAMES, SKELETON
from handvision.core.run_lengths import run_lengths
from handvision.synthesis.picture import Picture

ANNOTATIONS = "annotations.json"
PHOTO_FORMATS = ("jpeg", "png")
_JPEG_QUALITY = 95
_CATEGORY = 1
_RUN = 100  # pictures that a process draws before it takes the next ones

Draw = Callable[[int], Picture]
Json = dict[str, Any]


def write_coco(
    folder: Path,
    draw: Draw,
    count: int,
    class_names: tuple[str, ...],
    info: Json,
    license: Json,
    *,
    photo_format: str = "jpeg",
    workers: int = 1,
) -> Json:
    """Draws pictures into `folder`: `photos/`, `masks/` (PNG, 0 or 255) and `annotations.json`.

    Memory does not grow with the pictures, only with their annotations (some kilobytes a hand).

    Args:
        folder: exists and is empty.
        draw: the picture with a number from 0 to count - 1; with several workers it must be picklable.
        class_names: the names that the hands' labels point to.
        info, license: as COCO has them, for the whole set.
        photo_format: "jpeg" (quality 95) or "png".
        workers: processes that share the work; the files do not depend on it.

    Returns:
        What `annotations.json` holds.

    Raises:
        ValueError: another format of photos.
    """
    if photo_format not in PHOTO_FORMATS:
        raise ValueError(f"photo format is {photo_format!r}; use one of {', '.join(PHOTO_FORMATS)}")
    for name in ("photos", "masks"):
        (folder / name).mkdir()
    starts = range(0, count, _RUN)
    stops = [min(start + _RUN, count) for start in starts]
    work = partial(_write_range, folder, draw, class_names, photo_format)
    if workers == 1:
        images, annotations = _joined(map(work, starts, stops))
    else:
        # Fresh processes: a forked copy of one that runs TensorFlow's threads may hang.
        with ProcessPoolExecutor(min(workers, len(starts)), mp_context=get_context("spawn")) as pool:
            images, annotations = _joined(pool.map(work, starts, stops))
    for number, annotation in enumerate(annotations, start=1):
        annotation["id"] = number
    content = {
        "info": info,
        "licenses": [license],
        "categories": [_category()],
        "images": images,
        "annotations": annotations,
    }
    text = json.dumps(content, separators=(",", ":"))
    (folder / ANNOTATIONS).write_text(text + "\n", encoding="utf-8")
    return content


def _category() -> Json:
    return {
        "id": _CATEGORY,
        "name": "hand",
        "supercategory": "person",
        "keypoints": list(KEYPOINT_NAMES),
        "skeleton": [[start + 1, end + 1] for start, end in SKELETON],  # COCO counts from 1
    }


def _joined(parts: Iterable[tuple[list[Json], list[Json]]]) -> tuple[list[Json], list[Json]]:
    images: list[Json] = []
    annotations: list[Json] = []
    for some_images, some_annotations in parts:
        images += some_images
        annotations += some_annotations
    return images, annotations


def _write_range(
    folder: Path, draw: Draw, class_names: tuple[str, ...], photo_format: str, start: int, stop: int
) -> tuple[list[Json], list[Json]]:
    """Draws and writes pictures `start` to `stop`; their images and annotations, the latter without ids."""
    images, annotations = [], []
    for index in range(start, stop):
        picture = draw(index)
        if picture.photo is None:
            raise ValueError(f"picture {index} has no photo: draw it with photos")
        height, width = picture.mask.shape
        photo, mask = f"photos/{index:06}.{_suffix(photo_format)}", f"masks/{index:06}.png"
        options = {"quality": _JPEG_QUALITY, "subsampling": 0} if photo_format == "jpeg" else {}
        Image.fromarray(picture.photo).save(folder / photo, photo_format, **options)
        Image.fromarray(picture.mask).save(folder / mask)
        images.append(
            {
                "id": index + 1,
                "file_name": photo,
                "mask_file_name": mask,
                "height": height,
                "width": width,
                "license": 1,
            }
        )
        for row, hand_mask in enumerate(picture.masks):
            annotations.append(
                {"image_id": index + 1, **_annotation(picture.hands, row, hand_mask, class_names)}
            )
    return images, annotations


def _suffix(photo_format: str) -> str:
    return "jpg" if photo_format == "jpeg" else photo_format


def _annotation(hands: Hands, row: int, mask: np.ndarray, class_names: tuple[str, ...]) -> Json:
    """One hand, without ids."""
    height, width = mask.shape
    x0, y0, x1, y1 = (float(edge) for edge in hands.boxes[row])
    points = [_point(x, y, seen, width, height) for x, y, seen in hands.keypoints[row].tolist()]
    label = int(hands.labels[row])
    return {
        "category_id": _CATEGORY,
        "bbox": [round(edge, 2) for edge in (x0, y0, x1 - x0, y1 - y0)],
        "area": int((mask > 0).sum()),
        "segmentation": {"size": [height, width], "counts": run_lengths(mask)},
        "iscrowd": 0,
        "keypoints": [value for point in points for value in point],
        "num_keypoints": sum(point[2] > 0 for point in points),
        "handedness": str(hands.handedness[row]),
        "label": None if label == NO_HAND else class_names[label],
        "rotation_degrees": round(float(hands.rotations[row]), 2),
    }


def _point(x: float, y: float, seen: float, width: int, height: int) -> tuple[float, float, int]:
    """x, y and COCO's v: 2 seen, 1 hidden; 0, with zeros, outside the picture."""
    if not (0 <= x < width and 0 <= y < height):
        return 0, 0, 0
    return round(x, 2), round(y, 2), 2 if seen > 0 else 1
