"""All backbones that there are, by name, with their pretrained weights as data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras

# From a photo, (batch, height, width, 3) float in [0, 1], RGB, and the channels wanted at each level, to
# features at 1/2, 1/4, 1/8, ... of the photo's size, one tensor for each number.
Build = Callable[[keras.KerasTensor, Sequence[int]], list[keras.KerasTensor]]


@dataclass(frozen=True)
class Pretrained:
    """Weights that others have trained.

    Attributes:
        name: what a builder's argument `weights` asks for.
        source: the package or function that has them.
        version: of the source.
        checksum: of their file, "sha256:..." or "md5:...".
        licence: of the weights.
        load: gives the backbone's layers in a model these weights, by the layers' names.
    """

    name: str
    source: str
    version: str
    checksum: str
    licence: str
    load: Callable[[keras.Model], None]


@dataclass(frozen=True)
class Backbone:
    """Convolutions that turn a photo into features at several resolutions.

    Attributes:
        name: what builders' arguments ask for.
        build: the network; a backbone of fixed width takes the number of levels alone from its channels.
        levels: how many it has at most.
        pretrained: its weights, or None.
    """

    name: str
    build: Build
    levels: int
    pretrained: Pretrained | None = None

    def features(self, photo: keras.KerasTensor, channels: Sequence[int]) -> list[keras.KerasTensor]:
        """Features at 1/2, 1/4, ... of the photo's size, as many tensors as channels.

        Raises:
            ValueError: more levels than the backbone has.
        """
        if len(channels) > self.levels:
            raise ValueError(
                f"channels is {tuple(channels)}; backbone {self.name!r} has {self.levels} levels at most"
            )
        return self.build(photo, channels)

    def check_weights(self, weights: str | None) -> None:
        """Raises ValueError unless `weights` is None or the name of this backbone's pretrained weights."""
        known = self.pretrained.name if self.pretrained else None
        if weights not in (None, known):
            choices = f"None or {known!r}" if known else "None"
            raise ValueError(f"weights is {weights!r} for backbone {self.name!r}; use {choices}")

    def load_weights(self, model: keras.Model, weights: str | None) -> None:
        """Gives the backbone's layers in `model` their pretrained weights; nothing for None.

        Raises:
            ValueError: there are no such weights.
            FileNotFoundError: they are not at hand; the message says how to get them.
        """
        self.check_weights(weights)
        if weights is not None and self.pretrained is not None:
            self.pretrained.load(model)


_BACKBONES: dict[str, Backbone] = {}


def register(backbone: Backbone) -> Backbone:
    """Makes a backbone known to every builder.

    Raises:
        ValueError: another backbone has this name.
    """
    if backbone.name in _BACKBONES:
        raise ValueError(f"two backbones are called {backbone.name!r}")
    _BACKBONES[backbone.name] = backbone
    return backbone


def get_backbone(name: str) -> Backbone:
    """The backbone of a name.

    Raises:
        ValueError: there is none; the message names those that there are.
    """
    if name not in _BACKBONES:
        raise ValueError(f"backbone is {name!r}; use one of {', '.join(_BACKBONES)}")
    return _BACKBONES[name]


def list_backbones() -> tuple[str, ...]:
    """Names of all backbones."""
    return tuple(_BACKBONES)


def freeze(inputs: keras.KerasTensor, features: keras.KerasTensor) -> None:
    """Keeps all layers that lead from `inputs` to `features` from learning, batch norm included."""
    for layer in keras.Model(inputs, features).layers:
        layer.trainable = False
