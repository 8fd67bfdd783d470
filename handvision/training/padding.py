"""Targets for outputs that get no loss: Keras's metrics want one for each output."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from handvision.training.wrapping import WrappedSequence, like


def padded(model: keras.Model, sequence: keras.utils.PyDataset) -> keras.utils.PyDataset:
    """The sequence; where it has no targets for some of the model's outputs, with zeros for those."""
    if not isinstance(model.output, dict):
        return sequence
    targets = sequence[0][1]
    missing = sorted(set(model.output) - set(targets)) if isinstance(targets, Mapping) else []
    return _Padded(sequence, missing) if missing else sequence


class _Padded(WrappedSequence):
    """Another sequence whose batches carry zeros as targets (and weights) of the outputs in `missing`."""

    def __init__(self, sequence: keras.utils.PyDataset, missing: list[str]):
        super().__init__(sequence, **like(sequence))
        self.missing = missing

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        inputs, *dicts = self.sequence[index]
        zeros = np.zeros((len(next(iter(dicts[0].values()))), 1), np.float32)
        return inputs, *({**known, **dict.fromkeys(self.missing, zeros)} for known in dicts)
