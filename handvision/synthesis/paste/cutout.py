"""A hand cut out of its photo: its box, its colour, and where its arm ends."""

import cv2
import numpy as np

from handvision.core.checks import checked_photo_and_mask


class Cutout:
    """A hand cut out of its photo, and what is measured of it once.

    Attributes:
        photo, mask: (h, w, 3) and (h, w) uint8, the box of the hand.
        points: (n, 2) float64, some hundred points of the hand, x, y in the box.
        ends, outward: (2, 2) and (2,), the line where the arm is cut, and the arm's direction.
        skin: (3,) mean colour.
    """

    def __init__(self, photo: np.ndarray, mask: np.ndarray) -> None:
        photo, mask = checked_photo_and_mask(photo, mask)
        x, y, columns, rows = cv2.boundingRect(mask)
        self.photo = photo[y : y + rows, x : x + columns]
        self.mask = np.ascontiguousarray(mask[y : y + rows, x : x + columns, 0])
        step = max(1, min(rows, columns) // 20)
        ys, xs = np.nonzero(self.mask[::step, ::step])
        self.points = (np.stack([xs, ys], axis=1) + 0.5) * step
        self.ends, self.outward = _arm_end(self.mask)
        self.skin = np.array(cv2.mean(self.photo, self.mask)[:3])


def _arm_end(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the arm was cut off, and which way it went: (2, 2) and (2,), from a mask (h, w).

    No data set annotates it, so it is estimated. Seen from the palm's centre (of the widest inner circle),
    only arm and fingers reach beyond the circle, the arm is wider than fingers, and mostly it is below.
    """
    step = max(1.0, max(mask.shape[:2]) / 80)
    small = (max(1, round(mask.shape[1] / step)), max(1, round(mask.shape[0] / step)))
    inside = cv2.resize(mask, small, interpolation=cv2.INTER_NEAREST) if step > 1 else mask
    padded = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    centre, radius = np.array((column + 0.5, row + 0.5)), max(float(depth[row, column]), 1.0)
    angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    aside = np.stack([-ways[:, 1], ways[:, 0]], axis=1)
    far, wide = (n.ravel() for n in np.meshgrid((1.2, 1.5, 1.8), np.linspace(-0.6, 0.6, 7)))
    probes = centre + radius * (far[:, None, None] * ways + wide[:, None, None] * aside)
    x = np.clip(probes[..., 0].astype(int), 0, small[0] - 1)
    y = np.clip(probes[..., 1].astype(int), 0, small[1] - 1)
    filled = (inside[y, x] > 0).mean(axis=0)
    best = int(np.argmax(filled + 0.2 * ways[:, 1]))
    way, across = ways[best], aside[best]
    ys, xs = np.nonzero(inside)
    points = np.stack([xs + 0.5, ys + 0.5], axis=1) - centre
    along, off = points @ way, points @ across
    arm = (np.abs(off) < 1.1 * radius) & (along > -1)
    arm &= along > along[arm].max() - 0.7 * radius
    along, off = along[arm], off[arm]
    left, right = np.quantile(off, (0.25, 0.75))
    # The cut may be aslant, so each side of the arm has an end of its own.
    ends = [
        centre + off.min() * across + (along[off <= left].max() + 0.5) * way,
        centre + off.max() * across + (along[off >= right].max() + 0.5) * way,
    ]
    return np.array(ends) * (mask.shape[1] / small[0], mask.shape[0] / small[1]), way
