"""The hands of one picture, as columns: where each is, which it is, what it shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handvision.core.geometry import Affine, wrap_degrees

# The label of a picture that shows no hand, or of a hand that shows nothing that has a name.
NO_HAND = -1
KEYPOINTS = 21
SIDES = ("", "left", "right")


@dataclass(frozen=True, eq=False)
class Hands:
    """`k` hands of one picture and what is known of each. Fields that are not given are unknown.

    Coordinates are pixels of the picture, counted from its corner (see `core.geometry`).

    Attributes:
        boxes: (k, 4) float32, x0, y0, x1, y1; NaN where not known.
        keypoints: (k, 21, 3) float32, x, y, score in [0, 1], in MediaPipe's order; NaN where not known.
            May be given as (k, 21, 2): the score of a known point is then 1.
        handedness: (k,) str, "left" or "right" (the person's hand, the picture not mirrored), "" where not
            known.
        labels: (k,) int64, an index into the class names, or NO_HAND.
        rotations: (k,) float32, degrees in (-180, 180], counter-clockwise from image-up; NaN where not known.

    Example:
        >>> hands = Hands(boxes=[[10, 20, 50, 80]], handedness=["left"])
        >>> len(hands), hands.keypoints.shape
        (1, (1, 21, 3))

    Raises:
        ValueError: a field has the wrong shape, length or values.
    """

    # Always arrays: __post_init__ fills in what is not known.
    boxes: NDArray[np.float32] = None  # type: ignore[assignment]
    keypoints: NDArray[np.float32] = None  # type: ignore[assignment]
    handedness: NDArray[np.str_] = None  # type: ignore[assignment]
    labels: NDArray[np.int64] = None  # type: ignore[assignment]
    rotations: NDArray[np.float32] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        given = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) is not None}
        lengths = {name: len(value) for name, value in given.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"hands have fields of unequal length: {lengths}")
        count = next(iter(lengths.values()), 0)
        for name, check in _CHECKS.items():
            value = check(given[name], count) if name in given else _unknown(name, count)
            value.setflags(write=False)
            object.__setattr__(self, name, value)

    @classmethod
    def unknown(cls) -> "Hands":
        """What stands for a picture of whose hands nothing is known: one hand, every field unknown.

        `Hands()` says that there is no hand.
        """
        return cls(labels=np.array([NO_HAND]))

    @classmethod
    def of_pictures(cls, columns: Mapping[str, NDArray], counts: Iterable[int]) -> "list[Hands]":
        """The hands of several pictures, from the columns of all of them.

        Args:
            columns: name of a field -> (hands of all pictures, ...), picture by picture.
            counts: how many hands each picture has.
        """
        ends = np.cumsum(np.asarray(counts, int))
        starts = np.concatenate([[0], ends[:-1]])
        return [
            cls(**{field: values[start:end] for field, values in columns.items()})
            for start, end in zip(starts, ends, strict=True)
        ]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: ArrayLike) -> "Hands":
        """The hands of some rows (whole numbers, or a boolean a hand), in that order."""
        rows = np.asarray(rows)
        rows = rows if rows.dtype == bool else rows.astype(int)
        return Hands(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def moved(self, affine: Affine) -> "Hands":
        """The hands in the picture that `affine` makes of theirs; a mirror image swaps left and right."""
        swapped = np.array([_OTHER_SIDE[side] for side in self.handedness], dtype=self.handedness.dtype)
        return Hands(
            boxes=affine.boxes(self.boxes),
            keypoints=affine.points(self.keypoints),
            handedness=swapped if affine.mirrors else self.handedness,
            labels=self.labels,
            # As float32 before it is wrapped: rounded afterwards, -179.99999999 would become -180.
            rotations=wrap_degrees(affine.directions(self.rotations).astype(np.float32)).astype(np.float32),
        )


HAND_FIELDS = tuple(field.name for field in fields(Hands))

_OTHER_SIDE = {"": "", "left": "right", "right": "left"}
_SHAPES: dict[str, tuple[int, ...]] = {"boxes": (4,), "keypoints": (KEYPOINTS, 3), "rotations": ()}


def _unknown(name: str, count: int) -> NDArray:
    if name == "handedness":
        return np.full(count, "", "<U5")
    if name == "labels":
        return np.full(count, NO_HAND, np.int64)
    return np.full((count, *_SHAPES[name]), np.nan, np.float32)


def _check_boxes(boxes: ArrayLike, count: int) -> NDArray:
    boxes = np.array(boxes, np.float32)
    _check_shape("boxes", boxes, (count, 4), "x0, y0, x1, y1")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError(f"boxes are {boxes.tolist()}; each is x0, y0, x1, y1 with x0 <= x1 and y0 <= y1")
    return boxes


def _check_keypoints(keypoints: ArrayLike, count: int) -> NDArray:
    keypoints = np.array(keypoints, np.float32)
    if keypoints.shape == (count, KEYPOINTS, 2):
        known = np.isfinite(keypoints).all(axis=-1, keepdims=True)
        keypoints = np.concatenate([keypoints, np.where(known, np.float32(1), np.float32("nan"))], axis=-1)
    _check_shape("keypoints", keypoints, (count, KEYPOINTS, 3), "x, y, score (or two columns, x and y)")
    return keypoints


def _check_handedness(handedness: ArrayLike, count: int) -> NDArray:
    handedness = np.array(handedness, str)
    _check_shape("handedness", handedness, (count,), 'of "left", "right" or ""')
    if not np.isin(handedness, SIDES).all():
        raise ValueError(f'handedness is {handedness.tolist()}; use "left", "right" or ""')
    return handedness.astype("<U5")


def _check_labels(labels: ArrayLike, count: int) -> NDArray:
    labels = np.array(labels)
    _check_shape("labels", labels, (count,), "whole numbers")
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels are {labels.dtype}; use whole numbers, {NO_HAND} where there is none")
    return labels.astype(np.int64)


def _check_rotations(rotations: ArrayLike, count: int) -> NDArray:
    rotations = np.array(rotations, np.float32)
    _check_shape("rotations", rotations, (count,), "degrees")
    if ((rotations <= -180) | (rotations > 180)).any():
        raise ValueError(f"rotations are {rotations.tolist()}; use degrees in (-180, 180], NaN where unknown")
    return rotations


_CHECKS: dict[str, Callable[[ArrayLike, int], NDArray]] = {
    "boxes": _check_boxes,
    "keypoints": _check_keypoints,
    "handedness": _check_handedness,
    "labels": _check_labels,
    "rotations": _check_rotations,
}


def _check_shape(name: str, array: NDArray, wanted: tuple[int, ...], columns: str) -> None:
    if array.shape != wanted:
        raise ValueError(f"{name} have shape {array.shape}; give {wanted}, {columns}")
