"""Batches that Keras trains on."""

from typing import Any, Protocol

import keras


class Batches(Protocol):
    """What `Steps` is made of: batches by index, and an epoch that may be set."""

    epoch: int

    def __len__(self) -> int: ...

    # Any: a batch is whatever Keras's `fit` takes, an array or a tuple of arrays.
    def __getitem__(self, index: int, /) -> Any: ...

    def on_epoch_end(self) -> None: ...


class Steps(keras.utils.PyDataset):
    """The first `steps` batches of every epoch of another sequence (all, where it has fewer).

    Args:
        sequence: an `augment.sequences.EpochSequence` or a `CompositeSequence`.
        steps: batches an epoch.
        workers: threads that make batches.
    """

    def __init__(self, sequence: Batches, steps: int, workers: int = 1):
        super().__init__(workers=workers)
        self.sequence, self.steps = sequence, min(steps, len(sequence))

    @property
    def epoch(self) -> int:
        return self.sequence.epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self.sequence.epoch = epoch

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> Any:
        return self.sequence[index]

    def on_epoch_end(self) -> None:
        self.sequence.on_epoch_end()
