"""What a reader of close-ups is to say of each."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handvision.core.close_ups import CloseUps
from handvision.core.examples import Examples
from handvision.core.geometry import Affine
from handvision.core.hands import Hands
from handvision.heads import GestureHead, HandMaskHead, Head, HeadTargets
from handvision.protocol.close_up_places import heading_of


class CloseUpTargets:
    """Targets and weights of all heads but the mask's, whose truth are pictures.

    Args:
        heads: that learn.
        close_ups: what they learn from.
    """

    def __init__(self, heads: Sequence[Head], close_ups: CloseUps):
        self.close_ups = close_ups
        self.vocabularies = {head.name: head for head in heads if isinstance(head, GestureHead)}
        others = [head for head in heads if not isinstance(head, GestureHead | HandMaskHead)]
        self.known = _targets_of(others, close_ups)

    def __call__(
        self, rows: NDArray, affines: Sequence[Affine]
    ) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        """Those of some rows, each after the affine that made its crop of the kept picture."""
        targets, weights = self.known(rows, affines)
        for name in self.vocabularies:
            labels = self.close_ups.labels[name][rows]
            classes = np.eye(len(self.vocabularies[name].class_names), dtype=np.float32)
            targets[name], weights[name] = classes[labels], (labels >= 0).astype(np.float32)
        return targets, weights


def _targets_of(heads: Sequence[Head], close_ups: CloseUps) -> HeadTargets:
    """What heads learn from the hands; their names are known by other columns, their masks by files."""
    hands, present = close_ups.hands, close_ups.present
    rows = range(len(close_ups))
    examples = Examples(
        "close-ups",
        hands=[hands.take([row]) if present[row] else Hands() for row in rows],
        rotations=np.array(
            [heading_of(hands, row) if present[row] else math.nan for row in rows], np.float32
        ),
    )
    known = HeadTargets(heads, examples)
    if "embedding" in known.known:
        known.known["embedding"][~close_ups.shaped] = np.nan
    return known
