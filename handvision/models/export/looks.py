"""The graph of a model that looks twice, as ONNX: it reads as many hands as there are, and no more.

Keras's graph reads a fixed number of close-ups of every photo. Here the reader runs on those alone whose
first look says that a hand is there, and the first look itself can be left out: a hand that is followed
through a video is read where it is expected. Both are `If` and `Gather` of ONNX, which runtimes understand,
browsers' too.

Inputs beside `photo`, all optional:
    look: bool, whether to look for hands; True by default.
    look_at: (batch, hands, 4) float32, boxes to read where `look` is False.
    look_upright: (batch, hands, 2) float32, their directions.
    least_score: float32, the score below which nothing is read.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from handvision.models.layers import CloseUpLayer, SquareLayer

FIRST = ("mask", "score", "box", "direction")


def looks_twice(model: keras.Model) -> bool:
    """Whether a model is one that `models.look_twice` made; a part of one is not."""
    return isinstance(model.output, dict) and {*FIRST, "square"} <= set(model.output)


def looks_onnx(model: keras.Model, convert: Any, least_score: float) -> Any:
    """The graph of a model that looks twice, an `onnx.ModelProto`.

    Args:
        model: what `models.look_twice` gave.
        convert: from a Keras model to an `onnx.ModelProto`.
        least_score: the default of the input of this name.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    hands = int(model.output["score"].shape[1])
    first = onnx.compose.add_prefix(convert(_first_look(model)), "first_")
    closer = onnx.compose.add_prefix(convert(_closer_look(model)), "closer_")
    sizes = {output.name.removeprefix("closer_"): _size(output) for output in closer.graph.output}
    look = helper.make_node(
        "If",
        ["look"],
        list(FIRST),
        then_branch=_branch_that_looks(first.graph),
        else_branch=_branch_that_is_told([1, *model.output["mask"].shape[1:]]),
    )
    shapes = {name: each.shape[1:] for name, each in model.output.items()}
    graph = helper.make_graph(
        [look, *_gather(), *closer.graph.node, *_scatter(list(sizes))],
        "looks",
        [
            helper.make_tensor_value_info("photo", TensorProto.FLOAT, ["batch", *model.input_shape[1:]]),
            helper.make_tensor_value_info("look", TensorProto.BOOL, []),
            helper.make_tensor_value_info("look_at", TensorProto.FLOAT, ["batch", hands, 4]),
            helper.make_tensor_value_info("look_upright", TensorProto.FLOAT, ["batch", hands, 2]),
            helper.make_tensor_value_info("least_score", TensorProto.FLOAT, []),
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shapes[name]])
            for name in (*FIRST, *sizes)
        ],
        [
            numpy_helper.from_array(value, name)
            for name, value in {**_defaults(hands, least_score), **_constants(hands, sizes)}.items()
        ]
        + list(closer.graph.initializer),
    )
    opsets = {each.domain: each for part in (first, closer) for each in part.opset_import}
    proto = helper.make_model(graph, opset_imports=list(opsets.values()))
    proto.ir_version = first.ir_version
    onnx.checker.check_model(proto)
    return proto


def _size(output: Any) -> list[int]:
    """Of an output of the closer look, without rows and the axis of one hand."""
    return [axis.dim_value for axis in output.type.tensor_type.shape.dim][2:]


def _defaults(hands: int, least_score: float) -> dict[str, np.ndarray]:
    """Of the inputs beside the photo."""
    return {
        "look": np.array(True),
        "look_at": np.zeros((1, hands, 4), np.float32),
        "look_upright": np.tile(np.array([0, 1], np.float32), (1, hands, 1)),
        "least_score": np.array(least_score, np.float32),
    }


def _constants(hands: int, sizes: dict[str, list[int]]) -> dict[str, np.ndarray]:
    return {
        "hands": np.array(hands, np.int64),
        "flat": np.array([-1], np.int64),
        "box_rows": np.array([-1, 1, 4], np.int64),
        "direction_rows": np.array([-1, 1, 2], np.int64),
        "first_axis": np.array([0], np.int64),
        "last_axis": np.array([1], np.int64),
        "nothing": np.array(0, np.float32),
        **{f"{name}_size": np.array(size, np.int64) for name, size in sizes.items()},
    }


