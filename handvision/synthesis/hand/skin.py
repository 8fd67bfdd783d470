"""Skin: tones of many people, and a hand painted with light, folds and nails."""

import cv2
import numpy as np

from handvision.synthesis.hand import skeleton as sk
from handvision.synthesis.hand.scene import Scene
from handvision.synthesis.hand.silhouette import Projected
from handvision.synthesis.strata import stratum
from handvision.synthesis.world.textures import fixed

Sphere = tuple[float, float, float, float]  # x, y, radius, depth in pixels

# Light to dark, as cameras show the steps of the Monk scale indoors; RGB in [0, 1].
TONES = (
    np.array(
        [
            (244, 211, 190),
            (236, 192, 162),
            (224, 172, 138),
            (206, 149, 113),
            (183, 125, 90),
            (152, 100, 70),
            (118, 76, 53),
            (88, 56, 40),
            (62, 41, 31),
        ],
        np.float32,
    )
    / 255
)

# Bones whose spheres make the hand's relief: fingers and thumb first, then metacarpals and edges of the palm.
_FINGER_BONES = 15
_BONES = (
    [(a, a + 1) for base in (1, 5, 9, 13, 17) for a in range(base, base + 3)]
    + [(sk.WRIST_RADIAL, sk.INDEX), (sk.WRIST, sk.MIDDLE), (sk.WRIST_ULNAR, sk.RING), (sk.HEEL, sk.LITTLE)]
    + [(sk.INDEX, sk.MIDDLE), (sk.MIDDLE, sk.RING), (sk.RING, sk.LITTLE), (sk.THUMB + 1, sk.INDEX)]
    + [(sk.WRIST_RADIAL, sk.THUMB), (sk.HEEL, sk.WRIST_ULNAR)]
)
# Flat tubes between the middles of pairs: palm, wrist, forearm.
_TUBES = (
    ((sk.INDEX, sk.LITTLE), (sk.WRIST_RADIAL, sk.WRIST_ULNAR)),
    ((sk.WRIST_RADIAL, sk.WRIST_ULNAR), (sk.FOREARM_RADIAL, sk.FOREARM_ULNAR)),
    ((sk.FOREARM_RADIAL, sk.FOREARM_ULNAR), (sk.ELBOW_RADIAL, sk.ELBOW_ULNAR)),
)


def tone(rng: np.random.Generator, split: str) -> np.ndarray:
    """A skin colour of the split's own part of the scale, (3,) float32 RGB in [0, 1]."""
    place = stratum(rng, split) * (len(TONES) - 1)
    step = int(place)
    colour = TONES[step] + (place - step) * (TONES[min(step + 1, len(TONES) - 1)] - TONES[step])
    warmth = rng.normal(0, 0.018)
    return (colour * (1 + warmth, 1 - 0.3 * warmth, 1 - warmth)).astype(np.float32)


