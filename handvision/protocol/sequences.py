"""Batches that Keras trains on."""

import keras


class Steps(keras.utils.PyDataset):
    """The first `steps` batches of every epoch of another sequence (all, where it has fewer).

    Args:
        sequence: with a length, batches by index, an `epoch` that may be set, and `on_epoch_end`.
        steps: batches an epoch.
        workers: threads that make batches.
    """

    def __init__(self, sequence, steps: int, workers: int = 1):
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

    def __getitem__(self, index: int):
        return self.sequence[index]

    def on_epoch_end(self) -> None:
        self.sequence.on_epoch_end()
