"""The suite's own Keras layers; importing this module registers them for `keras.models.load_model`.

`BoundingBoxCropLayer` joins a segmenter to a classifier, `MainRegionLayer` frees a mask from what lies
beside the hand, `AttentionBlock` lets a classifier relate far parts of a hand, `ClassProbabilities` is a
softmax that knows its classes' names, `UnitVector` turns two numbers into the sine and cosine of an
angle, and `BilinearResize` grows feature maps.
"""

import math

import keras
from keras import ops

register = keras.saving.register_keras_serializable(package="handvision")


@register
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
        min_extent: rows and columns count for the box only if they hold more foreground than this
            share of the fullest row or column, in [0, 1). With 0 all count; with 0.1, say, specks and
            thin tips no longer stretch the box, and may be cut off.

    Raises:
        ValueError: an argument is out of range, or the input has not one channel, no static size, or
            whole numbers (0 to 255) where fractions are due.

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
        height,
        width,
        threshold=0.5,
        margin=0.1,
        keep_aspect=True,
        min_area=0.0,
        min_extent=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        _check_whole(height=height, width=width)
        _check_below_one(threshold=threshold, min_area=min_area, min_extent=min_extent)
        if not 0 <= margin < float("inf"):
            raise ValueError(f"margin is {margin!r}; use a share of the box's larger side, 0 or more")
        self.height = int(height)
        self.width = int(width)
        self.threshold = float(threshold)
        self.margin = float(margin)
        self.keep_aspect = bool(keep_aspect)
        self.min_area = float(min_area)
        self.min_extent = float(min_extent)

    def build(self, masks_shape, photos_shape=None):
        _check_masks(self.name, masks_shape)
        if photos_shape is not None and tuple(photos_shape[1:3]) != tuple(masks_shape[1:3]):
            raise ValueError(f"{self.name}: masks are {tuple(masks_shape)}, photos {tuple(photos_shape)}")

    def call(self, masks, photos=None):
        masks = ops.squeeze(_floats(self.name, masks), -1)  # (b, h, w)
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
            channels = ops.transpose(_floats(self.name, photos, "photos"), (0, 3, 1, 2))  # (b, c, h, w)
            samples = ops.matmul(ops.matmul(rows[:, None], channels), columns[:, None])  # (b, c, H, W)
            outputs["photo_crop"] = ops.transpose(samples, (0, 2, 3, 1)) * found[:, :, None, None]
        return outputs

    def _extent(self, sums):
        """First foreground index and last plus 1, (b, 1) each, of foreground sums (b, n)."""
        size = sums.shape[1]
        index = ops.arange(size, dtype="float32")[None]  # (1, n)
        counts = sums > self.min_extent * ops.max(sums, axis=1, keepdims=True)
        first = ops.min(ops.where(counts, index, float(size)), axis=1, keepdims=True)
        last = ops.max(ops.where(counts, index, -1.0), axis=1, keepdims=True)
        # An empty mask would give (n, 0): its region is the whole picture instead, so nothing is NaN.
        empty = last < 0
        return ops.where(empty, 0.0, first), ops.where(empty, float(size), last + 1)

    @staticmethod
    def _bilinear(center, extent, samples, pixels):
        """Interpolation weights (b, samples, pixels) of a region given by centre and extent (b, 1)."""
        fraction = (ops.arange(samples, dtype="float32")[None] + 0.5) / samples  # (1, samples)
        # In edge coordinates pixel i spans i to i + 1. A region narrower than a pixel is one point.
        inset = ops.minimum(0.5, extent / 2)
        start = center - extent / 2
        position = ops.clip(start + fraction * extent, start + inset, start + extent - inset)
        pixel_center = ops.arange(pixels, dtype="float32") + 0.5
        return ops.relu(1.0 - ops.abs(position[:, :, None] - pixel_center))

    def get_config(self):
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "threshold": self.threshold,
            "margin": self.margin,
            "keep_aspect": self.keep_aspect,
            "min_area": self.min_area,
            "min_extent": self.min_extent,
        }


