"""The thumb: stretched in given directions, or reaching for a place on another finger or the palm."""

import numpy as np

from handvision.synthesis.hand.mesh import anatomy
from handvision.synthesis.hand.mesh.model import HandModel
from handvision.synthesis.hand.mesh.rotations import rotation, rotation_between, signed_angle, unit
from handvision.synthesis.hand.skeleton import ThumbOut, ThumbTo

BASE = anatomy.first_joint(1)
# How much of the nail's turn each bone makes; the first one, held by the palm, makes least.
_TWIST_SHARES = (0.35, 0.8, 0.9)
_PALM_THICKNESS = 0.075


def pose_thumb(
    model: HandModel, rest: np.ndarray, goal: ThumbOut | ThumbTo, turns: np.ndarray, joints: np.ndarray
) -> None:
    """Sets the rows of the thumb in `turns` and `joints`; the other fingers' joints are posed already."""
    lengths = np.linalg.norm(np.diff(rest[BASE : BASE + 4], axis=0), axis=1)
    if isinstance(goal, ThumbOut):
        directions, outward = _stretched(goal)
    else:
        directions, outward = _reaching(model, joints, goal, lengths)
    parent, old = np.eye(3), unit(np.diff(rest[BASE : BASE + 4], axis=0))
    for row, share in enumerate(_TWIST_SHARES):
        along = directions[row]
        turn = rotation_between(parent @ old[row], along) @ parent
        wanted = outward - along * (outward @ along)
        if np.linalg.norm(wanted) > 0.15:
            twist = np.clip(signed_angle(along, turn @ model.thumb_nail, wanted), -75, 75)
            turn = rotation(along, share * twist) @ turn
        parent = turns[anatomy.finger_bone(1, row + 1)] = turn
        joints[BASE + row + 1] = joints[BASE + row] + along * lengths[row]


def _stretched(goal: ThumbOut) -> tuple[np.ndarray, np.ndarray]:
    """Directions (3, 3) of the bones and where the nail faces."""
    radial, palmar = np.radians(goal.radial), np.radians(goal.palmar)
    directions = np.stack(
        [np.sin(radial) * np.cos(palmar), np.cos(radial) * np.cos(palmar), np.sin(palmar)], axis=-1
    )
    return directions, np.array([np.cos(radial[2]), -np.sin(radial[2]), -0.35])


def _reaching(
    model: HandModel, joints: np.ndarray, goal: ThumbTo, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    knuckle = anatomy.first_joint(goal.finger + 2)
    near, far = (anatomy.WRIST, knuckle) if goal.bone < 0 else (knuckle + goal.bone, knuckle + goal.bone + 1)
    thickness = _PALM_THICKNESS if goal.bone < 0 else model.radii[near]
    # A thumb over folded fingers keeps away from the near end of their middle bones, where flesh bulges.
    share = 0.25 + 0.75 * goal.share if goal.bone == 1 else goal.share
    place = joints[near] + (joints[far] - joints[near]) * share
    end = place + unit(goal.towards) * goal.lift * (thickness + model.radii[BASE + 2])
    # The first bone swings out of the palm, then the other two bend back to the goal.
    first = unit(0.7 * unit(end - joints[BASE]) + np.array([0.2, 0.2, 0.35]))
    start, (_, upper, lower) = joints[BASE] + first * lengths[0], lengths
    axis = unit(end - start)
    reach = np.clip(
        np.linalg.norm(end - start), abs(upper - lower) + 0.35 * min(upper, lower), 0.995 * (upper + lower)
    )
    cosine = (upper**2 + reach**2 - lower**2) / (2 * upper * reach)
    bulge = np.array(goal.bulge, float)
    out = unit(bulge - axis * (bulge @ axis))
    middle = start + upper * (cosine * axis + np.sqrt(max(0.0, 1 - cosine**2)) * out)
    return np.stack([first, unit(middle - start), unit(start + reach * axis - middle)]), bulge
