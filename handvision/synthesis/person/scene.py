"""One picture's person: who, in which stance, with which hands, seen from where."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from handvision.core.geometry import wrap_degrees
from handvision.core.hands import NO_HAND
from handvision.synthesis.hand import free_poses
from handvision.synthesis.hand.mesh import keypoints
from handvision.synthesis.hand.mesh import model as hand_model
from handvision.synthesis.hand.mesh import posing as hand_posing
from handvision.synthesis.hand.mesh.rasterizer import Fragments, rasterize
from handvision.synthesis.hand.mesh.rotations import rotation, unit
from handvision.synthesis.hand.mesh.scene import draw_shown, view_turn
from handvision.synthesis.hand.mesh.shape import draw_coefficients, draw_shape
from handvision.synthesis.hand.skeleton import Pose, ThumbOut
from handvision.synthesis.person import arms, model, things
from handvision.synthesis.person.anatomy import SIDES, joint
from handvision.synthesis.person.model import Part
from handvision.synthesis.person.posing import Stance, Trunk, pose_body, pose_trunk
from handvision.synthesis.person.surface import (
    Cut,
    PosedHand,
    Surface,
    add_clothes,
    add_hair,
    add_long_hair,
    build_skin,
)

FINE = 2  # outlines are found on a grid this many times finer than the picture
_NEAREST = 0.12  # metres before the camera; what is nearer is not drawn


@dataclass(frozen=True)
class Camera:
    """Looks along -z from (0, 0, distance); of the plane z = 0 it shows `extent` metres in height."""

    height: int
    width: int
    distance: float
    extent: float

    def project(self, points: np.ndarray, scale: int = 1) -> np.ndarray:
        """Pixels (n, 2) of points (n, 3), in a picture `scale` times as large."""
        zoom = self.height / self.extent * self.distance / np.maximum(self.distance - points[:, 2], _NEAREST)
        middle = np.array([self.width / 2, self.height / 2])
        return (points[:, :2] * (1, -1) * zoom[:, None] + middle) * scale


@dataclass(frozen=True)
class ShownHand:
    """One of the person's hands.

    Attributes:
        side: "right" or "left".
        label: what it shows, or NO_HAND.
        raised: whether it is held up to be seen.
        points: (21, 3) key points in camera space.
        flesh: (21,) thickness of the flesh about each, in metres.
        rows: vertices of the hand without its forearm.
    """

    side: str
    label: int
    raised: bool
    points: np.ndarray
    flesh: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True)
class Scene:
    """A person before a camera; `surface` is in camera space, metres."""

    camera: Camera
    surface: Surface
    hands: tuple[ShownHand, ...]
    eyes: np.ndarray  # (2, 3) at rest, where `surface.place` has them

    @cached_property
    def fragments(self) -> Fragments:
        """What is seen, on a grid `FINE` times as fine as the picture."""
        surface, camera = self.surface, self.camera
        behind = surface.vertices[:, 2] > camera.distance - _NEAREST
        corners = surface.vertex_of_corner
        shown = np.flatnonzero(~behind[corners][surface.triangles].any(axis=1))
        xy = camera.project(surface.vertices, FINE)[corners]
        near = 1 / np.maximum(camera.distance - surface.vertices[:, 2], _NEAREST)[corners]
        found = rasterize(xy, near, surface.triangles[shown], camera.width * FINE, camera.height * FINE)
        return replace(found, triangle=shown[found.triangle])

    @cached_property
    def pixel_of_fragment(self) -> np.ndarray:
        """The picture's pixel, row * width + column, that each fragment lies in."""
        row, column = np.divmod(self.fragments.pixel, self.camera.width * FINE)
        return row // FINE * self.camera.width + column // FINE

    @cached_property
    def part(self) -> np.ndarray:
        """(n,) the `Part` of each fragment; edges of clothes and of hair run through triangles."""
        part = self.surface.part[self.fragments.triangle].copy()
        skin = np.flatnonzero(np.isin(part, (Part.SKIN, Part.RIGHT_FOREARM, Part.LEFT_FOREARM)))
        corners = self.surface.triangles[self.fragments.triangle[skin]]
        weights = self.fragments.barycentric[:, skin].T
        columns = self.surface.paint[:, [model.HAIR, model.TROUSERS, model.TOP]]
        painted = (columns[self.surface.vertex_of_corner[corners]] * weights[..., None]).sum(axis=1)
        for column, of_column in enumerate((Part.HAIR, Part.TROUSERS, Part.TOP)):
            part[skin[painted[:, column] > 0.5]] = of_column
        return part

    def coverage(self, chosen: np.ndarray | None = None) -> np.ndarray:
        """How much of each pixel is person, or chosen fragments of it, (height, width) float32 in [0, 1]."""
        pixels = self.pixel_of_fragment if chosen is None else self.pixel_of_fragment[chosen]
        counts = np.bincount(pixels, minlength=self.camera.height * self.camera.width)
        return (
            (counts / np.float32(FINE**2)).astype(np.float32).reshape(self.camera.height, self.camera.width)
        )


