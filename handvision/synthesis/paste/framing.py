"""Pictures that are not pasted: whole photos laid into the frame, and black bars at its sides."""

from itertools import product

import cv2
import numpy as np

from handvision.core.checks import MIN_SIZE, checked_photo_and_mask
from handvision.core.examples import UNKNOWN
from handvision.core.geometry import Affine, Border
from handvision.synthesis.paste.placement import random_turn


def whole_photo(
    photo: np.ndarray, mask: np.ndarray, rng: np.random.Generator, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, list[Affine]]:
    """A photo with its own background, rotated and scaled with its mask; beyond its border it is mirrored.

    What is UNKNOWN in the mask stays so.

    Returns:
        Photo, mask, and affines from the photo to the frame: the first to the photo itself, the others to
        its mirror images beside it, if there are any.
    """
    rows, columns = photo.shape[:2]
    photo, mask = checked_photo_and_mask(photo, mask, with_hand=False)
    height, width = size
    unknown = (mask == UNKNOWN).astype(np.uint8) * 255
    mask = np.where(mask == UNKNOWN, 0, mask).astype(np.uint8)
    turn, shrunk = random_turn(rng), Affine.identity()
    scale = np.exp(rng.uniform(np.log(0.75), np.log(1.7))) * min(size) / min(photo.shape[:2])
    if scale < 0.7:
        small = (max(2, round(photo.shape[1] * scale)), max(2, round(photo.shape[0] * scale)))
        shrunk = Affine.scale(small[0] / photo.shape[1], small[1] / photo.shape[0])
        photo = cv2.resize(photo, small, interpolation=cv2.INTER_AREA)
        mask, unknown = (
            cv2.resize(plane, small, interpolation=cv2.INTER_AREA)[..., None] for plane in (mask, unknown)
        )
    else:
        turn = turn.then(Affine.scale(scale))
    ys, xs = np.nonzero(mask[::4, ::4, 0])
    middle = np.array((photo.shape[1], photo.shape[0])) / 2
    if len(xs):
        # The closer the look, the more it is the hand that is looked at.
        middle = middle + rng.uniform(0.3, 1) * (np.array((xs.mean(), ys.mean())) * 4 - middle)
    place = np.array((width, height)) * rng.uniform(0.35, 0.65, size=2)
    affine = turn.then(Affine.shift(*(place - turn.points(middle))))
    border: Border = "constant" if rng.random() < 0.15 else "reflect"
    photo, unknown, mask = (
        affine.warp(plane, height, width, border=border) for plane in (photo, unknown, mask)
    )
    mask = np.where(unknown > 0, UNKNOWN, np.where(mask > 127, 255, 0)).astype(np.uint8)
    sides = product((None, 0, 2 * columns), (None, 0, 2 * rows)) if border == "reflect" else [(None, None)]
    to_frame = shrunk.then(affine)
    return photo, mask, [Affine.mirror(width=x, height=y).then(to_frame) for x, y in sides]


def black_bars(size: tuple[int, int], rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Black bars (top, bottom, left, right) as padding to a square makes them: 4:3, 3:2 or 16:9."""
    share = float(rng.choice((0.125, 1 / 6, 0.21875)))
    across = bool(rng.random() < 0.7)
    bar = round(size[0 if across else 1] * share)
    if size[0 if across else 1] - 2 * bar < MIN_SIZE:
        return 0, 0, 0, 0
    return (bar, bar, 0, 0) if across else (0, 0, bar, bar)
