"""Looks, cover, veil and light of close-ups, on a device: as `close_up_sequence` and `imaging` have them.

The numbers are theirs. Left out are gloves, and the marks of JPEG: packed pictures are WebP files, which have
their own.
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.scipy.signal import fftconvolve

from handvision.protocol.close_up_places import CloseUpAugmentation
from handvision.training.packed.crops import enlarging, on_both_sides

_GRAY = np.array((0.299, 0.587, 0.114), np.float32)


@partial(jax.jit, static_argnames="how")
def weathered(crops: jax.Array, key: jax.Array, *, how: CloseUpAugmentation) -> jax.Array:
    """Crops (b, size, size, 3) float32 in [0, 255] after what `how` says of looks, cover, veil and light."""

    def one(crop: jax.Array, key: jax.Array) -> jax.Array:
        cover, veil, light, look = random.split(key, 4)
        crop = _sometimes(look, how.unusual, crop, _unusual)
        crop = _sometimes(cover, how.covered, crop, _covered)
        crop = _sometimes(veil, how.veiled, crop, _veiled)
        return jnp.clip(_lit(crop, light, how.light), 0, 255) if how.light else crop

    return jax.vmap(one)(crops, random.split(key, len(crops)))


def _sometimes(
    key: jax.Array, chance: float, crop: jax.Array, change: Callable[[jax.Array, jax.Array], jax.Array]
) -> jax.Array:
    """The crop, changed by that chance."""
    now, how = random.split(key)
    return jnp.where(random.uniform(now) < chance, change(crop, how), crop)


def _unusual(crop: jax.Array, key: jax.Array) -> jax.Array:
    """`imaging.appearance.unusual`: gray or tinted, dark, or pale."""
    keys = random.split(key, 8)
    mix = jnp.array((0.45, 0.45, 0.1)) + 0.25 * random.normal(keys[0], (3,))
    gray = jnp.clip(crop @ (mix / jnp.maximum(0.5, mix.sum())), 0, 255)
    warm = random.uniform(
        keys[1], (3,), minval=jnp.array((0.9, 0.75, 0.5)), maxval=jnp.array((1.2, 1.1, 1.0))
    )
    tint = jnp.where(random.uniform(keys[2]) < 0.4, warm, 1.0)
    gains = random.uniform(keys[3], minval=0.15, maxval=0.6) * (1 + 0.08 * random.normal(keys[4], (3,)))
    contrast = random.uniform(keys[5], minval=0.7, maxval=1.0)
    dark = ((crop - 128) * contrast + 128) * gains
    kind = random.uniform(keys[6], maxval=0.7)
    others = jnp.where(kind < 0.55, dark, _veiled(crop, keys[7]))
    return jnp.clip(jnp.where(kind < 0.4, gray[..., None] * tint, others), 0, 255)


def _covered(crop: jax.Array, key: jax.Array) -> jax.Array:
    """A flat thing, or the black beyond the frame, over one edge."""
    keys = random.split(key, 4)
    size = len(crop)
    depth = jnp.round(size * random.uniform(keys[0], minval=0.1, maxval=0.35))
    black = random.uniform(keys[1]) < 0.5
    colour = jnp.where(black, 0.0, jnp.floor(random.uniform(keys[2], (3,), maxval=256)))
    from_start = jnp.arange(size)
    edges = jnp.stack([from_start, from_start[::-1]])
    edge = random.randint(keys[3], (), 0, 4)
    line = edges[edge % 2] < depth
    inside = jnp.where(edge < 2, line[:, None], line[None]) & jnp.ones((size, size), bool)
    return jnp.where(inside[..., None], colour, crop)


def _veiled(crop: jax.Array, key: jax.Array) -> jax.Array:
    """The light of a window or a lamp over it, stronger towards one side."""
    keys = random.split(key, 5)
    angle = random.uniform(keys[0], maxval=2 * jnp.pi)
    strength = random.uniform(keys[1], minval=0.15, maxval=0.6)
    slope = random.uniform(keys[2], maxval=1.2)
    veil = strength * jnp.clip(1 + slope * _way(len(crop), angle), 0, 1.4)
    warm = random.uniform(keys[3], (3,), minval=jnp.array((1.0, 0.85, 0.7)), maxval=1.0)
    light = random.uniform(keys[4], minval=190, maxval=255) * warm
    return crop + (light - crop) * jnp.minimum(veil, 0.8)[..., None]


def _lit(crop: jax.Array, key: jax.Array, strength: float) -> jax.Array:
    """`imaging.camera.photometric_jitter`, but for JPEG."""
    keys = random.split(key, 5)
    crop = _sometimes(keys[0], 0.4 * strength, crop, lambda c, k: c * _uneven(len(c), k, strength)[..., None])
    crop = _smeared(crop, keys[1], strength)
    crop = _sometimes(keys[2], 0.25 * strength, crop, lambda c, k: _coarse(c, k, strength))
    crop = _exposed(jnp.clip(crop, 0, 255), keys[3], strength)
    return _sometimes(keys[4], 0.5 * strength, crop, lambda c, k: _noisy(c, k, strength))


def _way(size: int, angle: jax.Array) -> jax.Array:
    """(size, size): how far each pixel lies in a direction from the middle, in sides."""
    at = (jnp.arange(size) + 0.5) / size - 0.5
    return at[None] * jnp.cos(angle) + at[:, None] * jnp.sin(angle)


def _uneven(size: int, key: jax.Array, strength: float) -> jax.Array:
    """(size, size) gains: a slope, the edge of a shadow, or blotches."""
    keys = random.split(key, 7)
    kind = random.uniform(keys[0])
    way = _way(size, random.uniform(keys[1], maxval=2 * jnp.pi))
    top = min(strength, 1.0)
    slope = 1 + random.uniform(keys[2], maxval=1.1) * top * way
    sharp = jnp.exp(random.uniform(keys[3], minval=1.5, maxval=4.5))
    dark = random.uniform(keys[4], minval=0.2, maxval=0.6) * top
    edge = 1 - dark * jax.nn.sigmoid(sharp * (way - random.uniform(keys[5], minval=-0.3, maxval=0.3)))
    spots = jnp.exp(0.25 * strength * random.normal(keys[6], (4, 4)))
    blotches = jax.image.resize(spots, (size, size), "cubic")
    return jnp.clip(jnp.where(kind < 0.4, slope, jnp.where(kind < 0.7, edge, blotches)), 0.15, 2)


def _smeared(crop: jax.Array, key: jax.Array, strength: float) -> jax.Array:
    """Defocus, motion blur, or neither."""
    keys = random.split(key, 4)
    unit = len(crop) / 128  # blur is as wide in a large picture as in a small one
    reach = int(unit * (3 + 4.5 * strength)) + 2
    y, x = jnp.meshgrid(jnp.arange(-reach, reach + 1), jnp.arange(-reach, reach + 1), indexing="ij")
    deviation = unit * random.uniform(keys[0], minval=0.3, maxval=0.3 + 1.3 * strength)
    defocus = jnp.exp(-0.5 * (x**2 + y**2) / deviation**2)
    length = unit * random.uniform(keys[1], minval=2, maxval=2 + 9 * strength)
    angle = random.uniform(keys[2], maxval=jnp.pi)
    along, beside = x * jnp.cos(angle) + y * jnp.sin(angle), y * jnp.cos(angle) - x * jnp.sin(angle)
    line = jnp.clip((length + 1) / 2 - jnp.abs(along), 0, 1) * jnp.clip(1 - jnp.abs(beside), 0, 1)
    kind = random.uniform(keys[3])
    kernel = jnp.where(kind < 0.25 * strength, defocus, line)
    padded = jnp.pad(crop, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    kernels = jnp.broadcast_to((kernel / kernel.sum())[..., None], (*kernel.shape, 3))
    blurred = fftconvolve(padded, kernels, mode="valid", axes=(0, 1))
    return jnp.where(kind < 0.37 * strength, blurred, crop)


def _coarse(crop: jax.Array, key: jax.Array, strength: float) -> jax.Array:
    """Fewer pixels, each the mean of an area, enlarged again."""
    size = len(crop)
    factor = random.uniform(key, minval=1, maxval=1 + 3 * strength)
    small = jnp.maximum(2, jnp.round(size / factor))
    step = size / small
    start, pixel = jnp.arange(size)[:, None] * step, jnp.arange(size)
    shared = jnp.minimum(start + step, pixel + 1) - jnp.maximum(start, pixel)
    shrinking = jnp.clip(shared, 0, 1) / step
    return on_both_sides(enlarging(small, size), on_both_sides(shrinking, crop))


def _exposed(crop: jax.Array, key: jax.Array, strength: float) -> jax.Array:
    """Exposure, gamma, contrast, white balance and saturation."""
    keys = random.split(key, 9)
    mean = crop.mean()
    stops = 0.35 * strength * random.normal(keys[0])
    darker = random.uniform(keys[1]) < 0.08 * strength
    stops -= jnp.where(darker, random.uniform(keys[2], minval=0.5, maxval=2), 0)
    # Neither so bright nor so dark that nobody could tell the hand any more.
    lowest, highest = jnp.log2(20 / (mean + 1)), jnp.log2(170 / (mean + 1))
    stops = jnp.clip(stops, jnp.minimum(0, lowest), jnp.maximum(0, highest))
    warm, green = strength * jnp.array((0.1, 0.03)) * random.normal(keys[3], (2,))
    gains = 2.0**stops * jnp.exp(jnp.stack([warm, green, -warm]))
    gamma = jnp.exp(0.2 * strength * random.normal(keys[4]))
    contrast = jnp.exp(0.15 * strength * random.normal(keys[5]))
    # The base stays above 0: the gradient is not asked for, but NaN is not wanted either.
    levels = (jnp.maximum(crop, 1e-3) / 255) ** gamma * 255
    crop = jnp.clip(((levels - mean) * contrast + mean) * gains, 0, 255)
    colour = jnp.exp(-0.1 * strength + 0.35 * strength * random.normal(keys[6]))
    colour = jnp.where(random.uniform(keys[7]) < 0.5 * strength, colour, 1.0)
    colour = jnp.where(random.uniform(keys[8]) < 0.06 * strength, 0.0, colour)
    gray = (crop * _GRAY).sum(axis=-1, keepdims=True)
    return jnp.clip(gray + colour * (crop - gray), 0, 255)


def _noisy(crop: jax.Array, key: jax.Array, strength: float) -> jax.Array:
    """Normal noise; coarse grains are two pixels wide."""
    keys = random.split(key, 4)
    size = len(crop)
    deviation = jnp.minimum(6 * strength * random.exponential(keys[0]), 25)
    fine = random.normal(keys[1], crop.shape)
    half = random.normal(keys[2], ((size + 1) // 2, (size + 1) // 2, 3))
    grains = jax.image.resize(half, crop.shape, "linear")
    return crop + deviation * jnp.where(random.uniform(keys[3]) < 0.3, grains, fine)
