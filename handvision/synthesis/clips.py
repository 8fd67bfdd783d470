"""Rendered clips of two mesh hands in motion, with exact truth for every frame."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from handvision.core.geometry import box_middle, wrap_degrees
from handvision.core.hands import Hands
from handvision.core.vocabularies import NUMBERS
from handvision.synthesis.hand import skin
from handvision.synthesis.hand.mesh.group import seen_together
from handvision.synthesis.hand.mesh.look import Look, draw_look
from handvision.synthesis.hand.mesh.model import load
from handvision.synthesis.hand.mesh.rotations import rotation
from handvision.synthesis.hand.mesh.scene import Scene, draw_scene
from handvision.synthesis.hand.mesh.shading import shade
from handvision.synthesis.hand.mesh.shape import draw_shape
from handvision.synthesis.picture import Picture
from handvision.synthesis.strata import SPLITS
from handvision.synthesis.world.backdrop import draw_backdrop

_NOISE = 2.0  # gray levels, of the sensor: new in every frame
_SIDE = 0.5  # of the square that a hand is placed in, in sides of the picture
_MIDDLES = (0.27, 0.73)  # of the two squares
_LEAST_SEEN = 0.5  # of its box: a hand with less in the picture is not there


@dataclass(frozen=True)
class ClipFrame:
    """One frame.

    Attributes:
        picture: photo, masks and hands; a hand that has left the picture is not among them.
        numbers: which of the clip's two hands, 0 or 1, each of the picture's hands is.
        time_seconds: from the clip's beginning.
    """

    picture: Picture
    numbers: tuple[int, ...]
    time_seconds: float


@dataclass(frozen=True)
class Moved:
    """Where a hand is against where it began: shift in sides of the picture, turn in degrees, and growth."""

    right: float = 0.0
    down: float = 0.0
    turn: float = 0.0
    growth: float = 1.0


# Which hand, and how much of the clip has passed -> where it is.
Motion = Callable[[int, float], Moved]


def render_clip(
    kind: str | Motion,
    frames: int = 90,
    size: int = 256,
    seed: int = 0,
    split: str = "test",
    rate: float = 30.0,
) -> Iterator[ClipFrame]:
    """Yields the frames of a clip of one person's two hands, each of which shows a number throughout.

    Args:
        kind: "still" (neither hand moves), "moving" (both swing, turn, come nearer and go), "crossing" (they
            pass before each other, the second one nearer) or "leaving" (the second one leaves the picture
            and comes back); or a motion of one's own, see `gesture_motions`.
        frames: how many, from 2.
        size: width and height in pixels, 32 to 1024.
        seed: the same one gives the same clip.
        split: whose skin, shape and colours, see `rendered.render`.
        rate: frames a second.

    Raises:
        ValueError: an argument is out of its range; the message names it.
    """
    if not callable(kind) and kind not in MOTIONS:
        raise ValueError(f"kind is {kind!r}; use one of {', '.join(MOTIONS)}")
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; use one of {', '.join(SPLITS)}")
    for name, value, low, high in (("frames", frames, 2, 100_000), ("size", size, 32, 1024)):
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"{name} is {value!r}; use a whole number from {low} to {high}")
    if not 0 < rate < math.inf:
        raise ValueError(f"rate is {rate!r}; use frames a second, above 0")
    return _frames(kind if callable(kind) else MOTIONS[kind], frames, size, seed, split, rate)


def _frames(
    motion: Motion, frames: int, size: int, seed: int, split: str, rate: float
) -> Iterator[ClipFrame]:
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(SPLITS.index(split), 0)))
    noise = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(SPLITS.index(split), 1)))
    labels = rng.integers(len(NUMBERS), size=2)
    starts = _scenes(rng, split, size, labels)
    tone = skin.tone(rng, split)
    look = draw_look(rng, split, tone)
    backdrop = draw_backdrop(rng, split, tone, np.zeros((size, size), np.uint8))
    for frame in range(frames):
        share = frame / (frames - 1)
        scenes = [_moved(start, motion(number, share)) for number, start in enumerate(starts)]
        there = [number for number, scene in enumerate(scenes) if _share_seen(scene) >= _LEAST_SEEN]
        photo = _photo([scene for scene in scenes if _share_seen(scene) > 0], backdrop, look, noise)
        picture = _picture(photo, [scenes[number] for number in there], labels[there])
        yield ClipFrame(picture, tuple(there), frame / rate)


def _scenes(rng: np.random.Generator, split: str, size: int, labels: np.ndarray) -> list[Scene]:
    """One person's two hands side by side, pointing up, more or less."""
    shape = draw_shape(load(), rng, split)
    first_is_left = bool(rng.random() < 0.5)
    scenes = []
    for number, middle in enumerate(_MIDDLES):
        turn = float(rng.uniform(-20, 20))
        square = ((middle - _SIDE / 2) * size, (0.5 - _SIDE / 2) * size, _SIDE * size)
        drawn = draw_scene(
            size,
            rng,
            split,
            "numbers",
            int(labels[number]),
            (turn, turn),
            0.5,
            shape=shape,
            left=first_is_left ^ (number == 1),
            square=square,
        )
        # In the middle of its half, so that hands that cross do meet.
        shift = np.array((middle * size, size / 2)) - box_middle(drawn.box())
        scenes.append(replace(drawn, offset=drawn.offset + shift))
    return scenes


