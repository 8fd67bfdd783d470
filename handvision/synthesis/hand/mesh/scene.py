"""One picture's hand: who, which pose, seen from where, where in the frame; and its exact mask."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from handvision.core.geometry import wrap_degrees
from handvision.synthesis.hand import free_poses, poses, silhouette
from handvision.synthesis.hand.mesh import anatomy, keypoints, posing
from handvision.synthesis.hand.mesh.model import HandModel, load
from handvision.synthesis.hand.mesh.rasterizer import Fragments, rasterize
from handvision.synthesis.hand.mesh.rotations import rotation
from handvision.synthesis.hand.mesh.shape import draw_shape
from handvision.synthesis.hand.mesh.surface import Surface, build_surface
from handvision.synthesis.hand.mesh.worn import Material, draw_worn
from handvision.synthesis.hand.scene import raised_fingers_stand_out

FINE = 2  # the outline is found on a grid this many times finer than the picture
# The rule for fingers that stand out was made for the skeleton, whose fingers are so much longer.
_SKELETON_UNIT = 1.15
_LEAST_EXTENT = 0.85  # hand lengths
_NEAREST = 0.25  # of the camera's distance: what comes nearer (an arm beside the camera) is held there


@dataclass(frozen=True)
class Scene:
    """A hand placed in a square picture.

    Attributes:
        size: width and height in pixels.
        shown: the pose and its view.
        surface: in camera space: x right, y up, z to the viewer, hand lengths from the hand's middle.
        distance: of the camera from the hand's middle, in hand lengths.
        zoom, offset: pixels of a hand length at that distance, and where the middle lies, (2,) x, y.
        joints: (21, 3) key points in MediaPipe's order, in camera space.
        flesh: (21,) thickness of the flesh about each, in hand lengths.
        handedness: "left" or "right".
        rotation: degrees, counter-clockwise from image-up, of the wrist to the middle knuckle.
        person: hands of one person in one picture have the same number.
    """

    size: int
    shown: poses.Shown
    surface: Surface
    distance: float
    zoom: float
    offset: np.ndarray
    joints: np.ndarray
    flesh: np.ndarray
    handedness: str
    rotation: float
    person: int = 0

    @property
    def length(self) -> float:
        """Pixels from the wrist to the middle finger's tip, along the joints and at the hand's distance."""
        return float(
            np.linalg.norm(np.diff(self.joints[[0, 9, 10, 11, 12]], axis=0), axis=1).sum() * self.zoom
        )

    def project(self, points: np.ndarray, scale: int = 1) -> np.ndarray:
        """Pixels (n, 2) of points in camera space, in a picture `scale` times as large."""
        return (_flat(points, self.distance) * self.zoom + self.offset) * scale

    def box(self) -> np.ndarray:
        """(4,) float32 x0, y0, x1, y1 around the hand without its forearm, as far as it is in the picture."""
        pixels = self.project(self.surface.vertices[self.surface.in_hand])
        corners = np.concatenate([pixels.min(axis=0), pixels.max(axis=0)])
        return corners.clip(0, self.size).astype(np.float32)

    @cached_property
    def fragments(self) -> Fragments:
        """What is seen, on a grid `FINE` times as fine as the picture."""
        xy = self.project(self.surface.vertices, FINE)[self.surface.vertex_of_corner]
        near = 1 / _distances(self.surface.vertices, self.distance)[self.surface.vertex_of_corner]
        return rasterize(xy, near, self.surface.triangles, self.size * FINE, self.size * FINE)

    @cached_property
    def pixel_of_fragment(self) -> np.ndarray:
        """The picture's pixel, row * width + column, that each fragment lies in."""
        row, column = np.divmod(self.fragments.pixel, self.size * FINE)
        return row // FINE * self.size + column // FINE

    def coverage(self) -> np.ndarray:
        """How much of each pixel is hand, arm or something worn, (size, size) float32 in [0, 1]."""
        return self._share(np.ones(len(self.fragments.pixel), bool))

    def mask(self) -> np.ndarray:
        """Skin of hand and bare forearm where it covers half of a pixel, (size, size) uint8 0 or 255.

        A ring counts as hand; sleeve and watch do not.
        """
        material = self.surface.materials[self.fragments.triangle]
        skin = (material == Material.SKIN) | (material == Material.RING)
        return np.where(self._share(skin) >= 0.5, np.uint8(255), np.uint8(0))

    def _share(self, chosen: np.ndarray) -> np.ndarray:
        counts = np.bincount(self.pixel_of_fragment[chosen], minlength=self.size**2)
        return (counts / np.float32(FINE * FINE)).astype(np.float32).reshape(self.size, self.size)

    def key_points(self) -> np.ndarray:
        """(21, 3) float32: x, y in pixels, and 1 where a point is seen, 0 where something hides it."""
        surface, fragments = self.surface, self.fragments
        corners = surface.vertex_of_corner[surface.triangles[fragments.triangle]].T
        depth = (surface.vertices[corners, 2] * fragments.barycentric).sum(axis=0)
        front = np.full(self.size**2, -np.inf, np.float32)
        finger = np.full(self.size**2, -1)
        # Several fragments lie in a pixel; the last one speaks for it.
        front[self.pixel_of_fragment] = depth
        finger[self.pixel_of_fragment] = surface.finger[fragments.triangle]
        pixels, shape = self.project(self.joints), (self.size, self.size)
        seen = keypoints.visible(
            pixels, self.joints[:, 2], self.flesh, front.reshape(shape), finger.reshape(shape)
        )
        return np.column_stack([pixels, seen]).astype(np.float32)


