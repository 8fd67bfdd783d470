"""One picture's hand: who, which pose, seen from where, where in the frame; and its exact mask."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from handvision.core.geometry import wrap_degrees
from handvision.synthesis.hand import poses, silhouette
from handvision.synthesis.hand import skeleton as sk
from handvision.synthesis.hand.silhouette import Projected

_SUPERSAMPLE = 2


@dataclass
class Scene:
    """A hand placed in a square picture.

    Attributes:
        shown: the pose and its view.
        shape: the person's hand.
        hand: the skeleton in pixels of the picture.
        palm_seen: the palm, not the back, faces the viewer.
        sleeve: (start, width) as `silhouette.sleeve_part` takes them, or None for a bare arm.
        band: (start, end) of a watch or bracelet, 0 wrist to 1 elbow, or None.
        rotation: degrees, counter-clockwise from image-up.
        left: whether it is a left hand.
    """

    shown: poses.Shown
    shape: sk.HandShape
    hand: Projected
    palm_seen: bool
    sleeve: tuple[float, float] | None
    band: tuple[float, float] | None
    rotation: float
    left: bool

    @property
    def length(self) -> float:
        """Length of a hand at the palm's distance, in pixels."""
        return float(self.hand.radii[sk.WRIST] / (0.07 * self.shape.wrist_girth))


def draw_scene(
    size: int,
    rng: np.random.Generator,
    split: str,
    task: str,
    label: int,
    turns: tuple[float, float],
    mirror_share: float,
) -> Scene:
    """A random scene with the hand that shows `label`; `turns` is the range of its rotation in degrees."""
    shape = sk.person(rng, split)
    mirror = bool(rng.random() < mirror_share)
    draw = poses.number if task == "numbers" else poses.gesture
    distance = rng.uniform(2.6, 7.0)
    for _ in range(50):
        shown = draw(label, rng)
        centres, radii = sk.joints(shape, shown.pose)
        hand = silhouette.project(centres, radii, shown.view, distance, mirror ^ shown.mirrored)
        if raised_fingers_stand_out(hand, shown.pose.raised, centres):
            break
    mirror ^= shown.mirrored
    rotation = shown.usual_rotation * (1 if mirror == shown.mirrored else -1) + rng.uniform(*turns)
    rotation = float(wrap_degrees(np.float32(rotation)))
    hand = hand.moved(rotation - hand.direction_degrees())
    hand = _placed(hand, size, rng)
    sleeve = None
    if rng.random() < 0.6:  # most end near the wrist
        sleeve = 0.1 + 0.85 * rng.random() ** 2, rng.uniform(1.12, 1.6)
    band = None
    if rng.random() < 0.05 and (sleeve is None or sleeve[0] > 0.5):
        start = rng.uniform(0.06, 0.2)
        band = (start, start + rng.uniform(0.06, 0.14))
    palm_seen = np.cos(np.radians(shown.view.yaw)) > 0
    return Scene(shown, shape, hand, bool(palm_seen), sleeve, band, rotation, mirror)


def draw_mask(scene: Scene, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The hand's outline.

    Returns:
        coverage (size, size) uint8 0 to 255, how much of a pixel is skin, and mask, the same at 128 and above
        as 255 and below as 0.
    """
    scale = _SUPERSAMPLE
    canvas = np.zeros((size * scale, size * scale), np.uint8)
    hand = scene.hand
    silhouette.fill(canvas, silhouette.forearm_parts(hand), 255, scale)
    if scene.sleeve:
        silhouette.fill(canvas, [silhouette.sleeve_part(hand, *scene.sleeve, spread=2.0)], 0, scale)
    if scene.band:
        silhouette.fill(canvas, [silhouette.band_part(hand, *scene.band)], 0, scale)
    silhouette.fill(canvas, silhouette.hand_parts(hand, scene.shape.web), 255, scale)
    # Skin has no sharp notches: rounds the folds between fingers and where bones meet.
    x, y, wide, tall = cv2.boundingRect(canvas)
    part = canvas[y : y + tall, x : x + wide]
    sigma = 0.5 + 0.011 * scene.length * scale
    part[:] = cv2.threshold(cv2.GaussianBlur(part, (0, 0), sigma), 127, 255, cv2.THRESH_BINARY)[1]
    coverage = cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA)
    return coverage, cv2.threshold(coverage, 127, 255, cv2.THRESH_BINARY)[1]


def raised_fingers_stand_out(hand: Projected, raised: Sequence[int], centres: np.ndarray) -> bool:
    """Whether each raised finger stands out: long enough, away from all that is not raised."""
    points, radii = hand.points, hand.radii
    palm = points[[sk.WRIST, sk.INDEX, sk.MIDDLE, sk.RING, sk.LITTLE]].mean(axis=0)
    for finger in raised:
        base, tip = 1 + 4 * finger, 4 + 4 * finger
        if np.hypot(*(points[tip] - points[base])) < 0.62 * np.linalg.norm(centres[tip] - centres[base]):
            return False
        if np.hypot(*(points[tip] - palm)) < 0.40:
            return False
        others = np.array([row for row in range(5, 21) if not base <= row <= tip])
        gaps = np.hypot(*(points[others] - points[tip]).T) - radii[others] - radii[tip]
        # Raised fingers may touch along their sides; a thumb must point away.
        beside = np.isin((others - 1) // 4, raised)
        least = np.where(beside, -0.035, 0.11 if finger == 0 else 0.0)
        if (gaps < least).any():
            return False
    return True


def _placed(hand: Projected, size: int, rng: np.random.Generator) -> Projected:
    """Scaled and shifted so that all of the fingers is in the picture; the wrist may leave it a little."""
    body = np.r_[0:21, sk.HEEL]
    points, radii = hand.points[body], hand.radii[body, None]
    extent = np.ptp(np.concatenate([points - radii, points + radii]), axis=0).max()
    share = rng.uniform(0.52, 0.95)
    kept = np.r_[2:21]
    points, radii = hand.points[kept], hand.radii[kept, None]
    # Of the wrist only its middle must be within a tenth of a hand length of the picture.
    wrist = hand.points[[sk.WRIST]]
    low = np.minimum((points - radii).min(axis=0), (wrist + 0.1).min(axis=0))
    high = np.maximum((points + radii).max(axis=0), (wrist - 0.1).max(axis=0))
    room = size - 4.0
    scale = min(share * size / extent, room / (high - low).max())
    slack = room - (high - low) * scale
    return hand.moved(0.0, scale, 2.0 + rng.random(2) * slack - low * scale)
