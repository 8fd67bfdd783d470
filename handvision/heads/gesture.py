"""Which gesture, or number of fingers, a hand shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.geometry import Affine
from handvision.core.hand import Hand
from handvision.core.vocabularies import GESTURES, HAGRID
from handvision.heads.base import Head
from handvision.heads.registry import register

if TYPE_CHECKING:
    import keras


@register
@dataclass(frozen=True)
class GestureHead(Head):
    """Probabilities of the gestures, (batch, number of gestures), summing to 1.

    Attributes:
        class_names: the gestures' names, in the order of the labels; at least two, all distinct.
    """

    class_names: tuple[str, ...]

    name: ClassVar[str] = "gesture"
    columns: ClassVar[tuple[str, ...]] = ("label", "probability")

    def __post_init__(self) -> None:
        object.__setattr__(self, "class_names", tuple(str(name) for name in self.class_names))
        if len(self.class_names) < 2 or len(set(self.class_names)) < len(self.class_names):
            raise ValueError(f"class_names is {self.class_names!r}; use at least two names, all distinct")

    @classmethod
    def of_layer(cls, layer: "keras.layers.Layer") -> Self:
        """Names from the layer; a layer that carries none has "0", "1", ..."""
        return cls(getattr(layer, "class_names", None) or tuple(map(str, range(layer.output.shape[-1]))))

    def build(self, features: "keras.KerasTensor") -> "keras.KerasTensor":
        from handvision.heads.layers import ClassProbabilities

        return ClassProbabilities(self.class_names, name=self.name)(features)

    def loss(self) -> "keras.losses.Loss":
        import keras

        return keras.losses.CategoricalCrossentropy()

    def metrics(self) -> "list[keras.metrics.Metric]":
        from handvision.heads.losses import GestureAccuracy

        return [GestureAccuracy(name="accuracy")]

    def targets(self, examples: Examples) -> NDArray[np.float32]:
        """(n, number of gestures): 1 at the label; all alike for a picture without a hand."""
        if examples.class_names != self.class_names:
            raise ValueError(
                f"{examples.name} shows {', '.join(examples.class_names)}, "
                f"but the head tells apart {', '.join(self.class_names)}"
            )
        return examples.one_hot()

    def moved(
        self, targets: NDArray, transforms: Sequence[Affine]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The same: a gesture stays what it is, however it is turned."""
        return targets, np.ones(len(targets), np.float32)

    def decode(self, output: NDArray, to_photo: Affine) -> dict[str, Any]:
        best = int(np.argmax(output))
        # A softmax in float32 may end a little above 1.
        return {"label": self.class_names[best], "probability": min(float(output[best]), 1.0)}

    @classmethod
    def caption(cls, hand: Hand) -> str:
        return f"{hand.label}  {hand.probability:.0%}" if hand.label else ""

    @classmethod
    def row(cls, hand: Hand) -> Mapping[str, Any]:
        return {"label": hand.label, "probability": float(hand.probability)}


class FurtherVocabulary(GestureHead):
    """Probabilities in a vocabulary of its own, beside those of the numbers.

    It learns from the features as they are and changes nothing in them: gestures that a user teaches are
    compared by an embedding of the same features, which no names of gestures are to shape.
    """

    columns: ClassVar[tuple[str, ...]] = ()

    def build(self, features: "keras.KerasTensor") -> "keras.KerasTensor":
        from handvision.heads.layers import StopGradient

        return super().build(StopGradient(name=f"{self.name}_features")(features))

    def decode(self, output: NDArray, to_photo: Affine) -> dict[str, Any]:
        return {self.name: super().decode(output, to_photo)}

    @classmethod
    def caption(cls, hand: Hand) -> str:
        return ""

    @classmethod
    def row(cls, hand: Hand) -> Mapping[str, Any]:
        return {}


@register
@dataclass(frozen=True)
class TwentyGesturesHead(FurtherVocabulary):
    """Which of the twenty gestures."""

    class_names: tuple[str, ...] = GESTURES

    name: ClassVar[str] = "gestures"


@register
@dataclass(frozen=True)
class HagridHead(FurtherVocabulary):
    """Which gesture of HaGRID, or none of those that may be known by name."""

    class_names: tuple[str, ...] = HAGRID

    name: ClassVar[str] = "hagrid"
