"""What a model's plot shows: its parts, their output shapes, and how they hang together."""

from collections.abc import Iterator, Mapping
from typing import Any

import keras


def model_graph(model: keras.Model) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The layers of a functional model, an inner model counting as one.

    Returns:
        Nodes, name of a layer -> its kind and the shapes that come out of it; and edges, pairs of
        names from and to: what `plotting.plot_graph` takes. The second use of a layer has its name with
        "(again)".
    """
    depths = model._nodes_by_depth
    uses = [node for depth in sorted(depths, reverse=True) for node in depths[depth]]
    names: dict[int, str] = {}
    nodes: dict[str, str] = {}
    for use in uses:
        layer = use.operation
        if isinstance(layer, keras.layers.Layer):
            name = layer.name
            while name in nodes:
                name += " (again)"
            names[id(use)] = name
            # A layer of several uses has no one output; those of this suite give the same shapes each time.
            output = (
                layer.output
                if len(layer._inbound_nodes) < 2 or isinstance(layer, keras.Model)
                else use.output_tensors
            )
            nodes[name] = "\n".join([type(layer).__name__, *_shapes(output)])
    edges: list[tuple[str, str]] = []
    for use in uses:
        if id(use) in names:
            befores = dict.fromkeys(_layers_before(use, names))
            edges += [(before, names[id(use)]) for before in befores]
    return nodes, edges


def _layers_before(use: Any, names: Mapping[int, str]) -> Iterator[str]:
    """Names of the layers that a use's inputs come from, by way of operations that are no layers."""
    for before in use.parent_nodes:
        if id(before) in names:
            yield names[id(before)]
        else:
            yield from _layers_before(before, names)


def _shapes(output: object) -> list[str]:
    """A line for each tensor, without the batch axis; with its name where the output is a dict."""
    if isinstance(output, dict):
        return [f"{name} {tuple(tensor.shape[1:])}" for name, tensor in output.items()]
    return [str(tuple(tensor.shape[1:])) for tensor in keras.tree.flatten(output)]
