"""A picture of a mesh hand with all that is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from handvision.core.hands import NO_HAND
from handvision.core.vocabularies import GESTURES, NUMBERS
from handvision.imaging.camera import motion_kernel
from handvision.synthesis.hand import photo, skin
from handvision.synthesis.hand.mesh.look import draw_look
from handvision.synthesis.hand.mesh.scene import Scene, draw_scene
from handvision.synthesis.hand.mesh.shading import shade
from handvision.synthesis.strata import SPLITS
from handvision.synthesis.world import backdrop

# How many labels each has; free poses have none.
LABELS = {"numbers": len(NUMBERS), "gestures": len(GESTURES), "poses": 0}


@dataclass(frozen=True)
class MeshHand:
    """A drawn hand.

    Attributes:
        photo: (size, size, 3) uint8 RGB.
        mask: (size, size) uint8, 255 = skin of the hand and its bare forearm, 0 elsewhere.
        keypoints: (21, 3) float32 in MediaPipe's order: x, y in pixels, then 1 = seen, 0 = hidden.
        box: (4,) float32 x0, y0, x1, y1 around the hand without its forearm, in pixels.
        handedness: "left" or "right", the person's hand; the photo is not mirrored.
        rotation: degrees of wrist to middle knuckle from image-up, counter-clockwise, in (-180, 180].
    """

    photo: np.ndarray
    mask: np.ndarray
    keypoints: np.ndarray
    box: np.ndarray
    handedness: str
    rotation: float


def draw_mesh_hand(
    size: int,
    rng: np.random.Generator,
    split: str,
    label: int,
    task: str = "numbers",
    turns: tuple[float, float] = (-180.0, 180.0),
    mirror_share: float = 0.5,
    any_view: bool = False,
) -> MeshHand:
    """Draws a random person's hand that shows a number, a gesture or any pose, before a random background.

    The same state of the generator gives the same bytes. No two splits share a hand's shape, a skin tone, a
    sleeve's hue or a background's hue.

    Args:
        size: width and height in pixels.
        split: "train", "validation" or "test".
        label: the number (0 to 5), the gesture (0 to 19), or NO_HAND for a pose.
        task: "numbers", "gestures", or "poses": any pose within the limits of the joints, seen from anywhere.
        turns: range of the rotation in degrees, against the usual one.
        mirror_share: share of pictures with the other hand; gestures are those of their archive at 0.
        any_view: seen from anywhere, not only from where people show it: raised fingers may be hidden then.

    Raises:
        ValueError: an argument is out of its range; the message names it.
    """
    _check(size, split, task, label, turns, mirror_share)
    scene = draw_scene(size, rng, split, task, label, turns, mirror_share, any_view)
    drawn = draw_photo([scene], rng, split)
    return MeshHand(drawn, scene.mask(), scene.key_points(), scene.box(), scene.handedness, scene.rotation)


def _check(
    size: int, split: str, task: str, label: int, turns: tuple[float, float], mirror_share: float
) -> None:
    if not 32 <= size <= 1024:
        raise ValueError(f"size is {size!r}; use 32 to 1024 pixels")
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; use one of {', '.join(SPLITS)}")
    if task not in LABELS:
        raise ValueError(f"task is {task!r}; use one of {', '.join(LABELS)}")
    if not LABELS[task]:
        if label != NO_HAND:
            raise ValueError(f"label is {label!r}; poses have none: use NO_HAND, {NO_HAND}")
    elif not 0 <= label < LABELS[task]:
        raise ValueError(f"label is {label!r}; {task} have labels 0 to {LABELS[task] - 1}")
    if not -180 <= turns[0] <= turns[1] <= 180:
        raise ValueError(f"turns is {turns!r}; use low <= high within -180 to 180 degrees")
    if not 0 <= mirror_share <= 1:
        raise ValueError(f"mirror_share is {mirror_share!r}; use a share from 0 to 1")


def draw_photo(scenes: Sequence[Scene], rng: np.random.Generator, split: str) -> np.ndarray:
    """Hands, far to near, before a background, taken by a camera, (size, size, 3) uint8 RGB."""
    tone = skin.tone(rng, split)
    look = draw_look(rng, split, tone)
    coverages = [scene.coverage() for scene in scenes]
    covered = (np.max(coverages, axis=0) * 255).astype(np.uint8)
    picture = backdrop.draw_backdrop(rng, split, tone, covered)
    if look.light.kind == "back":
        picture *= np.float32(rng.uniform(1.2, 1.7))
    looks = {scenes[0].person: look}
    for scene, coverage in zip(scenes, coverages, strict=True):
        if scene.person not in looks:
            looks[scene.person] = replace(draw_look(rng, split, skin.tone(rng, split)), light=look.light)
        if look.light.kind != "back" and rng.random() < 0.5:
            _cast_shadow(picture, scene, coverage, look.light.direction, rng)
        hand = shade(scene, looks[scene.person]) * coverage[..., None]
        if rng.random() < 0.15:
            blur = motion_kernel(max(3.0, rng.uniform(0.01, 0.06) * scene.zoom), rng)
            hand, coverage = cv2.filter2D(hand, -1, blur), cv2.filter2D(coverage, -1, blur)
        picture = picture * (1 - coverage[..., None]) + hand
    return photo.through_camera(picture, rng)


def _cast_shadow(
    picture: np.ndarray, scene: Scene, coverage: np.ndarray, light: np.ndarray, rng: np.random.Generator
) -> None:
    """Darkens the background where the hand keeps the lamp's light from a wall behind it."""
    reach = rng.uniform(0.04, 0.3) * scene.zoom
    moved = np.array([[1, 0, -light[0] * reach], [0, 1, light[1] * reach]], np.float32)
    shadow = cv2.warpAffine(coverage, moved, coverage.shape[::-1])
    shadow = cv2.GaussianBlur(shadow, (0, 0), 0.5 + 0.35 * reach)
    picture *= 1 - shadow[..., None] * np.float32(rng.uniform(0.1, 0.55))
