"""What an export carries beside the graph."""

import keras

from handvision.core.hashing import hash_arrays
from handvision.core.model_info import CropInfo, ModelInfo
from handvision.heads import registered
from handvision.models.layers import BoundingBoxCropLayer, CloseUpLayer
from handvision.models.reader import heads_of_model


def model_info(model: keras.Model) -> ModelInfo:
    """What is to be known of a model to read its answers without Keras; of a part of one, what it has."""
    layers = model._flatten_layers(include_self=False, recursive=True)
    crops = [layer for layer in layers if isinstance(layer, BoundingBoxCropLayer)]
    crop = None
    if crops:
        crop = CropInfo(crops[0].height, crops[0].width, crops[0].margin, crops[0].keep_aspect)
    answers = heads_of_model(model) if set(registered()).intersection(outputs_of(model)) else ()
    heads = {head.name: head.config() for head in answers}
    looks = [layer for layer in layers if isinstance(layer, CloseUpLayer)]
    return ModelInfo(hash_arrays(model.get_weights()), heads, crop, looks[0].info if looks else None)


def outputs_of(model: keras.Model) -> tuple[str, ...]:
    """The names of a model's outputs; none for a model that gives a single array."""
    # A Sequential model that was never called has no output yet.
    outputs = getattr(model, "output", None)
    return tuple(outputs) if isinstance(outputs, dict) else ()
