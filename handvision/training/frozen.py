"""Training behind layers that do not learn: their features come from ONNX Runtime.

On a CPU TensorFlow is slow at large depthwise convolutions, of which the pretrained encoders are full.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from handvision.models.export.onnx import onnx_of
from handvision.training import platform
from handvision.training.fitting import History, fit
from handvision.training.wrapping import WrappedSequence


@dataclass(frozen=True, eq=False)
class Split:
    """A model cut in two where its learning layers begin.

    Attributes:
        encoder: pictures -> features, in ONNX Runtime.
        tail: features -> the model's outputs; its layers are those of the model, so training it trains the
            model.
    """

    encoder: "Encoder"
    tail: keras.Model


class Encoder:
    """The layers that do not learn, in ONNX Runtime."""

    def __init__(self, model: keras.Model, threads: int = 1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            onnx_of(model).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self.entry = self.session.get_inputs()[0].name
        self.names = list(model.output)

    def __call__(self, pictures: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Features of pictures (batch, height, width, 3), one array for each output."""
        return tuple(self.session.run(self.names, {self.entry: pictures}))


def split(model: keras.Model, threads: int = 1) -> Split:
    """Cuts a model behind its layers that do not learn.

    Raises:
        ValueError: its first layers learn.
    """
    borders = _borders(model)
    if not borders:
        raise ValueError(f"{model.name} learns from its first layer on: build it with frozen levels")
    encoder = keras.Model(model.inputs, {f"features{i}": tensor for i, tensor in enumerate(borders)})
    tail = keras.Model(borders, model.output, name=f"{model.name}_tail")
    return Split(Encoder(encoder, threads), tail)


def fit_tail(
    parts: Split,
    train: keras.utils.PyDataset,
    validation: keras.utils.PyDataset,
    *,
    epochs: int,
    folder: str | Path,
    seed: int,
    title: str,
) -> History:
    """`fitting.fit` of the compiled tail, on pictures that the encoder turns into features."""
    return fit(
        parts.tail,
        EncodedSequence(train, parts.encoder),
        EncodedSequence(validation, parts.encoder),
        epochs=epochs,
        folder=folder,
        seed=seed,
        title=title,
        callbacks=[platform.KeepFreedMemory()],
    )


class EncodedSequence(WrappedSequence):
    """Batches of another sequence, with features in place of the pictures."""

    def __init__(self, sequence: Any, encoder: Encoder, workers: int = 2):
        super().__init__(sequence, workers=workers, max_queue_size=6)
        self.encoder = encoder

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        pictures, *rest = self.sequence[index]
        return (self.encoder(pictures), *rest)


def _borders(model: keras.Model) -> Sequence[keras.KerasTensor]:
    """Outputs of what does not learn, on which layers that learn depend; in the order of the network.

    Among the operations are those of `keras.ops`, which are no layers: a channel's padding, for one.
    """
    fixed = {id(tensor) for tensor in model.inputs}
    borders: dict[int, keras.KerasTensor] = {}
    nodes = [(operation, node) for operation in model.operations for node in operation._inbound_nodes]
    for operation, node in nodes:
        if all(id(tensor) in fixed for tensor in node.input_tensors) and not _learns(operation):
            fixed |= {id(tensor) for tensor in node.output_tensors}
    for _, node in nodes:
        if any(id(tensor) not in fixed for tensor in node.output_tensors):
            for tensor in node.input_tensors:
                if id(tensor) in fixed:
                    borders[id(tensor)] = tensor
    given = {id(tensor) for tensor in model.inputs}
    return [] if given & set(borders) else list(borders.values())


def _learns(operation: keras.Operation) -> bool:
    """Whether it changes in training, or answers otherwise in it."""
    if not isinstance(operation, keras.layers.Layer):
        return False
    learns = operation.trainable and any(weight.trainable for weight in operation.weights)
    return learns or isinstance(operation, keras.layers.Dropout)