def _gather() -> list[Any]:
    """Takes the rows that are worth a closer look, of all photos."""
    from onnx.helper import make_node as node

    return [
        node("Reshape", ["score", "flat"], ["scores"]),
        node("GreaterOrEqual", ["scores", "least_score"], ["worth"]),
        node("NonZero", ["worth"], ["rows_across"]),
        node("Squeeze", ["rows_across", "first_axis"], ["rows"]),
        node("Div", ["rows", "hands"], ["photo_of_row"]),
        node("Gather", ["photo", "photo_of_row"], ["closer_photo"]),
        node("Reshape", ["box", "box_rows"], ["boxes"]),
        node("Gather", ["boxes", "rows"], ["closer_boxes"]),
        node("Reshape", ["direction", "direction_rows"], ["directions"]),
        node("Gather", ["directions", "rows"], ["closer_directions"]),
    ]


def _scatter(names: list[str]) -> list[Any]:
    """Puts what was read back into its rows; the others are zeros."""
    from onnx.helper import make_node as node

    nodes = [
        node("Shape", ["score"], ["score_shape"]),
        node("Shape", ["scores"], ["scores_shape"]),
        node("Unsqueeze", ["rows", "last_axis"], ["places"]),
    ]
    for name in names:
        nodes += [
            node("Concat", ["scores_shape", f"{name}_size"], [f"{name}_all"], axis=0),
            node("Concat", ["flat", f"{name}_size"], [f"{name}_row"], axis=0),
            node("Reshape", [f"closer_{name}", f"{name}_row"], [f"{name}_found"]),
            node("Expand", ["nothing", f"{name}_all"], [f"{name}_empty"]),
            node("ScatterND", [f"{name}_empty", "places", f"{name}_found"], [f"{name}_filled"]),
            node("Concat", ["score_shape", f"{name}_size"], [f"{name}_shape"], axis=0),
            node("Reshape", [f"{name}_filled", f"{name}_shape"], [name]),
        ]
    return nodes


def _first_look(model: keras.Model) -> keras.Model:
    return keras.Model(model.input, {name: model.output[name] for name in FIRST}, name="first_look")


def _closer_look(model: keras.Model) -> keras.Model:
    """From photos, and of each one hand's box and direction, to what the reader says."""
    look = next(layer for layer in model.layers if isinstance(layer, CloseUpLayer))
    square = next(layer for layer in model.layers if isinstance(layer, SquareLayer))
    heads = set(model.output) - {*FIRST, "square"}
    reader = next(
        layer
        for layer in model.layers
        if isinstance(layer, keras.Model) and isinstance(layer.output, dict) and heads <= set(layer.output)
    )
    photo = keras.Input(model.input_shape[1:], name="photo")
    boxes, directions = keras.Input((1, 4), name="boxes"), keras.Input((1, 2), name="directions")
    close_ups = CloseUpLayer.from_config(look.get_config())(photo, boxes, directions)
    answers = reader(ops.reshape(close_ups, (-1, look.size, look.size, 3)))
    outputs = {name: ops.expand_dims(answers[name], 1) for name in sorted(heads)}
    outputs["square"] = SquareLayer.from_config(square.get_config())(boxes, directions)
    return keras.Model(
        {"photo": photo, "boxes": boxes, "directions": directions}, outputs, name="closer_look"
    )


def _branch_that_looks(graph: Any) -> Any:
    """The first look, inside an `If`: the photo comes from outside."""
    from onnx import helper

    for node in graph.node:
        for i, name in enumerate(node.input):
            if name == "first_photo":
                node.input[i] = "photo"
    outputs = {output.name.removeprefix("first_"): output for output in graph.output}
    return helper.make_graph(
        list(graph.node), "look", [], [outputs[name] for name in FIRST], list(graph.initializer)
    )


def _branch_that_is_told(mask_shape: list[int]) -> Any:
    """Boxes from outside; a box of no size is none."""
    import onnx
    from onnx import TensorProto, helper

    node = helper.make_node
    constants = {
        "told_mask": np.zeros(mask_shape, np.float32),
        "told_zero": np.zeros((), np.float32),
    }
    nodes = [
        node("Identity", ["told_mask"], ["told_mask_out"]),
        node("ReduceMax", ["look_at"], ["told_largest"], axes=[2], keepdims=0),
        node("Greater", ["told_largest", "told_zero"], ["told_there"]),
        node("Cast", ["told_there"], ["told_score"], to=TensorProto.FLOAT),
        node("Identity", ["look_at"], ["told_box"]),
        node("Identity", ["look_upright"], ["told_direction"]),
    ]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        for name in ("told_mask_out", "told_score", "told_box", "told_direction")
    ]
    initializers = [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()]
    return helper.make_graph(nodes, "be_told", [], outputs, initializers)
