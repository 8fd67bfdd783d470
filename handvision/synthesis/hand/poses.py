"""How people show numbers with a hand, and the twenty gestures of the archive, as poses of the skeleton."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from handvision.core.vocabularies import GESTURES
from handvision.synthesis.hand.skeleton import Pose, ThumbOut, ThumbTo

PoseMaker = Callable[[np.random.Generator], Pose]


@dataclass(frozen=True)
class View:
    """From where a hand is seen, in degrees: turned about its own axis, then tipped to the viewer."""

    yaw: float
    pitch: float


@dataclass(frozen=True)
class Shown:
    """A pose, how it is seen, and which way it points in its usual picture (degrees from image-up)."""

    kind: str
    pose: Pose
    view: View
    usual_rotation: float = 0.0
    mirrored: bool = False


def number(count: int, rng: np.random.Generator) -> Shown:
    """One of the ways to show `count` (0 to 5) with the fingers of a hand, palm or back to the viewer."""
    kinds = _NUMBERS[count]
    kind = _choose(rng, kinds)
    pose = kinds[kind][1](rng)
    limit = 70 if kind in _ANY_SIDE else 35
    yaw, pitch = np.clip(rng.normal(0, (0.45 * limit, 13)), (-limit, -35), (limit, 35))
    if rng.random() < 0.4:
        yaw += 180
    if kind == "O" and rng.random() < 0.75:  # from the thumb's side, where the ring is seen
        yaw = -rng.uniform(40, 105)
    return Shown(kind, pose, View(yaw, pitch))


def gesture(index: int, rng: np.random.Generator) -> Shown:
    """Gesture `index` (0 to 19) as its archive shows it: in views of the palm, the thumb at image-left."""
    pose, yaw, rotation, mirrored = _GESTURES[index]
    view = View(yaw + np.clip(rng.normal(0, 7), -16, 16), np.clip(rng.normal(0, 7), -16, 16))
    return Shown(GESTURES[index], pose(rng), view, rotation, mirrored)


# Fingers -------------------------------------------------------------------------------------------------

INDEX, MIDDLE, RING, LITTLE = 1, 2, 3, 4


def _pose(
    rng: np.random.Generator,
    raised: set[int],
    thumb: ThumbOut | ThumbTo,
    fan: float | None = None,
    bent: Mapping[int, ArrayLike] | None = None,
    wrist: float = 14.0,
) -> Pose:
    """The raised fingers up, the others folded; `bent` maps a finger (1 to 4) to its own three bends."""
    flexion, spread = np.empty((4, 3)), np.empty(4)
    fan = rng.uniform(2, 16) if fan is None else fan
    fold = rng.uniform((68, 88, 35), (92, 108, 70))
    sag = rng.normal(4, 6)
    for row in range(4):
        finger = row + 1
        if bent and finger in bent:
            flexion[row] = np.asarray(bent[finger]) + rng.normal(0, (4, 5, 4))
        elif finger in raised:
            flexion[row] = sag + rng.normal(0, 4), abs(rng.normal(3, 6)), abs(rng.normal(2, 4))
        else:
            flexion[row] = fold + rng.normal(0, (5, 5, 5))
    # Few people part all fingers alike: two often stay together, the little one often stands off.
    spread[:] = np.array([1.0, 0.05, -0.85, -1.9]) * fan + rng.normal(0, (2.0, 2.0, 2.0, 3.5))
    folded = [row for row in range(4) if row + 1 not in raised]
    spread[folded] = np.array([5.0, 0.0, -4.0, -9.0])[folded] + rng.normal(0, 2, len(folded))
    deviation, extension = np.clip(rng.normal(0, (wrist, wrist)), -32, 32)
    return Pose(flexion, spread, thumb, tuple(sorted(raised)), deviation, extension)


# Thumbs --------------------------------------------------------------------------------------------------


def _thumb_out(rng: np.random.Generator, low: float = 34, high: float = 66) -> ThumbOut:
    """Away from the palm, as in five or L."""
    base = rng.uniform(low, high)
    bend = rng.normal(0, 9)
    palmar = rng.uniform(0, 28)
    return ThumbOut(
        (base + rng.normal(0, 3), base + bend, base + bend + rng.normal(0, 12)),
        (palmar + 8, palmar, palmar - rng.uniform(0, 10)),
    )


def _thumb_beside(rng: np.random.Generator) -> ThumbOut:
    """Along the edge of the palm or fist, not raised."""
    lean = rng.uniform(8, 24)
    palmar = rng.uniform(25, 45)
    radial = lean + 8, lean - rng.uniform(5, 22), lean - rng.uniform(22, 42)
    return ThumbOut(radial, (palmar, palmar, palmar))


def _thumb_across(rng: np.random.Generator) -> ThumbTo:
    """Laid over the palm towards ring or little finger, as in four."""
    return ThumbTo(
        finger=int(rng.integers(1, 4)),
        bone=-1,
        share=rng.uniform(0.62, 1.0),
        lift=rng.uniform(0.9, 1.15),
        bulge=(0.8, rng.uniform(0.0, 0.7), 0.3),
    )


def _thumb_over(rng: np.random.Generator, fingers: tuple[int, ...] = (2, 3)) -> ThumbTo:
    """Over the folded fingers, as in a fist or beside a raised index."""
    return ThumbTo(
        finger=int(rng.choice(fingers)) - 1,
        bone=1,
        share=rng.uniform(0.1, 0.9),
        lift=rng.uniform(0.85, 1.05),
        towards=(0.35, -0.1, 1.0),
        bulge=(0.8, rng.uniform(0.1, 0.7), 0.4),
    )


def _thumb_inside(rng: np.random.Generator) -> ThumbTo:
    """Under the folded fingers."""
    return ThumbTo(finger=int(rng.integers(1, 3)), bone=-1, share=rng.uniform(0.7, 0.9), lift=0.8)


def _thumb_tip(rng: np.random.Generator, finger: int) -> ThumbTo:
    """Tip to tip with a bent finger."""
    return ThumbTo(
        finger=finger - 1,
        bone=2,
        share=rng.uniform(0.5, 1.0),
        lift=rng.uniform(0.75, 1.0),
        towards=(0.5, rng.uniform(-0.9, 0.1), rng.uniform(0.0, 0.6)),
        bulge=(0.8, rng.uniform(0.0, 0.6), 0.45),
    )


def _touching(rng: np.random.Generator, finger: int) -> dict[int, tuple[float, float, float]]:
    """Bends of a finger whose tip meets the thumb's."""
    near = rng.uniform(0, 1)
    return {finger: (48 + 22 * near, 62 + 22 * (1 - near) + rng.normal(0, 6), rng.uniform(18, 45))}


