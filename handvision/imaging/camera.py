"""What a camera does to a photo: by chance, for training; in one known way, for evaluation."""

import cv2
import numpy as np

from handvision.core.checks import check_photo, checked_strength
from handvision.imaging.light import scaled, tone_curve, uneven_light

CORRUPTIONS = ("dark", "motion_blur", "low_resolution", "gray", "noise", "jpeg")


def photometric_jitter(photo: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """What light and a camera do to a photo; it never moves a pixel, so masks stay true.

    Shadows and uneven light, defocus or motion blur, low resolution, exposure, gamma, contrast,
    colour temperature, saturation (now and then none), noise, JPEG. Each but exposure and colour
    is left out more often than not.

    Args:
        photo: (height, width, 3) uint8 RGB.
        rng: where all the chance comes from.
        strength: 0 changes nothing, 1 is the range of phone and webcam photos.
    """
    check_photo(photo, "photo")
    strength = checked_strength(strength)
    if strength == 0:
        return photo.copy()
    unit = min(photo.shape[:2]) / 128  # blur is as wide in a large picture as in a small one
    if rng.random() < 0.4 * strength:
        photo = scaled(photo, uneven_light(photo.shape[:2], rng, strength))
    blur = rng.random()
    if blur < 0.25 * strength:
        photo = cv2.GaussianBlur(photo, (0, 0), unit * rng.uniform(0.3, 0.3 + 1.3 * strength))
    elif blur < 0.37 * strength:
        photo = _motion_blur(photo, unit * rng.uniform(2, 2 + 9 * strength), rng.uniform(0, 180))
    if rng.random() < 0.25 * strength:
        photo = _low_resolution(photo, rng.uniform(1, 1 + 3 * strength))
    photo = _camera(photo, rng, strength)
    if rng.random() < 0.5 * strength:
        photo = _noisy(photo, rng, min(rng.exponential(6 * strength), 25), rng.random() < 0.3)
    if rng.random() < 0.4 * strength:
        photo = jpeg(photo, int(rng.uniform(95 - 70 * min(strength, 1), 95)))
    return photo


def corrupt(photo: np.ndarray, kind: str, severity: float = 3, seed: int = 0) -> np.ndarray:
    """A photo made worse in one way, always the same: for evaluation by corruption.

    Args:
        photo: (height, width, 3) uint8 RGB.
        kind: one of `CORRUPTIONS`. "dark": 0.65^severity of the light (3: a quarter), and noise.
            "motion_blur": a horizontal smear of severity/32 of the shorter side.
            "low_resolution": 1 + severity times fewer pixels a side (3: a quarter), scaled up
            again. "noise": normal, deviation 8 * severity of 255. "jpeg": quality
            50 / severity. "gray": no colour, whatever the severity.
        severity: in [1, 5]; 3 is what the reports show.
        seed: of the noise.

    Raises:
        ValueError: an unknown kind, or a severity out of range.
    """
    check_photo(photo, "photo")
    if kind not in CORRUPTIONS:
        raise ValueError(f"corruption {kind!r} is not known; use one of {', '.join(CORRUPTIONS)}")
    if not 1 <= severity <= 5:
        raise ValueError(f"severity is {severity}; use 1 (slight) to 5 (heavy)")
    rng = np.random.default_rng(seed)
    if kind == "dark":
        return _noisy(cv2.LUT(photo, tone_curve(gains=np.full(3, 0.65**severity))), rng, 2 + severity / 2)
    if kind == "motion_blur":
        return _motion_blur(photo, severity / 32 * min(photo.shape[:2]), 0.0)
    if kind == "low_resolution":
        return _low_resolution(photo, 1 + severity)
    if kind == "gray":
        return _gray(photo)
    if kind == "noise":
        return _noisy(photo, rng, 8 * severity)
    return jpeg(photo, round(50 / severity))


def jpeg(photo: np.ndarray, quality: int) -> np.ndarray:
    """The photo, uint8, as it comes back from a JPEG file of `quality` 1 to 100."""
    done, data = cv2.imencode(".jpg", photo, (cv2.IMWRITE_JPEG_QUALITY, max(1, quality)))
    if not done:
        raise RuntimeError(f"OpenCV could not encode a {photo.shape} photo as JPEG")
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))


def _camera(photo: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Exposure, gamma, contrast, white balance and saturation."""
    mean = float(photo.mean())
    stops = rng.normal(0, 0.35 * strength)
    if rng.random() < 0.08 * strength:
        stops -= rng.uniform(0.5, 2)
    # Neither so bright nor so dark that nobody could tell the hand any more.
    stops = np.clip(stops, min(0, np.log2(20 / (mean + 1))), max(0, np.log2(170 / (mean + 1))))
    warm, green = rng.normal(0, 0.1 * strength), rng.normal(0, 0.03 * strength)
    gains = 2.0**stops * np.exp(np.array((warm, green, -warm)))
    curve = tone_curve(
        gains,
        gamma=np.exp(rng.normal(0, 0.2 * strength)),
        contrast=np.exp(rng.normal(0, 0.15 * strength)),
        pivot=mean,
    )
    photo = cv2.LUT(photo, curve)
    if rng.random() < 0.06 * strength:
        return _gray(photo)
    if rng.random() < 0.5 * strength:
        colour = np.exp(rng.normal(-0.1 * strength, 0.35 * strength))
        weights = np.array((0.299, 0.587, 0.114))
        photo = cv2.transform(photo, colour * np.eye(3) + (1 - colour) * weights)
    return photo


def _gray(photo: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def motion_kernel(length: float, rng: np.random.Generator) -> np.ndarray:
    """A kernel for `cv2.filter2D`, sum 1, that smears by `length` pixels in a random direction.

    It is symmetrical, so that nothing moves on the whole.
    """
    side = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((side, side), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = 0.5 * length * np.array([np.cos(angle), np.sin(angle)])
    ends = [np.round((side // 2 + sign * reach) * 16).astype(int).tolist() for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_8, 4)
    return kernel / kernel.sum()


def _motion_blur(photo: np.ndarray, length: float, angle_degrees: float) -> np.ndarray:
    """A smear of `length` pixels, symmetrical, so that nothing moves on the whole."""
    side = 2 * int(np.ceil(length / 2)) + 1
    line = np.zeros((side, side), np.float32)
    line[side // 2] = np.clip((length + 1) / 2 - np.abs(np.arange(side) - side // 2), 0, 1)
    turn = cv2.getRotationMatrix2D((side // 2, side // 2), float(angle_degrees), 1)
    line = cv2.warpAffine(line, turn, (side, side))
    return cv2.filter2D(photo, -1, line / line.sum(), borderType=cv2.BORDER_REPLICATE)


def _low_resolution(photo: np.ndarray, factor: float) -> np.ndarray:
    height, width = photo.shape[:2]
    small = (max(2, round(width / factor)), max(2, round(height / factor)))
    return cv2.resize(cv2.resize(photo, small, interpolation=cv2.INTER_AREA), (width, height))


def _noisy(photo: np.ndarray, rng: np.random.Generator, deviation: float, coarse: bool = False) -> np.ndarray:
    """Normal noise; `coarse` grains are two pixels wide."""
    height, width = photo.shape[:2]
    shape = ((height + 1) // 2, (width + 1) // 2, 3) if coarse else photo.shape
    grain = rng.standard_normal(shape, dtype=np.float32) * np.float32(deviation)
    if coarse:
        grain = cv2.resize(grain, (width, height))
    return cv2.add(photo, grain, dtype=cv2.CV_8U)
