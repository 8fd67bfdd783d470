"""From a posed skeleton to its outline in the picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike

from handvision.synthesis.hand import skeleton as sk
from handvision.synthesis.hand.poses import View

BONES = np.array([(a, a + 1) for base in (1, 5, 9, 13, 17) for a in range(base, base + 3)])
PALM = np.array([sk.INDEX, sk.MIDDLE, sk.RING, sk.LITTLE, sk.HEEL, sk.WRIST_RADIAL, sk.WRIST_ULNAR, sk.THUMB])
_FRACTION_BITS = 4  # OpenCV draws at 1/16 pixel
_TURNS = np.linspace(0, 2 * np.pi, 14, endpoint=False)
_CIRCLE = np.stack([np.cos(_TURNS), np.sin(_TURNS)], axis=1)


@dataclass
class Projected:
    """A skeleton's spheres in the picture: x to the right, y down, depth to the viewer, in one unit."""

    points: np.ndarray  # (n, 2)
    radii: np.ndarray  # (n,)
    depth: np.ndarray  # (n,)

    def moved(
        self, turn_degrees: float = 0.0, scale: float = 1.0, shift: ArrayLike = (0.0, 0.0)
    ) -> "Projected":
        """Turned counter-clockwise about the origin, scaled, then shifted."""
        angle = np.radians(turn_degrees)
        c, s = np.cos(angle), np.sin(angle)
        points = self.points @ np.array([[c, -s], [s, c]]) * scale + np.asarray(shift)
        return Projected(points, self.radii * scale, self.depth * scale)

    def direction_degrees(self) -> float:
        """Wrist to middle knuckle, counter-clockwise from image-up."""
        dx, dy = self.points[sk.MIDDLE] - self.points[sk.WRIST]
        return float(np.degrees(np.arctan2(-dx, -dy)))


def project(centres: np.ndarray, radii: np.ndarray, view: View, distance: float, mirror: bool) -> Projected:
    """Seen from `distance` hand lengths under `view`; `mirror` flips the picture, which makes a left hand."""
    yaw, pitch = np.radians(view.yaw), np.radians(view.pitch)
    x, y, z = (centres - (0.0, 0.45, 0.0)).T
    x, z = x * np.cos(yaw) + z * np.sin(yaw), z * np.cos(yaw) - x * np.sin(yaw)
    y, z = y * np.cos(pitch) - z * np.sin(pitch), z * np.cos(pitch) + y * np.sin(pitch)
    near = distance / np.maximum(distance - z, 0.4 * distance)
    return Projected(np.stack([x * near * (-1 if mirror else 1), -y * near], axis=1), radii * near, z)


def hand_parts(hand: Projected, web: float) -> list[np.ndarray]:
    """Polygons (k, 2) whose union is the hand without forearm."""
    points, radii = hand.points, hand.radii
    parts = list(_tapered(points, radii, BONES))
    # OpenCV's own small circles are four-cornered when drawn at fractions of a pixel.
    parts += list(points[1:21, None] + radii[1:21, None, None] * _CIRCLE)
    parts.append(_hull(points[PALM], radii[PALM]))
    knuckles = np.arange(sk.INDEX, 21, 4)
    creases = points[knuckles] + web * (points[knuckles + 1] - points[knuckles])
    for i in range(3):
        a, b = knuckles[i], knuckles[i + 1]
        # The fold between two fingers sags below the straight line between their creases.
        middle = 0.35 * (creases[i] + creases[i + 1]) + 0.15 * (points[a] + points[b])
        parts.append(np.array([points[a], creases[i], middle, creases[i + 1], points[b]]))
    start = points[sk.THUMB + 1] + 0.35 * (points[sk.THUMB + 2] - points[sk.THUMB + 1])
    end = points[sk.INDEX] + 0.12 * (points[sk.INDEX + 1] - points[sk.INDEX])
    pull = 0.45 * points[sk.THUMB + 1] + 0.55 * (0.55 * points[sk.INDEX] + 0.45 * points[sk.THUMB])
    t = np.linspace(0, 1, 6)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * pull + t**2 * end
    parts.append(np.concatenate([points[[sk.THUMB]], points[[sk.THUMB + 1]], curve, points[[sk.INDEX]]]))
    return parts


def forearm_parts(hand: Projected, reach: float = 6.0) -> list[np.ndarray]:
    """Polygons of the forearm from the wrist to past the picture's edge."""
    points, radii = hand.points, hand.radii
    near = np.array([sk.WRIST_RADIAL, sk.WRIST_ULNAR, sk.FOREARM_RADIAL, sk.FOREARM_ULNAR])
    far = np.array([sk.FOREARM_RADIAL, sk.FOREARM_ULNAR, sk.ELBOW_RADIAL, sk.ELBOW_ULNAR])
    elbow = far[2:]
    beyond = points[elbow] + (reach * (points[elbow] - points[far[:2]])).mean(axis=0)
    return [
        _hull(points[near], radii[near]),
        _hull(points[far], radii[far]),
        _hull(np.concatenate([points[elbow], beyond]), np.tile(radii[elbow], 2)),
    ]


