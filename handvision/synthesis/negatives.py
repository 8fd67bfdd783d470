"""Negatives: photos without a hand, and the masks that skin colour makes of them."""

from collections.abc import Sequence

import cv2
import numpy as np

from handvision.core.examples import NO_HAND, Examples, resize
from handvision.imaging.skin_colour import skin_mask

_LEAST, _MOST = 0.01, 0.9  # share of the frame: less is a speck, more is the frame itself
_TRIES = 40  # a photo; rooms without wood and people have nothing of skin's colour


def beside_boxes(examples: Examples, least: int = 60) -> Examples:
    """Of every photo the largest rectangle beside all of its boxes; photos that have none are left out.

    Args:
        examples: with photos and boxes around all hands.
        least: pixels; rectangles with a shorter side are left out.
    """
    kept, pieces = [], []
    known = zip(examples.require("photos"), examples.require("boxes"), strict=True)
    for index, (photo, boxes) in enumerate(known):
        height, width = photo.shape[:2]
        if len(boxes):
            x0, y0 = np.floor(np.min(boxes, 0)[:2]).astype(int).clip(0)
            x1, y1 = np.ceil(np.max(boxes, 0)[2:]).astype(int)
            sides = (photo[:, :x0], photo[:, x1:], photo[:y0], photo[y1:])
            piece = max(sides, key=lambda side: side.shape[0] * side.shape[1])
            if min(piece.shape[:2]) >= min(least, height, width):
                kept.append(index)
                pieces.append(piece)
    groups = None if examples.groups is None else np.asarray(examples.groups)[kept]
    return Examples(
        f"{examples.name}, beside the hands",
        photos=pieces,
        groups=groups,
        source=f"{examples.source}; the largest part beside the boxes",
    )


def skin_masks(
    photos: np.ndarray | Sequence[np.ndarray], count: int, size: int, seed: int, jitter: float = 0.0
) -> Examples:
    """Negatives for classifiers: masks of skin's colour in pieces of photos without a hand.

    Every mask is of another piece, 40 to 100 % of a photo's sides. Every second one is smoothed and
    reduced to its largest region, as a segmenter would give it; the others keep their specks.

    Args:
        photos: (height, width, 3) uint8 RGB, nobody's hand in view.
        count: number of masks.
        size: height and width of the masks in pixels.
        seed: int >= 0.
        jitter: gray levels by which the threshold varies from mask to mask.

    Returns:
        Examples with masks (count, size, size, 1) uint8, labels -1, and rotations NaN.

    Raises:
        ValueError: hardly any photo has something of skin's colour.
    """
    rng = np.random.default_rng(seed)
    masks: list[np.ndarray] = []
    tries = 0
    while len(masks) < count:
        tries += 1
        if tries > _TRIES * (count + 10):
            raise ValueError(
                f"after {tries - 1} tries {len(masks)} of {count} masks: give photos with skin's colour"
            )
        piece = _piece(photos[int(rng.integers(len(photos)))], rng)
        mask = skin_mask(piece, rng.uniform(-jitter, jitter))
        mask = resize(Examples("piece", masks=[mask]), size, size).batch("masks")[0]
        if len(masks) % 2:
            mask = _largest_region(mask, rng.uniform(0.01, 0.03) * size)
        if _LEAST < (mask > 0).mean() < _MOST:
            masks.append(mask)
    return Examples(
        "masks of no hand",
        masks=np.stack(masks),
        labels=np.full(count, NO_HAND),
        rotations=np.full(count, np.nan, np.float32),
        source="skin's colour in photos without a hand",
    )


def _piece(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = (max(8, round(side * rng.uniform(0.4, 1))) for side in photo.shape[:2])
    top, left = (
        rng.integers(whole - part + 1) for whole, part in zip(photo.shape[:2], (height, width), strict=True)
    )
    return photo[top : top + height, left : left + width]


def _largest_region(mask: np.ndarray, blur: float) -> np.ndarray:
    smooth = (cv2.GaussianBlur(mask, (0, 0), blur) > 127).astype(np.uint8)
    _, regions, stats, _ = cv2.connectedComponentsWithStats(smooth)
    if len(stats) < 2:
        return np.zeros_like(mask)
    largest = 1 + stats[1:, cv2.CC_STAT_AREA].argmax()
    return np.where(regions == largest, 255, 0).astype(np.uint8)[..., None]
