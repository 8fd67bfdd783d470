"""Colour of each place that is seen: skin with creases and nails, cloth and metal, under light and shadow.

All arrays of places have their long side last, (channels, n) float32; see `rasterizer` for why.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from handvision.synthesis.hand.mesh.look import Light, Look, Skin
from handvision.synthesis.hand.mesh.model import load
from handvision.synthesis.hand.mesh.rasterizer import rasterize
from handvision.synthesis.hand.mesh.rotations import unit
from handvision.synthesis.hand.mesh.scene import Scene
from handvision.synthesis.hand.mesh.worn import Material

_NOISE_PIXELS = 300  # of the noise bank, for one hand length
_SHADOW_SIZE = 192
# Ambient occlusion looks so far around a place (hand lengths), so strongly.
_OCCLUSION = ((0.035, 3.5), (0.10, 1.6))
# Red light travels furthest under the skin: so far it wraps around edges; so blotches and creases tint.
_WRAP, _BLOTCH_TINT, _CREASE_TINT = (0.30, 0.16, 0.12), (0.6, 1.0, 1.1), (0.55, 0.8, 0.85)
# In hollows, light that other skin sent back is red: powers of the openness.
_BOUNCE = (0.6, 1.0, 1.15)
_INK = (0.02, 0.025, 0.035)


@dataclass
class Places:
    """What is shaded: two places of each covered pixel, the last ones first.

    Attributes:
        pixel: (n,) row * width + column in the picture.
        count: number of covered pixels; entries from there on are second places.
        position, normal: (3, n) in camera space.
        uv, noise_place: (2, n).
        material: (n,).
    """

    pixel: np.ndarray
    count: int
    position: np.ndarray
    normal: np.ndarray
    uv: np.ndarray
    noise_place: np.ndarray
    material: np.ndarray


@dataclass
class Paint:
    """(3, n) albedo; (n,) strength and sharpness of highlights, and relief in texture units."""

    albedo: np.ndarray
    gloss: np.ndarray
    sharpness: np.ndarray
    relief: np.ndarray


def shade(scene: Scene, look: Look) -> np.ndarray:
    """What pictures show of a hand and its things, (size, size, 3) float32 RGB in [0, 1]; black elsewhere."""
    places = _seen(scene)
    paint = skin_paint(places, look.skin)
    _paint_things(places, paint, look)
    _tip_normals(scene, places, paint.relief)
    openness = _openness(scene, places)
    lit = _lit(scene, places, look.light)
    colour = display(illuminate(scene.distance, places, paint, look.light, openness, lit))
    picture = np.zeros((scene.size**2, 3), np.float32)
    picture[places.pixel[: places.count]] = (0.5 * (colour[:, : places.count] + colour[:, places.count :])).T
    return picture.reshape(scene.size, scene.size, 3)


def _seen(scene: Scene) -> Places:
    fragments, surface = scene.fragments, scene.surface
    chosen = np.full(scene.size**2, -1, np.int32)
    chosen[scene.pixel_of_fragment] = np.arange(len(fragments.pixel), dtype=np.int32)
    pixel = np.flatnonzero(chosen >= 0)
    last = chosen[pixel]
    chosen[scene.pixel_of_fragment[::-1]] = np.arange(len(fragments.pixel) - 1, -1, -1, dtype=np.int32)
    places = np.concatenate([last, chosen[pixel]])
    triangle = fragments.triangle[places]
    corners = surface.triangles[triangle].T
    vertices = surface.vertex_of_corner[corners]
    # From the screen's weights to those in space.
    near = 1 / np.maximum(scene.distance - surface.vertices[:, 2], 0.25 * scene.distance)
    weights = fragments.barycentric[:, places] * near.astype(np.float32)[vertices]
    weights /= weights.sum(axis=0)
    values = np.concatenate([surface.vertices, surface.normals, surface.place], axis=1).T
    value = sum(values[:, vertices[i]] * weights[i] for i in range(3))
    uv = sum(surface.uv.T[:, corners[i]] * weights[i] for i in range(3))
    normal = directions(value[3:6])
    return Places(
        np.tile(pixel, 2), len(pixel), value[:3], normal, uv, value[6:], surface.materials[triangle]
    )


def skin_paint(places: Places, skin: Skin) -> Paint:
    texture = load().texture
    u, v = places.uv * np.float32(len(texture)) - np.float32(0.5)
    creases, relief, nail, palmar = look_up(texture, u, v).astype(np.float32) * np.float32(1 / 255)
    u, v = places.noise_place * np.float32(_NOISE_PIXELS)
    blotches, pores, grain = look_up(noise_of(skin.noise_corner), u, v)
    nail = np.minimum(nail * np.float32(1.1), 1)
    pored = np.float32(0.035) * pores
    albedo = np.empty((3, len(u)), np.float32)
    for i in range(3):
        colour = np.float32(skin.tone[i]) + np.float32(skin.palm[i] - skin.tone[i]) * palmar
        colour *= 1 + np.float32(skin.blotches * _BLOTCH_TINT[i]) * blotches + pored
        colour *= 1 - np.float32(skin.creases * _CREASE_TINT[i]) * creases
        albedo[i] = colour + (np.float32(skin.nail[i]) - colour) * nail
    if skin.tattoo is not None:
        _ink(albedo, skin.tattoo, u, v, palmar)
    bumps = (
        (relief - np.float32(0.5)) * np.float32(2 * skin.relief)
        + skin.relief * pored
        + np.float32(0.012) * grain
    )
    gloss = np.float32(skin.gloss) * (1 + 2 * nail) * (1 + np.float32(0.25) * pores)
    sharpness = np.where(nail > 0.4, np.float32(2.5 * skin.sharpness), np.float32(skin.sharpness))
    return Paint(albedo, gloss, sharpness, bumps.astype(np.float32))


def _ink(albedo: np.ndarray, tattoo: np.ndarray, u: np.ndarray, v: np.ndarray, palmar: np.ndarray) -> None:
    """Lays a tattoo on the back of hand and wrist, where no palm is."""
    corner = np.float32(0.45 * _NOISE_PIXELS)
    ink = look_up(tattoo[..., None], u - corner, v - corner, cv2.BORDER_CONSTANT)[0] * np.float32(0.85 / 255)
    ink = ink * (palmar < 0.4)
    for i in range(3):
        albedo[i] += (np.float32(_INK[i]) - albedo[i]) * ink


def _paint_things(places: Places, paint: Paint, look: Look) -> None:
    """Colours what is not skin."""
    if not places.material.any():
        return
    cloth = np.flatnonzero(places.material == Material.CLOTH)
    if len(cloth):
        side = look.cloth.shape[0]
        around, along = places.uv[:, cloth] * np.float32(2 * side)
        weave = look_up(look.cloth, around % side, along % side)
        paint.albedo[:, cloth] = weave
    for material, colour in (
        (Material.STRAP, look.strap),
        (Material.DIAL, look.dial),
        (Material.RING, look.ring),
    ):
        rows = np.flatnonzero(places.material == material)
        paint.albedo[:, rows] = colour[:, None]
    paint.relief[places.material != Material.SKIN] = 0
    paint.gloss[places.material == Material.CLOTH] *= np.float32(0.1)
    for material in (Material.DIAL, Material.RING):
        paint.gloss[places.material == material] = 2.5
        paint.sharpness[places.material == material] = 60


def _tip_normals(scene: Scene, places: Places, relief: np.ndarray) -> None:
    """Bumps: the relief's slope on the screen tips the normals."""
    field = np.zeros((scene.size, scene.size), np.float32)
    field.ravel()[places.pixel[: places.count]] = relief[: places.count]
    steep = np.float32(0.00125 * scene.zoom) * np.clip(places.normal[2], 0.2, 1)
    places.normal[0] -= cv2.Sobel(field, cv2.CV_32F, 1, 0).ravel()[places.pixel] * steep
    places.normal[1] += cv2.Sobel(field, cv2.CV_32F, 0, 1).ravel()[places.pixel] * steep
    places.normal = directions(places.normal)


