"""Bones and joints of the hand: the order of their rows wherever the mesh is used.

The frame is the skeleton's: a right hand whose palm faces the viewer, x to the thumb's side, y along the
middle metacarpal, z out of the palm. The unit is one hand length, the wrist to the tip of the middle finger.
Fingers count from 1 = thumb to 5 = little finger.
"""

FINGERS = (1, 2, 3, 4, 5)
# The metacarpals of index to little finger, then three bones a finger from its base.
BONES = (
    "forearm",
    "wrist",
    *(f"metacarpal{finger}" for finger in FINGERS[1:]),
    *(f"finger{finger}-{bone}" for finger in FINGERS for bone in (1, 2, 3)),
)
FOREARM = 0

# Joints: 0 wrist, then four a finger from base to tip (MediaPipe's order), then where the metacarpals begin
# (of index and middle finger, of ring and little finger), and the elbow.
WRIST, MIDDLE_KNUCKLE = 0, 9
CARPUS_RADIAL, CARPUS_ULNAR, ELBOW = 21, 22, 23
JOINTS = 24


def finger_bone(finger: int, bone: int) -> int:
    """Row in `BONES` of a finger's bone, 1 = nearest to the palm."""
    return BONES.index(f"finger{finger}-{bone}")


def metacarpal(finger: int) -> int:
    """Row in `BONES` of the bone between wrist and knuckle of finger 2 to 5."""
    return BONES.index(f"metacarpal{finger}")


def first_joint(finger: int) -> int:
    """Row of the joint at a finger's base; its other joints follow."""
    return 4 * finger - 3


def finger_of_bone(bone: int) -> int:
    """The finger that a bone belongs to; 0 for palm and forearm."""
    name = BONES[bone]
    return int(name[6]) if name.startswith("finger") else 0


def start_of(bone: int) -> int:
    """Row of the joint about which a bone turns; the forearm is held at its wrist end."""
    name = BONES[bone]
    if name in ("forearm", "wrist"):
        return WRIST
    if name.startswith("metacarpal"):
        return CARPUS_RADIAL if name[-1] in "23" else CARPUS_ULNAR
    return first_joint(int(name[6])) + int(name[8]) - 1