def paint_hand(
    scene: Scene,
    corner: tuple[int, int],
    size: tuple[int, int],
    colour: np.ndarray,
    light: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Skin over a part of the picture; only where the mask is, it means something.

    Args:
        corner: (x, y) of the part in the picture, whole pixels.
        size: (width, height) of the part.
        colour: (3,) skin colour.
        light: (3,) direction to the light, x to the right, y down, z to the viewer, length 1.

    Returns:
        (height, width, 3) float32 RGB, about [0, 1].
    """
    hand = scene.hand.moved(shift=(-corner[0], -corner[1]))
    length = scene.length
    height, bone = _relief(hand, size)
    shade, gloss = _shade(height, bone, light, length, rng)
    painted = _albedo(hand, scene.palm_seen, length, bone, colour, rng)
    painted *= shade[..., None]
    painted += (gloss * np.float32(rng.uniform(0.0, 0.22)))[..., None]
    return painted


def _relief(hand: Projected, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Height to the viewer in pixels, and which bone is seen (-1 = none)."""
    height = np.full(size[::-1], -1e4, np.float32)
    seen = np.full(size[::-1], -1, np.int8)
    # Plain numbers: small arrays would cost more than the arithmetic.
    spheres = np.column_stack([hand.points, hand.radii, hand.depth]).tolist()
    for index, (a, b) in enumerate(_BONES):
        _raise_capsule(height, seen, index, spheres[a], spheres[b])
    for index, (start, end) in enumerate(_TUBES, len(_BONES)):
        (near, near_thick), (far, far_thick) = (_between(spheres[i], spheres[j]) for i, j in (start, end))
        flat = 1.12 * (near_thick + far_thick) / (near[2] + far[2])
        _raise_capsule(height, seen, index, near, far, min(flat, 1.0))
    return height, seen


def _between(a: Sphere, b: Sphere) -> tuple[Sphere, float]:
    """The sphere (x, y, radius, depth) that holds two spheres, and the mean of their radii."""
    thick = 0.5 * (a[2] + b[2])
    reach = 0.5 * float(np.hypot(a[0] - b[0], a[1] - b[1])) + thick
    return (0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1]), reach, 0.5 * (a[3] + b[3])), thick


def _raise_capsule(
    height: np.ndarray, seen: np.ndarray, index: int, near: Sphere, far: Sphere, flat: float = 1.0
) -> None:
    """Raises the relief to a tapered tube between two spheres (x, y, radius, depth)."""
    (x0, y0, r0, z0), (x1, y1, r1, z1) = near, far
    reach = max(r0, r1)
    left, right = max(int(min(x0, x1) - reach), 0), min(int(max(x0, x1) + reach) + 1, height.shape[1])
    top, bottom = max(int(min(y0, y1) - reach), 0), min(int(max(y0, y1) + reach) + 1, height.shape[0])
    if right <= left or bottom <= top:
        return
    f = np.float32
    dx = np.arange(left, right, dtype=f)[None] + f(0.5 - x0)
    dy = np.arange(top, bottom, dtype=f)[:, None] + f(0.5 - y0)
    ax, ay = x1 - x0, y1 - y0
    scale = 1 / max(ax * ax + ay * ay, 1e-6)
    share = dx * f(ax * scale) + dy * f(ay * scale)
    np.minimum(np.maximum(share, f(0), out=share), f(1), out=share)
    squared = share * f(r1 - r0) + f(r0)
    squared *= squared
    across = dx - share * f(ax)
    squared -= across * across
    across = dy - share * f(ay)
    squared -= across * across
    nearer = squared > 0
    rise = np.sqrt(np.maximum(squared, f(0), out=squared), out=squared)
    if flat != 1.0:
        rise *= f(flat)
    share *= f(z1 - z0)
    rise += share
    rise += f(z0)
    part = height[top:bottom, left:right]
    nearer &= rise > part
    np.copyto(part, rise, where=nearer)
    np.copyto(seen[top:bottom, left:right], np.int8(index), where=nearer)


