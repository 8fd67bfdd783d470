"""Which pixels of a close-up are the hand's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples, known_mask
from handvision.core.geometry import Affine
from handvision.heads.base import Head
from handvision.heads.registry import register

if TYPE_CHECKING:
    import keras


@register
@dataclass(frozen=True)
class HandMaskHead(Head):
    """The hand's own mask in its close-up, (batch, height, width, 1) in [0, 1], 1 = hand.

    Unlike other heads it is built on maps, (batch, height, width, channels), and has their size.
    """

    name: ClassVar[str] = "hand_mask"

    def build(self, features: "keras.KerasTensor") -> "keras.KerasTensor":
        import keras

        logits = keras.layers.Conv2D(1, 1, name="hand_mask_logits")(features)
        return keras.layers.Activation("sigmoid", dtype="float32", name=self.name)(logits)

    def loss(self) -> "keras.losses.Loss":
        from handvision.heads.losses import MaskLoss

        return MaskLoss()

    def metrics(self) -> "list[keras.metrics.Metric]":
        from handvision.heads.losses import MaskIoU

        return [MaskIoU(name="iou")]

    def targets(self, examples: Examples) -> NDArray[np.float32]:
        """(n, height, width, 1): 0 or 1, NaN where nobody knows."""
        return known_mask(examples.batch("masks"))

    def moved(
        self, targets: NDArray, transforms: Sequence[Affine]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The masks after their pictures' transforms; the weight 0 where nothing of a mask is known."""
        height, width = targets.shape[1:3]
        moved = np.stack(
            [
                transform.warp(target, height, width, fill=0.0).reshape(height, width, 1)
                for target, transform in zip(targets, transforms, strict=True)
            ]
        )
        return moved.astype(np.float32), np.isfinite(moved).any(axis=(1, 2, 3)).astype(np.float32)

    def decode(self, output: NDArray, to_photo: Affine) -> dict[str, Any]:
        """Nothing: the mask is put together with that of the first look, see `inference`."""
        return {}
