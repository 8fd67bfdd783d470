"""A photo from its layers: background, shadow, sleeve, hand; then what light and camera do to it."""

import cv2
import numpy as np

from handvision.imaging.camera import jpeg
from handvision.synthesis.hand import silhouette, skin
from handvision.synthesis.hand.scene import Scene
from handvision.synthesis.hand.silhouette import Projected
from handvision.synthesis.strata import stratum
from handvision.synthesis.world import backdrop, textures


def draw_photo(scene: Scene | None, coverage: np.ndarray, rng: np.random.Generator, split: str) -> np.ndarray:
    """A photo of the scene, or of no hand at all.

    Args:
        coverage: (size, size) uint8, how much of each pixel is skin, as `scene.draw_mask` gives it.

    Returns:
        (size, size, 3) uint8 RGB.
    """
    tone = skin.tone(rng, split)
    picture = backdrop.draw_backdrop(rng, split, tone, coverage)
    light = _light(rng)
    if scene is not None:
        _cast_shadow(picture, scene, coverage, light, rng)
        if scene.sleeve:
            _sleeve(picture, scene.hand, scene.sleeve, light, rng, split)
        if scene.band:
            shape = silhouette.band_part(scene.hand, *scene.band)
            cv2.fillPoly(picture, [textures.fixed(shape)], rng.uniform(0.05, 0.8, 3).tolist(), cv2.LINE_AA, 4)
        _lay_hand(picture, scene, coverage, tone, light, rng)
    return through_camera(picture, rng)


def _light(rng: np.random.Generator) -> np.ndarray:
    """Direction to the light: mostly from above and from the viewer's side."""
    direction = np.array([rng.normal(0, 0.6), rng.normal(-0.5, 0.45), rng.uniform(0.5, 1.2)])
    return (direction / np.linalg.norm(direction)).astype(np.float32)


def _lay_hand(
    picture: np.ndarray,
    scene: Scene,
    coverage: np.ndarray,
    tone: np.ndarray,
    light: np.ndarray,
    rng: np.random.Generator,
) -> None:
    x, y, wide, tall = cv2.boundingRect(coverage)
    if not wide:
        return
    hand = skin.paint_hand(scene, (x, y), (wide, tall), tone * rng.uniform(0.78, 1.08), light, rng)
    part = picture[y : y + tall, x : x + wide]
    _lay(part, hand, coverage[y : y + tall, x : x + wide])


def _lay(picture: np.ndarray, layer: np.ndarray, coverage: np.ndarray) -> None:
    """Blends a layer into the picture where it covers it; coverage is uint8, 255 = all."""
    layer = layer - picture
    layer *= coverage.astype(np.float32)[..., None] * np.float32(1 / 255)
    picture += layer


def _cast_shadow(
    picture: np.ndarray, scene: Scene, coverage: np.ndarray, light: np.ndarray, rng: np.random.Generator
) -> None:
    if rng.random() < 0.5:
        return
    reach = rng.uniform(0.04, 0.3) * scene.length
    moved = np.array([[1, 0, -light[0] * reach], [0, 1, -light[1] * reach]], np.float32)
    shadow = cv2.warpAffine(coverage, moved, coverage.shape[::-1])
    shadow = cv2.GaussianBlur(shadow, (0, 0), 0.5 + 0.35 * reach).astype(np.float32)
    picture *= 1 - shadow[..., None] * np.float32(rng.uniform(0.1, 0.55) / 255)


def _sleeve(
    picture: np.ndarray,
    hand: Projected,
    sleeve: tuple[float, float],
    light: np.ndarray,
    rng: np.random.Generator,
    split: str,
) -> None:
    """A tube of cloth around the forearm, plain, striped or checked."""
    size = len(picture)
    shape = silhouette.sleeve_part(hand, *sleeve)
    cloth = np.empty((48, 32, 3), np.float32)  # along, across
    cloth[:] = textures.colour_of(rng, stratum(rng, split), saturation=rng.beta(1.2, 1.8))
    if rng.random() < 0.5:
        cloth = textures.checked(cloth, rng)
    across = np.linspace(-1, 1, 32, dtype=np.float32)
    round_arm = (0.55 + 0.45 * np.sqrt(1 - 0.9 * across**2)) * (1 + 0.25 * light[0] * across)
    cloth *= round_arm[None, :, None]
    folds = cv2.resize(rng.normal(0, 1, (12, 4)).astype(np.float32), (32, 48), interpolation=cv2.INTER_CUBIC)
    cloth *= (1 + 0.1 * folds)[..., None]
    cloth[1:3] *= 0.75  # the hem
    left, right, far_right = shape[0], shape[6], shape[7]
    source = np.array([(0, 0), (31, 0), (31, 47)], np.float32)
    # One tile covers a stretch of the arm and is mirrored on and on.
    along = (far_right - right) / max(np.linalg.norm(far_right - right), 1e-6)
    reach = along * np.linalg.norm(right - left) * 2
    place = cv2.getAffineTransform(source, np.array([left, right, right + reach], np.float32))
    drawn = cv2.warpAffine(cloth, place, (size, size), borderMode=cv2.BORDER_REFLECT)
    cover = np.zeros((size, size), np.uint8)
    cv2.fillPoly(cover, [textures.fixed(shape)], 255, cv2.LINE_AA, 4)
    _lay(picture, drawn, cover)


def through_camera(picture: np.ndarray, rng: np.random.Generator, blur: float = 1.0) -> np.ndarray:
    """Exposure, colour temperature, uneven light, blur, noise, contrast and JPEG; to uint8.

    Args:
        picture: (height, width, 3) float32 RGB in [0, 1]; it is changed.
        blur: how blurred and noisy pictures are, 1 = as close-ups of hands, whose blur grows with their size.
    """
    height, width = picture.shape[:2]
    size = max(height, width)
    warmth = rng.normal(0, 0.06)
    exposure = np.exp(np.clip(rng.normal(-0.06, 0.2), -0.6, 0.22))
    gain = np.array([1 + warmth, 1 + rng.normal(0, 0.015), 1 - warmth]) * exposure * 255
    picture *= gain.astype(np.float32)
    if rng.random() < 0.5:
        uneven = textures.slope(rng, size)[:height, :width, None] - np.float32(0.5)
        picture *= 1 + np.float32(rng.uniform(-0.35, 0.35)) * uneven
    if rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), blur * rng.uniform(0.3, 0.9) * size / 128)
    strength = blur * abs(rng.normal(0, 4))
    noise = rng.standard_normal((height, width), np.float32)
    coarse = rng.standard_normal((height // 2, width // 2, 3), np.float32)
    picture += cv2.resize(coarse, (width, height)) * np.float32(0.7 * strength)
    picture += (noise * np.float32(strength))[..., None]
    picture = np.clip(picture, 0, 255, out=picture).astype(np.uint8)
    curve = 255 * (np.arange(256) / 255) ** np.exp(rng.normal(0, 0.15))
    picture = cv2.LUT(picture, np.round(curve).astype(np.uint8))
    if rng.random() < 0.5:
        quality = int(rng.integers(35, 95))
        picture = jpeg(picture, quality)
    return picture
