"""Sequences that change the batches of another one."""

from typing import Any

import keras


class WrappedSequence(keras.utils.PyDataset):
    """As many batches as another sequence, in the same epoch; what is in them, a class of its own says."""

    def __init__(self, sequence: keras.utils.PyDataset, **workers: Any):
        super().__init__(**workers)
        self.sequence = sequence

    @property
    def epoch(self) -> int:
        return int(self.sequence.epoch)

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self.sequence.epoch = epoch

    def __len__(self) -> int:
        return len(self.sequence)

    def on_epoch_begin(self) -> None:
        self.sequence.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self.sequence.on_epoch_end()


def like(sequence: keras.utils.PyDataset) -> dict[str, Any]:
    """The workers of a sequence, for one around it."""
    return {
        "workers": sequence.workers,
        "use_multiprocessing": sequence.use_multiprocessing,
        "max_queue_size": sequence.max_queue_size,
    }
