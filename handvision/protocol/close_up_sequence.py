"""Batches of close-ups as a network will see them: nearly upright, in any light, at any resolution."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import UNKNOWN
from handvision.core.geometry import Affine
from handvision.imaging.appearance import unusual
from handvision.imaging.camera import photometric_jitter
from handvision.imaging.light import veil
from handvision.protocol.close_up_draws import CloseUpDraws
from handvision.protocol.close_up_places import blur_before, coarse_size, place


class CloseUpSequence(CloseUpDraws):
    """Batches of close-ups, upright by their points, with what the heads are to say of them.

    `sequence[i]` is (crops, targets, weights): crops (b, size, size, 3) float32 in [0, 1]; targets and
    weights dicts, name of a head -> (b, ...) and (b,). It is a pure function of (seed, epoch, i).

    Arguments are those of `CloseUpDraws`.
    """

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], dict[str, Any], dict[str, Any]]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        rows = self.rows(index, rng)
        shown = [self._shown(int(row), rng) for row in rows]
        crops = np.stack([each[0] for each in shown]).astype(np.float32) / np.float32(255)
        return crops, *self._targets(rows, [each[1] for each in shown], [each[2] for each in shown])

    def _shown(self, row: int, rng: np.random.Generator) -> tuple[NDArray, Affine, NDArray | None]:
        """A crop, the affine that made it of the kept picture, and its mask, if one is known."""
        how = self.augmentation
        to_crop, side = place(self.close_ups, row, self.size, self.margin, how, rng)
        small = coarse_size(self.close_ups.pixels[row], self.size, self.margin, how, rng)
        crop = self._resampled(
            _decoded(self.close_ups.pictures[row]), to_crop, small, blur_before(small, side)
        )
        if how.unusual and rng.random() < how.unusual:
            crop = unusual(crop, self._silhouette(row, to_crop), rng)
        if how.covered and rng.random() < how.covered:
            _cover(crop, rng)
        if how.veiled and rng.random() < how.veiled:
            crop = veil(crop, rng)
        if how.light:
            crop = photometric_jitter(crop, rng, how.light)
        return crop, to_crop, self._mask(row, to_crop)

    def _resampled(self, picture: NDArray, to_crop: Affine, small: int, blur: float) -> NDArray:
        """The crop, perhaps by way of a smaller one: a photo in which the hand is small."""
        size = self.size
        if blur:
            picture = cv2.GaussianBlur(picture, (0, 0), blur)
        crop = to_crop.then(Affine.scale(small / size)).warp(np.ascontiguousarray(picture), small, small)
        return crop if small == size else cv2.resize(crop, (size, size), interpolation=cv2.INTER_LINEAR)

    def _silhouette(self, row: int, to_crop: Affine) -> NDArray[np.uint8] | None:
        """(size, size, 1), 255 the hand; None where it is not known."""
        file = self.close_ups.masks[row]
        if not file:
            return None
        hand = np.where(_decoded(file, cv2.IMREAD_GRAYSCALE) == 255, np.uint8(255), np.uint8(0))
        moved = to_crop.warp(hand, self.size, self.size, interpolation="nearest")
        return np.asarray(moved, np.uint8).reshape(self.size, self.size, 1)

    def _mask(self, row: int, to_crop: Affine) -> NDArray[np.float32] | None:
        file = self.close_ups.masks[row]
        if not file:
            if self.close_ups.present[row]:
                return None
            return np.zeros((self.mask_size, self.mask_size, 1), np.float32)
        mask = _decoded(file, cv2.IMREAD_GRAYSCALE)
        to_mask = to_crop.then(Affine.scale(self.mask_size / self.size))
        hand = to_mask.warp(
            cv2.blur((mask == 255).astype(np.float32), (3, 3)), self.mask_size, self.mask_size
        )
        unknown = to_mask.warp((mask == UNKNOWN).astype(np.float32), self.mask_size, self.mask_size)
        small = np.where(unknown > 0.25, np.float32("nan"), (hand > 0.5).astype(np.float32))
        return small.reshape(self.mask_size, self.mask_size, 1)

    def _targets(
        self, rows: NDArray, affines: Sequence[Affine], masks: Sequence[NDArray | None]
    ) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        """Targets and weights of all heads."""
        targets, weights = self.targets_of(rows, affines)
        if self.has_mask:
            unknown = np.full((self.mask_size, self.mask_size, 1), np.nan, np.float32)
            targets["hand_mask"] = np.stack([unknown if mask is None else mask for mask in masks])
            weights["hand_mask"] = np.array([float(mask is not None) for mask in masks], np.float32)
        return targets, weights


def _decoded(file: bytes, flags: int = cv2.IMREAD_COLOR_RGB) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(file, np.uint8), flags)
    if picture is None:
        raise ValueError("a close-up's file cannot be decoded; cut the close-ups anew")
    return np.asarray(picture, np.uint8)


def _cover(crop: NDArray, rng: np.random.Generator) -> None:
    """A flat thing, or the black beyond the frame, over one edge of the crop, in place."""
    size = len(crop)
    depth = round(size * rng.uniform(0.1, 0.35))
    colour = (0, 0, 0) if rng.random() < 0.5 else tuple(int(value) for value in rng.integers(0, 256, 3))
    turned = np.rot90(crop, int(rng.integers(4)))
    turned[:depth] = colour
