"""The graph of a model that looks twice, as ONNX: it reads as many hands as there are, and no more.

Keras's graph reads a fixed number of close-ups of every photo. Here the reader runs on those alone whose
first look says that a hand is there, and the first look itself can be left out: a hand that is followed
through a video is read where it is expected. Close-ups are cut by `GridSample`, ten times as fast as the
layer's gathering. `If`, `Gather` and `GridSample` of ONNX are what runtimes understand, browsers' too.

Inputs beside `photo`, all optional:
    look: bool, whether to look for hands; True by default.
    look_at: (batch, hands, 4) float32, boxes to read where `look` is False.
    look_upright: (batch, hands, 2) float32, their directions.
    least_score: float32, the score below which nothing is read.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from handvision.models.layers import CloseUpLayer, RetakeLayer, SquareLayer

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
    cut, reader = _parts(model)
    first = _converted(convert, _first_look(model), "first_")
    places = _converted(convert, _places(model, cut), "places_")
    closer = _converted(convert, _closer_look(model, reader), "reader_")
    retake = _retake(model)
    off = None if retake is None else _converted(convert, retake, "retake_")
    parts = [part for part in (places, closer, off) if part is not None]
    sizes = {output.name.removeprefix("reader_"): _size(output) for output in closer.graph.output}
    sizes["square"] = [5]
    look = helper.make_node(
        "If",
        ["look"],
        list(FIRST),
        then_branch=_branch_that_looks(first.graph),
        else_branch=_branch_that_is_told([1, *model.output["mask"].shape[1:]]),
    )
    shapes = {name: each.shape[1:] for name, each in model.output.items()}
    graph = helper.make_graph(
        [
            look,
            *_gather(),
            *_read("closer_", places.graph, closer.graph, "photos_of_rows", "boxes", "directions"),
            *([] if off is None else _read_again(places.graph, closer.graph, off.graph, list(sizes))),
            *_scatter(list(sizes), "closer_" if off is None else "final_"),
        ],
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
            for name, value in {
                **_defaults(hands, least_score),
                **_constants(hands, sizes),
                **_steps(cut.size),
            }.items()
        ]
        + [weights for part in parts for weights in part.graph.initializer],
    )
    opsets = {each.domain: each for part in (first, *parts) for each in part.opset_import}
    proto = helper.make_model(graph, opset_imports=list(opsets.values()))
    proto.ir_version = first.ir_version
    onnx.checker.check_model(proto)
    return proto


def _converted(convert: Any, model: keras.Model, prefix: str) -> Any:
    import onnx

    return onnx.compose.add_prefix(convert(model), prefix)


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
        node("Transpose", ["photo"], ["colours_first"], perm=[0, 3, 1, 2]),
        node("Gather", ["colours_first", "photo_of_row"], ["photos_of_rows"]),
        node("Reshape", ["box", "box_rows"], ["all_boxes"]),
        node("Gather", ["all_boxes", "rows"], ["boxes"]),
        node("Reshape", ["direction", "direction_rows"], ["all_directions"]),
        node("Gather", ["all_directions", "rows"], ["directions"]),
    ]


def _read(prefix: str, places: Any, reader: Any, photos: str, boxes: str, directions: str) -> list[Any]:
    """Cuts a close-up of each row and reads it; the results' names are the heads' behind the prefix."""
    from onnx.helper import make_node as node

    return [
        *_inside(places, prefix, {"places_boxes": boxes, "places_directions": directions}),
        node("Split", [f"{prefix}grid"], [f"{prefix}{name}" for name in ("right", "down", "middle")], axis=1),
        # Not one MatMul: ONNX Runtime's for the web fails where no row is left.
        node("Mul", ["steps_right", f"{prefix}right"], [f"{prefix}to_the_right"]),
        node("Mul", ["steps_down", f"{prefix}down"], [f"{prefix}downwards"]),
        node("Add", [f"{prefix}to_the_right", f"{prefix}downwards"], [f"{prefix}from_the_middle"]),
        node("Add", [f"{prefix}from_the_middle", f"{prefix}middle"], [f"{prefix}samples"]),
        node(
            "GridSample",
            [photos, f"{prefix}samples"],
            [f"{prefix}cut"],
            mode="bilinear",
            padding_mode="zeros",
            align_corners=0,
        ),
        node("Transpose", [f"{prefix}cut"], [f"{prefix}close_up"], perm=[0, 2, 3, 1]),
        *_inside(reader, prefix, {"reader_close_up": f"{prefix}close_up"}),
    ]


def _read_again(places: Any, reader: Any, off: Any, names: Sequence[str]) -> list[Any]:
    """Reads once more the rows whose close-up was off, with the same weights."""
    from onnx.helper import make_node as node

    given = {"retake_keypoints": "closer_keypoints", "retake_squares": "closer_square"}
    return [
        *_inside(off, "off_", given),
        node("Reshape", ["off_off", "flat"], ["off_rows"]),
        node("NonZero", ["off_rows"], ["off_across"]),
        node("Squeeze", ["off_across", "first_axis"], ["again_rows"]),
        node("Gather", ["photos_of_rows", "again_rows"], ["again_photos"]),
        node("Gather", ["off_box", "again_rows"], ["again_boxes"]),
        node("Gather", ["off_direction", "again_rows"], ["again_directions"]),
        *_read("again_", places, reader, "again_photos", "again_boxes", "again_directions"),
        node("Unsqueeze", ["again_rows", "last_axis"], ["again_places"]),
        *[
            node("ScatterND", [f"closer_{name}", "again_places", f"again_{name}"], [f"final_{name}"])
            for name in names
        ],
    ]


def _inside(graph: Any, prefix: str, given: dict[str, str]) -> list[Any]:
    """The nodes of a graph as a part of another, where it may stand several times with one set of weights.

    Args:
        graph: all of whose names begin with its own prefix, such as "reader_".
        prefix: of the names of its results in the other graph, in place of its own.
        given: the name of an input -> what it is in the other graph.
    """
    own = graph.output[0].name.partition("_")[0] + "_"
    names = {output.name: prefix + output.name.removeprefix(own) for output in graph.output} | given
    kept = {weights.name for weights in graph.initializer} | {""}
    nodes = []
    for node in graph.node:
        copy = type(node)()
        copy.CopyFrom(node)
        copy.name = prefix + node.name
        for here in (copy.input, copy.output):
            here[:] = [name if name in kept else names.get(name, prefix + name) for name in here]
        nodes.append(copy)
    return nodes


def _steps(size: int) -> dict[str, np.ndarray]:
    """A close-up's pixels, from its middle in sides: along a line of them, and from line to line."""
    step = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
    return {"steps_right": step.reshape(1, 1, size, 1), "steps_down": step.reshape(1, size, 1, 1)}


