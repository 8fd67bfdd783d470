"""The one container in which pictures of hands travel from readers to trainings."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

# The label of a picture that shows no hand, or none that can be named.
NO_HAND = -1
# The value of a mask where nobody knows: a segmenter is neither praised nor blamed there.
UNKNOWN = 64


@dataclass(frozen=True)
class Examples:
    """`n` pictures of hands and what is known of each. What is not known is None.

    Attributes:
        name: what these pictures are, for titles and reports ("finger_digits, last fifth").
        photos: (n, height, width, 3) uint8 RGB, or a list of n such pictures of unequal sizes.
        masks: (n, height, width, 1) uint8, 0 = background, 255 = hand, UNKNOWN in weak masks; or a list.
        labels: (n,) int64, an index into `class_names`, or NO_HAND.
        rotations: (n,) float32, degrees, counter-clockwise from image-up, in (-180, 180];
            NaN where a picture's rotation is not known.
        groups: (n,), what an honest split must not tear apart: frame number, person or session.
        boxes: list of n (k, 4) float32 arrays, each row x0, y0, x1, y1 in pixels of the photo.
        keypoints: (n, 21, 2) float32, x, y in pixels, in MediaPipe's order.
        class_names: the names that `labels` point to.
        source: where the pictures came from, as a sentence for the reader.
    """

    name: str
    photos: np.ndarray | list | None = None
    masks: np.ndarray | list | None = None
    labels: np.ndarray | None = None
    rotations: np.ndarray | None = None
    groups: np.ndarray | None = None
    boxes: list | None = None
    keypoints: np.ndarray | None = None
    class_names: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self):
        lengths = {name: len(value) for name, value in self._per_picture().items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"{self.name}: fields of unequal length: {lengths}")

    def __len__(self) -> int:
        return next((len(value) for value in self._per_picture().values()), 0)

    def take(self, indices: Sequence[int] | np.ndarray, name: str | None = None) -> "Examples":
        """The pictures at `indices` (integers, or a boolean mask of length n), in that order."""
        indices = np.asarray(indices)
        if indices.dtype == bool:
            if len(indices) != len(self):
                raise ValueError(f"{self.name}: a mask of {len(indices)} for {len(self)} pictures")
            indices = np.flatnonzero(indices)
        picked = {
            field: [value[i] for i in indices] if isinstance(value, list) else value[indices.astype(int)]
            for field, value in self._per_picture().items()
        }
        return replace(self, name=name or self.name, **picked)

    def one_hot(self) -> np.ndarray:
        """(n, classes) float32: 1 at the label; where the label is NO_HAND, nothing is to be preferred.

        Raises:
            ValueError: there are no labels.
        """
        if self.labels is None:
            raise ValueError(f"{self.name} has no labels")
        classes = len(self.class_names)
        certain = np.eye(classes, dtype=np.float32)[self.labels]
        return np.where((self.labels == NO_HAND)[:, None], np.float32(1 / classes), certain)

    def _per_picture(self) -> dict:
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        aside = ("name", "class_names", "source")
        return {k: v for k, v in values.items() if k not in aside and v is not None}


def concatenate(parts: Sequence[Examples], name: str) -> Examples:
    """One set out of several of equal picture size and class names; keeps the fields that all have.

    `groups` become "<part>/<group>", so that groups of different parts never meet.

    Raises:
        ValueError: no parts, unlike class names, or unlike picture sizes.
    """
    if not parts:
        raise ValueError(f"{name}: nothing to concatenate")
    names = {part.class_names for part in parts}
    if len(names) > 1:
        raise ValueError(f"{name}: the parts have different class names: {sorted(names)}")
    shared = set.intersection(*(set(part._per_picture()) for part in parts))
    joined = {}
    for field in shared:
        values = [getattr(part, field) for part in parts]
        if field == "groups":
            joined[field] = np.concatenate([[f"{p.name}/{g}" for g in p.groups] for p in parts])
        elif all(isinstance(value, np.ndarray) for value in values):
            shapes = {value.shape[1:] for value in values}
            if len(shapes) > 1:
                raise ValueError(
                    f"{name}: {field} of unequal shapes {sorted(shapes)}; resize the parts first"
                )
            joined[field] = np.concatenate(values)
        else:
            joined[field] = [item for value in values for item in value]
    source = " + ".join(part.source or part.name for part in parts)
    return Examples(name, class_names=parts[0].class_names, source=source, **joined)


def resize(examples: Examples, height: int, width: int) -> Examples:
    """The same pictures in one size, whole and centred: padded with black, never stretched.

    Masks are interpolated linearly and cut at one half, so they stay 0 or 255. Boxes and key
    points move along.

    Raises:
        ValueError: a size below 1.
    """
    if height < 1 or width < 1:
        raise ValueError(f"{examples.name}: cannot resize to {height}x{width}; sizes start at 1")
    pictures = examples.photos if examples.photos is not None else examples.masks
    frames = [_letterbox(p.shape[0], p.shape[1], height, width) for p in pictures]
    changed = {}
    if examples.photos is not None:
        changed["photos"] = np.stack(
            [_warp(p, f, height, width) for p, f in zip(examples.photos, frames, strict=True)]
        )
    if examples.masks is not None:
        soft = [_warp(m, f, height, width) for m, f in zip(examples.masks, frames, strict=True)]
        changed["masks"] = np.where(np.stack(soft).reshape(-1, height, width, 1) > 127, 255, 0).astype(
            np.uint8
        )
    if examples.boxes is not None:
        changed["boxes"] = [
            (np.asarray(b, np.float32) * s + np.array([x, y, x, y], np.float32)).astype(np.float32)
            for b, (s, x, y) in zip(examples.boxes, frames, strict=True)
        ]
    if examples.keypoints is not None:
        scale = np.array([[[s]] for s, _, _ in frames], np.float32)
        offset = np.array([[[x, y]] for _, x, y in frames], np.float32)
        changed["keypoints"] = examples.keypoints * scale + offset
    return replace(examples, **changed)


def _letterbox(from_height: int, from_width: int, height: int, width: int) -> tuple[float, float, float]:
    """Scale and offset (x, y) that put one frame whole and centred into another."""
    scale = min(height / from_height, width / from_width)
    return scale, (width - from_width * scale) / 2, (height - from_height * scale) / 2


def _warp(picture: np.ndarray, frame: tuple[float, float, float], height: int, width: int) -> np.ndarray:
    scale = frame[0]
    if picture.shape[:2] == (height, width):
        return picture
    # Averaging over the area when shrinking keeps thin fingers; linear when growing keeps contours smooth.
    inner_height, inner_width = (max(1, round(size * scale)) for size in picture.shape[:2])
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    inner = cv2.resize(picture, (inner_width, inner_height), interpolation=interpolation)
    canvas = np.zeros((height, width) + picture.shape[2:], picture.dtype)
    top, left = (height - inner_height) // 2, (width - inner_width) // 2
    canvas[top : top + inner_height, left : left + inner_width] = inner.reshape(
        inner.shape[:2] + picture.shape[2:]
    )
    return canvas
