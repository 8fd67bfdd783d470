"""The texture, painted from the rest pose: creases, relief, nails, and which side of a hand is which."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from handvision.synthesis.hand.mesh import anatomy
from handvision.synthesis.hand.mesh.bake.atlas import Atlas
from handvision.synthesis.hand.mesh.bake.cutting import Cut

SIZE = 640
CREASES, RELIEF, NAILS, PALMAR = range(4)  # channels

# Lines of the palm and the wrist, x and y in hand lengths, with their strength.
_PALM_LINES = (
    (0.95, ((0.105, 0.335), (0.055, 0.315), (0.015, 0.25), (-0.005, 0.17), (0.005, 0.08), (0.02, 0.03))),
    (0.95, ((0.105, 0.345), (0.05, 0.33), (-0.02, 0.285), (-0.08, 0.235), (-0.125, 0.19))),
    (0.95, ((-0.165, 0.325), (-0.10, 0.335), (-0.03, 0.355), (0.02, 0.39), (0.04, 0.425))),
    (0.55, ((0.09, -0.012), (0.0, -0.022), (-0.09, -0.015))),
    (0.55, ((0.09, -0.045), (0.0, -0.052), (-0.09, -0.047))),
)
_LINE_WIDTH = 0.0048
# Creases on the palm's side at the near end of each bone: (place along the bone, width, strength).
_FINGER_LINES = {
    1: ((0.105, 0.005, 1.0), (0.116, 0.004, 0.35)),  # where a finger leaves the palm; the thumb has none
    2: ((0.0, 0.005, 1.0), (-0.014, 0.004, 0.7), (0.012, 0.004, 0.4)),
    3: ((0.0, 0.005, 0.9), (-0.010, 0.003, 0.4)),
}
# Wrinkles on the back of a joint: (distance between two, reach).
_WRINKLES = {2: (0.0095, 0.030), 3: (0.008, 0.018)}


@dataclass(frozen=True)
class _Texels:
    """What lies at each place of the texture.

    Attributes:
        place, normal: (size, size, 3) in the rest pose.
        shares: (size, size, 6) how far palm (0) and fingers (1 to 5) move it.
        known: (size, size) bool, whether skin lies there.
    """

    place: np.ndarray
    normal: np.ndarray
    shares: np.ndarray
    known: np.ndarray


def paint(cut: Cut, atlas: Atlas, nail_mask: np.ndarray) -> np.ndarray:
    """The texture, (640, 640, 4) uint8.

    Channels: darkness of creases, relief (128 = flat), nails, palm's side (255) against back (0).
    """
    texels = _texels(cut, atlas)
    nails = _nails(nail_mask, atlas)
    creases = np.maximum(_finger_creases(cut, texels), _palm_creases(texels))
    creases *= 1 - np.clip(nails * 2, 0, 1)
    relief = _tendons(cut, texels) - 0.7 * cv2.GaussianBlur(creases, (0, 0), 0.8)
    layers = [
        creases * 255,
        128 + 120 * np.clip(relief, -1, 1),
        np.clip(nails, 0, 1) * 255,
        _palmar(cut, texels) * 255,
    ]
    return _spread(np.clip(np.stack(layers, axis=-1), 0, 255).astype(np.uint8), texels.known)


def _texels(cut: Cut, atlas: Atlas) -> _Texels:
    finger = np.array([anatomy.finger_of_bone(bone) for bone in range(len(anatomy.BONES))])
    shares = np.stack([cut.weights[:, finger == k].sum(axis=1) for k in range(6)], axis=1)
    values = np.concatenate([cut.vertices, _normals(cut, atlas), shares], axis=1)
    canvas, known = np.zeros((SIZE, SIZE, values.shape[1])), np.zeros((SIZE, SIZE), bool)
    for triangle in atlas.triangles:
        a, b, c = atlas.uv[triangle] * SIZE - 0.5
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if abs(area) < 1e-9:
            continue
        low = np.maximum(np.floor(np.min([a, b, c], axis=0)).astype(int) - 1, 0)
        high = np.minimum(np.ceil(np.max([a, b, c], axis=0)).astype(int) + 1, SIZE - 1)
        x, y = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
        of_b = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        of_c = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        bary = np.stack([1 - of_b - of_c, of_b, of_c], axis=-1)
        # A triangle may lend itself to texels just outside of it that no other one covers.
        inner = (bary >= -1e-9).all(axis=-1)
        near = (bary > -0.8 / max(1.0, np.sqrt(abs(area)))).all(axis=-1)
        painted = near & (inner | ~known[y, x])
        canvas[y[painted], x[painted]] = bary[painted] @ values[atlas.vertex_of_corner[triangle]]
        known[y[inner], x[inner]] = True
    return _Texels(canvas[..., :3], canvas[..., 3:6], canvas[..., 6:], known)


def _normals(cut: Cut, atlas: Atlas) -> np.ndarray:
    corners = atlas.vertex_of_corner[atlas.triangles]
    a, b, c = (cut.vertices[corners[:, i]] for i in range(3))
    of_face, normals = np.cross(b - a, c - a), np.zeros_like(cut.vertices)
    for i in range(3):
        np.add.at(normals, corners[:, i], of_face)
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def _palmar(cut: Cut, texels: _Texels) -> np.ndarray:
    """0 to 1, by the angle between the skin and the palm's side of its finger."""
    fingers = np.clip(texels.shares[..., 1:], 0, 1)
    side = (1 - np.clip(texels.shares[..., 1:].sum(axis=-1), 0, 1))[..., None] * np.array([0.0, 0.0, 1.0])
    for finger in anatomy.FINGERS:
        a, b, c, d = _finger(cut, finger)
        direction = np.cross(np.cross(b - a, d - c), d - b)
        side = side + fingers[..., finger - 1, None] * direction / np.linalg.norm(direction)
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-6)
    palmar = np.clip(0.42 + 0.9 * (texels.normal * side).sum(axis=-1), 0, 1)
    palmar = palmar * palmar * (3 - 2 * palmar)
    return palmar * np.clip((texels.place[..., 1] + 0.22) / 0.24, 0.12, 1)  # forearms are like the back


