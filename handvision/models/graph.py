"""What a model's plot shows: its parts, their output shapes, and how they hang together."""

import keras


def model_graph(model: keras.Model) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The parts of a functional model, an inner model counting as one part.

    Returns:
        Nodes, name of a layer -> its kind and the shapes that come out of it; and edges, pairs of
        names from and to: what `plotting.plot_graph` takes.
    """
    nodes, edges = {}, []
    for layer in model.layers:
        nodes[layer.name] = "\n".join([type(layer).__name__, *_shapes(layer.output)])
        for node in layer._inbound_nodes:
            for before in node.parent_nodes:
                edge = (before.operation.name, layer.name)
                if before.operation in model.operations and edge not in edges:
                    edges.append(edge)
    return nodes, edges


def _shapes(output: object) -> list[str]:
    """A line for each tensor, without the batch axis; with its name where the output is a dict."""
    if isinstance(output, dict):
        return [f"{name} {tuple(tensor.shape[1:])}" for name, tensor in output.items()]
    return [str(tuple(tensor.shape[1:])) for tensor in keras.tree.flatten(output)]
