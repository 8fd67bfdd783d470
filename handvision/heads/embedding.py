"""How a hand is shaped, as a vector: hands of one shape lie near each other, whoever's they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.geometry import Affine
from handvision.core.hands import KEYPOINTS
from handvision.core.keypoints import upright
from handvision.heads.base import Head
from handvision.heads.registry import register

if TYPE_CHECKING:
    import keras


@register
@dataclass(frozen=True)
class EmbeddingHead(Head):
    """A vector of length 1, (batch, size). Two hands' vectors are as alike as the shapes of their points.

    No gesture's name is learned: what counts as alike is measured on the 21 points.

    Attributes:
        size: numbers in the vector.
    """

    size: int = 64

    name: ClassVar[str] = "embedding"
    loss_weight: ClassVar[float] = 2.0

    @classmethod
    def of_layer(cls, layer: "keras.layers.Layer") -> "EmbeddingHead":
        return cls(int(layer.output.shape[-1]))

    def build(self, features: "keras.KerasTensor") -> "keras.KerasTensor":
        import keras

        from handvision.heads.layers import UnitVector

        vector = keras.layers.Dense(self.size, dtype="float32", name="embedding_dense")(features)
        return UnitVector(name=self.name, dtype="float32")(vector)

    def loss(self) -> "keras.losses.Loss":
        from handvision.heads.losses import ShapeLoss

        return ShapeLoss()

    def targets(self, examples: Examples) -> NDArray[np.float64]:
        """(n, 42): the hand's shape, see `shape_of`; NaN where its points or its side are not known."""
        shapes = np.full((len(examples), 2 * KEYPOINTS), np.nan)
        for shape, hands in zip(shapes, examples.require("hands"), strict=True):
            if len(hands) and hands.handedness[0]:
                shape[:] = shape_of(hands.keypoints[0], mirrored=str(hands.handedness[0]) == "left")
        return shapes

    def moved(
        self, targets: NDArray, transforms: Sequence[Affine]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The same: a shape has no place, size, direction or side."""
        known = np.isfinite(targets).all(axis=1)
        return np.where(known[:, None], targets, 0).astype(np.float32), known.astype(np.float32)

    def decode(self, output: NDArray, to_photo: Affine) -> dict[str, Any]:
        return {"embedding": np.asarray(output, np.float32)}


def shape_of(keypoints: NDArray, mirrored: bool = False) -> NDArray[np.float64]:
    """(42,) the points (21, 2 or more) of a hand, upright, about their middle, of mean distance 1 from it.

    Args:
        mirrored: turns a left hand into a right one.
    """
    points = np.asarray(keypoints, np.float64)[:, :2]
    if mirrored:
        points = points * (-1, 1)
    turned = upright(points, points)
    turned = turned - turned.mean(axis=0)
    return (turned / max(float(np.hypot(*turned.T).mean()), 1e-9)).ravel()
