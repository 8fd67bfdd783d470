"""Which of a person's hands it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.geometry import Affine
from handvision.core.hand import Hand
from handvision.heads.base import Head
from handvision.heads.registry import register

if TYPE_CHECKING:
    import keras


@register
@dataclass(frozen=True)
class HandednessHead(Head):
    """Probability that it is the person's right hand, where the photo is not mirrored, (batch, 1)."""

    name: ClassVar[str] = "handedness"
    columns: ClassVar[tuple[str, ...]] = ("handedness",)

    def build(self, features: "keras.KerasTensor") -> "keras.KerasTensor":
        import keras

        return keras.layers.Dense(1, activation="sigmoid", dtype="float32", name=self.name)(features)

    def loss(self) -> "keras.losses.Loss":
        import keras

        return keras.losses.BinaryCrossentropy()

    def metrics(self) -> "list[keras.metrics.Metric]":
        import keras

        return [keras.metrics.BinaryAccuracy(name="right_or_left")]

    def targets(self, examples: Examples) -> NDArray[np.float32]:
        """(n, 1): 1 for a right hand, 0 for a left one, NaN where it is not known."""
        value = {"right": 1.0, "left": 0.0, "": np.nan}
        sides = [hands.handedness[0] if len(hands) else "" for hands in examples.require("hands")]
        return np.array([[value[str(side)]] for side in sides], np.float32)

    def moved(
        self, targets: NDArray, transforms: Sequence[Affine]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """A mirrored picture shows the other hand."""
        mirrored = np.array([[transform.mirrors] for transform in transforms])
        after = np.where(mirrored, 1 - targets, targets)
        known = np.isfinite(after)
        return np.where(known, after, 0.5).astype(np.float32), known[:, 0].astype(np.float32)

    def decode(self, output: NDArray, to_photo: Affine) -> dict[str, Any]:
        right = min(float(output[0]), 1.0)
        # A crop that was cut mirrored shows the other hand.
        right = 1 - right if to_photo.mirrors else right
        side = "right" if right >= 0.5 else "left"
        return {"handedness": side, "handedness_probability": max(right, 1 - right)}

    @classmethod
    def caption(cls, hand: Hand) -> str:
        return hand.handedness

    @classmethod
    def row(cls, hand: Hand) -> Mapping[str, Any]:
        return {"handedness": hand.handedness or None}