def _openness(scene: Scene, places: Places) -> np.ndarray:
    """Ambient occlusion (n,): 1 in the open, less where the surroundings stand nearer to the viewer."""
    pixel, depth = places.pixel[: places.count], places.position[2] + 8
    field = np.zeros((scene.size, scene.size, 2), np.float32)
    field.reshape(-1, 2)[pixel, 0] = depth[: places.count]
    field.reshape(-1, 2)[pixel, 1] = 1
    half = cv2.resize(field, (scene.size // 2, scene.size // 2), interpolation=cv2.INTER_AREA)
    openness = np.ones(len(depth), np.float32)
    for reach, strength in _OCCLUSION:
        side = 2 * max(1, round(0.6 * reach * scene.zoom)) + 1
        blurred = cv2.blur(cv2.blur(half, (side, side)), (side, side))
        around = blurred[..., 0] / np.maximum(blurred[..., 1], np.float32(1e-3))
        around = cv2.resize(around, (scene.size, scene.size)).ravel()[places.pixel]
        openness *= 1 - np.clip((around - depth) * np.float32(0.35 * strength / reach), 0, 0.6)
    return openness


def _lit(scene: Scene, places: Places, light: Light) -> np.ndarray:
    """Share of the lamp's light that reaches each place (n,), by a map of what the lamp sees."""
    surface = scene.surface
    side = unit(np.cross((0.3, 1, 0.1), light.direction))
    frame = np.stack([side, np.cross(light.direction, side), light.direction]).astype(np.float32)
    seen = surface.vertices @ frame.T
    body = np.abs(surface.vertices).max(axis=1) < 1.2
    low, high = seen[body, :2].min(axis=0), seen[body, :2].max(axis=0)
    zoom = np.float32((_SHADOW_SIZE - 4) / (high - low).max())

    def on_map(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (points[0] - low[0]) * zoom + np.float32(2.5), (high[1] - points[1]) * zoom + np.float32(2.5)

    corners = seen[surface.vertex_of_corner]
    xy = np.stack(on_map(corners.T), axis=1)
    # No light enters where the surface faces away, so the map may hold the lamp's side alone.
    found = rasterize(xy, corners[:, 2], surface.triangles, _SHADOW_SIZE, _SHADOW_SIZE)
    nearest = np.full(_SHADOW_SIZE**2, -9.0, np.float32)
    nearest[found.pixel] = (corners[surface.triangles[found.triangle].T, 2] * found.barycentric).sum(axis=0)
    place = frame @ (places.position + places.normal * np.float32(0.022))
    x, y = on_map(place)
    lit = np.zeros(len(x), np.float32)
    for dx, dy in ((-0.8, -0.5), (0.8, -0.5), (0.0, 0.9)):
        column = np.clip(x + np.float32(dx), 0, _SHADOW_SIZE - 1).astype(np.int32)
        row = np.clip(y + np.float32(dy), 0, _SHADOW_SIZE - 1).astype(np.int32)
        lit += nearest[row * np.int32(_SHADOW_SIZE) + column] < place[2] + np.float32(0.03)
    lit *= np.float32(1 / 3)
    lit[(np.minimum(x, y) < 1) | (np.maximum(x, y) > _SHADOW_SIZE - 2)] = 1  # beyond the map
    return lit


def illuminate(
    distance: float, places: Places, paint: Paint, light: Light, openness: np.ndarray, lit: np.ndarray
) -> np.ndarray:
    """Linear light that reaches a camera at (0, 0, distance), (3, n)."""
    lamp = light.direction.astype(np.float32)
    facing = _dot(places.normal, lamp)
    eye = np.array([[0], [0], [distance]], np.float32) - places.position
    eye = directions(eye)
    halfway = np.maximum(_dot(places.normal, directions(eye + lamp[:, None])), np.float32(1e-4))
    edge = 1 - np.clip(_dot(places.normal, eye), 0, 1)
    fresnel = np.float32(0.04) + np.float32(0.5) * edge * edge * edge * edge * edge
    shine = cv2.exp(paint.sharpness * cv2.log(halfway).ravel()).ravel() * (facing > 0) * lit
    specular = paint.gloss * fresnel * (6 * shine + np.float32(0.25) * openness)
    above, soft = np.float32(0.5) + np.float32(0.5) * places.normal[1], np.sqrt(lit)
    colour = np.empty_like(paint.albedo)
    for i, (wrap, bounce) in enumerate(zip(_WRAP, _BOUNCE, strict=True)):
        diffuse = np.clip((facing + np.float32(wrap)) * np.float32(1 / (1 + wrap)), 0, 1)
        diffuse *= lit * np.float32(1 - 0.4 * wrap) + soft * np.float32(0.4 * wrap)
        ambient = np.float32(light.ground[i]) + np.float32(light.sky[i] - light.ground[i]) * above
        ambient *= cv2.pow(openness, bounce).ravel()
        colour[i] = paint.albedo[i] * (diffuse * np.float32(light.lamp[i]) + ambient)
        colour[i] += specular * np.float32(light.lamp[i])
    return colour


def display(colour: np.ndarray) -> np.ndarray:
    """As a camera shows linear light: bright ones rolled off, then gamma."""
    colour = np.maximum(colour, np.float32(1e-5))
    return cv2.pow(np.minimum(colour * np.float32(1.12) / (1 + np.float32(0.25) * colour), 1), 1 / 2.2)


@lru_cache(maxsize=1)
def _noise_bank() -> np.ndarray:
    """(1024, 1024, 3) float32: blotches, pores and grain."""
    rng = np.random.default_rng(0)

    def smooth(*cells: int) -> np.ndarray:
        layers = [rng.standard_normal((count, count), np.float32) for count in cells]
        grown = [cv2.resize(layer, (1024, 1024), interpolation=cv2.INTER_CUBIC) for layer in layers]
        return np.sum(grown, axis=0) / np.float32(np.sqrt(len(cells)))

    return np.stack(
        [smooth(24, 64), smooth(160, 360), rng.standard_normal((1024, 1024), np.float32)], axis=-1
    )


def noise_of(corner: np.ndarray) -> np.ndarray:
    """One person's part of the bank."""
    x, y = corner
    return np.ascontiguousarray(_noise_bank()[y : y + 420, x : x + 420])


def look_up(image: np.ndarray, u: np.ndarray, v: np.ndarray, border: int = cv2.BORDER_REFLECT) -> np.ndarray:
    """Bilinear samples (channels, n) of an image at coordinates whose whole numbers are pixel centres."""
    if not len(u):
        return np.empty((image.shape[2], 0), np.float32)
    pad = -len(u) % 256  # OpenCV's images may not be wider than 32767
    columns, rows = (np.pad(line.astype(np.float32), (0, pad)).reshape(-1, 256) for line in (u, v))
    found = cv2.remap(image, columns, rows, cv2.INTER_LINEAR, borderMode=border)
    return np.ascontiguousarray(found.reshape(len(u) + pad, -1)[: len(u)].T)


def directions(vectors: np.ndarray) -> np.ndarray:
    """Unit vectors of (3, n)."""
    shorter: np.ndarray = 1 / np.sqrt(np.maximum(_dot(vectors, vectors), np.float32(1e-12)))
    return vectors * shorter


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
