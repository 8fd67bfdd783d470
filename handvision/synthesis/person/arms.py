"""Where arms go: a hand is shown in a given view, or reaches for a place; both within what an arm can do."""

from dataclasses import dataclass

import numpy as np

from handvision.synthesis.hand.mesh import anatomy as hand_anatomy
from handvision.synthesis.hand.mesh import posing as hand_posing
from handvision.synthesis.hand.mesh.rotations import rotation, rotation_between, signed_angle, unit
from handvision.synthesis.person import anatomy
from handvision.synthesis.person.anatomy import joint
from handvision.synthesis.person.posing import Arm, Trunk, fore_turn, shoulder_of

# Degrees. The upper arm's turn about itself, the skin's twist at the wrist (both against the rest pose).
_TURN, _TWIST, _BEND = 100.0, 105.0, (12.0, 142.0)
_TRIES = 60


@dataclass(frozen=True)
class HeldArm:
    """An arm, and `hand`, (3, 3), from its hand's own frame to space; a left one mirrors."""

    arm: Arm
    hand: np.ndarray


def show(
    rest: np.ndarray,
    trunk: Trunk,
    side: str,
    posed: hand_posing.Posed,
    hand: np.ndarray,
    rng: np.random.Generator,
) -> HeldArm | None:
    """An arm whose hand stands as `hand` says; None where no arm can do it."""
    fore = -unit(hand @ unit(posed.joints[hand_anatomy.ELBOW]))
    chest = trunk.turns[anatomy.CHEST]
    outward = 1.0 if side == "left" else -1.0
    best: tuple[float, HeldArm] | None = None
    for _ in range(_TRIES):
        # Elbows hang, mostly: to the side, in front, seldom above the shoulder.
        local = unit([outward * rng.uniform(-0.25, 1.0), rng.uniform(-1.0, 0.35), rng.uniform(-0.3, 0.9)])
        upper = chest @ local
        bend = np.degrees(np.arccos(np.clip(upper @ fore, -1, 1)))
        if not _BEND[0] <= bend <= _BEND[1] or (chest.T @ fore)[2] < -0.5:
            continue
        _, clavicle = shoulder_of(rest, trunk, side, upper)
        before, turn = fore_turn(rest, side, upper, fore, clavicle)
        twist = _wrist_twist(rest, side, before, fore, hand)
        if abs(turn) > _TURN or abs(twist) > _TWIST:
            continue
        strain = abs(turn) / 60 + abs(twist) / 60 + 1.5 * max(0.0, local[1] + 0.3) + rng.uniform(0, 1.0)
        if best is None or strain < best[0]:
            best = strain, HeldArm(Arm(upper, fore, twist), hand)
    return None if best is None else best[1]


def reach(
    rest: np.ndarray,
    trunk: Trunk,
    side: str,
    posed: hand_posing.Posed,
    place: np.ndarray,
    palm: np.ndarray,
    elbow: np.ndarray,
) -> HeldArm:
    """An arm whose palm's middle comes to `place`, or as near as it gets, and faces `palm` as far as it can.

    Args:
        elbow: the direction in which the elbow stands off.
    """
    upper_length, fore_length = (
        float(np.linalg.norm(rest[joint(far, side)] - rest[joint(near, side)]))
        for near, far in (("shoulder", "elbow"), ("elbow", "wrist"))
    )
    shoulder, fore = (
        trunk.joints[joint("shoulder", side)],
        unit(place - trunk.joints[joint("shoulder", side)]),
    )
    upper = unit(elbow)
    for _ in range(3):
        wrist = place - 0.4 * hand_length(rest, side) * fore
        shoulder, clavicle = shoulder_of(rest, trunk, side, upper)
        axis = unit(wrist - shoulder)
        span = float(
            np.clip(
                np.linalg.norm(wrist - shoulder), 0.3 * upper_length, 0.985 * (upper_length + fore_length)
            )
        )
        cosine = (upper_length**2 + span**2 - fore_length**2) / (2 * upper_length * span)
        cosine = float(np.clip(cosine, -1, 1))
        off = unit(elbow - axis * (elbow @ axis))
        upper = unit(cosine * axis + np.sqrt(1 - cosine**2) * off)
        fore = unit(shoulder + axis * span - (shoulder + upper * upper_length))
    before, _ = fore_turn(rest, side, upper, fore, clavicle)
    hand = before @ rest_hand(rest, side)
    hand = rotation_between(hand @ unit(posed.joints[hand_anatomy.ELBOW]), -fore) @ hand
    across = palm - fore * (palm @ fore)
    twist = 0.0
    if np.linalg.norm(across) > 0.2:
        twist = float(np.clip(signed_angle(fore, hand[:, 2], across), -_TWIST, _TWIST))
    return HeldArm(Arm(upper, fore, twist), rotation(fore, twist) @ hand)


def rest_hand(rest: np.ndarray, side: str) -> np.ndarray:
    """(3, 3) from the hand's own frame to the body's at rest; the left hand's mirrors."""
    wrist, index, middle, little = (
        rest[joint(name, side)] for name in ("wrist", "index", "middle", "little")
    )
    along = unit(middle - wrist)
    across = unit(index - little - along * ((index - little) @ along))
    normal = np.cross(across, along)
    return np.stack([across, along, normal if side == "right" else -normal], axis=1)


def hand_length(rest: np.ndarray, side: str) -> float:
    """Metres of a hand length: the wrist to the middle finger's tip along the joints."""
    chain = rest[[joint(name, side) for name in ("wrist", "middle", "middle1", "middle2", "tip")]]
    return float(np.linalg.norm(np.diff(chain, axis=0), axis=1).sum())


def _wrist_twist(
    rest: np.ndarray, side: str, before: np.ndarray, fore: np.ndarray, hand: np.ndarray
) -> float:
    return signed_angle(fore, (before @ rest_hand(rest, side))[:, 2], hand[:, 2])
