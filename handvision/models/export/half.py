"""Weights of an ONNX graph in half precision: half the file; the graph still computes in float32."""

from typing import Any

import numpy as np

# Smaller constants stay as they are: shapes, and numbers on which much depends.
_LEAST_NUMBERS = 256
# Only these are rounded. The others are stored so where half precision holds them as they are, which it does
# with MediaPipe's own weights.
_LEAST_ROUNDED = 2**16


def half_weights(proto: Any) -> None:
    """Stores large constants of an `onnx.ModelProto`, its inner graphs' too, as float16, in place.

    They are those that lose nothing by it, and the very large ones. A node casts each back; runtimes do that
    once, when they open the file.
    """
    # Inner graphs first: an outer one's nodes, which hold them, are copied.
    for graph in reversed(_graphs(proto.graph)):
        _halve(graph)


def _halve(graph: Any) -> None:
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for initializer in graph.initializer:
        if initializer.data_type != TensorProto.FLOAT:
            continue
        value = numpy_helper.to_array(initializer)
        if value.size < _LEAST_NUMBERS or np.abs(value).max() > np.finfo(np.float16).max:
            continue
        half = value.astype(np.float16)
        if value.size < _LEAST_ROUNDED and not np.array_equal(half, value):
            continue
        name = initializer.name
        initializer.CopyFrom(numpy_helper.from_array(half, f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def _graphs(graph: Any) -> list[Any]:
    inner = [attribute.g for node in graph.node for attribute in node.attribute if attribute.HasField("g")]
    return [graph, *(each for one in inner for each in _graphs(one))]
