"""Gestures that move, drawn at random: how somebody swipes, waves, or circles with one of two hands."""

import math
from collections.abc import Callable

import numpy as np

from handvision.synthesis.clips import Motion, Moved

_Path = Callable[[float], Moved]  # share of the gesture, 0 to 1 -> where the hand is


def gesture_motion(name: str, rng: np.random.Generator) -> Motion:
    """A motion for `render_clip`: the first hand makes the gesture, the second one is held nearly still.

    Args:
        name: of GESTURE_MOTIONS.
        rng: draws its size, slant, beginning and speed.
    """
    begin, end = float(rng.uniform(0.0, 0.15)), float(rng.uniform(0.8, 1.0))
    drawn = GESTURE_MOTIONS[name](rng)
    sway = 0.01 * rng.normal(size=2)

    def motion(number: int, share: float) -> Moved:
        if number == 1:
            return Moved(float(sway[0]) * math.sin(5 * share), float(sway[1]) * math.sin(4 * share))
        return drawn(min(max((share - begin) / (end - begin), 0.0), 1.0))

    return motion


def _swipe(rng: np.random.Generator, sign: int) -> _Path:
    length, slant = rng.uniform(0.15, 0.3), math.radians(rng.uniform(-20, 20))

    def path(share: float) -> Moved:
        # Slow at both ends, from one side of where the hand is held to the other.
        way = sign * length * (-math.cos(math.pi * share)) / 2
        return Moved(way * math.cos(slant), way * math.sin(slant), 15 * sign * (0.5 - share))

    return path


def _wave(rng: np.random.Generator) -> _Path:
    width, turn, times = rng.uniform(0.04, 0.09), rng.uniform(5, 25), rng.uniform(1.8, 2.5)
    first = rng.choice((-1, 1))

    def path(share: float) -> Moved:
        swing = first * math.sin(2 * math.pi * times * share)
        return Moved(width * swing, 0.1 * width * abs(swing), -turn * swing)

    return path


def _circle(rng: np.random.Generator) -> _Path:
    radius, flat = rng.uniform(0.06, 0.12), rng.uniform(0.7, 1.0)
    start = math.radians(rng.uniform(-30, 30))

    def path(share: float) -> Moved:
        # Clockwise as it is seen, from about the top.
        angle = start + 2 * math.pi * share
        return Moved(radius * math.sin(angle), -flat * radius * math.cos(angle))

    return path


def _lowered(rng: np.random.Generator) -> _Path:
    depth = rng.uniform(0.1, 0.2)
    return lambda share: Moved(0.0, depth * (share * share * (3 - 2 * share) - 0.5))


def _still(rng: np.random.Generator) -> _Path:
    drift = 0.02 * rng.normal(size=2)
    return lambda share: Moved(float(drift[0]) * share, float(drift[1]) * share)


GESTURE_MOTIONS: dict[str, Callable[[np.random.Generator], _Path]] = {
    "swipe right": lambda rng: _swipe(rng, 1),
    "swipe left": lambda rng: _swipe(rng, -1),
    "wave": _wave,
    "circle": _circle,
    "lowered": _lowered,
    "still": _still,
}
