"""Masks of hands in everyday photos, which nobody has drawn: a segmenter's, on close-ups, where all agree.

The suite's segmenter is good at close-ups. Around every box (or the points of a teacher, see
`datasets.teacher`) two of them are cut, one nearer than the other, turned so that the hand is upright. Their
mask is accepted where both say the same, all points lie on it or beside it, and nothing of it lies beyond the
box but a joined forearm. Elsewhere near the hand nothing is claimed (UNKNOWN).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import UNKNOWN, Examples
from handvision.core.files import replacing
from handvision.core.geometry import Affine
from handvision.core.hands import Hands
from handvision.core.hashing import hash_examples, hash_json
from handvision.core.workspace import workspace

# Gives (n, height, width, 1) probabilities of photos (n, height, width, 3) float32 RGB in [0, 1].
Segment = Callable[[NDArray[np.float32]], NDArray[np.float32]]

# The longer side of the box around the hand, as a share of the close-up's height.
SCALES = (0.75, 0.5)
# Shares of a box's longer side: by how much it is widened (points end at the last joints, boxes may cut
# fingertips), how far around it nothing is claimed, and how long a forearm may be.
WIDENED, AROUND, FOREARM = 0.15, 0.5, 3.0
# A point may lie this far off the mask, in lengths of the box's longer side.
POINT_TOLERANCE = 0.02
# Of the mask, how much may lie beyond the widened box without being forearm.
MAX_BEYOND = 0.03
# How much of its box a hand fills: less is a part of one, more is a wall. How near it comes to all sides.
FILLS = (0.1, 0.9)
TO_SIDES = 0.12
# Probabilities below this in both close-ups are background for certain.
DOUBTFUL = 0.2
# How far a forearm's colour may be from the hand's, in Lab's a and b.
SAME_SKIN = 10.0


@dataclass(frozen=True, eq=False)
class CloseUp:
    """A hand of a photo, and how the photo is moved so that the hand is upright and large.

    Attributes:
        box: (4,) x0, y0, x1, y1 in the photo.
        points: (21, 2), NaN where not known.
        affines: one a scale, from the photo to the close-up.
    """

    box: NDArray[np.float64]
    points: NDArray[np.float64]
    affines: tuple[Affine, ...]

    @property
    def has_points(self) -> bool:
        return bool(np.isfinite(self.points).all())

    @property
    def side(self) -> float:
        """The box's longer side."""
        return float(max(self.box[2:] - self.box[:2]))


@dataclass(eq=False)
class _Claims:
    """What is said of a photo's pixels, (height, width) booleans: is hand, is not known, was looked at."""

    hand: NDArray[np.bool_]
    unknown: NDArray[np.bool_]
    seen: NDArray[np.bool_]


def add_masks(examples: Examples, segment: Segment, size: tuple[int, int], fingerprint: str) -> Examples:
    """The same photos with weak masks: 255 hand and joined bare forearm, 0 background, UNKNOWN.

    A photo without hands is background; where all hands have a box, so is what lies beside them. Masks are
    kept in the cache, by a key of the photos, their hands, the segmenter and this file.

    Args:
        examples: photos with hands.
        segment: gives probabilities of close-ups.
        size: (height, width) of the close-ups that it takes.
        fingerprint: says which segmenter it is: another one makes other masks.

    Raises:
        ValueError: there are no photos or no hands.
    """
    code = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    key = hash_json([hash_examples(examples), fingerprint, list(size), code])
    file = workspace().cache / "everyday_masks" / f"{key}.npz"
    if not file.is_file():
        _write(file, examples, segment, size)
    with np.load(file) as stored:
        masks = [stored[f"mask_{i}"] for i in range(len(examples))]
        accepted = stored["accepted"]
    made = f"masks of {accepted.sum():,} of {len(accepted):,} hands by a segmenter on close-ups"
    return replace(
        examples,
        masks=np.stack(masks) if isinstance(examples.photos, np.ndarray) else masks,
        source=f"{examples.source}; {made}",
    )


def _write(file: Path, examples: Examples, segment: Segment, size: tuple[int, int]) -> None:
    masks, accepted = {}, []
    pairs = zip(examples.require("photos"), examples.require("hands"), strict=True)
    for i, (photo, hands) in enumerate(pairs):
        masks[f"mask_{i}"], agreed = mask_of(photo, hands, segment, size)
        accepted += agreed
    with replacing(file) as temporary:
        np.savez_compressed(temporary, accepted=np.array(accepted, bool), **masks)  # type: ignore[arg-type]