_CELLS = 64  # of the grid on which MainRegionLayer grows a region, along the mask's larger side


@register
class MainRegionLayer(keras.layers.Layer):
    """Keeps the region of a mask in which the foreground is densest, and sets the rest to 0.

    A speck far from the hand stretches its box and shrinks its crop. So one connected region is kept:
    the one around the foreground pixel that has most foreground about it, in a square of half the
    mask's larger side. Where several are equally dense, all of them stay.

    The region grows from there, step by step, by max pooling cut by the foreground (reconstruction by
    dilation), because that runs in ONNX and LiteRT, where a labelling of components does not. It grows
    on a grid of about 64 cells along the larger side, at least two pixels wide each, because every step costs
    time: regions whose cells touch, at a corner too, count as one.

    Input: masks, (batch, height, width, 1) float in [0, 1], static size.

    Output: (batch, height, width, 1) float32: the mask in the region and at its soft edge, 0 elsewhere.

    Args:
        threshold: foreground is above it; in [0, 1).
        reach: how far the region grows, along the way through it, as a share of the mask's larger side;
            what lies farther is cut off.

    Raises:
        ValueError: an argument is out of range, or the input has not one channel, no static size, or
            whole numbers (0 to 255) where fractions are due.

    Example:

    >>> import numpy as np
    >>> mask = np.zeros((1, 32, 32, 1), "float32")
    >>> mask[0, 4:20, 4:20] = 1  # a hand
    >>> mask[0, 28, 28] = 1  # a speck
    >>> float(np.sum(MainRegionLayer()(mask)))
    256.0

    Vincent, Morphological grayscale reconstruction in image analysis, IEEE Transactions on Image
    Processing 2(2), 1993.
    """

    def __init__(self, threshold=0.5, reach=1.5, **kwargs):
        super().__init__(**kwargs)
        _check_below_one(threshold=threshold)
        if not 0 < reach < float("inf"):
            raise ValueError(f"reach is {reach!r}; use a share of the mask's side above 0")
        self.threshold = float(threshold)
        self.reach = float(reach)

    def build(self, input_shape):
        _check_masks(self.name, input_shape)

    def call(self, masks):
        masks = _floats(self.name, masks)
        height, width = masks.shape[1:3]
        cell = max(2, round(max(height, width) / _CELLS))
        foreground = ops.cast(masks > self.threshold, "float32")
        foreground = ops.pad(foreground, ((0, 0), (0, -height % cell), (0, -width % cell), (0, 0)))
        foreground = ops.max_pool(foreground, cell, cell)
        around = max(height, width) // (4 * cell)  # cells to each side
        density = ops.pad(foreground, ((0, 0), (around, around), (around, around), (0, 0)))
        density = ops.average_pool(density, (2 * around + 1, 1), 1)
        density = ops.average_pool(density, (1, 2 * around + 1), 1) * foreground
        densest = ops.max(density, axis=(1, 2, 3), keepdims=True)
        region = ops.cast(density >= densest, "float32") * foreground
        for _ in range(math.ceil(self.reach * max(height, width) / cell)):
            region = ops.max_pool(region, 3, 1, padding="same") * foreground
        # The rim holds no foreground (it would have grown there), but the soft edge that a crop samples.
        region = ops.max_pool(region, 3, 1, padding="same")
        region = ops.image.resize(
            region,
            (cell * region.shape[1], cell * region.shape[2]),
            interpolation="nearest",
            data_format="channels_last",
        )
        return masks * region[:, :height, :width]

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold, "reach": self.reach}


