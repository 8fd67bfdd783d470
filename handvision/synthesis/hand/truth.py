"""What is known of a capsule hand in a picture beside its mask: its box, and which key points are seen."""

import numpy as np

from handvision.synthesis.hand import skeleton as sk
from handvision.synthesis.hand.silhouette import Projected

_FINGERS = 5
_STEPS = np.linspace(0, 1, 6)
# A ball hides a point that lies deeper behind its front than this share of the point's own flesh.
_OWN_FLESH = 1.5


def box(hand: Projected, size: int) -> np.ndarray:
    """(4,) float32 x0, y0, x1, y1 around the hand without its forearm, as far as it is in the picture."""
    body = np.r_[0:21, sk.WRIST_RADIAL, sk.WRIST_ULNAR, sk.HEEL]
    points, radii = hand.points[body], hand.radii[body, None]
    corners = np.concatenate([(points - radii).min(axis=0), (points + radii).max(axis=0)])
    return corners.clip(0, size).astype(np.float32)


def seen(hand: Projected, size: int) -> np.ndarray:
    """(21,) bool, which key points are in the picture with no other finger nor the palm before them."""
    balls, depths, radii, owners = _balls(hand)
    points, own_depths, own_radii = hand.points[:21], hand.depth[:21], hand.radii[:21]
    finger_of_point = np.r_[0, np.repeat(np.arange(1, _FINGERS + 1), 4)]
    distance = np.linalg.norm(points[:, None] - balls[None], axis=2)
    before = (depths + radii)[None] > (own_depths + _OWN_FLESH * own_radii)[:, None]
    covers = (distance < 0.9 * radii) & before & (owners[None] != finger_of_point[:, None])
    inside = ((points >= 0) & (points < size)).all(axis=1)
    return inside & ~covers.any(axis=1)


def _balls(hand: Projected) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Places (n, 2), depths, radii and fingers (0 = palm) of balls along all bones."""
    bones = [(1 + finger * 4 + row, 2 + finger * 4 + row) for finger in range(_FINGERS) for row in range(3)]
    bones += [(sk.WRIST, knuckle) for knuckle in (sk.INDEX, sk.MIDDLE, sk.RING, sk.LITTLE)]
    start, end = np.array(bones).T
    share = _STEPS[:, None]

    def between(values: np.ndarray) -> np.ndarray:
        return (values[start] * (1 - share) + values[end] * share).ravel()

    places = np.stack([between(hand.points[:, axis]) for axis in (0, 1)], axis=1)
    owner = np.where(start == sk.WRIST, 0, 1 + (start - 1) // 4)
    return places, between(hand.depth), between(hand.radii), np.tile(owner, len(_STEPS))