# Ways to show a number: kind -> (weight, pose) -----------------------------------------------------------


def _touch(finger: int) -> PoseMaker:
    def pose(rng: np.random.Generator) -> Pose:
        raised = {1, 2, 3, 4} - {finger}
        bent = _touching(rng, finger)
        return _pose(rng, raised, _thumb_tip(rng, finger), fan=rng.uniform(3, 16), bent=bent)

    return pose


def _thumb_over_little(rng: np.random.Generator) -> Pose:
    thumb = _thumb_tip(rng, 4) if rng.random() < 0.4 else _thumb_over(rng, (3, 4))
    bent = {4: rng.uniform((60, 70, 20), (88, 105, 60))}
    return _pose(rng, {1, 2, 3}, thumb, fan=rng.uniform(3, 14), bent=bent)


def _victory(rng: np.random.Generator) -> Pose:
    pose = _pose(rng, {1, 2}, _thumb_over(rng, (3, 3, 4)))
    spread = pose.spread.copy()
    apart = rng.uniform(2, 26)
    lean = rng.normal(0, 4)
    spread[:2] = apart * 0.55 + lean, -apart * 0.45 + lean
    return replace(pose, spread=spread)


def _together(rng: np.random.Generator) -> Pose:
    thumb = _thumb_over(rng, (3, 4)) if rng.random() < 0.7 else _thumb_beside(rng)
    return _pose(rng, {1, 2}, thumb, fan=rng.uniform(-2, 2))


