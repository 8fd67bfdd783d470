"""Any pose that a hand can take: poses without a name, for key points."""

import numpy as np

from handvision.synthesis.hand.skeleton import THUMB, WRIST, Pose, ThumbOut

# Degrees. Knuckle, middle joint and end joint of index to little finger bend within these.
_LEAST_FLEXION, _MOST_FLEXION = (-12.0, 0.0, -5.0), (95.0, 108.0, 72.0)
_LEAST_SPREAD, _MOST_SPREAD = (-8.0, -8.0, -16.0, -30.0), (22.0, 8.0, 6.0, 8.0)
_FOLDED_SPREAD = (4.0, 0.0, -3.0, -8.0)  # a folded finger hardly swings sideways
_THUMB_RADIAL, _THUMB_PALMAR, _THUMB_BEND = (0.0, 80.0), (0.0, 70.0), (-15.0, 55.0)
_DEVIATION, _EXTENSION = (-30.0, 20.0), (-55.0, 60.0)
# The end joint has no muscle of its own: it follows the middle one.
_END_TO_MIDDLE = 0.62

_FLESH, _PALM_FLESH = 0.05, 0.06  # hand lengths
_OVERLAP = 0.72  # skin gives way: centres may come as near as this share of both radii


def draw_pose(rng: np.random.Generator) -> Pose:
    """A pose within the limits of the joints; neighbouring fingers often bend alike.

    Fingers may run through each other: ask `is_clear` of the posed joints, and draw again where they do.
    """
    straight, folded, half = np.arange(3)
    kinds = rng.choice([straight, folded, half], 4, p=(0.42, 0.33, 0.25))
    if rng.random() < 0.4:
        kinds[:] = kinds[0]
    bends = np.array(
        [
            (rng.normal(2, 8), abs(rng.normal(4, 8))),
            (rng.uniform(70, 95), rng.uniform(85, 108)),
            (rng.uniform(5, 70), rng.uniform(10, 85)),
        ]
    )
    first_two = bends[kinds] + rng.normal(0, 7, (4, 2))
    end = _END_TO_MIDDLE * first_two[:, 1:] + rng.normal(0, 6, (4, 1))
    flexion = np.concatenate([first_two, end], axis=1).clip(_LEAST_FLEXION, _MOST_FLEXION)
    fan = np.array([1.0, 0.0, -0.8, -1.8]) * rng.uniform(-2, 14) + rng.normal(0, 2.5, 4)
    spread = np.where(flexion[:, 0] > 55, _FOLDED_SPREAD, fan.clip(_LEAST_SPREAD, _MOST_SPREAD))
    thumb = _draw_thumb(rng)
    deviation = float(np.clip(rng.normal(-2, 12), *_DEVIATION))
    extension = float(np.clip(rng.normal(0, 22), *_EXTENSION))
    return Pose(flexion, spread, thumb, (), deviation, extension)


def is_clear(joints: np.ndarray, radii: np.ndarray) -> bool:
    """Whether no two neighbouring fingers, nor the thumb and another finger or the palm, share their flesh.

    Args:
        joints: (21, 3) wrist, then four a finger from base to tip, in hand lengths.
        radii: (21,) thickness of the flesh about each.
    """
    fingers = [_rod(joints, radii, 1 + 4 * finger) for finger in range(5)]
    # The thumb's first bone lies in the palm.
    thumb = _rod(joints, radii, THUMB + 1, bones=2)
    along_palm = np.linspace(0.15, 1, 5)[:, None]
    palm = np.concatenate(
        [joints[WRIST] + along_palm * (joints[knuckle] - joints[WRIST]) for knuckle in (5, 9, 13, 17)]
    )
    palm = np.column_stack([palm, np.full(len(palm), _PALM_FLESH)])
    pairs = [(thumb, other) for other in (*fingers[1:], palm)]
    pairs += [(fingers[row], fingers[row + 1]) for row in (1, 2, 3)]
    return all(_apart(one, other) for one, other in pairs)


def _draw_thumb(rng: np.random.Generator) -> ThumbOut:
    radial, palmar = rng.uniform(*_THUMB_RADIAL), rng.uniform(*_THUMB_PALMAR)
    first, both = np.cumsum(np.clip(rng.normal(12, 18, 2), *_THUMB_BEND)).tolist()
    return ThumbOut(
        (radial, radial - first, radial - both), (palmar, palmar - 0.3 * first, palmar - 0.4 * both)
    )


def _rod(joints: np.ndarray, radii: np.ndarray, start: int, bones: int = 3) -> np.ndarray:
    """Balls (6 a bone, 4): x, y, z and radius, along the bones that begin at the joint `start`."""
    steps = np.linspace(0, 1, 6)[:, None]
    balls = []
    for row in range(start, start + bones):
        centres = joints[row] + steps * (joints[row + 1] - joints[row])
        balls.append(np.column_stack([centres, np.full(len(steps), min(radii[row], _FLESH))]))
    return np.concatenate(balls)


def _apart(one: np.ndarray, other: np.ndarray) -> bool:
    distance = np.linalg.norm(one[:, None, :3] - other[None, :, :3], axis=2)
    return bool((distance >= _OVERLAP * (one[:, None, 3] + other[None, :, 3])).all())
