"""The reader: a crop of a hand goes in, what its heads say of the hand comes out."""

from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np

from handvision.heads import GestureHead, Head, RotationHead, registered
from handvision.models.backbones.blocks import conv_block
from handvision.models.layers import AttentionBlock, ClassProbabilities


def build_classifier(
    input_shape: tuple[int, int, int] = (96, 96, 1),
    num_classes: int = 6,
    attention: bool = True,
    class_names: Sequence[str] | None = None,
    *,
    dropout: float = 0.1,
    name: str = "classifier",
) -> keras.Model:
    """The reader of gesture and rotation: `build_reader` with these two heads; not trained.

    Args:
        input_shape, attention, dropout, name: see `build_reader`.
        num_classes: number of gestures, at least 2.
        class_names: `num_classes` distinct names; "0", "1", ... if left out.

    Returns:
        A model from crops (batch, height, width, 1) to a dict of `gesture`, (batch, num_classes)
        probabilities, and `rotation`, (batch, 2): sine and cosine of the hand's direction,
        counter-clockwise from image-up.

    Raises:
        ValueError: a shape or number that does not fit; the message names it.
    """
    if num_classes < 2:
        raise ValueError(f"num_classes is {num_classes}; use at least 2")
    if class_names is None:
        class_names = [str(i) for i in range(num_classes)]
    if len(class_names) != num_classes:
        raise ValueError(f"{len(class_names)} class_names for num_classes={num_classes}")
    heads = (GestureHead(tuple(class_names)), RotationHead())
    return build_reader(heads, input_shape, attention, dropout=dropout, name=name)


def build_reader(
    heads: Sequence[Head],
    input_shape: tuple[int, int, int] = (96, 96, 1),
    attention: bool = True,
    *,
    dropout: float = 0.1,
    name: str = "reader",
) -> keras.Model:
    """Convolutions, an attention block, a dense layer, and the heads on top of it; not trained.

    At 96x96 it has 0.35 million weights. Attention runs at an eighth of the input size (12x12
    positions), where fingers are still apart, and nothing is pooled over positions before the dense
    layer: the rotation must stay readable. Batch norm is what makes it train at all; its momentum is
    0.9 because the default 0.99 lags behind short trainings.

    Args:
        heads: what it answers, at least one, with distinct names.
        input_shape: (height, width, 1), at least 32 pixels each; crops are float32, 0 or 1, as
            BoundingBoxCropLayer gives them. With (height, width, 4) the crop of the photo, RGB in [0, 1],
            stands behind that of the mask.
        attention: with the attention block, or without it (for comparisons).
        dropout: share of the dense features dropped in training.
        name: the model's name.

    Returns:
        A model from crops (batch, height, width, 1 or 4) to a dict, name of a head -> its output.

    Raises:
        ValueError: a shape that does not fit, no heads, or two of one name; the message names it.
    """
    if (
        len(input_shape) != 3
        or input_shape[2] not in (1, 4)
        or any(not side or side < 32 for side in input_shape[:2])
    ):
        raise ValueError(
            f"input_shape is {input_shape}; use (height, width, 1 or 4) with at least 32 pixels each"
        )
    names = [head.name for head in heads]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"heads are {names}; use at least one, with distinct names")

    # Comments give the size at 96x96.
    crop = keras.Input(input_shape, name="crop")
    x = conv_block(crop, 16, stride=2, name="stem")  # 48, 48, 16
    x = conv_block(x, 32, stride=2, name="conv1")  # 24, 24, 32
    x = conv_block(x, 32, name="conv2")
    x = conv_block(x, 64, stride=2, name="conv3")  # 12, 12, 64
    x = conv_block(x, 64, name="conv4")
    if attention:
        x = AttentionBlock(num_heads=4, key_dim=16, name="attention")(x)
    x = conv_block(x, 64, stride=2, name="conv5")  # 6, 6, 64
    x = keras.layers.Flatten(name="flatten")(x)  # 2304
    x = keras.layers.Dense(96, use_bias=False, name="dense")(x)
    x = keras.layers.BatchNormalization(momentum=0.9, name="dense_norm")(x)
    x = keras.layers.ReLU(name="dense_relu")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(crop, {head.name: head.build(x) for head in heads}, name=name)


