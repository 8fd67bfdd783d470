"""A trained model as a file for ONNX Runtime."""

import os
from pathlib import Path
from typing import Any

import keras

from handvision.core.files import replacing
from handvision.models.export.function import check_backend, checked_path, named_function
from handvision.models.export.half import half_weights
from handvision.models.export.info import model_info
from handvision.models.export.looks import looks_onnx, looks_twice
from handvision.models.export.prelu import one_node_prelu


def export_onnx(model: keras.Model, path: str | os.PathLike) -> Path:
    """Writes `model` for ONNX Runtime.

    The input and the outputs have the names of the Keras model (`photo`, `mask`, `gesture`, ...), and the
    batch has any size. What `handvision.predict` has to know beside the graph (see `ModelInfo`) stands in
    the file's metadata under "handvision".

    Args:
        model: any model of the suite, with one input.
        path: where to; ends with .onnx. The file appears under this name only when it is whole.

    Returns:
        The path.

    Raises:
        ValueError: the path ends otherwise, or the model has several inputs.
        RuntimeError: Keras does not run on TensorFlow, which the conversion needs.
        ImportError: tf2onnx is not installed: `pip install 'handvision[export]'`.
    """
    path = checked_path(model, path, ".onnx")
    info = model_info(model)
    if info.close_up is not None and looks_twice(model):
        proto = looks_onnx(model, onnx_of, info.close_up.least_score)
        half_weights(proto)
    else:
        proto = onnx_of(model)
    proto.metadata_props.add(key="handvision", value=info.to_json())
    with replacing(path) as unfinished:
        unfinished.write_bytes(proto.SerializeToString())
    return path


def onnx_of(model: keras.Model) -> Any:
    """The model in ONNX's own form, an `onnx.ModelProto`; for any batch.

    Raises:
        RuntimeError, ImportError: as `export_onnx`.
    """
    check_backend()
    import tf2onnx

    function, signature = named_function(model, batch=None)
    proto, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=17)
    _replace_deprecated_resize(proto.graph)
    one_node_prelu(proto.graph)
    return proto


def _replace_deprecated_resize(graph: Any) -> None:
    """Names TensorFlow's way to enlarge by nearest neighbours as ONNX does today.

    Both take the same pixels where a map grows by whole factors, which is all that the suite's layers do.
    """
    for node in graph.node:
        attributes = {attribute.name: attribute for attribute in node.attribute}
        mode = attributes.get("coordinate_transformation_mode")
        if node.op_type == "Resize" and mode is not None and mode.s == b"tf_half_pixel_for_nn":
            mode.s = b"half_pixel"
            attributes["nearest_mode"].s = b"round_prefer_floor"
