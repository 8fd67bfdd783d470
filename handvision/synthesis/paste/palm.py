"""Where a hand's arm leaves it, measured in its mask."""

from dataclasses import dataclass, replace

import cv2
import numpy as np


@dataclass(frozen=True)
class Palm:
    """The widest circle inside a hand's mask, and the direction in which the arm leaves it.

    Attributes:
        centre, radius: (2,) x, y in pixels, and in pixels.
        outward: (2,) unit vector along the arm, away from the hand.
    """

    centre: np.ndarray
    radius: float
    outward: np.ndarray


def find_palm(mask: np.ndarray) -> Palm:
    """The palm in the mask of a whole photo, (height, width): where the hand leaves the photo is its arm."""
    palm = measure_arm(mask)[1]
    rim = np.zeros_like(mask)
    for side in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        rim[side] = mask[side]
    ys, xs = np.nonzero(rim > 127)
    # Fingers are cut off by a photo's border too, but they are thinner.
    if len(xs) < 0.8 * palm.radius:
        return palm
    outward = np.array((xs.mean(), ys.mean())) + 0.5 - palm.centre
    return replace(palm, outward=outward / max(float(np.hypot(*outward)), 1e-6))


def measure_arm(mask: np.ndarray) -> tuple[np.ndarray, Palm]:
    """Where the arm was cut off, (2, 2), and the palm that it comes from, in a mask (h, w).

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
    unit = np.array((mask.shape[1] / small[0], mask.shape[0] / small[1]))
    return np.array(ends) * unit, Palm(centre * unit, radius * float(unit.mean()), way)