@register
class AttentionBlock(keras.layers.Layer):
    """Multi-head self-attention over the positions of a feature map, with layer norm and a residual.

    Every position looks at every other one, so that fingers at opposite ends of the map are weighed
    against each other in one step: `features + attention(norm(features + position))`. A learned
    embedding tells positions apart, which ties the block to one map size.

    Input: features, (batch, height, width, channels) float, static size.

    Output: (batch, height, width, channels), like the input. With `return_attention_scores=True` a pair:
    the output, and the scores (batch, num_heads, height * width, height * width), float, whose last axis
    sums to 1: how much each position (third axis) looks at each other one (last axis), row by row.

    Args:
        num_heads: number of heads, from 1 up.
        key_dim: size of a head's queries and keys, from 1 up.
        dropout: share of the scores dropped in training, in [0, 1).

    Raises:
        ValueError: an argument is out of range, or the input is no feature map of fixed size.

    Example:

    >>> import numpy as np
    >>> block = AttentionBlock(num_heads=2, key_dim=8)
    >>> output, scores = block(np.ones((1, 4, 3, 16), "float32"), return_attention_scores=True)
    >>> tuple(output.shape), tuple(scores.shape)
    ((1, 4, 3, 16), (1, 2, 12, 12))

    Vaswani et al., Attention is all you need, https://arxiv.org/abs/1706.03762, with the norm before the
    attention as in https://arxiv.org/abs/2002.04745 and positions as in https://arxiv.org/abs/2010.11929.
    """

    def __init__(self, num_heads=4, key_dim=16, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        _check_whole(num_heads=num_heads, key_dim=key_dim)
        _check_below_one(dropout=dropout)
        self.num_heads = int(num_heads)
        self.key_dim = int(key_dim)
        self.dropout = float(dropout)
        self.norm = keras.layers.LayerNormalization(epsilon=1e-6, name="norm")
        self.project = keras.layers.Dense(3 * self.num_heads * self.key_dim, name="project")
        self.drop = keras.layers.Dropout(self.dropout, name="drop")

    def build(self, input_shape):
        if len(input_shape) != 4 or None in input_shape[1:]:
            raise ValueError(
                f"{self.name}: features are (batch, height, width, channels) of fixed size; "
                f"got {tuple(input_shape)}"
            )
        _, height, width, channels = input_shape
        tokens = height * width
        self.position = self.add_weight(
            shape=(tokens, channels),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
            name="position",
        )
        self.norm.build((None, tokens, channels))
        self.project.build((None, tokens, channels))
        self.merge = keras.layers.Dense(channels, name="merge", dtype=self.dtype_policy)
        self.merge.build((None, tokens, self.num_heads * self.key_dim))

    def call(self, features, return_attention_scores=False, training=None):
        _, height, width, channels = features.shape
        tokens = height * width
        x = ops.reshape(features, (-1, tokens, channels))  # (b, t, c)

        # Plain matrix products: a fifth faster in training on a CPU than keras.layers.MultiHeadAttention.
        projected = self.project(self.norm(x + self.position))  # (b, t, 3 * heads * d)
        projected = ops.reshape(projected, (-1, tokens, 3 * self.num_heads, self.key_dim))
        query, key, value = ops.split(ops.transpose(projected, (0, 2, 1, 3)), 3, axis=1)  # (b, heads, t, d)
        scores = ops.matmul(query * self.key_dim**-0.5, ops.transpose(key, (0, 1, 3, 2)))  # (b, heads, t, t)
        scores = ops.softmax(scores, axis=-1)
        attended = ops.matmul(self.drop(scores, training=training), value)  # (b, heads, t, d)
        attended = ops.reshape(
            ops.transpose(attended, (0, 2, 1, 3)), (-1, tokens, self.num_heads * self.key_dim)
        )

        output = ops.reshape(x + self.merge(attended), (-1, height, width, channels))
        return (output, scores) if return_attention_scores else output

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "dropout": self.dropout,
        }


