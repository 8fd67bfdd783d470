"""A hand as a kinematic skeleton: from a hand shape and a pose to joints in space.

Lengths are in hand lengths (wrist to the tip of the middle finger). The frame is that of a right hand whose
palm faces the viewer: x to the thumb's side, y along the middle metacarpal, z out of the palm.
"""

from dataclasses import dataclass

import numpy as np

from handvision.synthesis.strata import stratum

# Phalanges of index, middle, ring, little finger in hand lengths (Buchholz, Armstrong and Goldstein 1992,
# "Anthropometric data for describing the kinematics of the human hand"); the last ends at the skin.
PHALANGES = np.array(
    [[0.245, 0.143, 0.097], [0.266, 0.170, 0.108], [0.244, 0.165, 0.107], [0.204, 0.117, 0.093]]
)
KNUCKLES = np.array(
    [[0.105, 0.455, 0.0], [0.0, 0.460, -0.012], [-0.093, 0.430, -0.008], [-0.172, 0.385, 0.006]]
)
FINGER_RADII = np.array([0.052, 0.053, 0.049, 0.043])
THUMB_BONES = np.array([0.225, 0.170, 0.140])
THUMB_BASE = np.array([0.098, 0.085, 0.030])

# Rows of the joint table that `joints` returns.
WRIST, THUMB, INDEX, MIDDLE, RING, LITTLE = 0, 1, 5, 9, 13, 17
WRIST_RADIAL, WRIST_ULNAR, HEEL, FOREARM_RADIAL, FOREARM_ULNAR, ELBOW_RADIAL, ELBOW_ULNAR = range(21, 28)
NAILS = 28  # five rows, thumb to little finger: a point on the nail, above the last joint's sphere
ROWS = 33


@dataclass(frozen=True)
class HandShape:
    """One person's hand. Factors are 1.0 for an average adult."""

    breadth: float = 1.0  # of the palm
    finger_length: float = 1.0
    finger_lengths: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)  # index to little, on top of finger_length
    finger_girth: float = 1.0
    tip_taper: float = 1.0  # 1.0 = a tip 0.78 as wide as the middle joint
    thumb_length: float = 1.0
    thumb_girth: float = 1.0
    palm_girth: float = 1.0  # thickness of the palm, the thenar and the hypothenar bulge
    wrist_girth: float = 1.0
    forearm_girth: float = 1.0
    web: float = 0.42  # how far skin joins neighbouring fingers, as a share of the first phalanx


@dataclass(frozen=True)
class Pose:
    """What a hand does, in degrees.

    Attributes:
        flexion: (4, 3) bend of each joint of index, middle, ring and little finger; 0 = straight.
        spread: (4,) sideways turn at each knuckle, positive to the thumb's side.
        thumb: `ThumbOut` or `ThumbTo`.
        raised: the raised fingers, 0 = thumb to 4 = little finger.
        deviation: of the forearm against the hand, in the plane of the palm.
        extension: of the forearm against the hand, out of that plane; positive = wrist bent back.
    """

    flexion: np.ndarray
    spread: np.ndarray
    thumb: "ThumbOut | ThumbTo"
    raised: tuple[int, ...]
    deviation: float = 0.0
    extension: float = 0.0


@dataclass(frozen=True)
class ThumbOut:
    """A thumb given by the directions of its three bones.

    Attributes:
        radial: (3,) angle from the hand's axis to the thumb's side.
        palmar: (3,) angle out of the palm.
    """

    radial: tuple[float, ...]
    palmar: tuple[float, ...]


@dataclass(frozen=True)
class ThumbTo:
    """A thumb that reaches for a place.

    Attributes:
        finger: 0 index to 3 little.
        bone: 0 first phalanx to 2 last; -1 the palm below the finger's knuckle.
        share: where on that bone, 0 = its near end, 1 = its far end.
        lift: distance from that place towards `towards`, in sums of the two radii.
        towards: direction in which it lies beside the place.
        bulge: direction in which the thumb's joint stands out.
    """

    finger: int
    bone: int
    share: float
    lift: float = 1.0
    towards: tuple[float, float, float] = (0.2, 0.0, 1.0)
    bulge: tuple[float, float, float] = (0.8, 0.35, 0.35)


