"""Pictures that are labelled by gesture become pictures that are labelled by number of fingers."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.core.vocabularies import NUMBERS


def as_numbers(examples: Examples, fingers: Mapping[str, int]) -> Examples:
    """The same pictures with raised fingers as labels, of pictures and of their hands.

    Args:
        examples: labelled by gesture.
        fingers: gesture -> raised fingers, the thumb counts. A gesture that is not in it becomes NO_HAND.
    """
    counts = np.array([fingers.get(name, NO_HAND) for name in examples.class_names] + [NO_HAND])

    def counted(labels: NDArray[np.int64]) -> NDArray[np.int64]:
        return counts[labels]  # NO_HAND, which is -1, takes the last

    hands = examples.hands
    return replace(
        examples,
        labels=counted(examples.require("labels")),
        hands=None if hands is None else [_relabelled(each, counted(each.labels)) for each in hands],
        class_names=NUMBERS,
    )


def _relabelled(hands: Hands, labels: NDArray[np.int64]) -> Hands:
    return replace(hands, labels=labels)
