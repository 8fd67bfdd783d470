"""From a pose to rotated bones and joints in space."""

from dataclasses import dataclass, replace

import numpy as np

from handvision.synthesis.hand.mesh import anatomy, thumb
from handvision.synthesis.hand.mesh.model import HandModel
from handvision.synthesis.hand.mesh.rotations import rotation, rotation_between, signed_angle, unit
from handvision.synthesis.hand.skeleton import Pose

# The palm cups when ring and little finger fold: degrees a degree of the knuckle's bend.
_CUP_AXIS, _CUPPING = (0.94, 0.34, 0.0), {4: 0.035, 5: 0.075}
# A bent finger leans towards the middle one, in degrees at 90 degrees of the knuckle; index to little finger.
_LEAN = (-7.0, 1.0, 7.0, 13.0)


@dataclass(frozen=True)
class Posed:
    """Bones in space.

    Attributes:
        turns: (21, 3, 3) rotation of each bone against the rest pose.
        joints: (24, 3) in hand lengths.
    """

    turns: np.ndarray
    joints: np.ndarray


def close_fists(pose: Pose, rng: np.random.Generator) -> Pose:
    """Folds folded fingers as far as flesh allows: what closes a skeleton's fist leaves a mesh's open."""
    folded = (pose.flexion[:, :1] > 60) & (pose.flexion[:, 1:2] > 85)
    tight = np.maximum(pose.flexion, rng.uniform((80, 96, 52), (90, 104, 66)))
    return replace(pose, flexion=np.where(folded, tight, pose.flexion))


def pose_bones(model: HandModel, rest: np.ndarray, pose: Pose) -> Posed:
    """Rotates the bones of a hand whose joints at rest are `rest`, (24, 3).

    A pose's angles are absolute: how far the fingers are bent at rest is measured and taken off.
    """
    turns, joints = np.tile(np.eye(3), (len(anatomy.BONES), 1, 1)), rest.copy()
    _forearm(rest, pose, turns, joints)
    for finger in (2, 3, 4, 5):
        bend = max(0.0, float(pose.flexion[finger - 2, 0]))
        turns[anatomy.metacarpal(finger)] = rotation(_CUP_AXIS, bend * _CUPPING.get(finger, 0.0))
        _finger(finger, rest, pose, turns, joints)
    thumb.pose_thumb(model, rest, pose.thumb, turns, joints)
    return Posed(turns, joints)


def skin(model: HandModel, vertices: np.ndarray, rest: np.ndarray, posed: Posed) -> np.ndarray:
    """Linear blend skinning: each vertex (v, 3) float32 moved by the weighted mean of its bones' motions."""
    starts = [anatomy.start_of(bone) for bone in range(len(anatomy.BONES))]
    shifts = posed.joints[starts] - np.einsum("bij,bj->bi", posed.turns, rest[starts])
    motions = np.concatenate([posed.turns, shifts[:, :, None]], axis=2).astype(np.float32)
    blended = (model.weights @ motions.reshape(len(motions), 12)).reshape(-1, 3, 4)
    return np.matmul(blended[:, :, :3], vertices[:, :, None])[:, :, 0] + blended[:, :, 3]


def _forearm(rest: np.ndarray, pose: Pose, turns: np.ndarray, joints: np.ndarray) -> None:
    """Seen from the hand, the forearm swings about the wrist."""
    side, back = np.radians(pose.deviation), np.radians(pose.extension)
    goal = -np.array([np.sin(side) * np.cos(back), np.cos(side) * np.cos(back), np.sin(back)])
    # Straight lies between the hand's axis and where the forearm points at rest.
    straight = 0.75 * np.array([0.0, -1.0, 0.0]) + 0.25 * unit(rest[anatomy.ELBOW])
    turns[anatomy.FOREARM] = rotation_between(straight, goal)
    joints[anatomy.ELBOW] = turns[anatomy.FOREARM] @ rest[anatomy.ELBOW]


def _finger(finger: int, rest: np.ndarray, pose: Pose, turns: np.ndarray, joints: np.ndarray) -> None:
    base, bone = anatomy.first_joint(finger), anatomy.metacarpal(finger)
    flexion, spread = pose.flexion[finger - 2], float(pose.spread[finger - 2])
    first, second, third = unit(np.diff(rest[base : base + 4], axis=0))
    # It bends in the plane of its bent rest pose, mixed with the palm's, which decides where it is straight.
    hinge = np.cross(first, third)
    hinge = unit(hinge * np.sign(hinge[0]) + 0.3 * unit(np.cross(first, (0, 0, 1))))
    at_rest = (
        np.degrees(np.arcsin(first[2])),
        signed_angle(hinge, first, second),
        signed_angle(hinge, second, third),
    )
    spread_at_rest = np.degrees(np.arctan2(first[0], first[1]))
    lean = _LEAN[finger - 2] * np.sin(np.radians(np.clip(flexion[0], 0, 90)))
    aside = rotation((0, 1, 0), lean) @ rotation((0, 0, 1), spread_at_rest - spread)
    turn, start = turns[bone], anatomy.start_of(bone)
    joints[base] = turn @ (rest[base] - rest[start]) + rest[start]
    for row in range(3):
        bend = rotation(hinge, float(flexion[row]) - at_rest[row])
        turn = turn @ (aside @ bend if row == 0 else bend)
        turns[anatomy.finger_bone(finger, row + 1)] = turn
        joints[base + row + 1] = joints[base + row] + turn @ (rest[base + row + 1] - rest[base + row])
