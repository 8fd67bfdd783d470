"""What a model's file says of itself beside its graph: how its answers are to be read."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from numpy.typing import NDArray

from handvision.core.geometry import Affine


@dataclass(frozen=True)
class CropInfo:
    """How a model cuts hands out: the arguments of its BoundingBoxCropLayer."""

    height: int
    width: int
    margin: float
    keep_aspect: bool

    def to_picture(self, box: Sequence[float] | NDArray) -> Affine:
        """From the pixels of a crop to those of the picture that it was cut from.

        Args:
            box: (4,) x0, y0, x1, y1 of the hand in the picture.
        """
        x0, y0, x1, y1 = map(float, box)
        margin = self.margin * max(x1 - x0, y1 - y0)
        width, height = x1 - x0 + 2 * margin, y1 - y0 + 2 * margin
        if self.keep_aspect:
            aspect = self.width / self.height
            width, height = max(width, height * aspect), max(height, width / aspect)
        left, top = (x0 + x1 - width) / 2, (y0 + y1 - height) / 2
        return Affine.scale(width / self.width, height / self.height).then(Affine.shift(left, top))


@dataclass(frozen=True)
class CloseUpInfo:
    """How a model looks closer: the arguments of its CloseUpLayer, and when it believes what it saw.

    Attributes:
        size: of a close-up in pixels.
        margin: free space at each edge, as a share of the box's larger side.
        least_score: of the first look, below which no close-up is taken.
        least_presence: of both looks together, below which there is no hand.
        presence_weights: constant, weight of the first look and weight of the closer look in the presence,
            see `core.presence`.

    Raises:
        ValueError: a probability lies outside of [0, 1], or the weights are not three finite numbers.
    """

    size: int
    margin: float
    least_score: float = 0.3
    least_presence: float = 0.5
    presence_weights: tuple[float, float, float] = (0.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        # JSON makes a list.
        object.__setattr__(self, "presence_weights", tuple(map(float, self.presence_weights)))
        for name in ("least_score", "least_presence"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)!r}; use a probability from 0 to 1")
        if len(self.presence_weights) != 3 or not all(map(math.isfinite, self.presence_weights)):
            raise ValueError(
                f"presence_weights is {self.presence_weights!r}; use three finite numbers: a constant, and "
                "weights of the first and the closer look"
            )

    def to_picture(self, square: Sequence[float] | NDArray) -> Affine:
        """From the pixels of a close-up to those of the picture that it was cut from.

        Args:
            square: (5,) x and y of its middle, its side, and sine and cosine of the direction that it turns
                to image-up, counter-clockwise from image-up.
        """
        x, y, side, sine, cosine = map(float, square)
        turn = math.degrees(math.atan2(sine, cosine))
        upright = Affine.shift(-self.size / 2, -self.size / 2).then(Affine.scale(side / self.size))
        return upright.then(Affine.rotation(turn)).then(Affine.shift(x, y))


@dataclass(frozen=True)
class ModelInfo:
    """What an exported model carries as JSON.

    Attributes:
        fingerprint: of the model's weights, 16 hexadecimal digits: the same in every format.
        heads: name of a head among the outputs -> its configuration, see `handvision.heads`.
        crop: None for a model that does not read one hand by its mask.
        close_up: None for a model that does not look twice.
    """

    fingerprint: str = ""
    heads: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    crop: CropInfo | None = None
    close_up: CloseUpInfo | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ModelInfo":
        """What `to_json` wrote.

        Raises:
            ValueError: the text is something else.
        """
        try:
            values = json.loads(text)
            crop, close_up = values.pop("crop"), values.pop("close_up", None)
            return cls(
                crop=crop and CropInfo(**crop), close_up=close_up and CloseUpInfo(**close_up), **values
            )
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError, RecursionError) as error:
            raise ValueError(f"{text[:80]!r} does not describe a model: {error}") from error