def _shade(
    height: np.ndarray, bone: np.ndarray, light: np.ndarray, length: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Brightness of each pixel and its gloss, float32 each."""
    known = bone >= 0
    sigma = 0.5 + 0.014 * length
    # Where no bone lies under the skin (folds), the relief goes on from its surroundings.
    around = _blur(np.where(known, height, np.float32(0)), 2 * sigma)
    share = _blur(known.astype(np.float32), 2 * sigma)
    filled = np.where(known, height, around / np.maximum(share, np.float32(1e-3)))
    smooth = _blur(filled, sigma)
    wide = _blur(filled, 0.5 + 0.045 * length)
    # Flesh hides the single bones of palm and forearm.
    flesh = _blur((bone >= _FINGER_BONES).astype(np.float32), sigma) * np.float32(0.7)
    smooth += flesh * (wide - smooth)
    dx = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
    dy = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
    steep = 1 / np.sqrt(1 + dx * dx + dy * dy)
    # Light from everywhere reaches hollows less than ridges.
    ambient = np.clip(1 - (wide - smooth) * np.float32(5.5 / length), 0.35, 1.1)
    ambient *= np.float32(0.62) + np.float32(0.38) * steep
    shadow = np.zeros_like(filled)
    flat_light = max(float(np.hypot(light[0], light[1])), 0.15)
    for step in (0.05, 0.13):
        moved = np.array([[1, 0, -light[0] * step * length], [0, 1, -light[1] * step * length]], np.float32)
        blocker = cv2.warpAffine(filled, moved, filled.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        rise = np.float32(light[2] / flat_light * step * length)
        np.maximum(shadow, blocker - smooth - rise, out=shadow)
    shadow = _blur(np.minimum(shadow * np.float32(8 / length), 1), 0.5 + 0.012 * length)
    direct = np.maximum((light[2] - light[0] * dx - light[1] * dy) * steep, 0)
    direct *= 1 - np.float32(0.75) * shadow
    half = light + np.array([0, 0, 1], np.float32)
    half = half / np.linalg.norm(half)
    gloss = np.maximum((half[2] - half[0] * dx - half[1] * dy) * steep, 0)
    for _ in range(4):  # to the power of 16
        gloss *= gloss
    gloss *= 1 - shadow
    weight = np.float32(rng.uniform(0.35, 0.75))
    return weight * 1.1 * direct + (1 - weight) * ambient + np.float32(0.08), gloss


def _albedo(
    hand: Projected,
    palm_seen: bool,
    length: float,
    bone: np.ndarray,
    colour: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Colour of the skin without light: palms paler, joints redder, folds darker, nails."""
    size = bone.shape[::-1]
    if palm_seen:
        # Palms hold little pigment: they differ less from person to person than backs do.
        colour = colour * 0.72 + 0.28 * np.array([0.88, 0.62, 0.52], np.float32) * (0.55 + 0.45 * colour[0])
    mottle = cv2.resize(rng.standard_normal((6, 6), np.float32), size, interpolation=cv2.INTER_CUBIC)
    red, dark, nail = (np.zeros(bone.shape, np.uint8) for _ in range(3))
    for row in range(2, 21):
        if row % 4 != 1:
            centre = hand.points[row].astype(int).tolist()
            radius = max(1, round(float(hand.radii[row]) * 0.9))
            cv2.circle(red, centre, radius, 255 if row % 4 == 0 else 140, -1)
    red = _blur(red, 0.6 + 0.03 * length)
    _folds(hand, palm_seen, length, bone, dark, rng)
    dark = _blur(dark, 0.35 + 0.004 * length)
    red, dark = (layer.astype(np.float32) * np.float32(1 / 255) for layer in (red, dark))
    layers = cv2.merge([mottle, red, dark])
    # Each layer scales red, green and blue by 1 + its amount times its weight here.
    weights = np.array([[0.045, 0.05, 0.055], [0.03, -0.10, -0.09], [-0.27, -0.36, -0.38]], np.float32)
    albedo = (1 + layers.reshape(-1, 3) @ weights).reshape(*bone.shape, 3)
    albedo *= colour.astype(np.float32)
    polish = rng.random() < 0.1
    target = rng.uniform(0.05, 0.9, 3) * (1, 0.5, 0.6)
    if _nails(hand, bone, nail):
        if not polish:
            target = np.minimum(colour * 0.75 + np.array([0.25, 0.19, 0.18]), 1.0)
        cover = _blur(nail, 0.5).astype(np.float32)[..., None] * np.float32((0.95 if polish else 0.6) / 255)
        albedo += cover * (target.astype(np.float32) - albedo)
    return albedo


def _blur(image: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), sigma)


