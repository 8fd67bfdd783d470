"""Where a close-up is cut from a kept picture, and how coarse it is: by chance, without touching a pixel."""

import math
from dataclasses import dataclass

import numpy as np

from handvision.core.close_ups import CloseUps
from handvision.core.geometry import Affine, degrees_from_sin_cos
from handvision.core.hands import Hands
from handvision.protocol.hand_truth import direction_of


@dataclass(frozen=True)
class CloseUpAugmentation:
    """How far a close-up may be from the one that truth would give.

    Attributes:
        turn: standard deviation of the direction's error in degrees.
        any_turn: share of close-ups that may point anywhere.
        scale, shift: standard deviations of the box's size (as a logarithm) and middle (in sides).
        mirror: share of mirror images.
        coarse: share that is shown at a lower resolution, down to hands of `least_pixels`.
        light: strength of `imaging.camera.photometric_jitter`.
        covered: share of which a part lies behind a flat thing or beyond the frame.
        veiled: share that is pale from light that shines into the lens.
        unusual: share that goes through `imaging.appearance.unusual`.
    """

    turn: float = 22.0
    any_turn: float = 0.15
    scale: float = 0.12
    shift: float = 0.06
    mirror: float = 0.5
    coarse: float = 0.45
    least_pixels: float = 22.0
    light: float = 1.0
    covered: float = 0.08
    veiled: float = 0.12
    unusual: float = 0.2


UNCHANGED = CloseUpAugmentation(0, 0, 0, 0, 0, 0, 22.0, 0, 0, 0, 0)


def place(
    close_ups: CloseUps,
    row: int,
    size: int,
    margin: float,
    how: CloseUpAugmentation,
    rng: np.random.Generator,
) -> tuple[Affine, float]:
    """Where the crop of a close-up lies: nearly upright, its hand nearly in the middle.

    Args:
        row: of the close-up.
        size: of the crop in pixels.
        margin: free space at each edge, as a share of the box's larger side.

    Returns:
        The affine from the kept picture to the crop, and the crop's side in pixels of the kept picture.
    """
    box = close_ups.hands.boxes[row].astype(float)
    side = (1 + 2 * margin) * max(box[2] - box[0], box[3] - box[1])
    heading = heading_of(close_ups.hands, row)
    unknown = math.isnan(heading)
    lost = unknown or rng.random() < how.any_turn
    error = rng.uniform(-180, 180) if lost and how.turn else how.turn * float(rng.normal())
    side *= float(np.exp(how.scale * rng.normal()))
    middle = (box[:2] + box[2:]) / 2 + how.shift * side * rng.normal(size=2)
    to_crop = Affine.shift(*-middle).then(Affine.rotation(error - (0.0 if unknown else heading)))
    to_crop = to_crop.then(Affine.scale(size / side))
    if rng.random() < how.mirror:
        to_crop = to_crop.then(Affine.scale(-1, 1))
    return to_crop.then(Affine.shift(size / 2, size / 2)), side


def coarse_size(
    pixels: float, size: int, margin: float, how: CloseUpAugmentation, rng: np.random.Generator
) -> int:
    """Side in pixels of the smaller crop that a crop of `size` is made of: in the photo the hand is small.

    Args:
        pixels: the hand's longer side in its photo: finer than that it is never shown.
        size, margin: as in `place`.
    """
    hand = size / (1 + 2 * margin)  # pixels of the hand in the crop
    seen = min(float(pixels), hand)
    if how.coarse and rng.random() < how.coarse and seen > how.least_pixels:
        seen = float(np.exp(rng.uniform(np.log(how.least_pixels), np.log(seen))))
    return max(8, round(size * min(1.0, seen / hand)))


def blur_before(small: int, side: float) -> float:
    """Standard deviation, in pixels of the kept picture, of the blur before `side` of them become `small`.

    0 where they hardly get fewer: interpolation skips none then.
    """
    shrink = small / side
    return 0.4 / shrink if shrink < 0.7 else 0.0


def heading_of(hands: Hands, row: int) -> float:
    """Degrees from wrist to middle knuckle, counter-clockwise from image-up; NaN where not known."""
    return float(degrees_from_sin_cos(direction_of(hands, row)))