def draw_scene(
    size: int,
    rng: np.random.Generator,
    split: str,
    task: str,
    label: int,
    turns: tuple[float, float],
    mirror_share: float,
    any_view: bool = False,
    *,
    shape: np.ndarray | None = None,
    left: bool | None = None,
    square: tuple[float, float, float] | None = None,
) -> Scene:
    """A random scene with the hand that shows `label`; `turns` is the range of its rotation in degrees.

    Args:
        shape: whose hand it is, coefficients of `shape.draw_shape`; default a new person's.
        left: whether it is a left hand, whatever `mirror_share` says.
        square: left, top and side, in pixels, of the part of the picture where it goes; default all of it.
    """
    hand = load()
    vertices, rest = hand.shaped(draw_shape(hand, rng, split) if shape is None else shape)
    mirror = bool(rng.random() < mirror_share)
    distance = float(rng.uniform(2.6, 7.0))
    shown, posed = draw_shown(hand, rest, rng, task, label, distance, any_view)
    mirror = mirror ^ shown.mirrored if left is None else left
    usual = shown.usual_rotation * (1 if mirror == shown.mirrored else -1)
    wanted = float(wrap_degrees(np.float32(usual + rng.uniform(*turns))))
    worn = draw_worn(hand, vertices, rest, rng)
    surface = build_surface(hand, vertices, rest, posed, worn)
    return place(hand, surface, posed, shown, distance, mirror, wanted, size, rng, square)


def draw_shown(
    hand: HandModel,
    rest: np.ndarray,
    rng: np.random.Generator,
    task: str,
    label: int,
    distance: float,
    any_view: bool,
) -> tuple[poses.Shown, posing.Posed]:
    """A pose and its view in which one sees what is to be seen."""
    for _ in range(50):
        if task == "poses":
            shown = poses.Shown("free", free_poses.draw_pose(rng), _any_view(rng))
            posed = posing.pose_bones(hand, rest, shown.pose)
            good = free_poses.is_clear(posed.joints[:21], hand.radii[:21])
        else:
            shown = (poses.number if task == "numbers" else poses.gesture)(label, rng)
            if any_view:
                shown = replace(shown, view=_any_view(rng))
            posed = posing.pose_bones(hand, rest, posing.close_fists(shown.pose, rng))
            good = any_view or _stands_out(hand, posed, shown, distance)
        if good and not _arm_hides(posed, shown):
            break
    return shown, posed


