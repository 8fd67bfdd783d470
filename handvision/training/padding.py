"""Targets for outputs that get no loss: Keras's metrics want one for each output."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np


def padded(model: keras.Model, sequence: keras.utils.PyDataset) -> keras.utils.PyDataset:
    """The sequence; where it has no targets for some of the model's outputs, with zeros for those."""
    if not isinstance(model.output, dict):
        return sequence
    targets = sequence[0][1]
    missing = sorted(set(model.output) - set(targets)) if isinstance(targets, Mapping) else []
    return _Padded(sequence, missing) if missing else sequence


class _Padded(keras.utils.PyDataset):
    """Another sequence whose batches carry zeros as targets (and weights) of the outputs in `missing`."""

    def __init__(self, sequence: keras.utils.PyDataset, missing: list[str]):
        super().__init__(sequence.workers, sequence.use_multiprocessing, sequence.max_queue_size)
        self.sequence, self.missing = sequence, missing

    def __len__(self) -> int:
        return len(self.sequence)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        inputs, *dicts = self.sequence[index]
        zeros = np.zeros((len(next(iter(dicts[0].values()))), 1), np.float32)
        return inputs, *({**known, **dict.fromkeys(self.missing, zeros)} for known in dicts)

    @property
    def epoch(self) -> int:
        return self.sequence.epoch

    @epoch.setter
    def epoch(self, value: int) -> None:
        self.sequence.epoch = value

    def on_epoch_begin(self) -> None:
        self.sequence.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self.sequence.on_epoch_end()
