"""The one container in which pictures of hands travel from readers to trainings."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import Letterbox, letterbox
from handvision.core.hands import KEYPOINTS, NO_HAND, Hands

__all__ = ["NO_HAND", "UNKNOWN", "Examples", "Hands", "Pictures", "concatenate", "known_mask", "resize"]

# The value of a mask where nobody knows what is there; losses and metrics ignore such pixels.
UNKNOWN = 64

# One array where all pictures are of one size, else a list.
Pictures = NDArray[np.uint8] | list[NDArray[np.uint8]]


@dataclass(frozen=True)
class Examples:
    """`n` pictures and what is known of each. A field of which nothing is known is None.

    Code that cannot do without a field takes it by `require`, whose error names the examples and the field.

    Attributes:
        name: what these pictures are, for titles and reports ("finger_digits, last fifth").
        photos: (n, height, width, 3) uint8 RGB, or a list of n such pictures of unequal sizes.
        masks: (n, height, width, 1) uint8, 0 = background, 255 = hand, UNKNOWN in weak masks; or a list.
        labels: (n,) int64, an index into `class_names`, or NO_HAND.
        rotations: (n,) float32, degrees, counter-clockwise from image-up, in (-180, 180];
            NaN where a picture's rotation is not known.
        groups: (n,), what an honest split must not tear apart: frame number, person or session.
        hands: list of n `Hands`: boxes, key points, handedness, label and rotation of every hand in a
            picture. `labels` and `rotations` above are those of the picture, for pictures of one hand.
        ids: (n,) str, which picture of its data set each is ("12/pic_3"): its file's name, whatever copy of
            the set it was read from. By it, labels that are stored elsewhere find their picture.
        class_names: the names that `labels` point to.
        source: where the pictures came from, as a sentence for the reader.
    """

    name: str
    photos: Pictures | None = None
    masks: Pictures | None = None
    labels: NDArray[np.int64] | None = None
    rotations: NDArray[np.float32] | None = None
    groups: NDArray | None = None
    hands: list[Hands] | None = None
    ids: NDArray[np.str_] | None = None
    class_names: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        lengths = {name: len(value) for name, value in self._per_picture().items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"{self.name}: fields of unequal length: {lengths}")
        for i, hands in enumerate(self.hands or ()):
            if not isinstance(hands, Hands):
                raise ValueError(f"{self.name}: hands[{i}] is {type(hands).__name__}; give a Hands a picture")

    def __len__(self) -> int:
        return next((len(value) for value in self._per_picture().values()), 0)

    @property
    def boxes(self) -> list[NDArray[np.float32]] | None:
        """n arrays (k, 4) float32, the known boxes of each picture's hands; None if none is known."""
        if self.hands is None:
            return None
        boxes = [hands.boxes[np.isfinite(hands.boxes).all(axis=1)] for hands in self.hands]
        unknown = any(len(hands) for hands in self.hands) and not any(len(each) for each in boxes)
        return None if unknown else boxes

    @property
    def keypoints(self) -> NDArray[np.float32] | None:
        """(n, 21, 2) float32 x, y of pictures of at most one hand, NaN where not known; None if none is.

        Raises:
            ValueError: a picture has several hands; `hands` has them all.
        """
        if self.hands is None or not any(np.isfinite(hands.keypoints).any() for hands in self.hands):
            return None
        points = np.full((len(self), KEYPOINTS, 2), np.nan, np.float32)
        for i, hands in enumerate(self.hands):
            if len(hands) > 1:
                raise ValueError(
                    f"{self.name}: picture {i} has {len(hands)} hands; use `hands` for their points"
                )
            points[i : i + 1][: len(hands)] = hands.keypoints[..., :2]
        return points

    def take(self, indices: Sequence[int] | np.ndarray, name: str | None = None) -> "Examples":
        """The pictures at `indices` (integers, or a boolean mask of length n), in that order."""
        indices = np.asarray(indices)
        if indices.dtype == bool:
            if len(indices) != len(self):
                raise ValueError(f"{self.name}: a mask of {len(indices)} for {len(self)} pictures")
            indices = np.flatnonzero(indices)
        picked: dict[str, Any] = {
            field: [value[i] for i in indices] if isinstance(value, list) else value[indices.astype(int)]
            for field, value in self._per_picture().items()
        }
        return replace(self, name=name or self.name, **picked)

    @overload
    def require(self, field: Literal["photos", "masks"]) -> Pictures: ...
    @overload
    def require(self, field: Literal["labels"]) -> NDArray[np.int64]: ...
    @overload
    def require(self, field: Literal["rotations", "keypoints"]) -> NDArray[np.float32]: ...
    @overload
    def require(self, field: Literal["groups", "ids"]) -> NDArray: ...
    @overload
    def require(self, field: Literal["hands"]) -> list[Hands]: ...
    @overload
    def require(self, field: Literal["boxes"]) -> list[NDArray[np.float32]]: ...
    def require(self, field: str) -> Pictures | NDArray | list[Hands] | list[NDArray[np.float32]]:
        """The value of a field that must be there: `examples.require("labels")`.

        Raises:
            ValueError: it is None.
        """
        value = getattr(self, field)
        if value is None:
            raise ValueError(f"{self.name} has no {field}: give examples with {field}")
        return value

    def batch(self, field: Literal["photos", "masks"]) -> NDArray[np.uint8]:
        """Photos or masks as one array, (n, height, width, channels).

        Raises:
            ValueError: there are none, or they are a list.
        """
        pictures = getattr(self, field)
        if not isinstance(pictures, np.ndarray):
            what = f"no {field}" if pictures is None else f"a list of {field}, perhaps of unequal sizes"
            raise ValueError(f"{self.name} has {what}; give {field} of one size in one array (see `resize`)")
        return pictures

    def one_hot(self) -> np.ndarray:
        """(n, classes) float32: 1 at the label; where the label is NO_HAND, nothing is to be preferred.

        Raises:
            ValueError: there are no labels.
        """
        labels, classes = self.require("labels"), len(self.class_names)
        certain = np.eye(classes, dtype=np.float32)[labels]
        return np.where((labels == NO_HAND)[:, None], np.float32(1 / classes), certain)

    def _per_picture(self) -> dict[str, Any]:
        # Any: the columns are of several types.
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        aside = ("name", "class_names", "source")
        return {k: v for k, v in values.items() if k not in aside and v is not None}


