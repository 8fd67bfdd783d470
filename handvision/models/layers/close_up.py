"""The layer that looks closer: cuts each hand out of the photo, turned upright."""

from dataclasses import asdict

import keras
from keras import ops

from handvision.core.model_info import CloseUpInfo
from handvision.models.layers.checks import as_floats, check_whole


@keras.saving.register_keras_serializable(package="handvision")
class CloseUpLayer(keras.layers.Layer):
    """Square close-ups of boxes in photos, each turned so that its hand points to image-up.

    The square has the box's middle, and `1 + 2 * margin` times its larger side. Samples are bilinear; what
    lies outside of the photo is 0. Sampling gathers pixels, which runs under every backend, in ONNX and in
    LiteRT.

    Input: photos, (batch, height, width, channels) float in [0, 1], static size; boxes, (batch, hands, 4)
    float, x0, y0, x1, y1 in pixels of `frame`; directions, (batch, hands, 2) sine and cosine of wrist to
    middle knuckle against image-up, counter-clockwise.

    Output: (batch, hands, size, size, channels) float32.

    Args:
        size: of a close-up in pixels.
        frame: (height, width) of the picture that boxes count in, in the photo's proportions: the photo may
            be larger.
        margin: free space at each edge, as a share of the box's larger side, >= 0.
        least_score, least_presence, presence_weights: when it is believed that a close-up shows a hand, see
            `CloseUpInfo`. They change nothing that the layer computes, but travel with it.

    Attributes:
        info: what an exported model says of the layer.

    Raises:
        ValueError: an argument is out of range, or a shape does not fit.

    Example:

    >>> import numpy as np
    >>> photo = np.zeros((1, 64, 64, 3), "float32")
    >>> box, up = np.array([[[8, 8, 24, 24]]], "float32"), np.array([[[0, 1]]], "float32")
    >>> tuple(CloseUpLayer(48, frame=(32, 32))(photo, box, up).shape)  # the photo is twice as large
    (1, 1, 48, 48, 3)
    """

    def __init__(
        self,
        size: int,
        frame: tuple[int, int],
        margin: float = 0.25,
        *,
        least_score: float = CloseUpInfo.least_score,
        least_presence: float = CloseUpInfo.least_presence,
        presence_weights: tuple[float, float, float] = CloseUpInfo.presence_weights,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        check_whole(size=size, frame_height=frame[0], frame_width=frame[1])
        if not 0 <= margin < float("inf"):
            raise ValueError(f"margin is {margin!r}; use a share of the box's larger side, 0 or more")
        self.size, self.frame, self.margin = int(size), (int(frame[0]), int(frame[1])), float(margin)
        self.info = CloseUpInfo(self.size, self.margin, least_score, least_presence, presence_weights)

    def build(
        self,
        photos_shape: tuple[int | None, ...],
        boxes_shape: tuple[int | None, ...],
        directions_shape: tuple[int | None, ...],
    ) -> None:
        if len(photos_shape) != 4 or None in photos_shape[1:]:
            raise ValueError(f"{self.name}: photos are (batch, height, width, channels) of a fixed size")
        height, width = photos_shape[1:3]
        if abs(height * self.frame[1] - width * self.frame[0]) > max(self.frame):  # type: ignore[operator]
            raise ValueError(
                f"{self.name}: photos of {height}x{width} are not in the proportions of {self.frame}"
            )

    def call(
        self, photos: keras.KerasTensor, boxes: keras.KerasTensor, directions: keras.KerasTensor
    ) -> keras.KerasTensor:
        photos = as_floats(self.name, photos, "photos")
        height, width, channels = photos.shape[1:]
        hands = boxes.shape[1]
        scale = width / self.frame[1]
        middle = (boxes[..., :2] + boxes[..., 2:]) / 2 * scale  # (b, k, 2)
        side = (1 + 2 * self.margin) * scale * ops.max(boxes[..., 2:] - boxes[..., :2], axis=-1)  # (b, k)

        # Of the close-up's pixels, from its middle, in sides of the close-up.
        step = (ops.arange(self.size, dtype="float32") + 0.5) / self.size - 0.5
        right, down = step[None, None, None, :], step[None, None, :, None]
        sin, cos = (directions[..., i][..., None, None] for i in (0, 1))  # (b, k, 1, 1)
        length = side[..., None, None]
        # Up in the close-up is (-sin, -cos) in the photo, right is (cos, -sin).
        x = middle[..., 0][..., None, None] + length * (right * cos + down * sin)  # (b, k, size, size)
        y = middle[..., 1][..., None, None] + length * (down * cos - right * sin)
        pixels = ops.reshape(photos, (-1, height * width, channels))
        sample = _bilinear(
            pixels,
            ops.reshape(x, (-1, hands * self.size**2)),
            ops.reshape(y, (-1, hands * self.size**2)),
            height,
            width,
        )
        return ops.reshape(sample, (-1, hands, self.size, self.size, channels))

    def get_config(self) -> dict:
        return {**super().get_config(), "frame": self.frame, **asdict(self.info)}


@keras.saving.register_keras_serializable(package="handvision")
class SquareLayer(keras.layers.Layer):
    """The squares that a CloseUpLayer of the same margin cuts: middle, side and direction.

    Input: boxes (batch, hands, 4) and directions (batch, hands, 2), see `CloseUpLayer`.

    Output: (batch, hands, 5) float32: x and y of the middle, the side, sine and cosine of the direction that
    is turned to image-up; in the boxes' pixels.

    Example:

    >>> import numpy as np
    >>> box, up = np.array([[[8, 8, 24, 20]]], "float32"), np.array([[[0, 1]]], "float32")
    >>> [float(number) for number in SquareLayer(0.25)(box, up)[0, 0]]
    [16.0, 14.0, 24.0, 0.0, 1.0]
    """

    def __init__(self, margin: float = 0.25, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.margin = float(margin)

    def call(self, boxes: keras.KerasTensor, directions: keras.KerasTensor) -> keras.KerasTensor:
        middles = (boxes[..., :2] + boxes[..., 2:]) / 2
        sides = (1 + 2 * self.margin) * ops.max(boxes[..., 2:] - boxes[..., :2], axis=-1, keepdims=True)
        return ops.concatenate([middles, sides, directions], axis=-1)

    def get_config(self) -> dict:
        return {**super().get_config(), "margin": self.margin}


def _bilinear(
    pixels: keras.KerasTensor, x: keras.KerasTensor, y: keras.KerasTensor, height: int, width: int
) -> keras.KerasTensor:
    """Samples (b, n, c) of pictures (b, height * width, c) at x, y (b, n), counted from the corner."""
    left, top = ops.floor(x - 0.5), ops.floor(y - 0.5)
    total = None
    for column in (left, left + 1):
        for row in (top, top + 1):
            near = ops.relu(1 - ops.abs(x - 0.5 - column)) * ops.relu(1 - ops.abs(y - 0.5 - row))
            inside = ops.logical_and(
                ops.logical_and(column >= 0, column < width), ops.logical_and(row >= 0, row < height)
            )
            index = ops.clip(row, 0, height - 1) * width + ops.clip(column, 0, width - 1)
            value = ops.take_along_axis(pixels, ops.cast(index, "int32")[..., None], axis=1)
            part = value * (near * ops.cast(inside, "float32"))[..., None]
            total = part if total is None else total + part
    return total
