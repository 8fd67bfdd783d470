"""An exported model whose embedding is what its reader's heads see: what is an embedding worth?"""

from pathlib import Path

import numpy as np

from handvision.core.files import replacing

# How often the reader may stand in the graph: for the closer look, and for close-ups that are cut once more.
_PLACES = ("closer_embedding", "again_embedding")
_DENSE = ("MatMul", "Gemm")


def with_features(path: Path, to: Path) -> Path:
    """Writes a model that looks twice anew, with the features before the embedding's layer in its place.

    Args:
        path: of an `.onnx` file that `export_onnx` wrote.
        to: the file to write.

    Returns:
        `to`.

    Raises:
        ValueError: the model has no embedding.
    """
    import onnx
    from onnx import numpy_helper

    model = onnx.load(path)
    weights = {each.name: each for each in model.graph.initializer}
    nodes = {name: node for node in model.graph.node for name in node.output}
    places = [place for place in _PLACES if place in nodes]
    if not places or "embedding_size" not in weights:
        raise ValueError(f"{path}: no model that looks twice and has an embedding; give one that has")
    for place in places:
        dense = nodes[nodes[place].input[0]]
        while dense.op_type not in _DENSE:
            dense = nodes[dense.input[0]]
        nodes[place].input[0] = dense.input[0]
    kernel = dense.input[1]
    # Weights of half precision are cast where they are used.
    kernel = kernel if kernel in weights else nodes[kernel].input[0]
    size = int(weights[kernel].dims[0])
    weights["embedding_size"].CopyFrom(numpy_helper.from_array(np.array([size], np.int64), "embedding_size"))
    (output,) = (each for each in model.graph.output if each.name == "embedding")
    output.type.tensor_type.shape.dim[2].dim_value = size
    with replacing(to) as temporary:
        onnx.save(model, temporary)
    return to
