"""The layer that turns a centre map into a few hands."""

import keras
from keras import ops

from handvision.models.layers.checks import check_whole


@keras.saving.register_keras_serializable(package="handvision")
class PeaksLayer(keras.layers.Layer):
    """The highest peaks of a centre map, with what the other maps say there.

    A peak is a cell that is nowhere exceeded within `reach` cells around it. Fewer peaks than `hands`, and
    peaks that are faint beside the highest, leave rows with the score 0.

    Input: a dict of maps, see `segmenters.centres.centre_maps`.

    Output, a dict:
        score: (batch, hands) float32 in [0, 1], highest first.
        box: (batch, hands, 4) float32, x0, y0, x1, y1 in pixels of the segmenter's photo.
        direction: (batch, hands, 2) float32, sine and cosine.

    Args:
        hands: how many peaks are taken.
        stride: pixels of a cell.
        reach: cells to each side in which a peak is the highest.
        least_share: of the photo's highest peak, below which another one is none; from 0 to 1.

    Raises:
        ValueError: a number is not whole or below 1, `least_share` is no share, or the maps are not of the
            same fixed size.

    Example:

    >>> import numpy as np
    >>> maps = {name: np.ones((1, 4, 4, 2), "float32") for name in ("extent", "offset", "direction")}
    >>> maps["centre"] = np.zeros((1, 4, 4, 1), "float32")
    >>> maps["centre"][0, 2, 1] = 0.5
    >>> found = PeaksLayer(hands=1)(maps)
    >>> float(found["score"][0, 0]), [float(edge) for edge in found["box"][0, 0]]
    (0.5, [12.0, 20.0, 20.0, 28.0])
    """

    def __init__(
        self, hands: int = 2, stride: int = 8, reach: int = 1, least_share: float = 0.0, **kwargs: object
    ) -> None:
        super().__init__(**kwargs)
        check_whole(hands=hands, stride=stride, reach=reach)
        if not 0 <= least_share <= 1:
            raise ValueError(f"least_share is {least_share!r}; use a share from 0 to 1")
        self.hands, self.stride, self.reach = int(hands), int(stride), int(reach)
        self.least_share = float(least_share)

    def build(self, shapes: dict[str, tuple[int | None, ...]]) -> None:
        sizes = {tuple(shape[1:3]) for shape in shapes.values()}
        if len(sizes) != 1 or None in next(iter(sizes)):
            raise ValueError(f"{self.name}: maps have sizes {sorted(map(str, sizes))}; give one fixed size")
        ((height, width),) = sizes
        if height * width < self.hands:  # type: ignore[operator]
            raise ValueError(f"{self.name}: {height}x{width} cells have no {self.hands} peaks")

    def call(self, maps: dict[str, keras.KerasTensor]) -> dict[str, keras.KerasTensor]:
        centre = ops.cast(maps["centre"], "float32")
        height, width = centre.shape[1:3]
        highest = ops.max_pool(centre, 2 * self.reach + 1, 1, padding="same")
        peaks = centre * ops.cast(centre >= highest, "float32")
        score, cell = ops.top_k(ops.reshape(peaks, (-1, height * width)), self.hands)  # (b, k)
        score = ops.where(score >= self.least_share * score[:, :1], score, 0.0)
        there = {
            name: ops.take_along_axis(
                ops.reshape(ops.cast(maps[name], "float32"), (-1, height * width, 2)), cell[..., None], axis=1
            )
            for name in ("extent", "offset", "direction")
        }  # (b, k, 2) each
        cell = ops.cast(cell, "int32")
        corner = ops.stack([cell % width, cell // width], axis=-1)
        middle = ops.cast(corner, "float32") + there["offset"]
        half = there["extent"] / 2
        box = self.stride * ops.concatenate([middle - half, middle + half], axis=-1)
        return {"score": score, "box": box, "direction": there["direction"]}

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "hands": self.hands,
            "stride": self.stride,
            "reach": self.reach,
            "least_share": self.least_share,
        }
