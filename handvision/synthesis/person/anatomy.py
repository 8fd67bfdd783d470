"""Bones and joints of the body: the order of their rows wherever a person is used.

The body stands in metres: x to the person's left, y up, z to the front, feet at the bottom.
"""

SIDES = ("right", "left")
_LIMBS = ("clavicle", "upper arm", "forearm", "thigh", "shin", "foot")
BONES = (
    "pelvis",
    "spine",
    "chest",
    "neck",
    "head",
    *(f"{side} {bone}" for side in SIDES for bone in _LIMBS),
)
PELVIS, SPINE, CHEST, NECK, HEAD = range(5)

_MIDDLE = ("pelvis", "waist", "chest", "neck", "head", "crown")
_SIDE = ("clavicle", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "toes", "eye")
_HAND = ("index", "middle", "middle1", "middle2", "tip", "little")
JOINTS = (*_MIDDLE, *(f"{side} {joint}" for side in SIDES for joint in (*_SIDE, *_HAND)))
# Joints in the order of the baked file, which holds the right half; the left one is its mirror image.
BAKED_JOINTS = JOINTS[: len(_MIDDLE) + len(_SIDE) + len(_HAND)]


def bone(side: str, name: str) -> int:
    """Row in `BONES` of a limb's bone."""
    return BONES.index(f"{side} {name}")


def joint(name: str, side: str = "") -> int:
    """Row in `JOINTS`."""
    return JOINTS.index(f"{side} {name}".strip())