def _moved(start: Scene, moved: Moved) -> Scene:
    turn = rotation((0, 0, 1), moved.turn)
    return replace(
        start,
        surface=start.surface.moved(np.zeros(3), turn),
        joints=start.joints @ turn.T,
        zoom=start.zoom * moved.growth,
        offset=start.offset + start.size * np.array([moved.right, moved.down]),
        rotation=float(wrap_degrees(np.float32(start.rotation + moved.turn))),
    )


def _share_seen(scene: Scene) -> float:
    """How much of the hand's box lies in the picture, in [0, 1]."""
    pixels = scene.project(scene.surface.vertices[scene.surface.in_hand])
    whole = (pixels.max(axis=0) - pixels.min(axis=0)).prod()
    x0, y0, x1, y1 = scene.box().tolist()
    return float((x1 - x0) * (y1 - y0) / whole)


def _photo(scenes: list[Scene], backdrop: np.ndarray, look: Look, noise: np.random.Generator) -> np.ndarray:
    picture = backdrop
    for scene in scenes:
        coverage = scene.coverage()[..., None]
        picture = picture * (1 - coverage) + shade(scene, look) * coverage
    levels = picture * 255 + noise.normal(0, _NOISE, picture.shape)
    return np.rint(levels.clip(0, 255)).astype(np.uint8)


def _picture(photo: np.ndarray, scenes: list[Scene], labels: np.ndarray) -> Picture:
    if not scenes:
        nothing = np.zeros(photo.shape[:2], np.uint8)
        return Picture(photo, nothing, np.empty((0, *nothing.shape), np.uint8), Hands())
    masks, points = zip(*seen_together(scenes), strict=True)
    hands = Hands(
        boxes=np.stack([scene.box() for scene in scenes]),
        keypoints=np.stack(points),
        handedness=np.array([scene.handedness for scene in scenes]),
        labels=labels,
        rotations=np.array([scene.rotation for scene in scenes], np.float32),
    )
    return Picture(photo, np.max(masks, axis=0), np.stack(masks), hands)


# Motions --------------------------------------------------------------------------------------------------


def _still(number: int, share: float) -> Moved:
    return Moved()


def _moving(number: int, share: float) -> Moved:
    wave = math.sin(2 * math.pi * (1 + 0.5 * number) * share)
    other = math.sin(2 * math.pi * (1.5 - 0.5 * number) * share)
    return Moved(0.06 * wave, 0.12 * other, 25 * wave, 1 + 0.12 * other)


def _crossing(number: int, share: float) -> Moved:
    way = (_MIDDLES[1] - _MIDDLES[0]) * _smooth(share, 0.2, 0.8)
    return Moved(way if number == 0 else -way, 0.05 * (2 * number - 1))


def _leaving(number: int, share: float) -> Moved:
    if number == 0:
        return Moved()
    return Moved(0.7 * (_smooth(share, 0.2, 0.4) - _smooth(share, 0.5, 0.7)))


def _smooth(share: float, start: float, end: float) -> float:
    """From 0 at `start` to 1 at `end`, without a jerk."""
    x = min(max((share - start) / (end - start), 0.0), 1.0)
    return x * x * (3 - 2 * x)


MOTIONS: dict[str, Motion] = {
    "still": _still,
    "moving": _moving,
    "crossing": _crossing,
    "leaving": _leaving,
}
