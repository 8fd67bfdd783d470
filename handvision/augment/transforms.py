"""Random transforms of pictures and of everything that belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import UNKNOWN
from handvision.core.geometry import Affine, Border


@dataclass(frozen=True)
class Augmentation:
    """What a random transform of a picture is drawn from: rotated, shifted, sheared, resized, flipped.

    Every transform is one `Affine` about the picture's middle. Give it what belongs to the picture:
    `pictures` and `masks` here, `Hands.moved` for boxes, key points and directions. `dataclasses.asdict`
    makes JSON of it.

    Attributes:
        rotation_degrees: 0 to 180; drawn from (-rotation_degrees, rotation_degrees).
        shift: 0 to 1; drawn from (-shift, shift) times the width, and again times the height.
        shear_degrees: 0 to below 90; drawn from (-shear_degrees, shear_degrees).
        shrink: (low, high), how many times smaller the picture gets, drawn for its width and again for its
            height; below 1 it gets larger.
        flip_horizontal, flip_vertical: whether half of the pictures are flipped left to right, top to bottom.
        fill: what comes in from outside: "constant" (`fill_value`), "nearest" (the border's pixels go on) or
            "reflect" (the picture is mirrored at its border).
        fill_value: of the pictures' own values (0 to 255 in uint8). Masks are filled with 0.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> augmentation = Augmentation(rotation_degrees=80, shift=0.2, flip_horizontal=True)
        >>> affines = augmentation.draw(len(photos), *photos.shape[1:3], rng)
        >>> moved, moved_masks = augmentation.pictures(photos, affines), augmentation.masks(masks, affines)
        >>> moved_hands = [each.moved(affine) for each, affine in zip(hands, affines)]

    Raises:
        ValueError: a value is out of its range.
    """

    rotation_degrees: float = 0.0
    shift: float = 0.0
    shear_degrees: float = 0.0
    shrink: tuple[float, float] = (1.0, 1.0)
    flip_horizontal: bool = False
    flip_vertical: bool = False
    fill: Border = "constant"
    fill_value: float = 0.0

    def __post_init__(self) -> None:
        for name, top in (("rotation_degrees", 180), ("shift", 1), ("shear_degrees", 89)):
            value = getattr(self, name)
            if not 0 <= value <= top:
                raise ValueError(f"{name} is {value!r}; use a number from 0 to {top}")
        object.__setattr__(self, "shrink", tuple(self.shrink))
        if len(self.shrink) != 2 or not 0 < self.shrink[0] <= self.shrink[1] < np.inf:
            raise ValueError(f"shrink is {self.shrink!r}; use (low, high) with 0 < low <= high")
        if self.fill not in get_args(Border):
            raise ValueError(f"fill is {self.fill!r}; use one of {', '.join(get_args(Border))}")
        if not np.isfinite(self.fill_value):
            raise ValueError(f"fill_value is {self.fill_value!r}; use a finite number")

    def draw(self, count: int, height: int, width: int, rng: np.random.Generator) -> list[Affine]:
        """`count` random transforms, each of a picture of (height, width) to one of the same size."""
        # All numbers are drawn whatever the ranges, so that changing one range leaves the others' draws.
        # The third and the fifth row go unused: rows keep their places, and old seeds their transforms.
        turn, right, _, down, _, shear, across, along, flip, turn_over = rng.random((10, count))
        low, high = self.shrink
        return [
            transform(
                (height, width),
                rotation_degrees=self.rotation_degrees * (2 * turn[i] - 1),
                shift=(self.shift * width * (1 - 2 * right[i]), self.shift * height * (1 - 2 * down[i])),
                shear_degrees=self.shear_degrees * (1 - 2 * shear[i]),
                shrink=(low + (high - low) * across[i], low + (high - low) * along[i]),
                flip_horizontal=self.flip_horizontal and flip[i] < 0.5,
                flip_vertical=self.flip_vertical and turn_over[i] < 0.5,
            )
            for i in range(count)
        ]

    def pictures(
        self, pictures: NDArray | Sequence[NDArray], affines: Sequence[Affine]
    ) -> NDArray[np.float32]:
        """The pictures after their transforms, values as they were.

        Args:
            pictures: (b, height, width, channels) uint8 or float, or a sequence of such pictures of one
                shape, at most 4 channels.
            affines: b of them.

        Returns:
            (b, height, width, channels) float32.
        """
        return _warped(pictures, affines, self.fill, self.fill_value)

    def masks(
        self, masks: NDArray[np.uint8] | Sequence[NDArray[np.uint8]], affines: Sequence[Affine]
    ) -> NDArray[np.float32]:
        """The masks after their pictures' transforms: interpolated, then cut at one half.

        Args:
            masks: (b, height, width, 1) uint8, 0, 255 or UNKNOWN.
            affines: b of them.

        Returns:
            (b, height, width, 1) float32, 0 or 1; NaN where the cut depends on what is UNKNOWN.
        """
        masks = np.asarray(masks)
        hand, unknown = masks == 255, masks == UNKNOWN
        if not (hand | unknown | (masks == 0)).all():
            others = np.unique(masks[~hand & ~unknown & (masks != 0)])[:5]
            raise ValueError(f"masks hold {others.tolist()}; use 0, 255, and {UNKNOWN} where nobody knows")
        moved = (_warped(hand, affines, self.fill, 0.0) > 0.5).astype(np.float32)
        if unknown.any():
            possible = _warped(hand | unknown, affines, self.fill, 0.0) > 0.5
            moved[possible & (moved == 0)] = np.nan
        return moved


def transform(
    size: tuple[int, int],
    *,
    centre: tuple[float, float] | None = None,
    rotation_degrees: float = 0.0,
    shift: tuple[float, float] = (0.0, 0.0),
    shear_degrees: float = 0.0,
    shrink: tuple[float, float] = (1.0, 1.0),
    flip_horizontal: bool = False,
    flip_vertical: bool = False,
) -> Affine:
    """One transform of a picture of `size` (height, width): rotated, shifted, sheared, shrunk, then flipped.

    Args:
        centre: (x, y), what is rotated, sheared and shrunk about; default the picture's middle.
        rotation_degrees: counter-clockwise.
        shift: pixels to the right and down.
        shear_degrees: see `Affine.shear`; applied backwards, as Keras does.
        shrink: how many times smaller, across and along.
    """
    height, width = size
    centre = (width / 2, height / 2) if centre is None else centre
    affine = Affine.rotation(rotation_degrees, centre)
    if any(shift):
        affine = affine.then(Affine.shift(*shift))
    if shear_degrees:
        affine = affine.then(Affine.shear(shear_degrees, centre).inverse())
    if shrink != (1, 1):
        affine = affine.then(Affine.scale(1 / shrink[0], 1 / shrink[1], centre))
    if flip_horizontal or flip_vertical:
        flip = Affine.mirror(
            width=width if flip_horizontal else None, height=height if flip_vertical else None
        )
        affine = affine.then(flip)
    return affine


def _warped(
    pictures: NDArray | Sequence[NDArray], affines: Sequence[Affine], fill: Border, value: float
) -> NDArray[np.float32]:
    height, width, channels = pictures[0].shape
    if channels > 4:
        raise ValueError(f"pictures have {channels} channels; OpenCV moves at most 4")
    out = np.empty((len(pictures), height, width, channels), np.float32)
    for i, (picture, affine) in enumerate(zip(pictures, affines, strict=True)):
        moving = np.asarray(picture, np.float32)
        still = np.array_equal(affine.matrix, _STILL)
        out[i] = (
            moving
            if still
            else affine.warp(moving, height, width, border=fill, fill=value, sharp_border=True)
        )
    return out


_STILL = np.eye(2, 3)