def _finger_creases(cut: Cut, texels: _Texels) -> np.ndarray:
    creases = np.zeros((SIZE, SIZE))
    for finger in anatomy.FINGERS:
        joints, share = _finger(cut, finger), texels.shares[..., finger]
        bones = np.diff(joints, axis=0)
        bones /= np.linalg.norm(bones, axis=1, keepdims=True)
        hinge = _hinge(bones, finger)
        for bone in (1, 2, 3):
            along = bones[0] if bone == 1 else bones[bone - 2] + bones[bone - 1]
            along = along / np.linalg.norm(along)
            offset = texels.place - joints[bone - 1]
            distance, place = np.linalg.norm(offset, axis=-1), offset @ along
            wave = 0.004 * np.sin(offset @ hinge * 90 + finger + 2 * bone)
            front = texels.normal @ np.cross(hinge, along)
            if bone > 1 or finger > 1:
                near = (share > 0.25) & (distance < (0.16 if bone == 1 else 0.12))
                for centre, width, strength in _FINGER_LINES[bone]:
                    line = strength * np.exp(-(((place - centre + wave) / width) ** 2))
                    line *= np.clip(front * 1.5 + 0.1, 0, 1)
                    creases = np.maximum(creases, np.where(near, line, 0))
            if bone > 1:
                step, reach = _WRINKLES[bone]
                bow = 1.5 * wave + 2.4 * (offset @ hinge) ** 2
                ridge = (0.5 + 0.5 * np.cos(2 * np.pi * (place + bow) / step)) ** 3
                line = 0.55 * ridge * np.exp(-((place / reach) ** 2)) * np.clip(-front * 1.6 - 0.2, 0, 1)
                creases = np.maximum(creases, np.where(share > 0.4, line, 0))
    return creases