def _any_view(rng: np.random.Generator) -> poses.View:
    return poses.View(float(rng.uniform(-180, 180)), float(np.clip(rng.normal(0, 30), -75, 75)))


def place(
    hand: HandModel,
    surface: Surface,
    posed: posing.Posed,
    shown: poses.Shown,
    distance: float,
    mirror: bool,
    rotation_degrees: float,
    size: int,
    rng: np.random.Generator,
    square: tuple[float, float, float] | None = None,
) -> Scene:
    """Turns a surface to the camera and puts it somewhere in the picture, or in a square part of it."""
    points = keypoints.key_points(posed.joints)
    middle = points[[0, 5, 9, 17]].mean(axis=0)
    view = np.diag([-1.0 if mirror else 1.0, 1.0, 1.0]) @ view_turn(shown.view)
    wrist, knuckle = _flat((points[[anatomy.WRIST, anatomy.MIDDLE_KNUCKLE]] - middle) @ view.T, distance)
    dx, dy = knuckle - wrist
    view = rotation((0, 0, 1), rotation_degrees - float(np.degrees(np.arctan2(-dx, -dy)))) @ view
    surface, points = surface.moved(-middle, view), (points - middle) @ view.T
    flat = _flat(surface.vertices[surface.in_hand], distance)
    zoom, offset = _fit(flat, _flat(points[[anatomy.WRIST]], distance), square or (0.0, 0.0, size), rng)
    handedness = "left" if mirror else "right"
    return Scene(
        size, shown, surface, distance, zoom, offset, points, hand.radii[:21], handedness, rotation_degrees
    )


def view_turn(view: poses.View) -> np.ndarray:
    """(3, 3) from the hand's own frame to the camera's."""
    return rotation((1, 0, 0), view.pitch) @ rotation((0, 1, 0), view.yaw)


def _arm_hides(posed: posing.Posed, shown: poses.Shown) -> bool:
    """Whether the forearm comes from so near the camera that it lies before the hand."""
    arm = posed.joints[anatomy.ELBOW] - posed.joints[anatomy.WRIST]
    return bool((view_turn(shown.view) @ arm)[2] > 0.85 * np.linalg.norm(arm))


def _stands_out(hand: HandModel, posed: posing.Posed, shown: poses.Shown, distance: float) -> bool:
    joints = posed.joints[:21] * _SKELETON_UNIT
    seen = silhouette.project(joints, hand.radii[:21] * _SKELETON_UNIT, shown.view, distance, mirror=False)
    return raised_fingers_stand_out(seen, shown.pose.raised, joints)


def _distances(points: np.ndarray, distance: float) -> np.ndarray:
    return np.maximum(distance - points[:, 2], _NEAREST * distance)


def _flat(points: np.ndarray, distance: float) -> np.ndarray:
    """Perspective: x, y on the plane through the hand's middle, y down, in hand lengths."""
    return points[:, :2] * (distance / _distances(points, distance))[:, None] * (1, -1)


def _fit(
    hand: np.ndarray, wrist: np.ndarray, square: tuple[float, float, float], rng: np.random.Generator
) -> tuple[float, np.ndarray]:
    """Zoom and offset that put all of the hand, and the wrist's middle, into a square: left, top, side."""
    left, top, side = square
    share = rng.uniform(0.52, 0.95)
    low, high = np.minimum(hand.min(axis=0), wrist[0] - 0.1), np.maximum(hand.max(axis=0), wrist[0] + 0.1)
    room = side - 4.0
    # A fist is not held nearer to the camera than an open hand.
    zoom = float(min(share * side / max((high - low).max(), _LEAST_EXTENT), room / (high - low).max()))
    return zoom, (left + 2.0, top + 2.0) + rng.random(2) * (room - (high - low) * zoom) - low * zoom