@dataclass(frozen=True)
class _Goal:
    """Where a palm goes, where it faces and where the elbow stands off, (3,) each, in space."""

    place: np.ndarray
    palm: np.ndarray
    elbow: np.ndarray


@dataclass(frozen=True)
class _Plan:
    """One hand before its arm is found: its pose, and how it stands in space (3, 3), or where it goes."""

    posed: hand_posing.Posed
    label: int
    aim: np.ndarray | _Goal
    holds: bool = False


def draw_scene(
    size: tuple[int, int],
    rng: np.random.Generator,
    split: str,
    task: str,
    labels: tuple[int, int],
    empty: bool,
) -> Scene:
    """A random person.

    Args:
        size: (height, width).
        labels: what the right and the left hand show where they are raised.
        empty: the camera is aimed so that hands are out of the picture, if it can be.
    """
    person, hand = model.load(), hand_model.load()
    shaped, rest = person.shaped(draw_coefficients(person.shape_range, rng, split))
    hand_vertices, hand_rest = hand.shaped(draw_shape(hand, rng, split))
    sits = rng.random() < 0.4
    stance = _draw_stance(rng, sits)
    trunk = pose_trunk(rest, stance)
    kinds = _draw_kinds(rng, sits, empty)
    planned = {
        side: _find_arm(kinds, side, label, task, rng, hand_rest, rest, trunk, "lap" if sits else "hang")
        for side, label in zip(SIDES, labels, strict=True)
    }
    stance = replace(stance, arms={side: held.arm for side, (_, held) in planned.items()})
    body, joints = pose_body(person, shaped, rest, stance)
    lengths = {side: arms.hand_length(rest, side) for side in SIDES}
    posed_hands = {
        side: PosedHand(
            hand_posing.skin(hand, hand_vertices, hand_rest, plan.posed),
            plan.posed,
            held.hand * lengths[side],
        )
        for side, (plan, held) in planned.items()
    }
    surface = build_skin(person, shaped, body, joints, posed_hands)
    _dress(surface, person, rng, sits, joints[joint("head")], stance.head, rest[joint("head")])
    hands = []
    for number, side in enumerate(SIDES):
        plan, _ = planned[side]
        wrist = joints[joint("wrist", side)]
        if plan.holds:
            things.add_thing(surface, posed_hands[side], wrist, rng)
        rows = person.hand_rows[number][hand.along_arm[: len(person.hand_rows[number])] < 0.02]
        points = posed_hands[side].placed(keypoints.key_points(plan.posed.joints), wrist)
        raised = kinds[side] == "raised"
        hands.append(ShownHand(side, plan.label, raised, points, hand.radii[:21] * lengths[side], rows))
    camera, shift = _aim(size, rng, joints, hands, empty)
    surface.vertices = surface.vertices + shift.astype(np.float32)
    hands = [replace(each, points=each.points + shift) for each in hands]
    eyes = np.stack([rest[joint("eye", side)] for side in SIDES])
    return Scene(camera, surface, tuple(hands), eyes)


def _find_arm(
    kinds: dict[str, str],
    side: str,
    label: int,
    task: str,
    rng: np.random.Generator,
    hand_rest: np.ndarray,
    rest: np.ndarray,
    trunk: Trunk,
    else_kind: str,
) -> tuple[_Plan, arms.HeldArm]:
    """A hand and its arm; one that no arm can raise rests instead, and `kinds` says so."""
    for _ in range(13):
        plan = _plan(kinds[side], side, label, task, rng, hand_rest, rest, trunk)
        if isinstance(plan.aim, _Goal):
            goal = plan.aim
            return plan, arms.reach(rest, trunk, side, plan.posed, goal.place, goal.palm, goal.elbow)
        held = arms.show(rest, trunk, side, plan.posed, plan.aim, rng)
        if held is not None and _is_free(held, rest, trunk, side):
            return plan, held
    kinds[side] = else_kind
    return _find_arm(kinds, side, NO_HAND, task, rng, hand_rest, rest, trunk, else_kind)


