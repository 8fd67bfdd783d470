"""Colours of a person: skin, face, hair, clothes and things under light and shadow.

All arrays of places have their long side last, (channels, n) float32, as in `hand.mesh.shading`.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from handvision.synthesis.hand.mesh import shading
from handvision.synthesis.hand.mesh.look import Light, Skin, draw_look, linear
from handvision.synthesis.hand.mesh.rasterizer import rasterize
from handvision.synthesis.hand.mesh.rotations import unit
from handvision.synthesis.person.model import BEARD, BROW, LIDS, LIPS, Part
from handvision.synthesis.person.scene import Scene
from handvision.synthesis.strata import stratum
from handvision.synthesis.world import textures

_HAND = 0.19  # metres of a hand length, by which the hand's skin noise is looked up on the body
_SHADOW_SIZE = 256
_OCCLUSION = ((0.02, 2.2), (0.07, 1.3))  # ambient occlusion looks so far around a place (metres), so strongly
_WOVEN = (Part.TOP, Part.TROUSERS)


@dataclass(frozen=True)
class Look:
    """A person's colours, linear RGB. Cloths are (64, 64, 3), one tile of `tile` metres."""

    skin: Skin
    light: Light
    hair: np.ndarray
    iris: np.ndarray
    beard: float
    lips: np.ndarray
    cloths: dict[Part, np.ndarray]
    tile: float
    shoe: np.ndarray
    thing: np.ndarray


def draw_person_look(rng: np.random.Generator, split: str, tone: np.ndarray) -> Look:
    """Random colours; the top's hue is the split's own."""
    of_hand = draw_look(rng, split, tone)
    darkness = float(1 - np.clip(tone.mean() / 0.75, 0, 1))
    grey = rng.random() < 0.12
    hair = np.array([0.30, 0.20, 0.12]) * rng.uniform(0.12, 2.6 if darkness < 0.35 else 0.5)
    hair = np.full(3, rng.uniform(0.3, 0.8)) if grey else hair * rng.uniform(0.85, 1.15, 3)
    cloths = {}
    for part, hue in ((Part.TOP, stratum(rng, split)), (Part.TROUSERS, rng.random())):
        cloth = np.empty((64, 64, 3), np.float32)
        cloth[:] = textures.colour_of(rng, hue, saturation=rng.beta(1.2, 1.8 if part == Part.TOP else 4.0))
        if part == Part.TOP and rng.random() < 0.5:
            cloth = textures.checked(cloth, rng)
        cloths[part] = linear(np.clip(cloth, 0, 1))
    iris = linear(
        (np.array([0.45, 0.3, 0.18]) if rng.random() < 0.7 else np.array([0.4, 0.5, 0.55]))
        * rng.uniform(0.4, 1.1)
    )
    return Look(
        skin=of_hand.skin,
        light=of_hand.light,
        hair=linear(np.clip(hair, 0.015, 0.9)),
        iris=iris,
        beard=float(rng.uniform(0.2, 0.9)) if rng.random() < 0.25 else 0.0,
        lips=of_hand.skin.tone
        * np.array([rng.uniform(0.8, 1.0), rng.uniform(0.4, 0.65), rng.uniform(0.45, 0.7)]),
        cloths=cloths,
        tile=float(rng.uniform(0.12, 0.5)),
        shoe=linear(rng.uniform(0.03, 0.8) * rng.uniform(0.7, 1.0, 3)),
        thing=linear(textures.colour_of(rng, rng.random(), rng.random())),
    )


def shade(scene: Scene, look: Look) -> np.ndarray:
    """What pictures show of a person, (height, width, 3) float32 RGB in [0, 1]; black elsewhere."""
    chosen, pixel, first = _choose(scene)
    places, rest, paint_of = _places(scene, chosen, pixel, first)
    paint = _paint(scene, places, rest, paint_of, look)
    openness = _openness(scene, places, first)
    lit = _lit(scene, places, look.light)
    colour = shading.display(
        shading.illuminate(scene.camera.distance, places, paint, look.light, openness, lit)
    ).T
    picture = np.zeros((scene.camera.height * scene.camera.width, 3), np.float32)
    picture[pixel[:first]] = colour[:first]
    second = pixel[first:]
    picture[second] = 0.5 * (picture[second] + colour[first:])
    return picture.reshape(scene.camera.height, scene.camera.width, 3)