def _folds(
    hand: Projected,
    palm_seen: bool,
    length: float,
    bone: np.ndarray,
    dark: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Creases at the joints, and the lines of the palm where it is seen."""
    thick = max(1, round(0.012 * length))
    strength = float(rng.uniform(0.4, 1.0))
    for finger, base in enumerate((1, 5, 9, 13, 17)):
        for row in (base + 1, base + 2):
            at = _at(bone, hand.points[row])
            if at is None or at // 3 != finger or at >= _FINGER_BONES:
                continue
            along = hand.points[row + 1] - hand.points[row - 1]
            size = np.hypot(*along)
            if size < 1.2 * hand.radii[row]:
                continue
            along = along / size
            side = np.array([-along[1], along[0]]) * hand.radii[row] * 0.85
            for offset in (-0.28, 0.22) if row == base + 1 else (0.0,):
                middle = hand.points[row] + along * offset * hand.radii[row] * 0.6
                bow = middle + along * 0.12 * hand.radii[row]
                curve = np.array([middle - side, bow, middle + side])
                cv2.polylines(dark, [fixed(curve)], False, 200 * strength, thick, cv2.LINE_AA, 4)
    if not palm_seen:
        return
    p = hand.points
    wrist, index, middle, ring, little = p[0], p[sk.INDEX], p[sk.MIDDLE], p[sk.RING], p[sk.LITTLE]
    edge = 0.5 * (p[sk.INDEX] + p[sk.THUMB + 1])
    lines = (
        (edge, 0.55 * index + 0.45 * wrist, 0.62 * p[sk.THUMB] + 0.38 * ring, 0.9 * wrist + 0.1 * middle),
        (edge, 0.7 * middle + 0.3 * wrist, 0.62 * ring + 0.38 * wrist, 0.5 * little + 0.5 * p[sk.HEEL]),
        (
            0.5 * (index + middle),
            0.88 * middle + 0.12 * wrist,
            0.85 * ring + 0.15 * wrist,
            0.9 * little + 0.1 * wrist,
        ),
    )
    canvas = np.zeros_like(dark)
    for line in lines:
        jitter = np.array(line) + rng.normal(0, 0.012 * length, (4, 2))
        cv2.polylines(canvas, [fixed(_smooth(jitter))], False, 190 * strength, thick, cv2.LINE_AA, 4)
    canvas[(bone >= 0) & (bone < _FINGER_BONES) & (bone != 0)] = 0
    np.maximum(dark, canvas, out=dark)


def _nails(hand: Projected, bone: np.ndarray, canvas: np.ndarray) -> bool:
    """Draws the nails that are seen; whether there are any."""
    any_seen = False
    for finger, base in enumerate((1, 5, 9, 13, 17)):
        tip, point = base + 3, sk.NAILS + finger
        facing = (hand.depth[point] - hand.depth[tip]) / max(hand.radii[tip], 1e-6)
        radius = hand.radii[tip]
        if facing < 0.3 or radius < 1.5:
            continue
        centre = hand.points[tip] + (hand.points[point] - hand.points[tip]) * 0.8
        if _at(bone, centre) != 3 * finger + 2:
            continue
        along = hand.points[tip] - hand.points[tip - 1]
        angle = float(np.degrees(np.arctan2(along[1], along[0])))
        stretch = min(1.0, np.hypot(*along) / (2.0 * radius) + 0.25)
        axes = (radius * 0.85 * stretch, radius * 0.62 * min(1.0, facing + 0.25))
        axes = tuple(max(8, round(axis * 16)) for axis in axes)
        cv2.ellipse(canvas, fixed(centre).tolist(), axes, angle, 0, 360, 255, -1, cv2.LINE_AA, 4)
        any_seen = True
    return any_seen


def _smooth(line: np.ndarray) -> np.ndarray:
    """A Catmull-Rom curve through four points."""
    t = np.linspace(0, 1, 12)[:, None]
    a, b, c, d = line
    return (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d


def _at(bone: np.ndarray, point: np.ndarray) -> int | None:
    x, y = int(point[0]), int(point[1])
    inside = 0 <= x < bone.shape[1] and 0 <= y < bone.shape[0]
    return int(bone[y, x]) if inside else None
