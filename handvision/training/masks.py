"""Learning to draw better, and nothing else: a trained look's mask is trained on, all that it finds stays."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

from handvision.training.compiling import compile_segmenter
from handvision.training.fitting import History
from handvision.training.frozen import fit_tail, split


def learn_mask(
    look: keras.Model,
    output: str,
    train: Any,
    validation: Any,
    *,
    learning_rate: float,
    epochs: int,
    folder: str | Path,
    seed: int,
) -> History:
    """Trains the layers that one output, a mask, has for itself; every other output stays to the bit.

    Args:
        look: a finder or a reader of close-ups, as it was trained.
        output: the name of its mask.
        train, validation: `PyDataset`s of (pictures, targets, ...), targets a dict with the mask
            (batch, height, width, 1), NaN where not known.
        learning_rate: the highest.
        epochs, folder, seed: see `fitting.fit`.

    Raises:
        ValueError: no layer is the mask's alone.
    """
    own = _layers_of(look, [output]) - _layers_of(look, [name for name in look.output if name != output])
    if not any(layer.weights for layer in own):
        raise ValueError(f"{look.name}: no layer works for {output!r} alone; it cannot learn by itself")
    learns = {layer: layer.trainable for layer in look.layers}
    for layer in look.layers:
        layer.trainable = layer.trainable and layer in own
    drawing = keras.Model(look.input, look.output[output], name=f"{look.name}_{output}")
    parts = split(drawing)
    compile_segmenter(parts.tail, learning_rate, epochs * len(train))
    history = fit_tail(
        parts,
        _Masks(train, output),
        _Masks(validation, output),
        epochs=epochs,
        folder=folder,
        seed=seed,
        title=drawing.name,
    )
    for layer, before in learns.items():
        layer.trainable = before
    return history


def begin_as(model: keras.Model, trained: keras.Model) -> None:
    """Gives a network the weights of a trained one, layer by layer; layers that it has beside keep theirs.

    Raises:
        ValueError: the trained network has a layer that is not there, or not of that shape.
    """
    there = {layer.name: layer for layer in model.layers}
    for layer in trained.layers:
        shapes = [weight.shape for weight in layer.weights]
        if layer.name not in there or [weight.shape for weight in there[layer.name].weights] != shapes:
            raise ValueError(f"{model.name} has no layer {layer.name!r} with weights {shapes} to begin with")
        there[layer.name].set_weights(layer.get_weights())


class _Masks(keras.utils.PyDataset):
    """Another sequence, with one mask as its only target."""

    def __init__(self, sequence: Any, name: str):
        super().__init__(workers=1, max_queue_size=4)
        self.sequence, self.name = sequence, name

    def __len__(self) -> int:
        return len(self.sequence)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        pictures, targets, *_ = self.sequence[index]
        return pictures, targets[self.name]

    @property
    def epoch(self) -> int:
        return int(self.sequence.epoch)

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self.sequence.epoch = epoch

    def on_epoch_end(self) -> None:
        self.sequence.on_epoch_end()


def _layers_of(model: keras.Model, outputs: Sequence[str]) -> set[keras.layers.Layer]:
    """All layers that some outputs depend on."""
    return set(keras.Model(model.input, {name: model.output[name] for name in outputs}).layers)