def _hinge(bones: np.ndarray, finger: int) -> np.ndarray:
    """The axis about which a finger bends, from its bend in the rest pose; if it is straight, the palm's."""
    hinge = np.cross(bones[0], bones[2])
    if finger > 1 and np.linalg.norm(hinge) < 0.1:
        hinge = np.array([1.0, 0.0, 0.0])
    hinge = hinge / np.linalg.norm(hinge)
    return -hinge if finger > 1 and hinge[0] < 0 else hinge


def _palm_creases(texels: _Texels) -> np.ndarray:
    creases, flat = np.zeros((SIZE, SIZE)), texels.place[..., :2]
    front = np.clip(texels.normal[..., 2] * 1.6 - 0.1, 0, 1)
    for strength, corners in _PALM_LINES:
        curve = _catmull_rom(np.array(corners), 60)
        distance = np.min([_distance(flat, a, b) for a, b in pairwise(curve)], axis=0)
        creases = np.maximum(creases, strength * np.exp(-((distance / _LINE_WIDTH) ** 2)) * front)
    return np.where(_is_palm(texels), creases, 0)


def _tendons(cut: Cut, texels: _Texels) -> np.ndarray:
    """Ridges on the back of the hand, from the wrist to each knuckle."""
    relief, flat = np.zeros((SIZE, SIZE)), texels.place[..., :2]
    back = np.clip(-texels.normal[..., 2] * 1.5 - 0.3, 0, 1)
    for finger in (2, 3, 4, 5):
        start, end = np.array([0.012 * (3.2 - finger), 0.03]), _finger(cut, finger)[0, :2]
        ridge = np.exp(-((_distance(flat, start, end) / 0.012) ** 2)) * back
        share = np.clip(_share_of_way(flat, start, end), 0.02, 1)
        relief += 0.4 * ridge * np.sin(np.pi * share**0.8) ** 0.7
    return np.where(_is_palm(texels), relief, 0)


def _nails(mask: np.ndarray, atlas: Atlas) -> np.ndarray:
    """The body's nail mask, moved to the atlas; 0 to 1."""
    origin, scale, place = atlas.hand_map
    height, width = mask.shape
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    u = ((x + 0.5) / SIZE - place[0]) / scale + origin[0]
    v = ((y + 0.5) / SIZE - place[1]) / scale + origin[1]
    columns, rows = (u * width - 0.5).astype(np.float32), ((1 - v) * height - 0.5).astype(np.float32)
    nails = cv2.remap(mask, columns, rows, cv2.INTER_CUBIC) / 255.0
    return np.where(y > 0.23 * SIZE, nails, 0)


def _spread(texture: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Colours grown past the seams, so that looking up between two texels never meets bare ground."""
    holes = (~known).astype(np.uint8)
    for _ in range(6):
        wide = cv2.dilate(texture * (1 - holes)[..., None], np.ones((3, 3), np.uint8))
        left = cv2.erode(holes, np.ones((3, 3), np.uint8))
        fresh = (holes == 1) & (left == 0)
        texture[fresh], holes = wide[fresh], left
    return texture


def _finger(cut: Cut, finger: int) -> np.ndarray:
    start = anatomy.first_joint(finger)
    return cut.joints[start : start + 4]


def _is_palm(texels: _Texels) -> np.ndarray:
    return (texels.shares[..., 1:].sum(axis=-1) < 0.75) & texels.known


def _share_of_way(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    along = end - start
    return np.clip(((points - start) @ along) / (along @ along), 0, 1)


def _distance(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Distance of points to a line segment."""
    share = _share_of_way(points, start, end)
    return np.linalg.norm(points - start - share[..., None] * (end - start), axis=-1)


def _catmull_rom(corners: np.ndarray, count: int) -> np.ndarray:
    """A smooth curve through all corners."""
    padded = np.concatenate([2 * corners[:1] - corners[1:2], corners, 2 * corners[-1:] - corners[-2:-1]])
    place = np.linspace(0, len(corners) - 1, count)
    row = np.minimum(place.astype(int), len(corners) - 2)
    a, b, c, d = (padded[row + i] for i in range(4))
    t = (place - row)[:, None]
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
