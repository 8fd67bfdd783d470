"""Losses and metrics of gestures, rotations and masks."""

import math
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="handvision")
class RotationLoss(keras.losses.Loss):
    """Half the squared distance of the (sin, cos) pairs: 1 - cos(error) where both have length 1.

    Unlike 1 - cos(error) it stays defined at (0, 0) and pulls the prediction onto the unit circle.
    Targets that are NaN give 0.
    """

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        return ops.sum(ops.square(_known(y_true, y_pred) - y_pred), axis=-1) / 2


@keras.saving.register_keras_serializable(package="handvision")
class MaskLoss(keras.losses.Loss):
    """Binary cross-entropy (mean over pixels) plus `dice_weight` times soft Dice, for each picture.

    Dice as in Milletari et al., V-Net (3DV 2016), and Sudre et al. (DLMIA 2017): it weighs a small
    hand as much as a large one. One is added above and below, so that an empty mask has its best
    value, 0, where nothing is predicted. Pixels whose target is NaN count in neither.
    """

    def __init__(self, dice_weight: float = 1.0, name: str = "mask_loss", **kwargs: Any):
        super().__init__(name=name, **kwargs)
        self.dice_weight = dice_weight

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        known = ops.cast(ops.isfinite(y_true), y_pred.dtype)
        y_true = _known(y_true, ops.zeros_like(y_pred))
        pixels = (1, 2, 3)
        # binary_crossentropy takes the mean over the last axis, the single channel.
        entropy = ops.expand_dims(keras.losses.binary_crossentropy(y_true, y_pred), -1)
        entropy = ops.sum(entropy * known, axis=pixels) / ops.maximum(ops.sum(known, axis=pixels), 1)
        shared = ops.sum(y_true * y_pred * known, axis=pixels)
        total = ops.sum((y_true + y_pred) * known, axis=pixels)
        return entropy + self.dice_weight * (1 - (2 * shared + 1) / (total + 1))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dice_weight": self.dice_weight}


@keras.saving.register_keras_serializable(package="handvision")
class GestureAccuracy(keras.metrics.Mean):
    """Share of the pictures whose most likely gesture is the true one, over those that show one.

    A target that prefers no gesture (a picture without a hand) is left out.
    """

    def update_state(
        self,
        y_true: keras.KerasTensor,
        y_pred: keras.KerasTensor,
        sample_weight: keras.KerasTensor | None = None,
    ) -> None:
        weight = ops.cast(ops.max(y_true, axis=-1) > 0.5, y_pred.dtype)
        if sample_weight is not None:
            weight = weight * ops.cast(ops.reshape(sample_weight, (-1,)), y_pred.dtype)
        right = ops.cast(ops.equal(ops.argmax(y_true, axis=-1), ops.argmax(y_pred, axis=-1)), y_pred.dtype)
        super().update_state(right, weight)


@keras.saving.register_keras_serializable(package="handvision")
class RotationError(keras.metrics.Mean):
    """Mean absolute error of the direction in degrees, over the pictures whose direction is known."""

    def update_state(
        self,
        y_true: keras.KerasTensor,
        y_pred: keras.KerasTensor,
        sample_weight: keras.KerasTensor | None = None,
    ) -> None:
        known = ops.cast(ops.all(ops.isfinite(y_true), axis=-1), y_pred.dtype)
        if sample_weight is not None:
            known = known * ops.cast(ops.reshape(sample_weight, (-1,)), y_pred.dtype)
        y_true = _known(y_true, ops.ones_like(y_pred))
        sine = y_true[:, 0] * y_pred[:, 1] - y_true[:, 1] * y_pred[:, 0]
        cosine = ops.sum(y_true * y_pred, axis=-1)
        super().update_state(ops.abs(ops.arctan2(sine, cosine)) * (180 / math.pi), known)


@keras.saving.register_keras_serializable(package="handvision")
class MaskIoU(keras.metrics.Mean):
    """Intersection over union at threshold 0.5, mean over pictures; 1 where both masks are empty."""

    def update_state(
        self,
        y_true: keras.KerasTensor,
        y_pred: keras.KerasTensor,
        sample_weight: keras.KerasTensor | None = None,
    ) -> None:
        known = ops.isfinite(y_true)
        truth, answer = ops.logical_and(y_true > 0.5, known), ops.logical_and(y_pred > 0.5, known)
        pixels = (1, 2, 3)
        shared = ops.sum(ops.cast(ops.logical_and(truth, answer), "float32"), axis=pixels)
        union = ops.sum(ops.cast(ops.logical_or(truth, answer), "float32"), axis=pixels)
        # Empty and found empty: 0 / 0 counts as 1.
        scores = (shared + ops.cast(union == 0, "float32")) / ops.maximum(union, 1)
        super().update_state(scores, sample_weight)


