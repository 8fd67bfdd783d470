"""Where the wrist and the twenty joints and tips of the fingers are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.geometry import Affine
from handvision.core.hand import Hand
from handvision.core.hands import KEYPOINTS
from handvision.core.keypoints import SKELETON
from handvision.heads.base import Head
from handvision.heads.registry import register

if TYPE_CHECKING:
    import keras

# A point counts as found within this share of the crop's side.
NEAR = 0.05
_INK, _HALO = (0, 158, 115), (255, 255, 255)  # bluish green of Okabe and Ito, and white, RGB


@register
@dataclass(frozen=True)
class KeypointsHead(Head):
    """Of each point x, y and the scale of its error, (batch, 21, 3), in sides of a square crop.

    The points follow a Laplace distribution about x, y; its scale is learned with them, so the network says
    how sure it is of each.

    Attributes:
        size: of the crop in pixels.
    """

    size: int = 160

    name: ClassVar[str] = "keypoints"

    @classmethod
    def of_layer(cls, layer: "keras.layers.Layer") -> "KeypointsHead":
        return cls(getattr(layer, "size", cls.size))

    def build(self, features: "keras.KerasTensor") -> "keras.KerasTensor":
        from handvision.heads.layers import Keypoints

        return Keypoints(self.size, name=self.name)(features)

    def loss(self) -> "keras.losses.Loss":
        from handvision.heads.losses import KeypointsLoss

        return KeypointsLoss()

    def metrics(self) -> "list[keras.metrics.Metric]":
        from handvision.heads.losses import KeypointsError

        return [KeypointsError(name="points")]

    def targets(self, examples: Examples) -> NDArray[np.float64]:
        """(n, 21, 2) pixels of the picture, NaN where not known."""
        unknown = np.full((KEYPOINTS, 2), np.nan)
        return np.stack(
            [hands.keypoints[0, :, :2] if len(hands) else unknown for hands in examples.require("hands")]
        ).astype(np.float64)

    def moved(
        self, targets: NDArray, transforms: Sequence[Affine]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(b, 21, 2) in sides of the crop; zeros, with the weight 0, unless all points are known."""
        after = np.stack(
            [transform.points(points) for transform, points in zip(transforms, targets, strict=True)]
        )
        known = np.isfinite(after).all(axis=(1, 2))
        after[~known] = 0.0
        return (after / self.size).astype(np.float32), known.astype(np.float32)

    def decode(self, output: NDArray, to_photo: Affine) -> dict[str, Any]:
        points = to_photo.points(np.asarray(output[:, :2], np.float64) * self.size)
        # The share of the Laplace distribution that lies nearer than NEAR.
        score = 1 - np.exp(-NEAR / np.maximum(output[:, 2:].astype(np.float64), 1e-6))
        return {"keypoints": np.concatenate([points, score], axis=-1).astype(np.float32)}

    @classmethod
    def draw(cls, picture: NDArray[np.uint8], hand: Hand) -> None:
        """Bones as lines, points as dots."""
        import cv2

        points = hand.keypoints[:, :2]
        if not np.isfinite(points).all():
            return
        thick = max(1, round(min(picture.shape[:2]) / 320))
        # Shifted by half a pixel: OpenCV counts from the first pixel's centre, in sixteenths here.
        places = [tuple(map(round, map(float, 16 * (point - 0.5)))) for point in points]
        for colour, wide in ((_HALO, thick + 2), (_INK, thick)):
            for start, end in SKELETON:
                cv2.line(picture, places[start], places[end], colour, wide, cv2.LINE_AA, shift=4)
            for place in places:
                cv2.circle(picture, place, 16 * (thick + wide) // 2, colour, -1, cv2.LINE_AA, shift=4)


def tight_box(keypoints: NDArray, margin: float = 0.1) -> NDArray[np.float32]:
    """(4,) float32 x0, y0, x1, y1 around points (21, 2 or more).

    It is wider by `margin` of its larger side at each edge; NaN where a point is.
    """
    low, high = keypoints[:, :2].min(axis=0), keypoints[:, :2].max(axis=0)
    wider = margin * float((high - low).max())
    box = np.concatenate([low - wider, high + wider]).astype(np.float32)
    return box if math.isfinite(float(box.sum())) else np.full(4, np.nan, np.float32)
