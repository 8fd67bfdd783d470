"""Batches that are a pure function of (seed, epoch, index)."""

import abc
import operator
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from handvision.augment.transforms import Augmentation
from handvision.core.checks import checked_batch, whole_number
from handvision.core.geometry import Affine

# Indices of the pictures and their transforms -> what follows the pictures in a batch: (targets,) or
# (targets, weights). `handvision.heads.HeadTargets` is one, `MaskTargets` another.
Targets = Callable[[NDArray[np.integer], Sequence[Affine]], tuple[Any, ...]]


class EpochSequence(keras.utils.PyDataset, abc.ABC):
    """`n` pictures in shuffled batches. `sequence[i]` is batch `i` of the epoch in `epoch`.

    However often, and by whichever worker a batch is asked for, it is the same. Keras's `fit` calls
    `on_epoch_end()`, which goes to the next epoch, once before its first epoch too: set `epoch` in a
    callback's `on_epoch_begin` to be sure of the number. Pass `shuffle=False` to `fit`, which would shuffle
    the order of the batches with Python's global generator.

    Args:
        n: number of pictures.
        batch_size: of all batches but the last, which may be smaller.
        shuffle: whether every epoch has an order of its own.
        seed: int >= 0.
        workers: threads that `fit` lets make batches, and Keras's other options of a PyDataset.
    """

    def __init__(self, n: int, *, batch_size: int, shuffle: bool, seed: int, **workers: Any):
        super().__init__(**workers)
        whole_number(self.workers, 0, "workers")
        self.n = n
        self.batch_size = whole_number(batch_size, 1, "batch_size")
        self.shuffle = bool(shuffle)
        self.seed = whole_number(seed, 0, "seed")
        self._epoch = 0
        self._order: tuple[int | None, NDArray[np.integer]] = (None, np.arange(n))

    @property
    def epoch(self) -> int:
        """Counts from 0; may be set, to resume."""
        return self._epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self._epoch = whole_number(epoch, 0, "epoch")

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        return self.batch(self._epoch, index)

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def batch(self, epoch: int, index: int) -> Any:
        """Batch `index` of `epoch`, whatever epoch the sequence is in."""
        place = operator.index(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"batch {index} of {len(self)}")
        place %= len(self)
        # The third number is 0 for the order, so that no batch shares its numbers.
        rng = np.random.default_rng((self.seed, epoch, 1 + place))
        indices = self._order_of(epoch)[place * self.batch_size : (place + 1) * self.batch_size]
        return self._batch(indices, rng, epoch)

    @abc.abstractmethod
    def _batch(self, indices: NDArray[np.integer], rng: np.random.Generator, epoch: int) -> Any:
        """The batch of the pictures at `indices`; all that is random in it comes from `rng`."""

    def _order_of(self, epoch: int) -> NDArray[np.integer]:
        known, order = self._order
        if known != epoch:
            order = np.arange(self.n)
            if self.shuffle:
                np.random.default_rng((self.seed, epoch, 0)).shuffle(order)
            self._order = (epoch, order)
        return order


class AugmentedSequence(EpochSequence):
    """Batches of augmented pictures with what is to be learned of them.

    `sequence[i]` is the pictures, (b, height, width, channels) float32, or a tuple of the pictures and what
    `targets` gives: (pictures, targets) or (pictures, targets, weights).

    Args:
        pictures: (n, height, width, channels), at most 4 channels. uint8 becomes float32 in [0, 1]; floats
            keep their values.
        augmentation: what every picture's transform is drawn from.
        targets: called with the indices (b,) of a batch's pictures and their b transforms.
        batch_size, shuffle, seed, workers: see `EpochSequence`.

    Raises:
        ValueError: pictures of the wrong shape or dtype, or a number out of its range.
    """

    def __init__(
        self,
        pictures: NDArray,
        augmentation: Augmentation,
        targets: Targets | None = None,
        *,
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int = 0,
        workers: int = 1,
    ):
        self.pictures = checked_batch(pictures, "pictures")
        self.augmentation = augmentation
        self.targets = targets
        super().__init__(
            len(self.pictures), batch_size=batch_size, shuffle=shuffle, seed=seed, workers=workers
        )

    def _batch(self, indices: NDArray[np.integer], rng: np.random.Generator, epoch: int) -> Any:
        height, width = self.pictures.shape[1:3]
        affines = self.augmentation.draw(len(indices), height, width, rng)
        batch = self.augmentation.pictures([self.pictures[i] for i in indices], affines)
        if self.pictures.dtype == np.uint8:
            batch *= 1 / 255
        return batch if self.targets is None else (batch, *self.targets(indices, affines))


class MaskTargets:
    """The masks of a batch, moved as its pictures are: targets of a segmenter.

    Args:
        masks: (n, height, width, 1) uint8, 0, 255 or UNKNOWN.
        augmentation: that of the pictures; it says what comes into a mask from outside.
    """

    def __init__(self, masks: NDArray[np.uint8], augmentation: Augmentation):
        masks = np.asarray(masks)
        if masks.ndim != 4 or masks.shape[-1] != 1 or masks.dtype != np.uint8:
            raise ValueError(f"masks are {masks.dtype} {masks.shape}; use uint8 (n, height, width, 1)")
        self.known, self.augmentation = masks, augmentation

    def __call__(self, indices: NDArray[np.integer], affines: Sequence[Affine]) -> tuple[NDArray[np.float32]]:
        """(b, height, width, 1) float32, 0 or 1, NaN where nobody knows; in a tuple."""
        return (self.augmentation.masks(self.known[indices], affines),)
