"""Batches of close-ups as a network will see them: nearly upright, in any light, at any resolution."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from handvision.core.checks import checked_weights, whole_number
from handvision.core.close_ups import CloseUps
from handvision.core.examples import UNKNOWN, Examples
from handvision.core.geometry import Affine, degrees_from_sin_cos
from handvision.core.hands import Hands
from handvision.heads import GestureHead, HandMaskHead, Head, HeadTargets
from handvision.imaging.camera import photometric_jitter
from handvision.protocol.hand_truth import direction_of


@dataclass(frozen=True)
class CloseUpAugmentation:
    """How far a close-up may be from the one that truth would give.

    Attributes:
        turn: standard deviation of the direction's error in degrees.
        any_turn: share of close-ups that may point anywhere.
        scale, shift: standard deviations of the box's size (as a logarithm) and middle (in sides).
        mirror: share of mirror images.
        coarse: share that is shown at a lower resolution, down to hands of `least_pixels`.
        light: strength of `imaging.camera.photometric_jitter`.
        covered: share of which a part lies behind a flat thing or beyond the frame.
        veiled: share that is pale from light that shines into the lens.
    """

    turn: float = 22.0
    any_turn: float = 0.15
    scale: float = 0.12
    shift: float = 0.06
    mirror: float = 0.5
    coarse: float = 0.45
    least_pixels: float = 22.0
    light: float = 1.0
    covered: float = 0.08
    veiled: float = 0.12


UNCHANGED = CloseUpAugmentation(0, 0, 0, 0, 0, 0, 22.0, 0, 0, 0)


class CloseUpSequence(keras.utils.PyDataset):
    """Batches of close-ups, upright by their points, with what the heads are to say of them.

    `sequence[i]` is (crops, targets, weights): crops (b, size, size, 3) float32 in [0, 1]; targets and
    weights dicts, name of a head -> (b, ...) and (b,). It is a pure function of (seed, epoch, i).

    Args:
        close_ups: that are drawn from.
        heads: that learn, see `training.close_readers.heads_of_close_reader`.
        size: of a crop in pixels.
        margin: free space at each edge, as a share of the box's larger side.
        weights: name of a source -> how often it is drawn beside the others; None takes every close-up once,
            in order.
        steps: batches an epoch; with `weights` None all.
        augmentation: how crops are changed.
    """

    def __init__(
        self,
        close_ups: CloseUps,
        heads: Sequence[Head],
        *,
        size: int = 224,
        margin: float = 0.25,
        weights: Mapping[str, float] | None = None,
        steps: int | None = None,
        batch_size: int = 64,
        seed: int = 0,
        augmentation: CloseUpAugmentation = UNCHANGED,
        workers: int = 1,
    ):
        super().__init__(workers=workers, max_queue_size=8)
        self.close_ups, self.augmentation = close_ups, augmentation
        self.vocabularies = {head.name: head for head in heads if isinstance(head, GestureHead)}
        self.has_mask = any(isinstance(head, HandMaskHead) for head in heads)
        others = [head for head in heads if not isinstance(head, GestureHead | HandMaskHead)]
        self.known = _targets_of(others, close_ups)
        self.size, self.margin, self.mask_size = size, margin, size // 4
        self.batch_size, self.seed, self.epoch = batch_size, whole_number(seed, 0, "seed"), 0
        self.shares = None if weights is None else _shares(close_ups.sources, weights)
        self.steps = steps if steps and weights is not None else -(-len(close_ups) // batch_size)

    def __len__(self) -> int:
        return self.steps

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], dict[str, Any], dict[str, Any]]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        if self.shares is None:
            rows = np.arange(index * self.batch_size, min((index + 1) * self.batch_size, len(self.close_ups)))
        else:
            rows = rng.choice(len(self.close_ups), self.batch_size, p=self.shares)
        shown = [self._shown(int(row), rng) for row in rows]
        crops = np.stack([each[0] for each in shown]).astype(np.float32) / np.float32(255)
        return crops, *self._targets(rows, [each[1] for each in shown], [each[2] for each in shown])

    def _shown(self, row: int, rng: np.random.Generator) -> tuple[NDArray, Affine, NDArray | None]:
        """A crop, the affine that made it of the kept picture, and its mask, if one is known."""
        how = self.augmentation
        box = self.close_ups.hands.boxes[row].astype(float)
        side = (1 + 2 * self.margin) * max(box[2] - box[0], box[3] - box[1])
        heading = _heading(self.close_ups.hands, row)
        unknown = math.isnan(heading)
        lost = unknown or rng.random() < how.any_turn
        error = rng.uniform(-180, 180) if lost and how.turn else how.turn * float(rng.normal())
        side *= float(np.exp(how.scale * rng.normal()))
        middle = (box[:2] + box[2:]) / 2 + how.shift * side * rng.normal(size=2)
        to_crop = Affine.shift(*-middle).then(Affine.rotation(error - (0.0 if unknown else heading)))
        to_crop = to_crop.then(Affine.scale(self.size / side))
        if rng.random() < how.mirror:
            to_crop = to_crop.then(Affine.scale(-1, 1))
        to_crop = to_crop.then(Affine.shift(self.size / 2, self.size / 2))
        crop = self._resampled(_decoded(self.close_ups.pictures[row]), to_crop, side, row, rng)
        if how.covered and rng.random() < how.covered:
            _cover(crop, rng)
        if how.veiled and rng.random() < how.veiled:
            crop = _veiled(crop, rng)
        if how.light:
            crop = photometric_jitter(crop, rng, how.light)
        return crop, to_crop, self._mask(row, to_crop)

    def _resampled(
        self, picture: NDArray, to_crop: Affine, side: float, row: int, rng: np.random.Generator
    ) -> NDArray:
        """The crop, perhaps by way of a smaller one: a photo in which the hand is small."""
        how, size = self.augmentation, self.size
        hand = size / (1 + 2 * self.margin)  # pixels of the hand in the crop
        seen = min(float(self.close_ups.pixels[row]), hand)
        if how.coarse and rng.random() < how.coarse and seen > how.least_pixels:
            seen = float(np.exp(rng.uniform(np.log(how.least_pixels), np.log(seen))))
        scale = min(1.0, seen / hand)
        small = max(8, round(size * scale))
        shrink = small / side
        if shrink < 0.7:
            picture = cv2.GaussianBlur(picture, (0, 0), 0.4 / shrink)
        crop = to_crop.then(Affine.scale(small / size)).warp(np.ascontiguousarray(picture), small, small)
        return crop if small == size else cv2.resize(crop, (size, size), interpolation=cv2.INTER_LINEAR)

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
        targets, weights = self.known(rows, affines)
        for name in self.vocabularies:
            labels = self.close_ups.labels[name][rows]
            classes = np.eye(len(self.vocabularies[name].class_names), dtype=np.float32)
            targets[name], weights[name] = classes[labels], (labels >= 0).astype(np.float32)
        if self.has_mask:
            unknown = np.full((self.mask_size, self.mask_size, 1), np.nan, np.float32)
            targets["hand_mask"] = np.stack([unknown if mask is None else mask for mask in masks])
            weights["hand_mask"] = np.array([float(mask is not None) for mask in masks], np.float32)
        return targets, weights


def _targets_of(heads: Sequence[Head], close_ups: CloseUps) -> HeadTargets:
    """What heads learn from the hands; their names are known by other columns, their masks by files."""
    count = len(close_ups)
    examples = Examples(
        "close-ups",
        hands=[close_ups.hands.take([row]) if close_ups.present[row] else Hands() for row in range(count)],
        rotations=np.array(
            [_heading(close_ups.hands, row) if close_ups.present[row] else math.nan for row in range(count)],
            np.float32,
        ),
    )
    known = HeadTargets(heads, examples)
    if "embedding" in known.known:
        known.known["embedding"][~close_ups.shaped] = np.nan
    return known


def _decoded(file: bytes, flags: int = cv2.IMREAD_COLOR_RGB) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(file, np.uint8), flags)
    if picture is None:
        raise ValueError("a close-up's file cannot be decoded; cut the close-ups anew")
    return np.asarray(picture, np.uint8)


def _shares(sources: NDArray[np.str_], weights: Mapping[str, float]) -> NDArray[np.float64]:
    unknown = sorted(set(sources.tolist()) - set(weights))
    if unknown:
        raise ValueError(f"no weight is given for {', '.join(unknown)}; give one for each source")
    names = sorted(set(sources.tolist()))
    per_source = dict(zip(names, checked_weights([weights[name] for name in names]), strict=True))
    counts = {name: int((sources == name).sum()) for name in names}
    return np.array([per_source[name] / counts[name] for name in sources.tolist()])


def _heading(hands: Hands, row: int) -> float:
    """Degrees from wrist to middle knuckle, counter-clockwise from image-up; NaN where not known."""
    return float(degrees_from_sin_cos(direction_of(hands, row)))


def _cover(crop: NDArray, rng: np.random.Generator) -> None:
    """A flat thing, or the black beyond the frame, over one edge of the crop, in place."""
    size = len(crop)
    depth = round(size * rng.uniform(0.1, 0.35))
    colour = (0, 0, 0) if rng.random() < 0.5 else tuple(int(value) for value in rng.integers(0, 256, 3))
    turned = np.rot90(crop, int(rng.integers(4)))
    turned[:depth] = colour


def _veiled(crop: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The crop with the light of a window or a lamp over it, stronger towards one side."""
    size = len(crop)
    down, across = np.mgrid[:size, :size] / size - 0.5
    angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.6)
    veil = strength * np.clip(
        1 + rng.uniform(0, 1.2) * (across * np.cos(angle) + down * np.sin(angle)), 0, 1.4
    )
    light = rng.uniform(190, 255) * np.array([1.0, rng.uniform(0.85, 1), rng.uniform(0.7, 1)])
    pale = crop + (light - crop) * np.minimum(veil, 0.8)[..., None]
    return np.asarray(pale.round(), np.uint8)