def _choose(scene: Scene) -> tuple[np.ndarray, np.ndarray, int]:
    """Fragments to shade: one a covered pixel, then a second one where two different things share a pixel."""
    count = scene.camera.height * scene.camera.width
    order = np.arange(len(scene.fragments.pixel))
    table = np.full(count, -1)
    table[scene.pixel_of_fragment] = order
    pixel = np.flatnonzero(table >= 0)
    last = table[pixel]
    table[scene.pixel_of_fragment[::-1]] = order[::-1]
    first = table[pixel]
    triangle, part = scene.fragments.triangle, scene.part
    own = scene.surface.vertex_of_corner[scene.surface.triangles[triangle[:, None], 0]]
    deep = scene.surface.vertices[own[:, 0], 2]
    unlike = (part[first] != part[last]) | (np.abs(deep[first] - deep[last]) > 0.02)
    unlike |= np.isin(part[last], (Part.RIGHT_HAND, Part.LEFT_HAND, Part.EYE))
    return np.concatenate([last, first[unlike]]), np.concatenate([pixel, pixel[unlike]]), len(pixel)


def _places(
    scene: Scene, chosen: np.ndarray, pixel: np.ndarray, first: int
) -> tuple[shading.Places, np.ndarray, np.ndarray]:
    """What is shaded, with each place's position at rest (3, n) and paint (5, n)."""
    surface, fragments = scene.surface, scene.fragments
    triangle = fragments.triangle[chosen]
    corners = surface.triangles[triangle].T
    vertices = surface.vertex_of_corner[corners]
    near = (1 / np.maximum(scene.camera.distance - surface.vertices[:, 2], 0.05)).astype(np.float32)
    weights = fragments.barycentric[:, chosen] * near[vertices]
    weights /= weights.sum(axis=0)
    values = np.concatenate([surface.vertices, surface.normals, surface.place, surface.paint], axis=1)
    value = sum(values[vertices[i]] * weights[i][:, None] for i in range(3)).T
    uv = sum(surface.uv.T[:, corners[i]] * weights[i] for i in range(3))
    rest = value[6:9]
    noise = (rest[:2] + rest[2:] * np.array([[0.6], [0.5]], np.float32)) / np.float32(_HAND)
    places = shading.Places(
        pixel, first, value[:3], shading.directions(value[3:6]), uv, noise, scene.part[chosen]
    )
    return places, rest, np.ascontiguousarray(value[9:])


def _paint(
    scene: Scene, places: shading.Places, rest: np.ndarray, paint_of: np.ndarray, look: Look
) -> shading.Paint:
    paint = shading.skin_paint(places, look.skin)
    part = places.material
    hand = (part >= Part.RIGHT_HAND) & (part <= Part.LEFT_FOREARM)
    body = part == Part.SKIN
    tone = look.skin.tone.astype(np.float32)
    u, v = places.noise_place * np.float32(300)
    blotches, pores, grain = shading.look_up(shading.noise_of(look.skin.noise_corner), u, v)
    rows = np.flatnonzero(body)
    skin = tone[:, None] * (
        1 + np.float32(look.skin.blotches) * blotches[rows] + np.float32(0.03) * pores[rows]
    )
    lips, brow, beard, lids = (paint_of[channel, rows] for channel in (LIPS, BROW, BEARD, LIDS))
    skin += (look.lips.astype(np.float32)[:, None] - skin) * lips
    skin *= 1 - np.float32(0.3) * lids
    ragged = np.clip(1 + np.float32(0.3) * grain[rows], 0, 1.3)
    skin += (look.hair.astype(np.float32)[:, None] - skin) * np.clip(1.2 * brow * ragged, 0, 0.95)
    skin += (look.hair.astype(np.float32)[:, None] - skin) * np.clip(look.beard * beard * ragged, 0, 0.9)
    paint.albedo[:, rows] = skin
    paint.gloss[~hand] = np.where(body[~hand], np.float32(0.8 * look.skin.gloss), np.float32(0.05))
    for woven in _WOVEN:
        rows = np.flatnonzero(part == woven)
        cloth = look.cloths[woven]
        side = np.float32(len(cloth) / look.tile)
        weave = shading.look_up(cloth, (rest[0, rows] * side) % 64, (rest[1, rows] * side) % 64)
        paint.albedo[:, rows] = weave * (1 + np.float32(0.04) * grain[rows])
    rows = np.flatnonzero(part == Part.HAIR)
    strands = shading.look_up(
        shading.noise_of(look.skin.noise_corner),
        rest[0, rows] * 6000 + rest[2, rows] * 4000,
        rest[1, rows] * 500,
    )
    paint.albedo[:, rows] = look.hair.astype(np.float32)[:, None] * np.clip(
        1 + np.float32(0.55) * strands[1], 0.25, 2.2
    )
    paint.gloss[rows] = 0.12
    paint.sharpness[rows] = 9
    paint.albedo[:, part == Part.SHOE] = look.shoe.astype(np.float32)[:, None]
    paint.albedo[:, part == Part.THING] = look.thing.astype(np.float32)[:, None]
    paint.gloss[part == Part.THING] = 0.5
    _paint_eyes(scene, places, rest, paint, look)
    return paint


