"""The layer that joins a segmenter to a classifier."""

import keras
from keras import ops

from handvision.models.layers.checks import as_floats, check_below_one, check_masks, check_whole


@keras.saving.register_keras_serializable(package="handvision")
class BoundingBoxCropLayer(keras.layers.Layer):
    """Cuts the hand out of a mask and resamples it to a classifier's input size.

    Foreground are the pixels above `threshold`; the box is the tight box of all of them. The crop's
    region is the box, widened by `margin` times its larger side at each edge and, with `keep_aspect`,
    about its centre until it has the shape of the output, so that the hand is scaled alike in both
    directions. The mask is sampled there as `cv2.resize(..., interpolation=cv2.INTER_LINEAR)` samples
    a cut-out (pixel centres at half integers, the region's border pixels repeated), what lies outside
    of the picture counting as 0, and the sample is 1 where it is above `threshold`.

    Sampling is two small matrix products, `rows @ mask @ columns`: they run under every backend, and in
    ONNX and LiteRT, where an affine transform of the picture does not. There is no gradient from the
    crop to the mask.

    With several hands in a picture the box is the one that they share.

    Input: masks, (batch, mask_height, mask_width, 1), float in [0, 1] or bool, static size; and, if they
    are to be cut too, `photos`, (batch, mask_height, mask_width, channels), float in [0, 1].

    Output, a dict:
        crop: (batch, height, width, 1) float32, 0 or 1; all 0 where there is no hand.
        photo_crop: with photos only, (batch, height, width, channels) float32: the photo in the region.
        has_hand: (batch, 1) bool.
        box: (batch, 4) float32, x0, y0, x1, y1 in pixels of the mask, as edges: x1 is the last
        foreground column plus 1. All 0 where there is no hand.

    Args:
        height: height of the crop in pixels.
        width: width of the crop in pixels.
        threshold: foreground is above it; in [0, 1).
        margin: free space at each edge, as a share of the box's larger side, >= 0.
        keep_aspect: keep the hand's proportions; otherwise the region is stretched to the output.
        min_area: share of the picture's pixels that the foreground must exceed to be a hand, in [0, 1).
            With 0, `has_hand` is false exactly for empty masks.

    Raises:
        ValueError: an argument is out of range, or the input has not one channel, no static size, or
            0 to 255 where fractions are due. While a model is traced, in `fit` and `predict`, values are not
            known: floats from 0 to 255 are told apart where the layer is called with them.

    Example:

    >>> import numpy as np
    >>> mask = np.zeros((1, 64, 48, 1), "float32")
    >>> mask[0, 10:30, 20:30] = 1
    >>> found = BoundingBoxCropLayer(96, 96)(mask)
    >>> [float(edge) for edge in found["box"][0]], bool(found["has_hand"][0, 0])
    ([20.0, 10.0, 30.0, 30.0], True)

    Sampling by two matrices follows the attention window of DRAW, https://arxiv.org/abs/1502.04623, with
    the triangle kernel of Spatial Transformer Networks, https://arxiv.org/abs/1506.02025.
    """

    def __init__(
        self,
        height: int,
        width: int,
        threshold: float = 0.5,
        margin: float = 0.1,
        keep_aspect: bool = True,
        min_area: float = 0.0,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        check_whole(height=height, width=width)
        check_below_one(threshold=threshold, min_area=min_area)
        if not 0 <= margin < float("inf"):
            raise ValueError(f"margin is {margin!r}; use a share of the box's larger side, 0 or more")
        self.height = int(height)
        self.width = int(width)
        self.threshold = float(threshold)
        self.margin = float(margin)
        self.keep_aspect = bool(keep_aspect)
        self.min_area = float(min_area)

    def build(
        self, masks_shape: tuple[int | None, ...], photos_shape: tuple[int | None, ...] | None = None
    ) -> None:
        check_masks(self.name, masks_shape)
        if photos_shape is not None and tuple(photos_shape[1:3]) != tuple(masks_shape[1:3]):
            raise ValueError(f"{self.name}: masks are {tuple(masks_shape)}, photos {tuple(photos_shape)}")

    def call(
        self, masks: keras.KerasTensor, photos: keras.KerasTensor | None = None
    ) -> dict[str, keras.KerasTensor]:
        masks = ops.squeeze(as_floats(self.name, masks), -1)  # (b, h, w)
        height, width = masks.shape[1:]

        foreground = ops.cast(masks > self.threshold, "float32")
        y0, y1 = self._extent(ops.sum(foreground, axis=2))  # (b, 1) each
        x0, x1 = self._extent(ops.sum(foreground, axis=1))
        area = ops.sum(foreground, axis=(1, 2))[:, None]  # (b, 1)
        has_hand = area > self.min_area * height * width
        found = ops.cast(has_hand, "float32")

        margin = self.margin * ops.maximum(y1 - y0, x1 - x0)
        region_height = y1 - y0 + 2 * margin
        region_width = x1 - x0 + 2 * margin
        if self.keep_aspect:
            aspect = self.width / self.height
            region_height, region_width = (
                ops.maximum(region_height, region_width / aspect),
                ops.maximum(region_width, region_height * aspect),
            )
        rows = self._bilinear((y0 + y1) / 2, region_height, self.height, height)  # (b, H, h)
        columns = self._bilinear((x0 + x1) / 2, region_width, self.width, width)
        columns = ops.transpose(columns, (0, 2, 1))  # (b, w, W)
        samples = ops.matmul(ops.matmul(rows, masks), columns)  # (b, H, W)
        crop = ops.cast(samples > self.threshold, "float32") * found[:, :, None]

        box = ops.concatenate([x0, y0, x1, y1], axis=1) * found
        outputs = {"crop": crop[..., None], "has_hand": has_hand, "box": box}
        if photos is not None:
            channels = ops.transpose(as_floats(self.name, photos, "photos"), (0, 3, 1, 2))  # (b, c, h, w)
            samples = ops.matmul(ops.matmul(rows[:, None], channels), columns[:, None])  # (b, c, H, W)
            outputs["photo_crop"] = ops.transpose(samples, (0, 2, 3, 1)) * found[:, :, None, None]
        return outputs

    def _extent(self, sums: keras.KerasTensor) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """First foreground index and last plus 1, (b, 1) each, of foreground sums (b, n)."""
        size = sums.shape[1]
        index = ops.arange(size, dtype="float32")[None]  # (1, n)
        filled = sums > 0
        first = ops.min(ops.where(filled, index, float(size)), axis=1, keepdims=True)
        last = ops.max(ops.where(filled, index, -1.0), axis=1, keepdims=True)
        # An empty mask would give (n, 0): its region is the whole picture instead, so nothing is NaN.
        empty = last < 0
        return ops.where(empty, 0.0, first), ops.where(empty, float(size), last + 1)

    @staticmethod
    def _bilinear(
        center: keras.KerasTensor, extent: keras.KerasTensor, samples: int, pixels: int
    ) -> keras.KerasTensor:
        """Interpolation weights (b, samples, pixels) of a region given by centre and extent (b, 1)."""
        fraction = (ops.arange(samples, dtype="float32")[None] + 0.5) / samples  # (1, samples)
        # In edge coordinates pixel i spans i to i + 1. A region narrower than a pixel is one point.
        inset = ops.minimum(0.5, extent / 2)
        start = center - extent / 2
        position = ops.clip(start + fraction * extent, start + inset, start + extent - inset)
        pixel_center = ops.arange(pixels, dtype="float32") + 0.5
        return ops.relu(1.0 - ops.abs(position[:, :, None] - pixel_center))

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "threshold": self.threshold,
            "margin": self.margin,
            "keep_aspect": self.keep_aspect,
            "min_area": self.min_area,
        }

    @classmethod
    def from_config(cls, config: dict) -> "BoundingBoxCropLayer":
        # Files of the first releases carry an option that was 0 in all of them, and is gone.
        config = dict(config)
        if config.pop("min_extent", 0) != 0:
            raise ValueError("min_extent is no longer an option of BoundingBoxCropLayer; 0 was its default")
        return super().from_config(config)