def person(rng: np.random.Generator, split: str) -> HandShape:
    """A person's hand, of the split's own part of all hands: no breadth occurs in two splits.

    Spreads follow the variation of hand surveys (breadth to length 0.44 +- 0.02, finger to hand length 0.43
    +- 0.02); one hand in eight is a child's, one plump, one slim.
    """
    breadth = 0.85 + 0.33 * stratum(rng, split)
    build = rng.normal(0, 1) + {0: -1.5, 1: 1.5}.get(int(rng.integers(0, 8)), 0.0)  # slim to plump
    child = rng.random() < 0.12
    girth = np.clip(0.96 + 0.06 * build + 0.25 * (breadth - 1.0) + 0.03 * rng.normal(), 0.80, 1.22)
    jitter = rng.normal(0, 1, 10)
    return HandShape(
        breadth=breadth,
        finger_length=float(np.clip(1.0 + 0.045 * jitter[0] - 0.06 * child, 0.86, 1.12)),
        finger_lengths=tuple(1 + np.array([0.025, 0.015, 0.025, 0.045]) * jitter[1:5]),
        finger_girth=float(girth * (1.04 if child else 1.0)),
        tip_taper=float(np.clip(1.0 + 0.06 * jitter[5] - 0.03 * build, 0.82, 1.15)),
        thumb_length=float(np.clip(1.0 + 0.06 * jitter[6], 0.86, 1.16)),
        thumb_girth=float(np.clip(girth * (1 + 0.06 * jitter[7]), 0.82, 1.25)),
        palm_girth=float(np.clip(0.95 + 0.07 * build + 0.03 * jitter[8], 0.8, 1.25)),
        wrist_girth=float(np.clip(0.98 + 0.06 * build + 0.06 * jitter[9], 0.8, 1.25)),
        forearm_girth=float(np.clip(1.0 + 0.1 * build + 0.1 * rng.normal(), 0.7, 1.4)),
        web=rng.uniform(0.34, 0.5),
    )


def joints(shape: HandShape, pose: Pose) -> tuple[np.ndarray, np.ndarray]:
    """Centres and radii of the hand's spheres.

    Returns:
        (33, 3) and (33,) float64 in hand lengths. Rows 0 to 20 are the wrist, then thumb, index, middle, ring
        and little finger from base to tip (MediaPipe's order); then come flesh, forearm and nails.
    """
    centres, radii = np.zeros((ROWS, 3)), np.zeros(ROWS)
    _fingers(shape, pose, centres, radii)
    _palm(shape, pose, centres, radii)
    _thumb(shape, pose, centres, radii)
    return centres, radii


def _fingers(shape: HandShape, pose: Pose, centres: np.ndarray, radii: np.ndarray) -> None:
    bend = np.radians(np.cumsum(pose.flexion, axis=1))
    turn = np.radians(pose.spread)[:, None]
    direction = np.stack([np.cos(bend) * np.sin(turn), np.cos(bend) * np.cos(turn), np.sin(bend)], axis=-1)
    girth = FINGER_RADII * shape.finger_girth
    tip = girth * 0.78 * shape.tip_taper
    lengths = PHALANGES * shape.finger_length * np.asarray(shape.finger_lengths)[:, None]
    lengths[:, 2] -= tip  # the last sphere ends at the skin
    knuckles = KNUCKLES * (shape.breadth, 1.0, 1.0)
    chain = np.concatenate([knuckles[:, None], direction * lengths[:, :, None]], axis=1)
    centres[INDEX:21] = np.cumsum(chain, axis=1).reshape(16, 3)
    last, turn = bend[:, 2], turn[:, 0]
    outward = np.stack([np.sin(last) * np.sin(turn), np.sin(last) * np.cos(turn), -np.cos(last)], axis=-1)
    centres[NAILS + 1 :] = centres[INDEX + 3 : 21 : 4] + outward * tip[:, None]
    knuckle_girth = 0.062 * (0.5 + 0.5 * shape.finger_girth) * np.array([1.0, 1.02, 0.97, 0.88])
    radii[INDEX:21] = np.stack([knuckle_girth, girth, girth * 0.5 + tip * 0.5, tip], axis=1).ravel()