# Stance --------------------------------------------------------------------------------------------------


def _draw_stance(rng: np.random.Generator, sits: bool) -> Stance:
    yaw = rng.normal(0, 20) if rng.random() < 0.85 else rng.uniform(-70, 70)
    view = rotation((0, 0, 1), rng.normal(0, 3)) @ rotation((1, 0, 0), rng.normal(4, 8))
    root = view @ rotation((0, 1, 0), yaw)
    chest = root @ rotation((1, 0, 0), rng.normal(3, 5)) @ rotation((0, 1, 0), rng.normal(0, 7))
    chest = chest @ rotation((0, 0, 1), rng.normal(0, 3))
    head = chest @ rotation((0, 1, 0), np.clip(-0.5 * yaw + rng.normal(0, 14), -55, 55))
    head = head @ rotation((1, 0, 0), rng.normal(2, 8)) @ rotation((0, 0, 1), rng.normal(0, 6))
    legs = {}
    for side, outward in (("right", -1.0), ("left", 1.0)):
        if sits:
            thigh = [outward * rng.uniform(0.05, 0.35), rng.uniform(-0.3, 0.05), 1.0]
            shin = [outward * rng.normal(0, 0.1), -1.0, rng.normal(0, 0.2)]
        else:
            thigh = [outward * rng.uniform(0.02, 0.16), -1.0, rng.normal(0, 0.08)]
            shin = [outward * rng.uniform(0.0, 0.1), -1.0, thigh[2] - abs(rng.normal(0, 0.08))]
        legs[side] = root @ unit(thigh), root @ unit(shin)
    return Stance(root, chest, head, legs)


# Share, then what the right hand and the left one do; mirrored half of the time.
_POSTURES = (
    (0.34, "raised", "rest"),
    (0.20, "raised", "raised"),
    (0.07, "raised", "hip"),
    (0.05, "raised", "hold"),
    (0.06, "hold", "rest"),
    (0.06, "face", "rest"),
    (0.04, "face", "raised"),
    (0.05, "crossed", "crossed"),
    (0.05, "clasped", "clasped"),
    (0.03, "hip", "hip"),
    (0.05, "rest", "rest"),
)


def _draw_kinds(rng: np.random.Generator, sits: bool, empty: bool) -> dict[str, str]:
    one, other = "rest", "rest"
    if not empty:
        shares = np.cumsum([share for share, *_ in _POSTURES])
        _, one, other = _POSTURES[int(np.searchsorted(shares / shares[-1], rng.random()))]
    elif rng.random() < 0.3:
        one = other = "back"
    rests = "lap" if sits else "hang"
    one, other = (rests if kind == "rest" else kind for kind in (one, other))
    return dict(zip(SIDES, (one, other) if rng.random() < 0.5 else (other, one), strict=True))


def _plan(
    kind: str,
    side: str,
    label: int,
    task: str,
    rng: np.random.Generator,
    hand_rest: np.ndarray,
    rest: np.ndarray,
    trunk: Trunk,
) -> _Plan:
    if kind == "raised":
        return _raised(side, label, task, rng, hand_rest)
    pose = _grip(rng) if kind == "hold" else _relaxed(rng)
    posed = hand_posing.pose_bones(hand_model.load(), hand_rest, pose)
    chest, head, pelvis = (trunk.joints[joint(name)] for name in ("chest", "head", "pelvis"))
    hip = trunk.joints[joint("hip", side)]
    out = 1.0 if side == "left" else -1.0
    turn = trunk.turns[2]
    # Places from a joint, in the chest's frame; then where the palm faces and where the elbow stands off.
    origin, place, palm, elbow = {
        "hang": (hip, (out * 0.13, -0.08, 0.04), (-out, 0, 0.2), (out * 0.4, -0.2, -1)),
        "lap": (hip, (out * 0.04, 0.08, 0.36), (0, -1, 0), (out * 0.8, -0.3, -1)),
        "hip": (hip, (out * 0.1, 0.12, 0.09), (-out, 0, -0.6), (out, 0, -0.3)),
        "crossed": (
            chest,
            (-out * 0.13, 0.05, 0.19 + (0.05 if out > 0 else 0)),
            (0, 0, -1),
            (out, -0.8, 0.2),
        ),
        "clasped": (
            pelvis,
            (out * 0.02, 0.06, 0.23 + (0.03 if out > 0 else 0)),
            (-out * 0.3, 0, -1),
            (out, 0, -0.4),
        ),
        "face": (
            head,
            (out * rng.uniform(0.0, 0.05), rng.uniform(-0.05, 0.1), 0.15),
            (0, 0, -1),
            (out * 0.7, -1, 0.2),
        ),
        "hold": (
            chest,
            (out * rng.uniform(0, 0.25), rng.uniform(-0.05, 0.3), rng.uniform(0.3, 0.42)),
            (-out, 0, 0),
            (out * 0.6, -1, -0.2),
        ),
        "back": (pelvis, (out * 0.03, 0.12, -0.2), (0, 0, 1), (out, -0.2, -0.6)),
    }[kind]
    spread = 0.01 if kind in ("face", "clasped", "hip") else 0.03
    target = origin + turn @ (np.array(place) + rng.normal(0, spread, 3) * (1, 1, 0.4))
    goal = _Goal(target, turn @ unit(palm), turn @ unit(elbow))
    return _Plan(posed, NO_HAND, goal, kind == "hold")


