"""What is read from a picture: the hands that were found in it, surest first."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import Affine

KEYPOINTS = 21  # in MediaPipe's order
HANDEDNESS = ("", "left", "right")


def _no_box() -> NDArray[np.float32]:
    return np.zeros(4, np.float32)


def _no_keypoints() -> NDArray[np.float32]:
    return np.full((KEYPOINTS, 3), np.nan, np.float32)


def _no_mask() -> NDArray[np.float32]:
    return np.zeros((0, 0), np.float32)


def _no_embedding() -> NDArray[np.float32]:
    return np.zeros(0, np.float32)


@dataclass(frozen=True, eq=False)
class Hand:
    """One hand, in the pixels of the photo: (0, 0) is the photo's corner, x to the right, y down.

    Attributes:
        label: the number of raised fingers ("0" to "5") or the gesture's name; "" where the model names none.
        probability: of the label, in [0, 1].
        presence: how sure the model is that this is a hand at all, in [0, 1].
        rotation_degrees: direction from wrist to middle knuckle, counter-clockwise from image-up, in
            (-180, 180]: a hand that points to image-right has -90. NaN where the model has none.
        box: (4,) float32, x0, y0, x1, y1, edges, around the hand.
        keypoints: (21, 3) float32, x, y and score in [0, 1], in MediaPipe's order; NaN where the model has
            none.
        handedness: "left" or "right", which hand of the person it is where the photo is not mirrored; ""
            where the model cannot say.
        handedness_probability: of the handedness, in [0, 1].
        embedding: (n,) float32, what gestures are compared by; empty where the model has none.
        track: the hand's number through a video; None outside videos.
        model: fingerprint of the model that read it.
        extra: what heads of one's own decode, by name.
        size: (height, width) of the photo.
        soft_mask: (h, w) float32 in [0, 1], the network's own mask over all of the photo, small.
        close_mask: (m, n) float32 in [0, 1], a finer mask of the part of the photo that `close_up` places;
            empty where the model has none.
        close_up: from the pixels of `close_mask` to those of the photo.

    Raises:
        ValueError: a field has another shape, dtype or range; the message names it.
    """

    label: str = ""
    probability: float = 0.0
    presence: float = 1.0
    rotation_degrees: float = math.nan
    box: NDArray[np.float32] = field(default_factory=_no_box)
    keypoints: NDArray[np.float32] = field(default_factory=_no_keypoints, repr=False)
    handedness: str = ""
    handedness_probability: float = 0.0
    embedding: NDArray[np.float32] = field(default_factory=_no_embedding, repr=False)
    track: int | None = None
    model: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    size: tuple[int, int] = (0, 0)
    soft_mask: NDArray[np.float32] = field(default_factory=_no_mask, repr=False)
    close_mask: NDArray[np.float32] = field(default_factory=_no_mask, repr=False)
    close_up: Affine = field(default_factory=Affine.identity, repr=False)

    def __post_init__(self) -> None:
        _validate(self, _HAND_VALIDATORS)

    @property
    def mask(self) -> NDArray[np.uint8]:
        """(height, width, 1) uint8, 0 = background, 255 = this hand.

        Drawn at each access, from `soft_mask` and `close_mask`: readings of large photos stay small.
        """
        height, width = self.size
        mask = np.zeros((height, width), np.uint8)
        if self.soft_mask.size:
            import cv2

            large = cv2.resize(self.soft_mask, (width, height), interpolation=cv2.INTER_LINEAR)
            mask[large > 0.5] = 255
        if self.close_mask.size:
            self._draw_close_up(mask)
        return mask[..., None]

    def _draw_close_up(self, mask: NDArray[np.uint8]) -> None:
        """Within its close-up, the finer mask alone counts."""
        rows, columns = self.close_mask.shape
        edges = self.close_up.boxes([0, 0, columns, rows])
        x0, y0 = np.floor(edges[:2]).astype(int).clip(0)
        x1, y1 = np.ceil(edges[2:]).astype(int).clip(0, self.size[::-1])
        part = mask[y0:y1, x0:x1]
        if part.size:
            here = self.close_up.then(Affine.shift(-x0, -y0))
            inside = here.warp(np.ones_like(self.close_mask), *part.shape) >= 0.5
            found = here.warp(self.close_mask, *part.shape, border="nearest") > 0.5
            part[inside] = np.where(found[inside], np.uint8(255), np.uint8(0))


@dataclass(frozen=True, eq=False)
class Reading:
    """What the model reads from one picture.

    `label`, `probability`, `rotation_degrees` and `box` are those of the surest hand.

    Attributes:
        source: the file's path as it was given; "" for arrays.
        frame: the frame's number in a video, from 0; None for pictures.
        time_seconds: of the frame, from the video's beginning; None for pictures.
        size: (height, width) of the picture, upright; (0, 0) if it could not be read.
        error: why the file could not be read; "" if it could. Such a reading has no hands.
        hands: surest first, by presence times probability.

    Raises:
        ValueError: a field has another type or range; the message names it.
    """

    source: str = ""
    frame: int | None = None
    time_seconds: float | None = None
    size: tuple[int, int] = (0, 0)
    error: str = ""
    hands: tuple[Hand, ...] = ()

    def __post_init__(self) -> None:
        _validate(self, _READING_VALIDATORS)
        surest_first = sorted(self.hands, key=lambda hand: -hand.presence * hand.probability)
        object.__setattr__(self, "hands", tuple(surest_first))

    @property
    def has_hand(self) -> bool:
        """Whether a hand was found."""
        return bool(self.hands)

    @property
    def label(self) -> str:
        """ "" where there is no hand."""
        return self.hands[0].label if self.hands else ""

    @property
    def probability(self) -> float:
        """0 where there is no hand."""
        return self.hands[0].probability if self.hands else 0.0

    @property
    def rotation_degrees(self) -> float:
        """NaN where there is no hand."""
        return self.hands[0].rotation_degrees if self.hands else math.nan

    @property
    def box(self) -> NDArray[np.float32]:
        """Zeros where there is no hand."""
        return self.hands[0].box if self.hands else _no_box()

    @property
    def mask(self) -> NDArray[np.uint8]:
        """(height, width, 1) uint8, 0 = background, 255 = any of the hands."""
        together = np.zeros((*self.size, 1), np.uint8)
        for hand in self.hands:
            np.maximum(together, hand.mask, out=together)
        return together


# --- one validator a field ----------------------------------------------------------------------------

_Validator = Callable[[str, Any], None]


def _validate(value: Hand | Reading, validators: Mapping[str, _Validator]) -> None:
    for each in fields(value):
        validators[each.name](f"{type(value).__name__}.{each.name}", getattr(value, each.name))


def _array(*shape: int | str) -> _Validator:
    """Of float32 arrays; a letter stands for any size."""
    wanted = f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''}) float32"

    def check(name: str, value: Any) -> None:
        if not isinstance(value, np.ndarray):
            raise ValueError(f"{name} is a {type(value).__name__}; it is to be {wanted}")
        fits = len(value.shape) == len(shape) and all(
            isinstance(size, str) or size == got for size, got in zip(shape, value.shape, strict=True)
        )
        if not fits or value.dtype != np.float32:
            raise ValueError(f"{name} is {value.shape} {value.dtype}; it is to be {wanted}")

    return check


def _affine(name: str, value: Any) -> None:
    if not isinstance(value, Affine):
        raise ValueError(f"{name} is a {type(value).__name__}; it is to be an Affine")


def _box(name: str, value: Any) -> None:
    _array(4)(name, value)
    x0, y0, x1, y1 = value.tolist()
    if not (x0 <= x1 and y0 <= y1):
        raise ValueError(f"{name} is {value.tolist()}; it is to be x0, y0, x1, y1 with x0 <= x1 and y0 <= y1")


def _text(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{name} is {value!r}; it is to be a str")


def _share(name: str, value: Any) -> None:
    if not (_is_number(value) and 0 <= value <= 1):
        raise ValueError(f"{name} is {value!r}; it is to be a number in [0, 1]")


def _direction(name: str, value: Any) -> None:
    if not (_is_number(value) and (math.isnan(value) or -180 < value <= 180)):
        raise ValueError(f"{name} is {value!r}; it is to be degrees in (-180, 180], or NaN")


def _handedness(name: str, value: Any) -> None:
    if value not in HANDEDNESS:
        raise ValueError(f"{name} is {value!r}; it is to be 'left', 'right' or ''")


def _count_or_none(name: str, value: Any) -> None:
    if value is not None and not _is_count(value):
        raise ValueError(f"{name} is {value!r}; it is to be a whole number from 0 up, or None")


def _seconds_or_none(name: str, value: Any) -> None:
    if value is not None and not (_is_number(value) and 0 <= value < math.inf):
        raise ValueError(f"{name} is {value!r}; it is to be seconds from 0 up, or None")


def _size(name: str, value: Any) -> None:
    if not (isinstance(value, tuple) and len(value) == 2 and all(map(_is_count, value))):
        raise ValueError(f"{name} is {value!r}; it is to be a tuple (height, width) of whole numbers")


def _mapping(name: str, value: Any) -> None:
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} is a {type(value).__name__}; it is to be a dict")


def _hands(name: str, value: Any) -> None:
    if not (isinstance(value, tuple) and all(isinstance(hand, Hand) for hand in value)):
        raise ValueError(f"{name} is {value!r}; it is to be a tuple of Hand")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= 0)


_HAND_VALIDATORS: dict[str, _Validator] = {
    "label": _text,
    "probability": _share,
    "presence": _share,
    "rotation_degrees": _direction,
    "box": _box,
    "keypoints": _array(KEYPOINTS, 3),
    "handedness": _handedness,
    "handedness_probability": _share,
    "embedding": _array("n"),
    "track": _count_or_none,
    "model": _text,
    "extra": _mapping,
    "size": _size,
    "soft_mask": _array("h", "w"),
    "close_mask": _array("m", "n"),
    "close_up": _affine,
}
_READING_VALIDATORS: dict[str, _Validator] = {
    "source": _text,
    "frame": _count_or_none,
    "time_seconds": _seconds_or_none,
    "size": _size,
    "error": _text,
    "hands": _hands,
}
