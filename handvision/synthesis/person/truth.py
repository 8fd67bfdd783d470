"""What is known of a drawn person's hands: masks, boxes, key points and which of them are seen."""

import cv2
import numpy as np

from handvision.core.hands import Hands
from handvision.synthesis.hand.mesh import keypoints
from handvision.synthesis.person.model import Part
from handvision.synthesis.person.scene import Scene, ShownHand

_PARTS = {
    "right": (Part.RIGHT_HAND, Part.RIGHT_FOREARM),
    "left": (Part.LEFT_HAND, Part.LEFT_FOREARM),
}
_LEAST_PIXELS, _LEAST_SHARE = (
    6.0,
    0.12,
)  # of a hand's box, that have to be seen of it to call it a hand in the picture


def find_hands(scene: Scene) -> tuple[np.ndarray, Hands, bool]:
    """The hands that are seen.

    Returns:
        Mask of each, (k, height, width) uint8, 255 = skin of the hand and of the bare forearm joined to it;
        their `Hands` (boxes are around the whole hand, also what is hidden of it, as far as it is in the
        picture; a key point's score is 1 where it is seen, else 0); and whether a hand is in the picture of
        which too little is seen to be among them.
    """
    part = scene.part
    masks, columns, partly = [], [], False
    for hand in scene.hands:
        of_hand, of_forearm = (part == which for which in _PARTS[hand.side])
        seen = scene.coverage(of_hand)
        if not seen.any():
            continue
        box = _box(scene, hand)
        area = float(np.prod(box[2:] - box[:2]))
        if seen.sum() < max(_LEAST_PIXELS, _LEAST_SHARE * area):
            partly = True
            continue
        masks.append(_joined(scene.coverage(of_hand | of_forearm), seen))
        columns.append((box, _points(scene, hand, part), hand.side, hand.label, _rotation(scene, hand)))
    if not masks:
        return np.empty((0, scene.camera.height, scene.camera.width), np.uint8), Hands(), partly
    boxes, points, sides, labels, rotations = zip(*columns, strict=True)
    hands = Hands(
        boxes=np.stack(boxes),
        keypoints=np.stack(points),
        handedness=np.array(sides),
        labels=np.array(labels),
        rotations=np.array(rotations, np.float32),
    )
    return np.stack(masks), hands, partly


def _joined(skin: np.ndarray, hand: np.ndarray) -> np.ndarray:
    """Skin where it covers half of a pixel, in pieces that hold some of the hand itself."""
    mask = (skin >= 0.5).astype(np.uint8)
    _, pieces = cv2.connectedComponents(mask, connectivity=8)
    with_hand = np.unique(pieces[(hand > 0.25) & (mask > 0)])
    return np.where(np.isin(pieces, with_hand) & (mask > 0), np.uint8(255), np.uint8(0))


def _box(scene: Scene, hand: ShownHand) -> np.ndarray:
    pixels = scene.camera.project(scene.surface.vertices[hand.rows])
    corners = np.concatenate([pixels.min(axis=0), pixels.max(axis=0)])
    return corners.clip(0, [scene.camera.width, scene.camera.height] * 2).astype(np.float32)


def _rotation(scene: Scene, hand: ShownHand) -> float:
    """Degrees of the wrist to the middle knuckle in the picture, counter-clockwise from image-up."""
    wrist, knuckle = scene.camera.project(hand.points[[0, 9]])
    dx, dy = knuckle - wrist
    return float(np.degrees(np.arctan2(-dx, -dy)))


def _points(scene: Scene, hand: ShownHand, part: np.ndarray) -> np.ndarray:
    """(21, 3) float32: x, y in pixels, and 1 where a point is seen, 0 where something hides it."""
    surface, fragments, camera = scene.surface, scene.fragments, scene.camera
    corners = surface.vertex_of_corner[surface.triangles[fragments.triangle]].T
    depth = (surface.vertices[corners, 2] * fragments.barycentric).sum(axis=0)
    count = camera.height * camera.width
    front, finger = np.full(count, -np.inf, np.float32), np.full(count, -1)
    front[scene.pixel_of_fragment] = depth
    own = np.isin(part, _PARTS[hand.side])
    finger[scene.pixel_of_fragment] = np.where(own, surface.finger[fragments.triangle], -1)
    length = float(np.linalg.norm(np.diff(hand.points[[0, 9, 10, 11, 12]], axis=0), axis=1).sum())
    pixels, shape = camera.project(hand.points), (camera.height, camera.width)
    # In hand lengths, as `visible` counts.
    seen = keypoints.visible(
        pixels,
        hand.points[:, 2] / length,
        hand.flesh / length,
        front.reshape(shape) / np.float32(length),
        finger.reshape(shape),
    )
    return np.column_stack([pixels, seen]).astype(np.float32)