def _ring_of_all(rng: np.random.Generator) -> Pose:
    """An O: all fingers curved together to the thumb."""
    bends = rng.uniform((42, 48, 22), (62, 66, 42))
    bent = {finger: bends + (0, rng.normal(0, 4), 0) for finger in (1, 2, 3, 4)}
    return _pose(rng, set(), _thumb_tip(rng, int(rng.integers(1, 3))), bent=bent)


_NUMBERS: dict[int, dict[str, tuple[int, PoseMaker]]] = {
    0: {
        "fist": (40, lambda rng: _pose(rng, set(), _thumb_over(rng, (1, 2, 2)))),
        "fist, thumb beside": (28, lambda rng: _pose(rng, set(), _thumb_beside(rng))),
        "fist, thumb inside": (10, lambda rng: _pose(rng, set(), _thumb_inside(rng))),
        "O": (16, _ring_of_all),
    },
    1: {
        "index": (50, lambda rng: _pose(rng, {1}, _thumb_over(rng, (2, 2, 3)))),
        "index, thumb beside": (12, lambda rng: _pose(rng, {1}, _thumb_beside(rng))),
        "thumb": (17, lambda rng: _pose(rng, {0}, _thumb_out(rng, 28, 75))),
        "little": (12, lambda rng: _pose(rng, {4}, _thumb_over(rng, (1, 2, 3)))),
        "middle": (4, lambda rng: _pose(rng, {2}, _thumb_over(rng, (1, 3)))),
    },
    2: {
        "victory": (52, _victory),
        "index and middle together": (12, _together),
        "L": (20, lambda rng: _pose(rng, {0, 1}, _thumb_out(rng, 35, 75))),
        "index and little": (8, lambda rng: _pose(rng, {1, 4}, _thumb_over(rng, (2, 3)))),
        "thumb and little": (8, lambda rng: _pose(rng, {0, 4}, _thumb_out(rng, 32, 70))),
    },
    3: {
        "index, middle, ring": (27, _thumb_over_little),
        "thumb, index, middle": (26, lambda rng: _pose(rng, {0, 1, 2}, _thumb_out(rng, 32, 72))),
        "thumb on ring": (16, _touch(3)),
        "thumb on middle": (16, _touch(2)),
        "thumb on index": (12, _touch(1)),
        "thumb, index, little": (5, lambda rng: _pose(rng, {0, 1, 4}, _thumb_out(rng, 35, 70))),
    },
    4: {
        "four, thumb across": (72, lambda rng: _pose(rng, {1, 2, 3, 4}, _thumb_across(rng))),
        "four together": (
            18,
            lambda rng: _pose(rng, {1, 2, 3, 4}, _thumb_across(rng), fan=rng.uniform(-2, 2)),
        ),
        "thumb to ring": (4, lambda rng: _pose(rng, {0, 1, 2, 3}, _thumb_out(rng, 35, 70))),
    },
    5: {
        "five": (70, lambda rng: _pose(rng, {0, 1, 2, 3, 4}, _thumb_out(rng), fan=rng.uniform(2, 16))),
        "five, fingers together": (
            20,
            lambda rng: _pose(rng, {0, 1, 2, 3, 4}, _thumb_out(rng, 30, 62), fan=rng.uniform(-1, 4)),
        ),
    },
}
_ANY_SIDE = {"fist", "fist, thumb beside", "fist, thumb inside", "O"}


# The archive's gestures ------------------------------------------------------------------------------------


def _steady(
    raised: set[int],
    thumb: Callable[[np.random.Generator], ThumbOut | ThumbTo],
    fan: tuple[float, float] = (4, 10),
    bent: Callable[[np.random.Generator], Mapping[int, ArrayLike]] | None = None,
) -> PoseMaker:
    return lambda rng: _pose(rng, raised, thumb(rng), rng.uniform(*fan), bent(rng) if bent else None, wrist=7)


