"""From a stance to a body in space: bones turned about joints, skin drawn along."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from handvision.synthesis.hand.mesh.rotations import rotation, rotation_between, signed_angle, unit
from handvision.synthesis.person import anatomy
from handvision.synthesis.person.anatomy import SIDES, bone, joint
from handvision.synthesis.person.model import PersonModel

_FRONT = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Arm:
    """Directions of an arm's bones, (3,) unit vectors, and the twist of its skin at the wrist, degrees."""

    upper: np.ndarray
    fore: np.ndarray
    twist: float = 0.0


@dataclass(frozen=True)
class Stance:
    """What the body does, in space: x right, y up, z to the viewer, whom an unturned person faces.

    Attributes:
        pelvis, chest, head: (3, 3) rotations against the rest pose; the spine and the neck lie half-way.
        legs: for each side the directions of thigh and shin.
        arms: for each side an `Arm`.
    """

    pelvis: np.ndarray
    chest: np.ndarray
    head: np.ndarray
    legs: dict[str, tuple[np.ndarray, np.ndarray]]
    arms: dict[str, Arm] = field(default_factory=dict)


@dataclass(frozen=True)
class Trunk:
    """Joints (j, 3), of which those of trunk, head and shoulders are in place, and bones' rotations."""

    joints: np.ndarray
    turns: np.ndarray


def pose_trunk(rest: np.ndarray, stance: Stance) -> Trunk:
    """Places all but arms and legs; the pelvis stays where it is at rest."""
    joints, turns = rest.copy(), np.tile(np.eye(3), (len(anatomy.BONES), 1, 1))
    turns[anatomy.PELVIS], turns[anatomy.CHEST] = stance.pelvis, stance.chest
    turns[anatomy.SPINE] = _between(stance.pelvis, stance.chest)
    turns[anatomy.HEAD], turns[anatomy.NECK] = stance.head, _between(stance.chest, stance.head)

    def follow(child: int, parent: int, turn: np.ndarray) -> None:
        joints[child] = joints[parent] + turn @ (rest[child] - rest[parent])

    pelvis, waist, chest, neck, head = (joint(name) for name in ("pelvis", "waist", "chest", "neck", "head"))
    follow(waist, pelvis, turns[anatomy.PELVIS])
    follow(chest, waist, turns[anatomy.SPINE])
    follow(neck, chest, turns[anatomy.CHEST])
    follow(head, neck, turns[anatomy.NECK])
    follow(joint("crown"), head, stance.head)
    for side in SIDES:
        follow(joint("eye", side), head, stance.head)
        follow(joint("hip", side), pelvis, stance.pelvis)
        follow(joint("clavicle", side), chest, stance.chest)
        turns[bone(side, "clavicle")] = stance.chest
        follow(joint("shoulder", side), joint("clavicle", side), stance.chest)
    return Trunk(joints, turns)