def heads_of_model(model: keras.Model) -> tuple[Head, ...]:
    """The heads whose outputs a reader, or a model that contains one, gives.

    Raises:
        ValueError: none of its outputs is a head's.
    """
    outputs = model.output if isinstance(model.output, dict) else {}
    heads = [head.of_layer(_named(model, name)) for name, head in registered().items() if name in outputs]
    if not heads:
        raise ValueError(
            f"{model.name} has no head: a reader has outputs such as {', '.join(registered())}, this has "
            f"{sorted(outputs) or model.output_shape}"
        )
    return tuple(heads)


def shown_the_photo(classifier: keras.Model) -> keras.Model:
    """A copy of a classifier of masks that is given the photo's crop as well: to be trained further.

    It begins by ignoring the photo, so that untrained it answers as before.

    Args:
        classifier: from crops (batch, height, width, 1).

    Returns:
        The same for crops (batch, height, width, 4), see `build_classifier`.
    """
    height, width, _ = classifier.input_shape[1:]
    copy = keras.models.clone_model(classifier, input_tensors=keras.Input((height, width, 4), name="crop"))
    weights = classifier.get_weights()
    first, *_ = weights  # (rows, columns, 1, filters)
    weights[0] = np.pad(first, ((0, 0), (0, 0), (0, 3), (0, 0)))
    copy.set_weights(weights)
    return copy


def class_names(model: keras.Model) -> tuple[str, ...]:
    """The names of the classes that `model`, or a model inside it, tells apart.

    Raises:
        ValueError: no layer of the model carries names.
    """
    return _find(model, lambda layer: isinstance(layer, ClassProbabilities), "ClassProbabilities")[
        1
    ].class_names


def attention_maps(model: keras.Model, crops: np.ndarray) -> np.ndarray:
    """Where a classifier looks: the attention that each place receives, over the crops.

    Args:
        model: a classifier with attention, or a model that contains one.
        crops: (n, height, width, 1) float32, as the classifier takes them.

    Returns:
        (n, height, width) float32: mean over heads and over the places that look, interpolated to the
        crop's size; each map scaled so that its largest value is 1.

    Raises:
        ValueError: the model has no attention block.
    """
    classifier, block = _find(model, lambda layer: isinstance(layer, AttentionBlock), "AttentionBlock")
    features = keras.Model(classifier.input, block.input)
    maps = []
    for start in range(0, len(crops), 64):
        _, scores = block(features(crops[start : start + 64]), return_attention_scores=True)
        received = keras.ops.mean(scores, axis=(1, 2))  # (b, positions)
        received = keras.ops.reshape(received, (-1, *block.input.shape[1:3], 1))
        resized = keras.ops.image.resize(received, crops.shape[1:3], interpolation="bilinear")
        maps.append(keras.ops.convert_to_numpy(resized)[..., 0])
    maps = np.concatenate(maps)
    return maps / maps.max(axis=(1, 2), keepdims=True)


def _named(model: keras.Model, name: str) -> keras.layers.Layer:
    return _find(model, lambda layer: layer.name == name, name)[1]


def _find(
    model: keras.Model, fits: Callable[[keras.layers.Layer], bool], what: str
) -> tuple[keras.Model, keras.layers.Layer]:
    """The first layer that fits, and the (inner) model that holds it.

    Raises:
        ValueError: none does.
    """
    for inner, layer in _layers(model):
        if fits(layer):
            return inner, layer
    raise ValueError(f"model {model.name!r} has no {what} layer")


def _layers(model: keras.Model) -> Iterator[tuple[keras.Model, keras.layers.Layer]]:
    """All layers, each with the model that holds it; those of inner models last."""
    for layer in model.layers:
        yield model, layer
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _layers(layer)