def sleeve_part(
    hand: Projected, start: float, width: float, reach: float = 6.0, spread: float = 0.0
) -> np.ndarray:
    """Polygon of a sleeve: `start` 0 to 1 from wrist to elbow, `width` in forearm widths.

    `spread` widens all but the cuff's edge, so that nothing of an arm shows beside it.
    """
    points, radii = hand.points, hand.radii
    wrist = points[[sk.WRIST_RADIAL, sk.WRIST_ULNAR]].mean(axis=0)
    elbow = points[[sk.ELBOW_RADIAL, sk.ELBOW_ULNAR]].mean(axis=0)
    along = elbow - wrist
    side = np.array([-along[1], along[0]]) / max(np.hypot(*along), 1e-6)
    half_wrist = _half_width(points, radii, sk.FOREARM_RADIAL, side)
    half_elbow = _half_width(points, radii, sk.ELBOW_RADIAL, side)
    half = width * (half_wrist + start * (half_elbow - half_wrist))
    cuff, end = wrist + start * along, wrist + reach * along
    bow = np.linspace(-1, 1, 7)[:, None]
    front = cuff + side * half * bow - along / max(np.hypot(*along), 1e-6) * half * 0.18 * (1 - bow**2)
    wide = half * (1.35 + spread)
    corners = [cuff + side * wide, end + side * wide, end - side * wide, cuff - side * wide]
    return np.concatenate([front, corners if spread else [end + side * wide, end - side * wide]])


def band_part(hand: Projected, start: float, end: float) -> np.ndarray:
    """Polygon of a watch or bracelet around the forearm between two shares of wrist to elbow."""
    points, radii = hand.points, hand.radii
    wrist = points[[sk.WRIST_RADIAL, sk.WRIST_ULNAR]].mean(axis=0)
    along = points[[sk.ELBOW_RADIAL, sk.ELBOW_ULNAR]].mean(axis=0) - wrist
    side = np.array([-along[1], along[0]]) / max(np.hypot(*along), 1e-6)
    half = 1.06 * _half_width(points, radii, sk.FOREARM_RADIAL, side) * side
    near, far = wrist + start * along, wrist + end * along
    return np.array([near - half, near + half, far + half, far - half])


def fill(canvas: np.ndarray, parts: Sequence[np.ndarray], value: int, scale: float = 1.0) -> None:
    """Draws polygons, given in pixels of a picture that is `scale` times smaller than the canvas."""
    fixed, start = _fixed(np.concatenate(parts), scale), 0
    for part in parts:
        polygon = fixed[start : start + len(part)]
        cv2.fillPoly(canvas, [polygon], value, cv2.LINE_8, _FRACTION_BITS)
        start += len(part)


def _half_width(points: np.ndarray, radii: np.ndarray, row: int, side: np.ndarray) -> float:
    return abs((points[row] - points[row + 1]) @ side) / 2 + radii[row]


def _tapered(points: np.ndarray, radii: np.ndarray, bones: np.ndarray) -> np.ndarray:
    """Quadrilaterals (n, 4, 2) between two circles each, along their common tangents."""
    a, b = points[bones[:, 0]], points[bones[:, 1]]
    ra, rb = radii[bones[:, 0]], radii[bones[:, 1]]
    along = b - a
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)
    along = along / length[:, None]
    side = np.stack([-along[:, 1], along[:, 0]], axis=1)
    lean = np.clip((ra - rb) / length, -0.95, 0.95)[:, None]
    upright = np.sqrt(1 - lean**2)
    left, right = lean * along + upright * side, lean * along - upright * side
    ra, rb = ra[:, None], rb[:, None]
    return np.stack([a + left * ra, b + left * rb, b + right * rb, a + right * ra], axis=1)


def _hull(points: np.ndarray, radii: np.ndarray) -> np.ndarray:
    rim = (points[:, None] + radii[:, None, None] * _CIRCLE).reshape(-1, 2)
    return cv2.convexHull(rim.astype(np.float32))[:, 0]


def _fixed(points: np.ndarray, scale: float) -> np.ndarray:
    # -0.5: OpenCV puts whole numbers at pixel centres, ours are at pixel corners.
    return np.round((np.asarray(points) * scale - 0.5) * (1 << _FRACTION_BITS)).astype(np.int32)
