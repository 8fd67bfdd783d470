"""In which direction a hand points."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.geometry import Affine, degrees_from_sin_cos
from handvision.core.hand import Hand
from handvision.heads.base import Head
from handvision.heads.registry import register

if TYPE_CHECKING:
    import keras

INK, HALO = (213, 94, 0), (255, 255, 255)  # vermilion of Okabe and Ito, and white, RGB


@register
@dataclass(frozen=True)
class RotationHead(Head):
    """(sin, cos) of the direction from wrist to middle knuckle, (batch, 2), of length 1.

    Counter-clockwise from image-up of the crop, which may have been turned when it was cut.
    """

    name: ClassVar[str] = "rotation"
    # 1 - cos(error) is small beside the cross-entropy of many classes.
    loss_weight: ClassVar[float] = 1.5
    columns: ClassVar[tuple[str, ...]] = ("rotation_degrees",)

    def build(self, features: "keras.KerasTensor") -> "keras.KerasTensor":
        import keras

        from handvision.heads.layers import UnitVector

        return UnitVector(name=self.name)(keras.layers.Dense(2, name="direction")(features))

    def loss(self) -> "keras.losses.Loss":
        from handvision.heads.losses import RotationLoss

        return RotationLoss()

    def metrics(self) -> "list[keras.metrics.Metric]":
        from handvision.heads.losses import RotationError

        return [RotationError(name="degrees")]

    def targets(self, examples: Examples) -> NDArray[np.float64]:
        """(n,) degrees, NaN where not known."""
        if examples.rotations is None:
            raise ValueError(f"{examples.name} has no rotations; use NaN for those that are not known")
        return np.asarray(examples.rotations, np.float64)

    def moved(
        self, targets: NDArray, transforms: Sequence[Affine]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(b, 2) pairs (sin, cos) of length 1; image-up, with the weight 0, where nothing is known.

        A NaN would spoil the loss even with the weight 0.
        """
        known = np.isfinite(targets)
        angles = np.deg2rad(np.where(known, targets, 0.0))
        # Counter-clockwise from up, y pointing down: x = -sin, y = -cos.
        before = -np.stack([np.sin(angles), np.cos(angles)], axis=-1)[..., None]
        linear = np.stack([transform.linear for transform in transforms])  # (b, 2, 2)
        after = -(linear @ before)[..., 0]
        pairs = after / np.linalg.norm(after, axis=-1, keepdims=True)
        pairs[~known] = (0.0, 1.0)
        return pairs.astype(np.float32), known.astype(np.float32)

    def decode(self, output: NDArray, to_photo: Affine) -> dict[str, Any]:
        return {"rotation_degrees": float(to_photo.directions(degrees_from_sin_cos(output)))}

    @classmethod
    def caption(cls, hand: Hand) -> str:
        return "" if math.isnan(hand.rotation_degrees) else f"{round(hand.rotation_degrees)} deg"

    @classmethod
    def draw(cls, picture: NDArray[np.uint8], hand: Hand) -> None:
        """An arrow through the middle of the hand's box."""
        import cv2

        if math.isnan(hand.rotation_degrees):
            return
        x0, y0, x1, y1 = map(float, hand.box)
        angle = math.radians(hand.rotation_degrees)
        centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
        reach = 0.35 * max(x1 - x0, y1 - y0) * np.array([-math.sin(angle), -math.cos(angle)])
        tail, tip = (tuple(map(round, map(float, end))) for end in (centre - reach, centre + reach))
        thick = max(1, round(min(picture.shape[:2]) / 160))
        for colour, line in ((HALO, thick + 2), (INK, thick)):
            cv2.arrowedLine(picture, tail, tip, colour, line, cv2.LINE_AA, tipLength=0.25)

    @classmethod
    def row(cls, hand: Hand) -> Mapping[str, Any]:
        known = not math.isnan(hand.rotation_degrees)
        return {"rotation_degrees": float(hand.rotation_degrees) if known else None}
