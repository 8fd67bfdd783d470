"""The hand over the scene, and its arm: led on as skin, into a sleeve, or left as it is."""

from dataclasses import dataclass

import cv2
import numpy as np

from handvision.core.geometry import Affine
from handvision.core.hands import Hands
from handvision.imaging.light import cast_shadow, darken, relight
from handvision.synthesis.paste.cutout import Cutout
from handvision.synthesis.paste.placement import Placement
from handvision.synthesis.paste.textures import blend, draw_cloth, draw_strip, smooth_noise
from handvision.synthesis.paste.tracing import behind


@dataclass(frozen=True)
class Pasted:
    """A scene with a cut-out laid over it.

    Attributes:
        photo, mask: (h, w, 3) and (h, w, 1) uint8, with the hands before it.
        skin, cover: (h, w) bool, where this hand's skin is, and where it or its sleeve hides what is behind.
        hands: of the cut-out, in the scene.
    """

    photo: np.ndarray
    mask: np.ndarray
    skin: np.ndarray
    cover: np.ndarray
    hands: Hands


def add_hand(
    canvas: np.ndarray,
    mask: np.ndarray,
    cutout: Cutout,
    rng: np.random.Generator,
    strength: float,
    extent: tuple[float, float],
    at: np.ndarray | None = None,
    back_lit: bool = False,
) -> Pasted:
    """A scene with the cut-out laid over it; `mask` (h, w, 1) has the hands before it.

    Args:
        at: (2,) x, y where the hand's middle is to lie; default anywhere.
        back_lit: the hand is dark, whatever the scene's light.
    """
    size = canvas.shape[:2]
    hand = Placement(cutout, rng, size, extent, at)
    if hand.scale > 1.2 and rng.random() < 0.7 * strength:
        # A hand from a small photo has no fine detail; were it alone in that, blur would give it away.
        canvas = cv2.GaussianBlur(canvas, (0, 0), 0.4 * hand.scale * rng.uniform(0.5, 1.2))
    colours, alpha = hand.warp(cutout)
    across = np.array((-hand.outward[1], hand.outward[0]))
    # The line starts a little inside the hand, so that no gap shows behind a ragged end.
    wide = max(abs((hand.cut[1] - hand.cut[0]) @ across), 2.0)
    start = hand.cut.mean(axis=0) - 0.2 * wide * hand.outward
    if hand.arm in ("bare", "sleeve"):
        bare = np.hypot(*size) if hand.arm == "bare" else wide * rng.uniform(0, 1.5) * (rng.random() < 0.5)
        if bare > 0:
            skin = _skin_strip(colours, alpha, start, across * wide, cutout.skin, rng)
            arm, arm_alpha = draw_strip(
                skin, start, hand.outward, wide, wide * rng.uniform(1, 1.25), bare, size
            )
            colours = blend(arm, colours, alpha)
            alpha = np.maximum(alpha, arm_alpha)
            start = start + bare * hand.outward
    colours = darken(colours, rng) if back_lit else relight(colours, alpha, canvas, rng, strength)
    sleeve_alpha = None
    if hand.arm == "sleeve":
        # Cloth may be a piece of the picture, but not where a hand is already: that is no cloth.
        cloth = draw_cloth(None if mask.any() else canvas, rng)
        lean = np.deg2rad(rng.normal(0, 8))
        turn = np.array(((np.cos(lean), -np.sin(lean)), (np.sin(lean), np.cos(lean))))
        cuff = wide * rng.uniform(1.15, 1.7)
        long = np.hypot(*size) if rng.random() < 0.9 else wide * rng.uniform(0.5, 2)
        ends = cuff, cuff * rng.uniform(1, 1.5), long
        sleeve, sleeve_alpha = draw_strip(cloth, start, turn @ hand.outward, *ends, size)
    if rng.random() < 0.35 * strength:
        solid = alpha if sleeve_alpha is None else np.maximum(alpha, sleeve_alpha)
        canvas = cast_shadow(canvas, solid, rng)
    canvas = blend(canvas, colours, alpha)
    skin = alpha > 0.5
    cover = skin
    masks = np.maximum(mask[..., 0], np.where(skin, 255, 0).astype(np.uint8))
    hands = cutout.traced.moved(Affine.shift(*-cutout.corner).then(hand.affine), size)
    if sleeve_alpha is not None:
        canvas = blend(canvas, sleeve, sleeve_alpha)
        cloth_over = sleeve_alpha >= 0.5
        masks[cloth_over] = 0
        skin, cover = skin & ~cloth_over, skin | cloth_over
        hands = behind(hands, cloth_over)
    return Pasted(canvas, masks[..., None], skin, cover, hands)


def _skin_strip(
    colours: np.ndarray,
    alpha: np.ndarray,
    start: np.ndarray,
    across: np.ndarray,
    skin: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Skin for an arm (16, 16, 3), from a line across the hand's end: darker to its sides."""
    height, width = alpha.shape
    along = start + np.linspace(-0.4, 0.4, 16)[:, None] * across
    x = np.clip(along[:, 0].astype(int), 0, width - 1)
    y = np.clip(along[:, 1].astype(int), 0, height - 1)
    line, known = colours[y, x].astype(np.float32), alpha[y, x] > 0.9
    middle = line[known].mean(axis=0) if known.any() else skin.astype(np.float32)
    line[~known] = middle
    line = 0.5 * cv2.blur(line, (1, 5), borderType=cv2.BORDER_REPLICATE) + 0.5 * middle
    # From the colour of the wrist, often in shadow, to that of the whole hand.
    onward = np.linspace(0, 1, 16, dtype=np.float32)[:, None, None] ** 0.5
    strip = (1 - onward) * line + onward * (skin * line / np.maximum(middle, 1))
    strip *= smooth_noise(rng, 0.04, (4, 3), 16)[..., None]
    return np.clip(strip, 0, 255).astype(np.uint8)
