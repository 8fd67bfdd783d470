"""What a head is: one answer that a network gives of a hand, from its training to its drawing."""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.geometry import Affine
from handvision.core.hand import Hand

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Head(abc.ABC):
    """One answer of a reader: a part of the network, its training, and how its output is read and shown.

    The fields of a head are its configuration: they travel with an exported model as JSON, and
    `type(head)(**head.config())` is the same head again. `build`, `loss` and `metrics` need Keras and import
    it themselves; all else needs NumPy and OpenCV alone. `caption`, `draw` and `row` show a hand whatever
    network it came from, so they are class methods, and show nothing where the hand lacks the answer.

    Attributes:
        name: of the network's output, of its targets, and of the head.
        loss_weight: of its loss beside those of the other heads, if a training says nothing else.
        columns: names of the columns that `row` fills.
    """

    name: ClassVar[str]
    loss_weight: ClassVar[float] = 1.0
    columns: ClassVar[tuple[str, ...]] = ()

    def config(self) -> dict[str, Any]:
        """The fields, in JSON's types."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    @classmethod
    def of_layer(cls, layer: "keras.layers.Layer") -> Self:
        """The head that built a layer, the one that gives the output `name`."""
        return cls()

    # The network -----------------------------------------------------------------------------------

    @abc.abstractmethod
    def build(self, features: "keras.KerasTensor") -> "keras.KerasTensor":
        """The head's part of the network, from features (batch, channels) to its output.

        The last layer is named `name`.
        """

    @abc.abstractmethod
    def loss(self) -> "keras.losses.Loss":
        """Of targets and output."""

    def metrics(self) -> "list[keras.metrics.Metric]":
        """What a training shows beside the loss, new objects at each call."""
        return []

    # What it learns from ---------------------------------------------------------------------------

    @abc.abstractmethod
    def targets(self, examples: Examples) -> NDArray:
        """(n, ...) what is known of each example, before it is augmented; NaN where it is not known.

        Raises:
            ValueError: the examples lack what the head learns from.
        """

    @abc.abstractmethod
    def moved(
        self, targets: NDArray, transforms: Sequence[Affine]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Targets of pictures that were moved.

        Args:
            targets: (b, ...) some rows of what `targets` gave.
            transforms: b of them, each from the picture as it was to the picture as the network sees it.

        Returns:
            (b, ...) what the loss is given, finite everywhere, and (b,) its weights: 0 where not known.
        """

    # What is read from its output ------------------------------------------------------------------

    @abc.abstractmethod
    def decode(self, output: NDArray, to_photo: Affine) -> dict[str, Any]:
        """Fields of the `Hand` that an output tells.

        Args:
            output: of one hand, without the batch.
            to_photo: from the pixels of the crop that the network saw to those of the photo.

        Returns:
            Name of a field -> its value. What `Hand` has no field for, it keeps in `Hand.extra`.
        """

    @classmethod
    def caption(cls, hand: Hand) -> str:
        """A few words for a drawn hand, ASCII (OpenCV's fonts have nothing else); "" for none."""
        return ""

    @classmethod
    def draw(cls, picture: NDArray[np.uint8], hand: Hand) -> None:
        """Draws the answer on (height, width, 3) RGB, in place."""
        return

    @classmethod
    def row(cls, hand: Hand) -> Mapping[str, Any]:
        """A cell for each of `columns`, of JSON's types; None where the hand lacks the answer."""
        return {}
