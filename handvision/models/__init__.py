"""The suite's models: segmenters, classifiers, the two joined, and their exports."""

from handvision.models.close_reader import build_close_reader
from handvision.models.combined import classify_masks, combine
from handvision.models.export import export_litert, export_onnx, model_info
from handvision.models.graph import model_graph
from handvision.models.load import load_model
from handvision.models.reader import (
    attention_maps,
    build_classifier,
    build_reader,
    class_names,
    heads_of_model,
    shown_the_photo,
)
from handvision.models.segmenters.deeplab import build_deeplab_v3_plus
from handvision.models.segmenters.unet import build_unet
from handvision.models.two_looks import look_twice
from handvision.models.zoo import find_model, open_model, save_model

__all__ = [
    "attention_maps",
    "build_classifier",
    "build_close_reader",
    "build_deeplab_v3_plus",
    "build_reader",
    "build_unet",
    "class_names",
    "classify_masks",
    "combine",
    "export_litert",
    "export_onnx",
    "find_model",
    "heads_of_model",
    "load_model",
    "look_twice",
    "model_graph",
    "model_info",
    "open_model",
    "save_model",
    "shown_the_photo",
]