def _paint_eyes(
    scene: Scene, places: shading.Places, rest: np.ndarray, paint: shading.Paint, look: Look
) -> None:
    rows = np.flatnonzero(places.material == Part.EYE)
    middle = np.where(rest[0, rows] < 0, scene.eyes[0, :, None], scene.eyes[1, :, None])
    away = np.hypot(rest[0, rows] - middle[0], rest[1, rows] - middle[1])
    colour = np.where(away < 0.0026, np.float32(0.01), look.iris.astype(np.float32)[:, None])
    paint.albedo[:, rows] = np.where(away < 0.0062, colour, np.float32(0.55))
    paint.gloss[rows] = 1.2
    paint.sharpness[rows] = 60


def _openness(scene: Scene, places: shading.Places, first: int) -> np.ndarray:
    """Ambient occlusion (n,): less than 1 where the surroundings stand nearer to the viewer."""
    height, width = scene.camera.height, scene.camera.width
    depth = places.position[2]
    field = np.zeros((height, width, 2), np.float32)
    field.reshape(-1, 2)[places.pixel[:first], 0] = depth[:first]
    field.reshape(-1, 2)[places.pixel[:first], 1] = 1
    half = cv2.resize(field, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    openness = np.ones(len(depth), np.float32)
    for reach, strength in _OCCLUSION:
        side = 2 * max(1, round(0.5 * reach * height / scene.camera.extent)) + 1
        blurred = cv2.blur(cv2.blur(half, (side, side)), (side, side))
        around = blurred[..., 0] / np.maximum(blurred[..., 1], np.float32(1e-3))
        around = cv2.resize(around, (width, height)).ravel()[places.pixel]
        openness *= 1 - np.clip((around - depth) * np.float32(0.35 * strength / reach), 0, 0.55)
    return openness


def _lit(scene: Scene, places: shading.Places, light: Light) -> np.ndarray:
    """Share of the lamp's light that reaches each place (n,), by a map of what the lamp sees."""
    surface = scene.surface
    side = unit(np.cross((0.3, 1, 0.1), light.direction))
    frame = np.stack([side, np.cross(light.direction, side), light.direction]).astype(np.float32)
    place = frame @ (places.position + places.normal * np.float32(0.006))
    low, high = place[:2].min(axis=1), place[:2].max(axis=1)
    zoom = np.float32((_SHADOW_SIZE - 4) / max((high - low).max(), 0.05))
    seen = surface.vertices @ frame.T

    def on_map(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (points[0] - low[0]) * zoom + np.float32(2), (high[1] - points[1]) * zoom + np.float32(2)

    corners = seen[surface.vertex_of_corner]
    found = rasterize(
        np.stack(on_map(corners.T), axis=1), corners[:, 2], surface.triangles, _SHADOW_SIZE, _SHADOW_SIZE
    )
    nearest = np.full(_SHADOW_SIZE**2, -9.0, np.float32)
    nearest[found.pixel] = (corners[surface.triangles[found.triangle].T, 2] * found.barycentric).sum(axis=0)
    x, y = on_map(place)
    bias = np.float32(0.006) + np.float32(1.5) / zoom
    lit = np.zeros(len(x), np.float32)
    for dx, dy in ((-0.8, -0.5), (0.8, -0.5), (0.0, 0.9)):
        column = np.clip(x + np.float32(dx), 0, _SHADOW_SIZE - 1).astype(np.int32)
        row = np.clip(y + np.float32(dy), 0, _SHADOW_SIZE - 1).astype(np.int32)
        lit += nearest[row * np.int32(_SHADOW_SIZE) + column] < place[2] + bias
    return lit * np.float32(1 / 3)
