"""Which close-ups stand in which batch: what sequences share that cut them by OpenCV or on a GPU."""

from collections.abc import Mapping, Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from handvision.core.checks import checked_weights, whole_number
from handvision.core.close_ups import CloseUps
from handvision.heads import HandMaskHead, Head
from handvision.protocol.close_up_places import UNCHANGED, CloseUpAugmentation
from handvision.protocol.close_up_targets import CloseUpTargets


class CloseUpDraws(keras.utils.PyDataset):
    """Batches of close-ups, all chance a function of (seed, epoch, index); `__getitem__` is the subclasses'.

    Args:
        close_ups: that are drawn from.
        heads: that learn, see `training.close_reader_draws`.
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
        self.has_mask = any(isinstance(head, HandMaskHead) for head in heads)
        self.targets_of = CloseUpTargets(heads, close_ups)
        self.size, self.margin, self.mask_size = size, margin, size // 4
        self.batch_size, self.seed, self.epoch = batch_size, whole_number(seed, 0, "seed"), 0
        self.shares = None if weights is None else _shares(close_ups.sources, weights)
        self.steps = steps if steps and weights is not None else -(-len(close_ups) // batch_size)

    def __len__(self) -> int:
        return self.steps

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def rows(self, index: int, rng: np.random.Generator) -> NDArray[np.integer]:
        """(b,) the close-ups of a batch."""
        if self.shares is None:
            return np.arange(index * self.batch_size, min((index + 1) * self.batch_size, len(self.close_ups)))
        return rng.choice(len(self.close_ups), self.batch_size, p=self.shares)


def _shares(sources: NDArray[np.str_], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """(n,) how likely each close-up is drawn, all of a source alike."""
    unknown = sorted(set(sources.tolist()) - set(weights))
    if unknown:
        raise ValueError(f"no weight is given for {', '.join(unknown)}; give one for each source")
    names = sorted(set(sources.tolist()))
    per_source = dict(zip(names, checked_weights([weights[name] for name in names]), strict=True))
    counts = {name: int((sources == name).sum()) for name in names}
    return np.array([per_source[name] / counts[name] for name in sources.tolist()])
