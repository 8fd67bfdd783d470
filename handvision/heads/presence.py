"""Whether a close-up shows a hand at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.geometry import Affine
from handvision.heads.base import Head
from handvision.heads.registry import register

if TYPE_CHECKING:
    import keras


@register
@dataclass(frozen=True)
class PresenceHead(Head):
    """Probability that the crop is around a hand, (batch, 1)."""

    name: ClassVar[str] = "presence"

    def build(self, features: "keras.KerasTensor") -> "keras.KerasTensor":
        import keras

        return keras.layers.Dense(1, activation="sigmoid", dtype="float32", name=self.name)(features)

    def loss(self) -> "keras.losses.Loss":
        import keras

        return keras.losses.BinaryCrossentropy()

    def metrics(self) -> "list[keras.metrics.Metric]":
        import keras

        return [keras.metrics.BinaryAccuracy(name="present")]

    def targets(self, examples: Examples) -> NDArray[np.float32]:
        """(n, 1): 1 for a picture with a hand, 0 for one without."""
        return np.array([[float(len(hands) > 0)] for hands in examples.require("hands")], np.float32)

    def moved(
        self, targets: NDArray, transforms: Sequence[Affine]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The same: a hand stays one."""
        return targets, np.ones(len(targets), np.float32)

    def decode(self, output: NDArray, to_photo: Affine) -> dict[str, Any]:
        return {"presence": min(float(output[0]), 1.0)}