def mask_of(
    photo: NDArray[np.uint8], hands: Hands, segment: Segment, size: tuple[int, int]
) -> tuple[NDArray[np.uint8], list[bool]]:
    """The weak mask of one photo, (height, width, 1) uint8, and which of its hands with a box were accepted.

    Args:
        photo: (height, width, 3) uint8 RGB.
        hands: its hands; one without a box says that there may be others.
        segment, size: as for `add_masks`.
    """
    shape = photo.shape[:2]
    seen = close_ups(hands, size)
    inside = [_within(_widened(hand, WIDENED), shape) for hand in seen]
    complete = bool(np.isfinite(hands.boxes).all())
    mask = np.full(shape, 0 if complete else UNKNOWN, np.uint8)
    claims, accepted = [], []
    for i, hand in enumerate(seen):
        pictures = np.stack([affine.warp(photo, *size) for affine in hand.affines])
        probabilities = segment((pictures / 255).astype(np.float32))
        near, far = (
            affine.inverse().warp(np.ascontiguousarray(each[..., 0], np.float32), *shape)
            for affine, each in zip(hand.affines, probabilities, strict=True)
        )
        others = np.zeros(shape, bool)
        for j in range(len(seen)):
            others |= inside[j] if j != i else False
        claim = _agreed(photo, hand, near, far, inside[i], others)
        accepted.append(claim is not None)
        claims.append(claim or _refused(shape, hand))
    for claim in claims:
        mask[claim.seen] = 0
    for claim in claims:
        mask[claim.unknown] = UNKNOWN
    for claim in claims:
        mask[claim.hand] = 255
    return mask[..., None], accepted


def close_ups(hands: Hands, size: tuple[int, int]) -> list[CloseUp]:
    """The close-ups of a photo's hands that have a box.

    Args:
        size: (height, width) of close-ups.
    """
    made = []
    for box, keypoints, rotation in zip(hands.boxes, hands.keypoints, hands.rotations, strict=True):
        if not np.isfinite(box).all() or (box[2:] <= box[:2]).any():
            continue
        box, points = box.astype(np.float64), keypoints[:, :2].astype(np.float64)
        upright = Affine.rotation(-float(rotation) if np.isfinite(rotation) else 0.0)
        around = upright.boxes(box)
        if np.isfinite(points).all():
            turned = upright.points(points)
            around = np.concatenate([turned.min(axis=0), turned.max(axis=0)])
        centre, longer = (around[:2] + around[2:]) / 2, max(around[2:] - around[:2])
        affines = []
        for share in SCALES:
            scale = share * size[0] / longer
            x, y = (size[1] / 2, size[0] / 2) - centre * scale
            affines.append(upright.then(Affine.scale(scale)).then(Affine.shift(x, y)))
        made.append(CloseUp(box, points, tuple(affines)))
    return made


def _agreed(
    photo: NDArray[np.uint8],
    hand: CloseUp,
    near: NDArray[np.float32],
    far: NDArray[np.float32],
    inside: NDArray[np.bool_],
    others: NDArray[np.bool_],
) -> _Claims | None:
    """What the close-ups' masks say; None where they, box and points do not agree.

    Args:
        near, far: (height, width) probabilities of the two close-ups, on the photo.
        inside: the hand's widened box.
        others: the widened boxes of other hands.
    """
    mask = _piece_of((near > 0.5) & (far > 0.5), hand, inside)
    if mask is None:
        return None
    beyond = mask & ~inside & ~others
    around = _within(_widened(hand, AROUND), mask.shape)
    if hand.has_points:
        forearm = beyond & _behind_the_wrist(mask.shape, hand, slope=0.6)
        agreed = (beyond & ~forearm).sum() <= MAX_BEYOND * mask.sum() and _points_on(mask, hand)
    else:
        # At which end the forearm is, nobody knows.
        forearm = np.zeros_like(mask)
        agreed = _fills(mask, hand, inside)
    if not agreed:
        return None
    # A sleeve has another colour, and what is far off may be a neck.
    alike = _alike(photo, mask & inside)
    sure = mask & (inside | (forearm & around & alike))
    doubtful = ((near > DOUBTFUL) | (far > DOUBTFUL)) & around
    unknown = doubtful | beyond | _may_be_arm(alike, sure, hand, inside)
    return _Claims(sure, (cv2.dilate(unknown.astype(np.uint8), _SQUARE) > 0) & ~sure, inside)


