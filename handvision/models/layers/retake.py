"""The layer that says where a close-up should have been cut, by the key points found in it."""

import math

import keras
from keras import ops

from handvision.core.keypoints import MIDDLE_KNUCKLE, WRIST

_WIDER = 0.1  # of the points' longer side at each edge, as `heads.tight_box` has it
_NO_SIZE = 1e-6


@keras.saving.register_keras_serializable(package="handvision")
class RetakeLayer(keras.layers.Layer):
    """Boxes and directions of hands by their own key points, and which close-ups were off.

    Input: key points (batch, hands, 21, 2 or more), x and y in sides of the close-up, from its corner; and
    the squares of the close-ups (batch, hands, 5), see `SquareLayer`.

    Output, a dict:
        box: (batch, hands, 4) float32, around the points and a tenth wider at each edge, in the squares'
        pixels.
        direction: (batch, hands, 2) float32, sine and cosine of wrist to middle knuckle.
        off: (batch, hands, 1) bool, whether the close-up was cut further from them than is allowed.

    Args:
        turn: degrees between both directions, above which a close-up was off.
        scale: factor between both sizes, > 1, likewise.
        shift: distance of both middles in sides of the close-up, likewise.
        margin: of the close-ups, see `CloseUpLayer`.

    Raises:
        ValueError: an argument is out of range.

    Example:

    >>> import numpy as np
    >>> points = np.tile(np.array([[0.5, 0.7]], "float32"), (21, 1))
    >>> points[9], points[12] = (0.5, 0.5), (0.5, 0.2)  # middle knuckle and middle finger's tip
    >>> square = np.array([[[50, 50, 100, 1, 0]]], "float32")  # of 100 pixels, about a hand that points left
    >>> place = RetakeLayer()(points[None, None], square)
    >>> [round(float(number)) for number in place["direction"][0, 0]]
    [1, 0]
    """

    def __init__(
        self,
        turn: float = 15.0,
        scale: float = 1.25,
        shift: float = 0.12,
        margin: float = 0.25,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        limits = {"turn": (turn, 0, 180), "scale": (scale, 1, 10), "shift": (shift, 0, 1)}
        for argument, (value, least, most) in limits.items():
            if not least < value < most:
                raise ValueError(f"{argument} is {value!r}; use a number above {least} and below {most}")
        self.turn, self.scale, self.shift = float(turn), float(scale), float(shift)
        self.margin = float(margin)

    def call(self, keypoints: keras.KerasTensor, squares: keras.KerasTensor) -> dict[str, keras.KerasTensor]:
        middle, side = squares[..., :2], squares[..., 2:3]
        sine, cosine = squares[..., 3:4], squares[..., 4:5]
        right, down = keypoints[..., 0] - 0.5, keypoints[..., 1] - 0.5  # (b, k, 21)
        x = middle[..., :1] + side * (right * cosine + down * sine)
        y = middle[..., 1:] + side * (down * cosine - right * sine)
        points = ops.stack([x, y], axis=-1)
        low, high = ops.min(points, axis=-2), ops.max(points, axis=-2)
        wider = _WIDER * ops.max(high - low, axis=-1, keepdims=True)
        box = ops.concatenate([low - wider, high + wider], axis=-1)

        up = points[..., WRIST, :] - points[..., MIDDLE_KNUCKLE, :]  # (-right, -down) of wrist to knuckle
        direction = up / ops.maximum(ops.sqrt(ops.sum(up * up, axis=-1, keepdims=True)), _NO_SIZE)

        size = (1 + 2 * self.margin) * ops.max(box[..., 2:] - box[..., :2], axis=-1, keepdims=True)
        ratio = size / ops.maximum(side, _NO_SIZE)
        away = (box[..., :2] + box[..., 2:]) / 2 - middle
        same = direction[..., :1] * sine + direction[..., 1:] * cosine  # cosine of the angle between both
        off = ops.logical_or(
            ops.logical_or(
                same < math.cos(math.radians(self.turn)), ops.maximum(ratio, 1 / ratio) > self.scale
            ),
            ops.sqrt(ops.sum(away * away, axis=-1, keepdims=True)) > self.shift * side,
        )
        return {"box": box, "direction": direction, "off": off}

    def get_config(self) -> dict:
        own = {"turn": self.turn, "scale": self.scale, "shift": self.shift, "margin": self.margin}
        return {**super().get_config(), **own}
