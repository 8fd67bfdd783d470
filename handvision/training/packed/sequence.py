"""Batches of packed close-ups, drawn on the device that trains."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from handvision.core.close_ups import CloseUps
from handvision.heads import Head
from handvision.protocol.close_up_draws import CloseUpDraws
from handvision.protocol.close_up_places import blur_before, coarse_size, place
from handvision.training.packed.crops import cut, cut_masks
from handvision.training.packed.file import decoded
from handvision.training.packed.weather import weathered


class PackedSequence(CloseUpDraws):
    """`CloseUpSequence` of packed close-ups, its crops and masks arrays of JAX.

    The same seed, epoch and index choose the same close-ups; the first of a batch lies in the same place, and
    all do where nothing covers, pales or lights them: there OpenCV's way draws from the same generator.

    Args:
        side, mask_side: of the pictures and masks in `close_ups`.
        more: as in `CloseUpDraws`.
    """

    def __init__(self, close_ups: CloseUps, heads: Sequence[Head], *, side: int, mask_side: int, **more: Any):
        super().__init__(close_ups, heads, **more)
        self.pictures = jnp.asarray(decoded(close_ups.pictures, side, "RGB"))
        drawn = [file for file in close_ups.masks if file]
        # One more, empty: of what is no hand.
        none = np.zeros((1, mask_side, mask_side), np.uint8)
        self.masks = jnp.asarray(np.concatenate([decoded(drawn, mask_side, "L"), none]))
        has_file = np.array([bool(file) for file in close_ups.masks], bool)
        self.mask_rows = np.where(has_file, np.cumsum(has_file) - 1, len(drawn))
        self.mask_known = has_file | ~close_ups.present

    def __getitem__(self, index: int) -> tuple[jax.Array, dict[str, Any], dict[str, Any]]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        rows = self.rows(index, rng)
        how, places, small = self.augmentation, [], []
        for row in rows.tolist():
            places.append(place(self.close_ups, row, self.size, self.margin, how, rng))
            small.append(coarse_size(self.close_ups.pixels[row], self.size, self.margin, how, rng))
        affines = [affine for affine, _ in places]
        back = np.stack([affine.inverse().matrix for affine in affines]).astype(np.float32)
        blur = [blur_before(few, side) for few, (_, side) in zip(small, places, strict=True)]
        crops = cut(
            self.pictures[rows],
            back,
            np.array(small, np.float32),
            np.array(blur, np.float32),
            size=self.size,
        )
        if how.covered or how.veiled or how.light:
            crops = weathered(crops, jax.random.key(int(rng.integers(2**31))), how=how)
        targets, weights = self.targets_of(rows, affines)
        if self.has_mask:
            known = self.mask_known[rows]
            masks = cut_masks(self.masks[self.mask_rows[rows]], back, crop=self.size, size=self.mask_size)
            targets["hand_mask"] = jnp.where(known[:, None, None, None], masks, jnp.nan)
            weights["hand_mask"] = known.astype(np.float32)
        return crops / 255, targets, weights
