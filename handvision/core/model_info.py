"""What a model's file says of itself beside its graph: how its answers are to be read."""

import json
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
class ModelInfo:
    """What an exported model carries as JSON.

    Attributes:
        fingerprint: of the model's weights, 16 hexadecimal digits: the same in every format.
        heads: name of a head among the outputs -> its configuration, see `handvision.heads`.
        crop: None for a model that cuts no hand out.
    """

    fingerprint: str = ""
    heads: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    crop: CropInfo | None = None

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
            crop = values.pop("crop")
            return cls(crop=crop and CropInfo(**crop), **values)
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"{text[:80]!r} does not describe a model: {error}") from error