@register
class ClassProbabilities(keras.layers.Layer):
    """A dense softmax that carries its classes' names, so that they travel inside the model's file.

    Input: features, (batch, channels) float.

    Output: probabilities, (batch, len(class_names)) float, in the order of `class_names`; sum to 1.

    Args:
        class_names: names of the classes, distinct strings, at least two.

    Raises:
        ValueError: fewer than two names, or two alike.

    Example:

    >>> import numpy as np
    >>> layer = ClassProbabilities(["fist", "palm"])
    >>> tuple(layer(np.ones((3, 8), "float32")).shape), layer.class_names
    ((3, 2), ('fist', 'palm'))
    """

    def __init__(self, class_names, **kwargs):
        super().__init__(**kwargs)
        self.class_names = tuple(str(name) for name in class_names)
        if len(self.class_names) < 2 or len(set(self.class_names)) < len(self.class_names):
            raise ValueError(f"class_names is {class_names!r}; use at least two names, all distinct")
        # float32 also under mixed precision: half a softmax is too coarse for a loss.
        self.dense = keras.layers.Dense(
            len(self.class_names), activation="softmax", dtype="float32", name="dense"
        )

    def build(self, input_shape):
        self.dense.build(input_shape)

    def call(self, features):
        return self.dense(features)

    def get_config(self):
        return {**super().get_config(), "class_names": list(self.class_names)}


@register
class UnitVector(keras.layers.Layer):
    """Scales vectors to length 1; the zero vector stays zero, with a finite gradient.

    Input: vectors, (batch, n) float.

    Output: (batch, n), like the input.

    Example:

    >>> import numpy as np
    >>> unit = UnitVector()(np.array([[3.0, 4.0], [0.0, 0.0]], "float32"))
    >>> [[round(float(x), 3) for x in row] for row in unit]
    [[0.6, 0.8], [0.0, 0.0]]
    """

    def call(self, vectors):
        squared = ops.sum(ops.square(vectors), axis=-1, keepdims=True)
        return vectors * ops.rsqrt(ops.maximum(squared, 1e-12))


@register
class BilinearResize(keras.layers.Layer):
    """Resamples feature maps to a given size, with pixel centres at half integers.

    `keras.layers.Resizing` is no substitute inside a network: its call has `training=True` by default,
    which switches every batch norm behind it to training when a model is called plainly (Keras 3.15).

    Input: features, (batch, h, w, channels) float.

    Output: (batch, height, width, channels), like the input.

    Args:
        height: height of the output in pixels.
        width: width of the output in pixels.

    Raises:
        ValueError: a size is not a whole number from 1 up.

    Example:

    >>> import numpy as np
    >>> tuple(BilinearResize(5, 7)(np.ones((1, 3, 4, 8), "float32")).shape)
    (1, 5, 7, 8)
    """

    def __init__(self, height, width, **kwargs):
        super().__init__(**kwargs)
        _check_whole(height=height, width=width)
        self.height = int(height)
        self.width = int(width)

    def call(self, features):
        size = (self.height, self.width)
        return ops.image.resize(features, size, interpolation="bilinear", data_format="channels_last")

    def get_config(self):
        return {**super().get_config(), "height": self.height, "width": self.width}


def _check_masks(name, shape):
    if len(shape) != 4 or shape[-1] != 1:
        raise ValueError(f"{name}: masks are (batch, height, width, 1); got {tuple(shape)}")
    if None in shape[1:]:
        raise ValueError(f"{name}: the mask's size must be fixed; got {tuple(shape)}")


def _floats(name, pictures, what="masks"):
    if "int" in keras.backend.standardize_dtype(pictures.dtype):
        raise ValueError(f"{name}: {what} are floats in [0, 1]; got {pictures.dtype}. Divide by 255.")
    return ops.cast(pictures, "float32")


def _check_below_one(**values):
    """Raises ValueError unless every value is in [0, 1)."""
    for name, value in values.items():
        if not 0 <= value < 1:
            raise ValueError(f"{name} is {value!r}; use a number from 0 up, below 1")


def _check_whole(**values):
    """Raises ValueError unless every value is a whole number from 1 up."""
    for name, value in values.items():
        if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
            raise ValueError(f"{name} is {value!r}; use a whole number from 1 up")