@keras.saving.register_keras_serializable(package="handvision")
class KeypointsLoss(keras.losses.Loss):
    """The negative log-likelihood of points under Laplace distributions, mean over points and axes.

    Targets are (batch, 21, 2), answers (batch, 21, 3): x, y, scale; all in sides of the crop. An error costs
    less where the network says that it is unsure, and saying so costs, too.
    """

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        places, scales = y_pred[..., :2], y_pred[..., 2:]
        errors = ops.abs(ops.cast(y_true, places.dtype) - places)
        return ops.mean(errors / scales + ops.log(2 * scales), axis=(1, 2))


@keras.saving.register_keras_serializable(package="handvision")
class KeypointsError(keras.metrics.Mean):
    """Mean distance of points from where they are, in hundredths of the crop's side."""

    def update_state(
        self,
        y_true: keras.KerasTensor,
        y_pred: keras.KerasTensor,
        sample_weight: keras.KerasTensor | None = None,
    ) -> None:
        distances = ops.norm(ops.cast(y_true, "float32") - y_pred[..., :2], axis=-1)  # (b, 21)
        super().update_state(100 * ops.mean(distances, axis=-1), sample_weight)


@keras.saving.register_keras_serializable(package="handvision")
class ShapeLoss(keras.losses.Loss):
    """Every two vectors of a batch are to be as alike (their cosine) as the two hands' shapes.

    Targets are shapes, (batch, 42), see `heads.embedding.shape_of`; answers vectors of length 1. Shapes at
    the distance d are alike by exp(-(d / `reach`)^2): 1 for the same shape, 0 for any far one.
    """

    def __init__(self, reach: float = 0.35, name: str = "shape_loss", **kwargs: Any):
        super().__init__(name=name, **kwargs)
        self.reach = reach

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        y_true = ops.cast(y_true, y_pred.dtype)
        points = y_true.shape[-1] // 2
        squares = ops.sum(ops.square(y_true), axis=-1)
        distances = squares[:, None] + squares[None, :] - 2 * ops.matmul(y_true, ops.transpose(y_true))
        alike = ops.exp(-ops.maximum(distances, 0.0) / (points * self.reach**2))
        known = ops.cast(squares > 0, y_pred.dtype)  # a shape that is not known is all zeros
        errors = (
            ops.square(ops.matmul(y_pred, ops.transpose(y_pred)) - alike) * known[None, :] * known[:, None]
        )
        return ops.sum(errors, axis=-1) / ops.maximum(ops.sum(known), 1.0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "reach": self.reach}


@keras.saving.register_keras_serializable(package="handvision")
class MapLoss(keras.losses.Loss):
    """Mean absolute error over the numbers that are known; targets are NaN elsewhere. 0 where none is.

    Args:
        relative: compares logarithms, of numbers above 0.
    """

    def __init__(self, relative: bool = False, name: str = "map_loss", **kwargs: Any):
        super().__init__(name=name, **kwargs)
        self.relative = relative

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        known = ops.cast(ops.isfinite(y_true), y_pred.dtype)
        axes = tuple(range(1, len(y_pred.shape)))
        y_true = _known(y_true, y_pred)
        if self.relative:
            y_true, y_pred = ops.log(y_true), ops.log(y_pred)
        return ops.sum(ops.abs(y_true - y_pred), axis=axes) / ops.maximum(ops.sum(known, axis=axes), 1.0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "relative": self.relative}


@keras.saving.register_keras_serializable(package="handvision")
class CentreLoss(keras.losses.Loss):
    """Focal loss of a centre map: targets are 1 at a hand's middle and fall off around it, NaN is not known.

    Zhou et al., Objects as points, https://arxiv.org/abs/1904.07850, with their exponents 2 and 4. The sum
    over cells is shared by the hands of the picture.
    """

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        known = ops.cast(ops.isfinite(y_true), y_pred.dtype)
        y_true = _known(y_true, ops.zeros_like(y_pred))
        y_pred = ops.clip(y_pred, 1e-5, 1 - 1e-5)
        middle = ops.cast(y_true > 0.999, y_pred.dtype)
        found = middle * ops.square(1 - y_pred) * ops.log(y_pred)
        beside = (1 - middle) * ops.power(1 - y_true, 4) * ops.square(y_pred) * ops.log(1 - y_pred)
        axes = (1, 2, 3)
        hands = ops.maximum(ops.sum(middle, axis=axes), 1.0)
        return -ops.sum((found + beside) * known, axis=axes) / hands


def _known(y_true: keras.KerasTensor, otherwise: keras.KerasTensor) -> keras.KerasTensor:
    """The targets, with `otherwise` in place of NaN."""
    return ops.where(ops.isfinite(y_true), ops.cast(y_true, otherwise.dtype), otherwise)
