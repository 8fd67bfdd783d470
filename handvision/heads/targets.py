"""What heads are to answer for augmented pictures: the targets and weights of a batch."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.geometry import Affine
from handvision.heads.base import Head


class HeadTargets:
    """Targets of some heads for some examples: a sequence of batches calls it for every batch.

    Args:
        heads: that learn, with distinct names.
        examples: what they learn from.

    Raises:
        ValueError: the examples lack what a head learns from.
    """

    def __init__(self, heads: Sequence[Head], examples: Examples):
        self.heads = tuple(heads)
        self.known = {head.name: head.targets(examples) for head in self.heads}

    def __call__(
        self, indices: NDArray[np.integer], transforms: Sequence[Affine]
    ) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        """Targets and weights, a dict each, of the examples at `indices` after their `transforms`.

        Args:
            indices: (b,).
            transforms: b of them, each from a picture as it was to the picture as the network sees it.

        Returns:
            Name of a head -> (b, ...) targets, and name of a head -> (b,) float32 weights.
        """
        moved = {head.name: head.moved(self.known[head.name][indices], transforms) for head in self.heads}
        targets = {name: pair[0] for name, pair in moved.items()}
        return targets, {name: pair[1] for name, pair in moved.items()}