def _palm(shape: HandShape, pose: Pose, centres: np.ndarray, radii: np.ndarray) -> None:
    broad = shape.breadth
    radii[WRIST] = 0.07 * shape.wrist_girth
    centres[WRIST_RADIAL], radii[WRIST_RADIAL] = (0.060 * broad, 0.0, 0.0), 0.082 * shape.wrist_girth
    centres[WRIST_ULNAR], radii[WRIST_ULNAR] = (-0.068 * broad, 0.0, 0.0), 0.080 * shape.wrist_girth
    centres[HEEL], radii[HEEL] = (-0.128 * broad, 0.16, 0.025), 0.082 * shape.palm_girth
    side, back = np.radians(pose.deviation), np.radians(pose.extension)
    along = -np.array([np.sin(side) * np.cos(back), np.cos(side) * np.cos(back), np.sin(back)])
    across = np.array([np.cos(side), -np.sin(side), 0.0])
    for row, sign, start in ((FOREARM_RADIAL, 1, WRIST_RADIAL), (FOREARM_ULNAR, -1, WRIST_ULNAR)):
        centres[row] = along * 0.22 + across * sign * 0.058 * broad
        radii[row] = radii[start] * 0.98
        centres[row + 2] = along * 1.35 + across * sign * 0.085 * shape.forearm_girth
        radii[row + 2] = 0.145 * shape.forearm_girth


def _thumb(shape: HandShape, pose: Pose, centres: np.ndarray, radii: np.ndarray) -> None:
    bones = THUMB_BONES * shape.thumb_length
    girth = 0.058 * shape.thumb_girth
    radii[THUMB : THUMB + 4] = 0.082 * shape.palm_girth, girth * 1.08, girth, girth * 0.74 * shape.tip_taper
    bones[2] -= radii[THUMB + 3]
    base = THUMB_BASE * (shape.breadth, 1.0, 1.0)
    thumb = pose.thumb
    if isinstance(thumb, ThumbOut):
        radial, palmar = np.radians(thumb.radial), np.radians(thumb.palmar)
        direction = np.stack(
            [np.sin(radial) * np.cos(palmar), np.cos(radial) * np.cos(palmar), np.sin(palmar)], axis=-1
        )
        chain = np.concatenate([base[None], direction * bones[:, None]])
        centres[THUMB : THUMB + 4] = np.cumsum(chain, axis=0)
        _thumb_nail(np.array([np.cos(radial[2]), -np.sin(radial[2]), -0.5]), centres, radii)
        return
    near = INDEX + 4 * thumb.finger + max(thumb.bone, 0)
    ends = (near, near + 1) if thumb.bone >= 0 else (WRIST, near)
    place = centres[ends[0]] * (1 - thumb.share) + centres[ends[1]] * thumb.share
    thickness = radii[ends[0]] * (1 - thumb.share) + radii[ends[1]] * thumb.share
    goal = place + _unit(np.array(thumb.towards)) * thumb.lift * (thickness + radii[THUMB + 3])
    # The first bone swings out of the palm before the thumb bends back to its goal.
    first = _unit(_unit(goal - base) * 0.55 + np.array([0.30, 0.30, 0.35]))
    centres[THUMB] = base
    centres[THUMB + 1] = base + first * bones[0]
    middle, tip = _two_bones(centres[THUMB + 1], goal, bones[1], bones[2], np.array(thumb.bulge))
    centres[THUMB + 2], centres[THUMB + 3] = middle, tip
    _thumb_nail(np.array(thumb.bulge), centres, radii)


def _thumb_nail(outward: np.ndarray, centres: np.ndarray, radii: np.ndarray) -> None:
    """On the side of the last bone that faces `outward`."""
    along = _unit(centres[THUMB + 3] - centres[THUMB + 2])
    centres[NAILS] = centres[THUMB + 3] + _unit(outward - along * (along @ outward)) * radii[THUMB + 3]


def _two_bones(
    start: np.ndarray, goal: np.ndarray, upper: float, lower: float, bulge: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Middle joint and end of a two-bone chain that reaches for `goal` and bends towards `bulge`."""
    reach = np.linalg.norm(goal - start)
    axis = (goal - start) / max(reach, 1e-6)
    reach = np.clip(reach, abs(upper - lower) + 0.35 * min(upper, lower), 0.995 * (upper + lower))
    cosine = (upper**2 + reach**2 - lower**2) / (2 * upper * reach)
    out = _unit(bulge - axis * (bulge @ axis))
    middle = start + upper * (cosine * axis + np.sqrt(max(0.0, 1 - cosine**2)) * out)
    return middle, start + reach * axis


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(np.sqrt(vector @ vector), 1e-9)
