"""Whole photos in which hands are to be found: moved, relit, and with the maps that say where hands are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from handvision.core.checks import checked_weights, whole_number
from handvision.core.examples import UNKNOWN, Examples, known_mask
from handvision.core.geometry import Affine, letterbox
from handvision.core.hands import Hands
from handvision.imaging.appearance import unusual
from handvision.imaging.camera import photometric_jitter
from handvision.protocol.hand_truth import box_of, direction_of

STRIDE = 8  # pixels of a cell, as `models.segmenters.centres` has it: a test holds both together
# A hand's peak falls off within this share of its longer side.
_SPREAD = 0.1
# Of a hand beyond the frame, this share of its box has to be seen.
_LEAST_SEEN = 0.4

Shown = tuple[NDArray[np.uint8], NDArray[np.float32], Hands]


@dataclass(frozen=True)
class Found:
    """Photos with what is known of all their hands, and how often they are drawn.

    Attributes:
        examples: with photos, hands, and perhaps masks. Pictures without masks: all 0 where there is no hand,
            not known where there is one.
        weight: beside other sources.
    """

    examples: Examples
    weight: float


class FindingSequence(keras.utils.PyDataset):
    """Batches of photos with the maps that a segmenter with centres learns: a function of (seed, epoch, i).

    `sequence[i]` is (photos, targets): photos (b, height, width, 3) float32 in [0, 1], targets a dict of
    `mask` (b, height, width, 1) and of maps at an eighth of the size, see `maps_of`.

    Args:
        sources: photos; each is moved as a whole.
        composites: (epoch, i) -> photos (c, height, width, 3) uint8, masks (c, height, width, 1) uint8 and c
            `Hands`, which go before the photos in each batch; None for none.
        size: (height, width) of the pictures, multiples of 8.
        batch_size: photos of `sources` in a batch.
        steps: batches an epoch.
        light: strength of `imaging.camera.photometric_jitter`; 0 leaves photos as they are, and unmoved.
        unusual: share of the pictures that go through `imaging.appearance.unusual`.
    """

    def __init__(
        self,
        sources: Sequence[Found],
        size: tuple[int, int],
        *,
        batch_size: int,
        steps: int,
        seed: int = 0,
        composites: Callable[[int, int], tuple[NDArray, NDArray, list[Hands]]] | None = None,
        light: float = 0.8,
        unusual: float = 0.0,
        workers: int = 1,
    ):
        super().__init__(workers=workers, max_queue_size=6)
        self.sources, self.size, self.composites = tuple(sources), size, composites
        self.light, self.unusual = light, unusual
        self.batch_size, self.steps = batch_size, steps
        self.seed, self.epoch = whole_number(seed, 0, "seed"), 0
        self.shares = checked_weights([source.weight for source in sources])

    def __len__(self) -> int:
        return self.steps

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], dict[str, NDArray]]:
        shown = []
        if self.composites is not None:
            for k, (photo, mask, hands) in enumerate(zip(*self.composites(self.epoch, index), strict=True)):
                rng = np.random.default_rng((self.seed, self.epoch, index, self.batch_size + k))
                known = known_mask(mask)
                shown.append((self._perhaps_unusual(photo, known, rng), known, hands))
        for j in range(self.batch_size):
            rng = np.random.default_rng((self.seed, self.epoch, index, j))
            shown.append(self._moved(rng))
        photos = np.stack([each[0] for each in shown]).astype(np.float32) / np.float32(255)
        maps = [maps_of(hands, self.size) for _, _, hands in shown]
        targets: dict[str, Any] = {name: np.stack([each[name] for each in maps]) for name in maps[0]}
        return photos, {"mask": np.stack([each[1] for each in shown]), **targets}

    def _moved(self, rng: np.random.Generator) -> Shown:
        source = self.sources[int(rng.choice(len(self.sources), p=self.shares))].examples
        row = int(rng.integers(len(source)))
        photo, hands = source.require("photos")[row], source.require("hands")[row]
        affine = random_view(photo.shape[:2], self.size, rng) if self.light else _fitted(photo, self.size)
        seen = affine.warp(np.ascontiguousarray(photo), *self.size)
        if source.masks is not None:
            hand, unknown = (
                affine.warp((source.masks[row] == value).astype(np.float32), *self.size) > 0.5
                for value in (255, UNKNOWN)
            )
            moved = np.where(unknown, np.float32("nan"), hand.astype(np.float32)).reshape(*self.size, 1)
        else:
            moved = np.full((*self.size, 1), np.nan if len(hands) else 0, np.float32)
        seen = self._perhaps_unusual(seen, moved, rng)
        if self.light:
            seen = photometric_jitter(seen, rng, self.light)
        return seen, moved, hands.moved(affine)

    def _perhaps_unusual(
        self, photo: NDArray[np.uint8], mask: NDArray[np.float32], rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        if not self.unusual or rng.random() >= self.unusual:
            return photo
        known = None if np.isnan(mask).any() else (mask * 255).astype(np.uint8)
        return unusual(photo, known, rng)


def maps_of(hands: Hands, size: tuple[int, int]) -> dict[str, NDArray[np.float32]]:
    """What a segmenter with centres is to say of one picture.

    Args:
        hands: of the picture; one without a box is somewhere, nobody knows where.
        size: (height, width) of the picture.

    Returns:
        Maps at an eighth of the size: `centre` (h, w, 1), 1 at each hand's middle and less around it, NaN
        where there may be another one; `extent`, `offset` and `direction` (h, w, 2), NaN but at the middles.
        See `models.segmenters.centres.centre_maps`.
    """
    height, width = size[0] // STRIDE, size[1] // STRIDE
    centre = np.zeros((height, width, 1), np.float32)
    maps = {
        name: np.full((height, width, 2), np.nan, np.float32) for name in ("extent", "offset", "direction")
    }
    boxes = [box_of(hands, row) for row in range(len(hands))]
    if not all(np.isfinite(box).all() for box in boxes):
        centre[:] = np.nan
    down, across = np.mgrid[:height, :width]
    order = sorted(range(len(hands)), key=lambda row: -_area(boxes[row]))  # small hands lie over large ones
    for row in order:
        box = boxes[row]
        if not np.isfinite(box).all():
            continue
        inside = box.clip(0, (size[1], size[0], size[1], size[0]))
        if _area(inside) < _LEAST_SEEN * _area(box):
            if _area(inside) > 0:  # a few fingers at the edge: neither a hand nor none
                centre[_cells(inside, height, width)] = np.nan
            continue
        x, y = (inside[:2] + inside[2:]) / 2 / STRIDE
        column, line = min(int(x), width - 1), min(int(y), height - 1)
        longer = float(max(inside[2:] - inside[:2])) / STRIDE
        spread = max(0.7, _SPREAD * longer)
        peak = np.exp(-((across + 0.5 - x) ** 2 + (down + 0.5 - y) ** 2) / (2 * spread**2))[..., None]
        near = np.isnan(centre) & (peak > 0.02)
        centre[near] = 0
        centre = np.fmax(centre, np.where(np.isnan(centre), np.nan, peak)).astype(np.float32)
        centre[line, column] = 1
        maps["extent"][line, column] = (inside[2:] - inside[:2]) / STRIDE
        maps["offset"][line, column] = (x - column, y - line)
        maps["direction"][line, column] = direction_of(hands, row)
    return {"centre": centre, **maps}


def random_view(from_size: tuple[int, ...], size: tuple[int, int], rng: np.random.Generator) -> Affine:
    """The way of a photo of `from_size` into a frame of `size`: fitted, turned, scaled, shifted, mirrored."""
    affine = letterbox(from_size, size).affine
    middle = (size[1] / 2, size[0] / 2)
    turn = float(rng.normal(0, 12)) if rng.random() < 0.78 else float(rng.uniform(-180, 180))
    affine = affine.then(Affine.rotation(turn, middle))
    zoom = float(np.exp(rng.uniform(np.log(0.6), np.log(1.6))))
    if rng.random() < 0.2:
        zoom = 1.0
    affine = affine.then(Affine.scale(zoom, zoom, middle))
    room = np.maximum(0.1, np.abs(zoom - 1) / 2) * np.array(size[::-1])
    shift = rng.uniform(-1, 1, 2) * room
    affine = affine.then(Affine.shift(*shift))
    return affine.then(Affine.mirror(width=size[1])) if rng.random() < 0.5 else affine


def _fitted(photo: NDArray, size: tuple[int, int]) -> Affine:
    return letterbox(photo.shape[:2], size).affine


def _area(box: NDArray) -> float:
    return float(np.prod(np.maximum(box[2:] - box[:2], 0)))


def _cells(box: NDArray, height: int, width: int) -> tuple[slice, slice]:
    x0, y0, x1, y1 = (box / STRIDE).astype(int)
    return slice(max(y0, 0), min(y1 + 1, height)), slice(max(x0, 0), min(x1 + 1, width))