def _scatter(names: Sequence[str], prefix: str) -> list[Any]:
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
            node("Reshape", [f"{prefix}{name}", f"{name}_row"], [f"{name}_found"]),
            node("Expand", ["nothing", f"{name}_all"], [f"{name}_empty"]),
            node("ScatterND", [f"{name}_empty", "places", f"{name}_found"], [f"{name}_filled"]),
            node("Concat", ["score_shape", f"{name}_size"], [f"{name}_shape"], axis=0),
            node("Reshape", [f"{name}_filled", f"{name}_shape"], [name]),
        ]
    return nodes


def _first_look(model: keras.Model) -> keras.Model:
    return keras.Model(model.input, {name: model.output[name] for name in FIRST}, name="first_look")


def _parts(model: keras.Model) -> tuple[CloseUpLayer, keras.Model]:
    """The layer that cuts, and the reader."""
    heads = set(model.output) - {*FIRST, "square"}
    cut = next(layer for layer in model.layers if isinstance(layer, CloseUpLayer))  # the first look's
    reader = next(
        layer
        for layer in model.layers
        if isinstance(layer, keras.Model) and isinstance(layer.output, dict) and heads <= set(layer.output)
    )
    return cut, reader


def _places(model: keras.Model, cut: CloseUpLayer) -> keras.Model:
    """From a hand's box and direction to its square, and to the grid of its close-up.

    The grid is (3, 1, 2): how far x and y of `GridSample`, which are -1 and 1 at the photo's edges, move with
    a step to the right and down by a side, and where the middle lies.
    """
    boxes, directions = keras.Input((1, 4), name="boxes"), keras.Input((1, 2), name="directions")
    layer = next(layer for layer in model.layers if isinstance(layer, SquareLayer))
    square = SquareLayer.from_config(layer.get_config())(boxes, directions)
    x, y, side, sine, cosine = (square[:, 0, i] for i in range(5))
    height, width = cut.frame
    across, down = 2 * side / width, 2 * side / height
    grid = ops.stack(
        [
            ops.stack([across * cosine, -down * sine], axis=-1),
            ops.stack([across * sine, down * cosine], axis=-1),
            ops.stack([2 * x / width - 1, 2 * y / height - 1], axis=-1),
        ],
        axis=1,
    )
    outputs = {"square": square, "grid": ops.expand_dims(grid, 2)}
    return keras.Model({"boxes": boxes, "directions": directions}, outputs)


def _retake(model: keras.Model) -> keras.Model | None:
    """From points and squares to where close-ups should have been, in a model that takes them again."""
    layer = next((layer for layer in model.layers if isinstance(layer, RetakeLayer)), None)
    if layer is None:
        return None
    keypoints = keras.Input((1, *model.output["keypoints"].shape[2:]), name="keypoints")
    squares = keras.Input((1, 5), name="squares")
    return keras.Model(
        {"keypoints": keypoints, "squares": squares},
        RetakeLayer.from_config(layer.get_config())(keypoints, squares),
    )


def _closer_look(model: keras.Model, reader: keras.Model) -> keras.Model:
    """From close-ups to what the reader says of each, with an axis of one hand."""
    close_up = keras.Input(reader.input_shape[1:], name="close_up")
    answers = reader(close_up)
    heads = sorted(set(model.output) - {*FIRST, "square"})
    return keras.Model(
        close_up, {name: ops.expand_dims(answers[name], 1) for name in heads}, name="closer_look"
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