def shoulder_of(
    rest: np.ndarray, trunk: Trunk, side: str, upper: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where the shoulder goes when the upper arm points along `upper`, and the clavicle's rotation."""
    chest = trunk.turns[anatomy.CHEST]
    start, end = joint("clavicle", side), joint("shoulder", side)
    outward = 1.0 if side == "left" else -1.0
    raised = float(np.clip((chest.T @ upper)[1] + 0.2, 0, 1))
    turn = chest @ rotation((0, 0, 1), outward * 28 * raised)
    return trunk.joints[start] + turn @ (rest[end] - rest[start]), turn


def pose_body(
    model: PersonModel, vertices: np.ndarray, rest: np.ndarray, stance: Stance
) -> tuple[np.ndarray, np.ndarray]:
    """Skin of the body (b, 3) float32 and joints (j, 3); forearms are twisted more towards the wrist."""
    trunk = pose_trunk(rest, stance)
    joints, turns = trunk.joints, trunk.turns
    starts = [joint(name) for name in ("pelvis", "waist", "chest", "neck", "head")]
    twists: dict[int, tuple[np.ndarray, float, int, int]] = {}
    for side in SIDES:
        starts += [joint(name, side) for name in ("clavicle", "shoulder", "elbow", "hip", "knee", "ankle")]
        if side in stance.arms:
            _arm(rest, trunk, side, stance.arms[side], twists)
        _leg(rest, trunk, side, stance.legs[side])
    moved = np.zeros_like(vertices)
    for row, start in enumerate(starts):
        weights = model.weights[:, row]
        rows = np.flatnonzero(weights > 1e-3)
        offset = vertices[rows] - rest[start].astype(np.float32)
        turned = offset @ turns[row].T.astype(np.float32)
        if row in twists:
            axis, degrees, near, far = twists[row]
            along = (rest[far] - rest[near]) / ((rest[far] - rest[near]) @ (rest[far] - rest[near]))
            share = np.clip(offset @ along.astype(np.float32), 0, 1)
            turned = _twist(turned, axis.astype(np.float32), np.radians(degrees).astype(np.float32) * share)
        moved[rows] += weights[rows, None] * (turned + joints[start].astype(np.float32))
    return moved, joints


def fore_turn(
    rest: np.ndarray, side: str, upper: np.ndarray, fore: np.ndarray, clavicle: np.ndarray
) -> tuple[np.ndarray, float]:
    """Rotation of the forearm before its skin is twisted, and the turn of the upper arm about itself."""
    shoulder, elbow, wrist = (rest[joint(name, side)] for name in ("shoulder", "elbow", "wrist"))
    upper_rest, fore_rest = unit(elbow - shoulder), unit(wrist - elbow)
    swing = rotation_between(clavicle @ upper_rest, upper) @ clavicle
    hinge_rest = fore_rest - upper_rest * (fore_rest @ upper_rest) + 0.3 * _FRONT
    bend = np.linalg.norm(np.cross(upper, fore))
    turn = signed_angle(upper, swing @ hinge_rest, fore) * min(1.0, float(bend) / 0.35)
    whole = rotation(upper, turn) @ swing
    return rotation_between(whole @ fore_rest, fore) @ whole, turn


def _arm(
    rest: np.ndarray, trunk: Trunk, side: str, arm: Arm, twists: dict[int, tuple[np.ndarray, float, int, int]]
) -> None:
    joints, turns = trunk.joints, trunk.turns
    shoulder, elbow, wrist = (joint(name, side) for name in ("shoulder", "elbow", "wrist"))
    joints[shoulder], turns[bone(side, "clavicle")] = shoulder_of(rest, trunk, side, arm.upper)
    clavicle = turns[bone(side, "clavicle")]
    joints[elbow] = joints[shoulder] + arm.upper * np.linalg.norm(rest[elbow] - rest[shoulder])
    joints[wrist] = joints[elbow] + arm.fore * np.linalg.norm(rest[wrist] - rest[elbow])
    turns[bone(side, "forearm")], turn = fore_turn(rest, side, arm.upper, arm.fore, clavicle)
    swing = rotation_between(clavicle @ unit(rest[elbow] - rest[shoulder]), arm.upper) @ clavicle
    turns[bone(side, "upper arm")] = swing
    twists[bone(side, "upper arm")] = arm.upper, turn, shoulder, elbow
    twists[bone(side, "forearm")] = arm.fore, arm.twist, elbow, wrist


def _leg(rest: np.ndarray, trunk: Trunk, side: str, directions: tuple[np.ndarray, np.ndarray]) -> None:
    turn = trunk.turns[anatomy.PELVIS]
    chain = [joint(name, side) for name in ("hip", "knee", "ankle")]
    for (near, far), direction, name in zip(pairwise(chain), directions, ("thigh", "shin"), strict=True):
        turn = rotation_between(turn @ unit(rest[far] - rest[near]), direction) @ turn
        trunk.turns[bone(side, name)] = turn
        trunk.joints[far] = trunk.joints[near] + direction * np.linalg.norm(rest[far] - rest[near])
    trunk.turns[bone(side, "foot")] = trunk.turns[anatomy.PELVIS]


def _twist(points: np.ndarray, axis: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Points (n, 3) turned about an axis, each by its own angle in radians (Rodrigues)."""
    cosine, sine = np.cos(angles)[:, None], np.sin(angles)[:, None]
    return points * cosine + np.cross(axis, points) * sine + axis * (points @ axis)[:, None] * (1 - cosine)


def _between(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The rotation half-way between two that are not far apart."""
    u, _, v = np.linalg.svd(one + other)
    return u @ v