def _raised(side: str, label: int, task: str, rng: np.random.Generator, hand_rest: np.ndarray) -> _Plan:
    left = side == "left"
    free = rng.random() < 0.12
    shown, posed = draw_shown(hand_model.load(), hand_rest, rng, "poses" if free else task, label, 5.0, False)
    usual = shown.usual_rotation * (1 if left == shown.mirrored else -1)
    wanted = usual + (rng.normal(0, 32) if rng.random() < 0.9 else rng.uniform(-180, 180))
    turn = np.diag([-1.0 if left else 1.0, 1.0, 1.0]) @ view_turn(shown.view)
    knuckle = turn @ (posed.joints[9] - posed.joints[0])
    now = float(np.degrees(np.arctan2(-knuckle[0], knuckle[1])))
    turn = rotation((0, 0, 1), float(wrap_degrees(np.float32(wanted - now)))) @ turn
    return _Plan(posed, NO_HAND if free else label, turn)


def _relaxed(rng: np.random.Generator) -> Pose:
    if rng.random() < 0.2:
        return free_poses.draw_pose(rng)
    bend = rng.uniform((5, 8, 4), (45, 55, 30)) + rng.normal(0, 4, (4, 3)) + np.array([[0], [3], [6], [9]])
    lean, palmar = rng.uniform(8, 30), rng.uniform(20, 45)
    thumb = ThumbOut((lean + 8, lean - 6, lean - 20), (palmar, palmar, palmar - 5))
    spread = np.array([3.0, 0.0, -2.0, -5.0]) + rng.normal(0, 2, 4)
    return Pose(bend, spread, thumb, (), float(rng.normal(-2, 8)), float(rng.normal(5, 14)))


def _grip(rng: np.random.Generator) -> Pose:
    bend = np.array([42, 52, 28]) + rng.normal(0, 5, 3) + rng.normal(0, 2, (4, 3))
    thumb = ThumbOut((38, 30, 16), (66, 62, 50))
    return Pose(bend, np.zeros(4), thumb, (), float(rng.normal(0, 6)), float(rng.normal(10, 6)))


def _is_free(held: arms.HeldArm, rest: np.ndarray, trunk: Trunk, side: str) -> bool:
    """Whether neither hand nor forearm runs through the head or the trunk."""
    shoulder = trunk.joints[joint("shoulder", side)]
    upper, fore = (
        float(np.linalg.norm(rest[joint(far, side)] - rest[joint(near, side)]))
        for near, far in (("shoulder", "elbow"), ("elbow", "wrist"))
    )
    elbow = shoulder + upper * held.arm.upper
    wrist = elbow + fore * held.arm.fore
    length = arms.hand_length(rest, side)
    points = [elbow, wrist] + [elbow + share * (wrist - elbow) for share in (0.33, 0.66)]
    points += [
        wrist + held.hand @ np.array(place) * length
        for place in ((0.0, 0.45, 0.05), (0.0, 0.9, 0.1), (0.15, 0.4, 0.1))
    ]
    head = 0.45 * trunk.joints[joint("head")] + 0.55 * trunk.joints[joint("crown")]
    shoulders = trunk.joints[[joint("shoulder", each) for each in SIDES]]
    spine = trunk.joints[joint("pelvis")] + np.linspace(0, 1, 6)[:, None] * (
        trunk.joints[joint("neck")] - trunk.joints[joint("pelvis")]
    )
    to_chest = trunk.turns[2].T
    for point in points:
        if np.linalg.norm(point - head) < 0.145:
            return False
        if point is not elbow and np.linalg.norm(point - shoulders, axis=1).min() < 0.11:
            return False
        # The trunk is wide and flat.
        off = (point - spine) @ to_chest.T / (0.19, 0.14, 0.15)
        if np.linalg.norm(off, axis=1).min() < 1:
            return False
    return True


