"""Masks as segmenters and thresholds make them: with wavy outlines, rounded tips and small holes."""

import cv2
import numpy as np


def roughen(masks: np.ndarray, seed: int) -> np.ndarray:
    """Copies of clean masks with the faults of real ones; a classifier should have seen them.

    The outline is moved by smooth noise, mostly by less than three pixels at 128 pixels, tips are rounded
    by a blur, and one mask in five gets small holes near its outline. No part is added far from the hand.

    Args:
        masks: (n, height, width, 1) uint8, 0 or 255.
        seed: int >= 0; each mask's faults depend on it and on the mask's place.

    Returns:
        (n, height, width, 1) uint8, 0 or 255.

    Raises:
        ValueError: masks of another shape or dtype.
    """
    if masks.ndim != 4 or masks.shape[-1] != 1 or masks.dtype != np.uint8:
        raise ValueError(
            f"masks have shape {masks.shape} and dtype {masks.dtype}; use (n, height, width, 1) uint8"
        )
    rough = np.empty_like(masks)
    for i, mask in enumerate(masks):
        rough[i, ..., 0] = _rough(mask[..., 0], np.random.default_rng((seed, i)))
    return rough


def _rough(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = mask.shape
    unit = max(height, width) / 128
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), unit * rng.uniform(0.8, 2.2))
    # Noise with bumps of 3 to 10 pixels; the steeper the blurred edge, the less the same noise moves it.
    grain = int(rng.integers(3, 11))
    coarse = rng.standard_normal((height // grain + 2, width // grain + 2)).astype(np.float32)
    noise = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    near_edge = 4 * soft * (1 - soft)
    level = rng.uniform(0.4, 0.6) + rng.uniform(0.05, 0.35) * noise * near_edge
    hand = soft > level
    if rng.random() < 0.2:
        inside = cv2.distanceTransform((mask > 0).astype(np.uint8), cv2.DIST_L2, 3)
        hand &= ~((noise > 2.2) & (inside > 2 * unit) & (inside < 9 * unit))
    return hand * np.uint8(255)
