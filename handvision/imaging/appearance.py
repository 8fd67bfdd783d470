"""The same photo as other cameras see it, and the same hand in a glove: what colour is worth."""

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.imaging.light import darken, veil

CAMERAS = ("gray", "sepia", "infrared")
GLOVES = ("white", "black", "blue", "green", "yellow", "wool")

# RGB in the middle of the hand's light.
_COLOURS = {
    "white": (225, 225, 220),
    "black": (28, 28, 30),
    "blue": (60, 90, 190),
    "green": (40, 150, 80),
    "yellow": (230, 200, 40),
    "wool": (120, 60, 70),
}
_SEPIA = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]], np.float32)


def seen_by(photo: NDArray[np.uint8], camera: str) -> NDArray[np.uint8]:
    """A photo without its colours.

    Args:
        photo: (height, width, 3) uint8 RGB.
        camera: "gray"; "sepia", brown as old prints; or "infrared", gray by what near-infrared cameras see of
            red light most and of blue least, in which skin is bright.

    Returns:
        (height, width, 3) uint8.

    Raises:
        ValueError: the camera is none of these.
    """
    _check_choice("camera", camera, CAMERAS)
    if camera == "gray":
        return _repeated(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY))
    if camera == "sepia":
        return _to_uint8(photo @ _SEPIA.T)
    return _repeated(_to_uint8(photo @ np.array([1.0, 0.3, -0.3], np.float32)))


def gloved(photo: NDArray[np.uint8], mask: NDArray[np.uint8], glove: str) -> NDArray[np.uint8]:
    """A photo whose hand wears a glove: its light and shadow stay, its colour is the glove's.

    Args:
        photo: (height, width, 3) uint8 RGB.
        mask: (height, width, 1) uint8, 255 the hand and 0 elsewhere.
        glove: one of `GLOVES`. "wool" has ribs across the picture as well.

    Returns:
        (height, width, 3) uint8; the photo itself where the mask is empty.

    Raises:
        ValueError: the glove is none of these, or the mask has another size.
    """
    _check_choice("glove", glove, GLOVES)
    if mask.shape[:2] != photo.shape[:2]:
        raise ValueError(f"the mask is {mask.shape[:2]}, the photo {photo.shape[:2]}; give one size")
    return _in_cloth(photo, mask, _COLOURS[glove], 1 / 50 if glove == "wool" else 0.0)


def unusual(
    photo: NDArray[np.uint8], mask: NDArray[np.uint8] | None, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """A photo in which colour says little of hands, for training: gray or tinted, dark, pale, or with gloves.

    Args:
        photo: (height, width, 3) uint8 RGB.
        mask: (height, width, 1) uint8, 255 every hand and 0 elsewhere; None where it is not known.
        rng: where all the chance comes from.
    """
    kinds = {"colourless": 0.4, "dark": 0.15, "pale": 0.15, "gloves": 0.3 if mask is not None else 0.0}
    shares = np.array(list(kinds.values()))
    kind = list(kinds)[rng.choice(len(kinds), p=shares / shares.sum())]
    if kind == "dark":
        return np.asarray(darken(photo, rng), np.uint8)
    if kind == "pale":
        return veil(photo, rng)
    if kind == "gloves" and mask is not None:
        ribs = rng.uniform(1 / 80, 1 / 25) if rng.random() < 0.4 else 0.0
        return _in_cloth(photo, mask, tuple(rng.uniform(15, 240, 3)), ribs)
    # Most cameras see green and red best; infrared ones see skin so bright that blue counts against it.
    mix = np.array([0.45, 0.45, 0.1]) + rng.normal(0, 0.25, 3)
    gray = _to_uint8(photo @ (mix / max(0.5, mix.sum())).astype(np.float32))
    tint = rng.uniform((0.9, 0.75, 0.5), (1.2, 1.1, 1.0)) if rng.random() < 0.4 else np.ones(3)
    return _to_uint8(gray[..., None] * tint.astype(np.float32))


def _in_cloth(
    photo: NDArray[np.uint8], mask: NDArray[np.uint8], colour: tuple[float, ...], ribs: float
) -> NDArray[np.uint8]:
    """`ribs`: how wide knitted rows are, as a share of the picture's longer side; 0 for smooth cloth."""
    inside = mask.reshape(photo.shape[:2]) > 0
    if not inside.any():
        return photo
    light = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
    light /= max(1.0, float(light[inside].mean()))
    if ribs:
        light *= _ribs(light.shape, ribs)
    cloth = light[..., None] * np.array(colour, np.float32)
    # Edges stay as soft as a camera makes them.
    share = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.7)[..., None]
    return _to_uint8(photo * (1 - share) + cloth * share)


def _ribs(shape: tuple[int, ...], share: float) -> NDArray[np.float32]:
    """Knitted rows so wide, with loops along them; 1 in the mean."""
    height, width = shape
    period = max(3.0, max(shape) * share)
    y, x = np.mgrid[:height, :width].astype(np.float32) * np.float32(2 * np.pi / period)
    return (1 + 0.22 * np.sin(y + 0.6 * np.sin(x)) + 0.1 * np.sin(x)).astype(np.float32)


def _repeated(gray: NDArray) -> NDArray[np.uint8]:
    return np.repeat(gray[..., None], 3, axis=2)


def _to_uint8(values: NDArray) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; use one of {', '.join(choices)}")