def _crossed(rng: np.random.Generator) -> Pose:
    pose = _pose(rng, {1, 2}, _thumb_over(rng, (3,)), wrist=7)
    spread = pose.spread.copy()
    spread[:2] = rng.uniform(-18, -12), rng.uniform(8, 13)
    flexion = pose.flexion.copy()
    flexion[0, 0] -= 12
    return replace(pose, spread=spread, flexion=flexion)


def _curved(
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    thumb: Callable[[np.random.Generator], ThumbOut | ThumbTo],
    deviation: tuple[float, float] = (0, 8),
    extension: tuple[float, float] = (0, 8),
) -> PoseMaker:
    """All four fingers together with like bends, as seen from the thumb's side."""

    def pose(rng: np.random.Generator) -> Pose:
        bends = rng.uniform(low, high)
        flexion = bends + rng.normal(0, 3, (4, 3))
        spread = np.array([1.0, 0.0, -1.0, -2.0]) + rng.normal(0, 1, 4)
        return Pose(flexion, spread, thumb(rng), (), rng.normal(*deviation), rng.normal(*extension))

    return pose


def _thumb_opposed(
    radial: tuple[float, float, float], palmar: tuple[float, float, float]
) -> Callable[[np.random.Generator], ThumbOut]:
    return lambda rng: ThumbOut(
        tuple(np.asarray(radial) + rng.normal(0, 4, 3)), tuple(np.asarray(palmar) + rng.normal(0, 5, 3))
    )


def _beak_thumb(rng: np.random.Generator) -> ThumbTo:
    """Closed against the fingers from below."""
    share = rng.uniform(0.3, 0.9)
    return ThumbTo(1, 1, share, rng.uniform(0.75, 0.95), towards=(0.1, -0.8, 0.6), bulge=(0.3, -0.4, 0.5))


# Pose, yaw, usual rotation of the hand, whether the picture is that of a left hand. Views of the palm show a
# left hand; C, thumbs up, pinch and beaks show a right one, from the thumb's side.
_GESTURES = (
    (_steady({2, 3, 4}, lambda r: _thumb_tip(r, 1), (-1, 2), lambda r: {1: (75, 44, 14)}), -72, -5, False),
    (_steady({1}, lambda r: _thumb_over(r, (2,))), 25, 0, True),
    (_victory, 20, 0, True),
    (_steady({0, 1, 2}, lambda r: _thumb_out(r, 40, 55), (8, 13)), 0, 0, True),
    (_steady({1, 2, 3, 4}, _thumb_across, (6, 12)), 0, 0, True),
    (_steady({0, 1, 2, 3, 4}, lambda r: _thumb_out(r, 45, 62), (7, 13)), 0, 0, True),
    (_thumb_over_little, 0, 0, True),
    (_touch(3), 0, 0, True),
    (_touch(2), 0, 0, True),
    (_touch(1), 0, 0, True),
    (_steady({0, 1}, lambda r: _thumb_out(r, 70, 88)), 0, 0, True),
    (_steady({0, 1, 4}, lambda r: _thumb_out(r, 55, 72), (5, 10)), 0, 0, True),
    (_curved((25, 40, 20), (40, 55, 35), _thumb_opposed((35, 28, 15), (62, 58, 48))), -78, 20, False),
    (_crossed, 20, 0, True),
    (_steady(set(), lambda r: _thumb_over(r, (2,))), 0, 0, True),
    (_steady({0, 4}, lambda r: _thumb_out(r, 45, 62), (8, 14)), 0, 0, True),
    (_steady({4}, lambda r: _thumb_over(r, (2,)), (-2, 4)), 0, 0, True),
    (_steady({0}, lambda r: _thumb_out(r, 52, 64)), 10, 60, False),
    (_curved((30, 6, 4), (44, 18, 12), _beak_thumb), -82, 52, False),
    (_curved((38, 22, 10), (52, 38, 24), _thumb_opposed((22, 12, 8), (62, 66, 66))), -78, 45, False),
)


def _choose(rng: np.random.Generator, kinds: Mapping[str, tuple[int, PoseMaker]]) -> str:
    names = list(kinds)
    weights = np.array([kinds[name][0] for name in names], float)
    return names[int(np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random()))]
