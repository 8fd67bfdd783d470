"""PReLU as one node of an ONNX graph, where TensorFlow's has five: each is a pass over a whole map."""

from collections import Counter
from typing import Any


def one_node_prelu(graph: Any) -> None:
    """Replaces relu(x) + w relu(-x), which is how Keras computes it, by ONNX's own PRelu, in place."""
    from onnx import helper, numpy_helper

    made_by = {name: node for node in graph.node for name in node.output}
    uses = Counter(name for node in graph.node for name in node.input)
    weights = {initializer.name: initializer for initializer in graph.initializer}

    def alone(name: str, operation: str) -> Any:
        """The node of this operation that makes `name` for one other node; None where there is none."""
        node = made_by.get(name)
        return node if node is not None and node.op_type == operation and uses[name] == 1 else None

    def parts(add: Any) -> list[Any]:
        """The four nodes before it that make a PReLU with it: relu(x), w relu(-x), relu(-x), -x."""
        for above, below in (add.input, reversed(add.input)):
            kept, scaled = alone(above, "Relu"), alone(below, "Mul")
            clipped = scaled and next((node for name in scaled.input if (node := alone(name, "Relu"))), None)
            turned = clipped and alone(clipped.input[0], "Neg")
            if kept and turned and kept.input[0] == turned.input[0] and set(scaled.input) & set(weights):
                return [kept, scaled, clipped, turned]
        return []

    nodes, gone = [], set()
    for node in graph.node:
        found = parts(node) if node.op_type == "Add" else []
        if found:
            weight = next(name for name in found[1].input if name in weights)
            slope = f"{weight}_slope"
            weights[slope] = numpy_helper.from_array(-numpy_helper.to_array(weights[weight]), slope)
            node = helper.make_node("PRelu", [found[3].input[0], slope], node.output, node.name)
            gone |= {each.output[0] for each in found}
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(node for node in nodes if node.output[0] not in gone)
    left = {name for node in graph.node for name in node.input}
    for initializer in list(graph.initializer):
        if initializer.name in uses and initializer.name not in left:
            graph.initializer.remove(initializer)
    graph.initializer.extend(weights[name] for name in weights if name.endswith("_slope") and name in left)