def _refused(shape: tuple[int, int], hand: CloseUp) -> _Claims:
    nothing = np.zeros(shape, bool)
    unknown = _within(_widened(hand, AROUND), shape)
    if hand.has_points:
        unknown |= _behind_the_wrist(shape, hand, slope=1.0)
    return _Claims(nothing, unknown, nothing)


def _piece_of(
    likely: NDArray[np.bool_], hand: CloseUp, inside: NDArray[np.bool_]
) -> NDArray[np.bool_] | None:
    """The connected piece that has most of the points, or of the box's inside."""
    _, pieces = cv2.connectedComponents(likely.astype(np.uint8))
    votes = np.bincount(pieces[_pixels(hand, likely.shape)] if hand.has_points else pieces[inside])
    if not votes[1:].any():
        return None
    return pieces == 1 + votes[1:].argmax()


def _points_on(mask: NDArray[np.bool_], hand: CloseUp) -> bool:
    """Whether all points that lie in the photo lie on the mask or beside it."""
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    tolerance = max(1.5, POINT_TOLERANCE * hand.side)  # not less than a pixel and its neighbour
    return bool((distance[_pixels(hand, mask.shape)] <= tolerance).all())


def _pixels(hand: CloseUp, shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the points that lie in the photo."""
    x, y = np.floor(hand.points).astype(np.int64).T
    valid = (x >= 0) & (y >= 0) & (x < shape[1]) & (y < shape[0])
    return y[valid], x[valid]


def _fills(mask: NDArray[np.bool_], hand: CloseUp, inside: NDArray[np.bool_]) -> bool:
    """Whether a mask reaches all sides of its box, as a hand does, and leaves it at one end only."""
    box = _within(hand.box, mask.shape)
    rows, columns = np.flatnonzero((mask & box).any(axis=1)), np.flatnonzero((mask & box).any(axis=0))
    if not len(rows) or not FILLS[0] <= mask[box].mean() <= FILLS[1]:
        return False
    reached = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
    if (np.abs(reached - hand.box) > TO_SIDES * np.tile(hand.box[2:] - hand.box[:2], 2)).any():
        return False
    edge = cv2.dilate(inside.astype(np.uint8), _SQUARE) > 0
    ends, _ = cv2.connectedComponents((mask & edge & ~inside).astype(np.uint8))
    return ends <= 2  # the background counts as one


def _alike(photo: NDArray[np.uint8], hand_mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(height, width): what has the colour of the hand, whatever its brightness."""
    colours = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 1:]
    return np.linalg.norm(colours - np.median(colours[hand_mask], axis=0), axis=-1) < SAME_SKIN


def _may_be_arm(
    alike: NDArray[np.bool_], hand_mask: NDArray[np.bool_], hand: CloseUp, inside: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """What has the hand's colour and is joined to it, outside of its box: perhaps a forearm."""
    if hand.has_points:
        zone = _behind_the_wrist(hand_mask.shape, hand, slope=1.7)
    else:
        zone = _within(_widened(hand, FOREARM), hand_mask.shape)
    joined = cv2.morphologyEx((hand_mask | (alike & zone)).astype(np.uint8), cv2.MORPH_CLOSE, _SQUARE)
    _, pieces = cv2.connectedComponents(joined)
    return np.isin(pieces, np.unique(pieces[hand_mask])) & ~inside & zone & (joined > 0)


def _behind_the_wrist(shape: tuple[int, ...], hand: CloseUp, slope: float) -> NDArray[np.bool_]:
    """A cone from the palm to a forearm's end that gets broader by `slope` on each side."""
    wrist, knuckle = hand.points[0], hand.points[9]
    axis = (wrist - knuckle) / max(float(np.linalg.norm(wrist - knuckle)), 1e-6)
    palm = (wrist + knuckle) / 2
    x, y = np.arange(shape[1]) + 0.5 - palm[0], (np.arange(shape[0]) + 0.5 - palm[1])[:, None]
    along, across = x * axis[0] + y * axis[1], np.abs(x * axis[1] - y * axis[0])
    near = np.hypot(along, across) < FOREARM * hand.side
    return (along > 0) & (across < 0.35 * hand.side + slope * along) & near


def _widened(hand: CloseUp, share: float) -> NDArray[np.float64]:
    margin = share * hand.side
    return hand.box + (-margin, -margin, margin, margin)


def _within(box: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(height, width): the pixels whose centres lie in a box."""
    x, y = np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5
    return ((y >= box[1]) & (y <= box[3]))[:, None] & ((x >= box[0]) & (x <= box[2]))


_SQUARE = np.ones((3, 3), np.uint8)
