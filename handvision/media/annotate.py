"""Draws what was read on the photo."""

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Hand, Reading
from handvision.heads import registered
from handvision.media.arrays import as_uint8, checked_picture

TINT, INK = (0, 114, 178), (213, 94, 0)  # blue and vermilion of Okabe and Ito, RGB
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def overlay(photo: NDArray, reading: Reading) -> NDArray[np.uint8]:
    """The photo with mask, box and answers of every hand drawn on it, uint8 RGB (height, width, 3).

    Args:
        photo: (height, width, 3) RGB, or another array that `predict` takes, of the reading's size.

    Raises:
        ValueError: the photo is not of the size that the reading was made from.
    """
    picture = np.ascontiguousarray(as_uint8(checked_picture(photo, "photo"))).copy()
    if picture.shape[:2] != tuple(reading.size):
        raise ValueError(f"photo is {picture.shape[:2]}, but the reading was made from {reading.size}")
    for hand in reading.hands:
        _draw_mask_and_box(picture, hand)
        for head in registered().values():
            head.draw(picture, hand)
    # Last, so that no hand hides what is said of another.
    for hand in reading.hands:
        number = "" if hand.track is None else f"hand {hand.track}"
        words = [number, *(head.caption(hand) for head in registered().values())]
        text = "  ".join(filter(None, words))
        if len(reading.hands) == 1:
            _write(picture, text, 0, 0)
        else:
            _write(picture, text, round(hand.box[0]), round(hand.box[1]), size=0.6, over=True)
    if not reading.hands:
        _write(picture, "no hand", 0, 0)
    return picture


def _draw_mask_and_box(picture: NDArray[np.uint8], hand: Hand) -> None:
    mask = hand.mask[..., 0]
    picture[mask > 0] = (0.6 * picture[mask > 0] + 0.4 * np.array(TINT)).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    thick = max(1, round(min(picture.shape[:2]) / 160))
    cv2.drawContours(picture, outlines, -1, TINT, thick)
    x0, y0, x1, y1 = map(round, hand.box.tolist())
    cv2.rectangle(picture, (x0, y0), (x1 - 1, y1 - 1), INK, thick)


def _write(
    picture: NDArray[np.uint8], text: str, left: int, top: int, *, size: float = 1.0, over: bool = False
) -> None:
    """White on black, its corner at (left, top), or further in where it would not fit.

    Args:
        size: beside the usual one.
        over: (left, top) is the corner below it, so that what lies there is not hidden.
    """
    smaller_side = size * min(picture.shape[:2])
    scale, thick = max(0.35, smaller_side / 480), max(1, round(smaller_side / 160))
    (width, above), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, thick)
    margin = round(6 * scale)
    right, bottom = width + 2 * margin, above + below + 2 * margin
    left = max(0, min(left, picture.shape[1] - right))
    top = max(0, min(top - bottom if over else top, picture.shape[0] - bottom))
    cv2.rectangle(picture, (left, top), (left + right, top + bottom), BLACK, cv2.FILLED)
    place = (left + margin, top + above + margin)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, WHITE, thick, cv2.LINE_AA)