def concatenate(parts: Sequence[Examples], name: str) -> Examples:
    """One set out of several, whose arrays are of equal picture size, and whose class names are equal.

    What is known of one part only is unknown in the others: NO_HAND among the labels, NaN among the
    rotations, `Hands.unknown()` among the hands. `groups` are kept where all parts have them (a split must
    know all of them), as "<part>/<group>", so that groups of different parts never meet; `ids` likewise.

    Raises:
        ValueError: no parts, unlike class names, unlike picture sizes, or photos or masks that only some
            of the parts have.
    """
    if not parts:
        raise ValueError(f"{name}: nothing to concatenate")
    names = {part.class_names for part in parts}
    if len(names) > 1:
        raise ValueError(f"{name}: the parts have different class names: {sorted(names)}")
    return Examples(
        name,
        photos=_join_pictures(name, "photos", parts),
        masks=_join_pictures(name, "masks", parts),
        labels=_join_labels(parts),
        rotations=_join_rotations(parts),
        groups=_join_names("groups", parts),
        ids=_join_names("ids", parts),
        hands=_join_hands(parts),
        class_names=parts[0].class_names,
        source=" + ".join(part.source or part.name for part in parts),
    )


def known_mask(masks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Stored masks as losses take them: 1 = hand, 0 = background, NaN where nobody knows (UNKNOWN)."""
    return np.where(masks == UNKNOWN, np.float32("nan"), (masks > 0).astype(np.float32))


def _join_pictures(
    name: str, field: Literal["photos", "masks"], parts: Sequence[Examples]
) -> Pictures | None:
    if all(getattr(part, field) is None for part in parts):
        return None
    values = []
    for part in parts:
        value = getattr(part, field)
        if value is None:
            raise ValueError(
                f"{name}: {part.name} has no {field}, others have; drop them there, or this part"
            )
        values.append(value)
    if not all(isinstance(value, np.ndarray) for value in values):
        return [picture for value in values for picture in value]
    shapes = {value.shape[1:] for value in values}
    if len(shapes) > 1:
        raise ValueError(f"{name}: {field} of unequal shapes {sorted(shapes)}; resize the parts first")
    return np.concatenate(values)


def _join_labels(parts: Sequence[Examples]) -> NDArray[np.int64] | None:
    if all(part.labels is None for part in parts):
        return None
    return np.concatenate([np.full(len(p), NO_HAND) if p.labels is None else p.labels for p in parts])


def _join_rotations(parts: Sequence[Examples]) -> NDArray[np.float32] | None:
    if all(part.rotations is None for part in parts):
        return None
    unknown = np.float32("nan")
    return np.concatenate([np.full(len(p), unknown) if p.rotations is None else p.rotations for p in parts])


def _join_names(field: Literal["groups", "ids"], parts: Sequence[Examples]) -> NDArray | None:
    if any(getattr(part, field) is None for part in parts):
        return None
    return np.concatenate([[f"{part.name}/{name}" for name in part.require(field)] for part in parts])


def _join_hands(parts: Sequence[Examples]) -> list[Hands] | None:
    if all(part.hands is None for part in parts):
        return None
    return [hands for part in parts for hands in part.hands or [Hands.unknown()] * len(part)]


def resize(examples: Examples, height: int, width: int) -> Examples:
    """The same pictures in one size, whole and centred: padded with black, never stretched.

    Masks are interpolated linearly and cut at one half, so they stay 0 or 255. A pixel of a weak mask
    stays UNKNOWN where the cut depends on what is not known: where it would be 255 if all that is UNKNOWN
    were hand, and 0 if none of it were. Hands move along.

    Raises:
        ValueError: a size below 1, or neither photos nor masks.
    """
    pictures = examples.photos if examples.photos is not None else examples.masks
    if pictures is None:
        raise ValueError(f"{examples.name} has neither photos nor masks to resize")
    if height < 1 or width < 1:
        raise ValueError(f"{examples.name}: cannot resize to {height}x{width}; sizes start at 1")
    places = [letterbox(picture.shape[:2], (height, width)) for picture in pictures]
    photos, masks, hands = examples.photos, examples.masks, examples.hands
    if photos is not None:
        photos = np.stack([place.fit(photo) for place, photo in zip(places, photos, strict=True)])
    if masks is not None:
        masks = np.stack([_fit_mask(place, mask) for place, mask in zip(places, masks, strict=True)])
    if hands is not None:
        hands = [each.moved(place.affine) for place, each in zip(places, hands, strict=True)]
    return replace(examples, photos=photos, masks=masks, hands=hands)


def _fit_mask(place: Letterbox, mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    unknown = mask == UNKNOWN
    least = place.fit(np.where(unknown, np.uint8(0), mask)) > 127
    most = place.fit(np.where(unknown, np.uint8(255), mask)) > 127 if unknown.any() else least
    fitted = np.where(least, 255, np.where(most, UNKNOWN, 0)).astype(np.uint8)
    return fitted.reshape(*place.to_size, 1)