# Clothes and hair ----------------------------------------------------------------------------------------


def _dress(
    surface: Surface,
    person: model.PersonModel,
    rng: np.random.Generator,
    sits: bool,
    head: np.ndarray,
    turn: np.ndarray,
    rest_head: np.ndarray,
) -> None:
    kind = rng.random()
    sleeve = rng.uniform(0.05, 0.2)
    if kind < 0.42:
        sleeve = rng.uniform(1.55, 1.95)
    elif kind < 0.88:
        sleeve = rng.uniform(0.35, 1.25)
    waves = _waves(rng, 6, 60)
    add_hair(surface, person, rng.uniform(0.42, 0.62), rng.uniform(0.006, 0.035), waves)
    if rng.random() < 0.4:
        add_long_hair(surface, head, turn, rest_head, rng.uniform(0.2, 0.5), waves)
    cut = Cut(
        sleeve,
        rng.uniform(0.08, 0.16) if sits else rng.uniform(0.1, 0.28),
        float(rng.choice((0.0, 0.02, 0.06, 0.1)) + rng.uniform(0, 0.02)),
        rng.uniform(1.75, 2.0) if rng.random() < 0.65 else rng.uniform(0.3, 0.95),
        (rng.uniform(0.008, 0.035), rng.uniform(0.006, 0.02)),
    )
    add_clothes(surface, person, cut, _waves(rng, 7, rng.uniform(15, 45)))


def _waves(rng: np.random.Generator, count: int, per_metre: float) -> np.ndarray:
    """(count, 4): directions, as long as their waves are steep, and phases."""
    return np.column_stack([rng.normal(0, per_metre, (count, 3)), rng.uniform(0, 2 * np.pi, count)])


# Camera --------------------------------------------------------------------------------------------------


def _aim(
    size: tuple[int, int], rng: np.random.Generator, joints: np.ndarray, hands: list[ShownHand], empty: bool
) -> tuple[Camera, np.ndarray]:
    """A camera, and the shift of the person that brings what is to be seen before it."""
    height, width = size
    head = 0.4 * joints[joint("head")] + 0.6 * joints[joint("crown")]
    chest, pelvis = joints[joint("chest")], joints[joint("pelvis")]
    kind = str(rng.choice(("webcam", "half", "full", "close"), p=(0.38, 0.3, 0.2, 0.12)))
    extent, distance = {
        "webcam": (rng.uniform(0.5, 0.95), rng.uniform(0.7, 1.2)),
        "half": (rng.uniform(0.9, 1.4), rng.uniform(1.4, 3.0)),
        "full": (1.8 * np.exp(rng.uniform(0, 1.2)), rng.uniform(3.0, 6.0)),
        "close": (rng.uniform(0.3, 0.5), rng.uniform(0.6, 1.5)),
    }[kind]
    raised = [each for each in hands if each.raised] or [each for each in hands if rng.random() < 0.7]
    if empty:
        middle = head if rng.random() < 0.75 else chest + rng.uniform(0, 1) * (pelvis - chest)
        extent = min(extent, rng.uniform(0.4, 0.9))
        return Camera(height, width, distance, float(extent)), -(middle + rng.normal(0, 0.05, 3))
    wanted = [hand.points for hand in raised]
    if kind == "close" and raised:
        wanted = [raised[int(rng.integers(len(raised)))].points]
    else:
        wanted.append(head + np.array([[-0.09, -0.13, 0], [0.09, 0.13, 0]]))
        if kind == "full":
            wanted.append(joints)
    points = np.concatenate(wanted)
    low, high = points.min(axis=0), points.max(axis=0)
    middle = 0.5 * (low + high)
    depth = points[:, 2].max() if kind == "close" else float(head[2])
    middle[2] = depth
    distance = max(distance, 0.35 + float(points[:, 2].max() - depth))
    needed = max((high - low)[1], (high - low)[0] * height / width)
    needed *= distance / max(distance - float(points[:, 2].max() - depth), 0.2)
    extent = max(extent, needed * rng.uniform(1.02, 1.2))
    room = np.array([extent * width / height - (high - low)[0], extent - (high - low)[1]])
    middle[:2] += rng.uniform(-0.45, 0.45, 2) * np.maximum(room, 0) * 0.8
    return Camera(height, width, float(distance), float(extent)), -middle
