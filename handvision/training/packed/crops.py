"""Close-ups cut on a device: what `protocol.close_up_sequence` does by OpenCV, for a whole batch at once."""

from functools import partial

import jax
import jax.numpy as jnp
from jax.scipy.ndimage import map_coordinates

from handvision.core.close_ups import SIDE
from handvision.core.examples import UNKNOWN

_EXACT = jax.lax.Precision.HIGHEST  # GPUs would round pixels to ten bits in products of matrices


@partial(jax.jit, static_argnames="size")
def cut(pictures: jax.Array, back: jax.Array, small: jax.Array, blur: jax.Array, *, size: int) -> jax.Array:
    """(b, size, size, 3) float32 in [0, 255].

    Args:
        pictures: (b, s, s, 3) uint8, kept pictures at any resolution.
        back: (b, 2, 3), from pixels of the crop to those of a kept picture of SIDE pixels.
        small: (b,) pixels of the smaller crop that each is made of, see `close_up_places.coarse_size`.
        blur: (b,) standard deviation of the blur before, in pixels of SIDE; 0 for none.
    """

    def one(picture: jax.Array, back: jax.Array, small: jax.Array, blur: jax.Array) -> jax.Array:
        picture = on_both_sides(
            _blurring(len(picture), blur * len(picture) / SIDE), picture.astype(jnp.float32)
        )
        # Where the pixels of the smaller crop lie in the crop; those from `small` on are not used.
        places = (jnp.arange(size) + 0.5) * size / small
        return on_both_sides(enlarging(small, size), _sampled(picture, back, places))

    return jax.vmap(one)(pictures, back, small, blur)


@partial(jax.jit, static_argnames=("crop", "size"))
def cut_masks(masks: jax.Array, back: jax.Array, *, crop: int, size: int) -> jax.Array:
    """(b, size, size, 1) float32: 1 = hand, 0 = none, NaN = not known.

    Args:
        masks: (b, m, m) uint8, 0, 255 or UNKNOWN.
        back: (b, 2, 3), as in `cut`, of crops of `crop` pixels.
    """

    def one(mask: jax.Array, back: jax.Array) -> jax.Array:
        places = (jnp.arange(size) + 0.5) * crop / size
        hand = on_both_sides(_averaging(len(mask)), (mask == 255).astype(jnp.float32)[..., None])
        unknown = _sampled((mask == UNKNOWN).astype(jnp.float32)[..., None], back, places) > 0.25
        return jnp.where(unknown, jnp.nan, (_sampled(hand, back, places) > 0.5).astype(jnp.float32))

    return jax.vmap(one)(masks, back)


def on_both_sides(matrix: jax.Array, picture: jax.Array) -> jax.Array:
    """A matrix (t, s) that makes t rows of s, on rows and columns of a picture (s, s, channels)."""
    return jnp.einsum("ij,jkc,lk->ilc", matrix, picture, matrix, precision=_EXACT)


def enlarging(small: jax.Array, size: int) -> jax.Array:
    """(size, size): linear interpolation of the first `small` rows to all, as `cv2.resize` does it."""
    places = jnp.clip((jnp.arange(size) + 0.5) * small / size - 0.5, 0, small - 1)
    return jnp.maximum(0, 1 - jnp.abs(places[:, None] - jnp.arange(size)))


def _sampled(picture: jax.Array, back: jax.Array, places: jax.Array) -> jax.Array:
    """The picture, black beyond its edges, at a grid of places (k,) of the crop, (k, k, channels)."""
    y, x = jnp.meshgrid(places, places, indexing="ij")
    across, down = (line[0] * x + line[1] * y + line[2] for line in back)
    scale = len(picture) / SIDE
    where = [down * scale - 0.5, across * scale - 0.5]
    channels = [map_coordinates(each, where, order=1, cval=0.0) for each in jnp.moveaxis(picture, -1, 0)]
    return jnp.stack(channels, axis=-1)


def _blurring(size: int, deviation: jax.Array) -> jax.Array:
    """(size, size): a Gaussian blur that mirrors the picture at its border, as `cv2.GaussianBlur` does."""
    wide = jnp.maximum(deviation, 1e-3)

    def bell(distance: jax.Array) -> jax.Array:
        return jnp.exp(-0.5 * (distance / wide) ** 2)

    i, j = jnp.arange(size)[:, None], jnp.arange(size)
    mirrored = jnp.where(j > 0, bell(i + j), 0) + jnp.where(j < size - 1, bell(2 * (size - 1) - i - j), 0)
    matrix = bell(i - j) + mirrored
    return matrix / matrix.sum(axis=1, keepdims=True)


def _averaging(size: int) -> jax.Array:
    """(size, size): the mean over three pixels of a kept picture, fewer of a smaller mask."""
    wide = max(1.0, 3 * size / SIDE)
    distance = jnp.abs(jnp.arange(size)[:, None] - jnp.arange(size))
    matrix = jnp.where(distance == 0, 1.0, jnp.where(distance == 1, (wide - 1) / 2, 0.0))
    return matrix / matrix.sum(axis=1, keepdims=True)
