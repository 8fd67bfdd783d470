// @ts-check
// Depthwise convolutions over small maps as products of matrices, in an ONNX graph. ONNX Runtime for the web unfolds
// each channel by itself for one row of weights; here a line of the result is as many lines of the map, side by side,
// times a banded matrix of the kernel, which took half as long for maps of 7 x 7 and a fifth less for 14 x 14.
import schema from "./node_modules/onnxruntime-web/lib/onnxjs/ort-schema/protobuf/onnx.js";

const { FLOAT, INT64 } = schema.onnx.TensorProto.DataType;
const { INT } = schema.onnx.AttributeProto.AttributeType;
const [KERNEL, LARGEST_MAP] = [5, 14]; // for which it was faster

/**
 * @typedef {import("./node_modules/onnxruntime-web/lib/onnxjs/ort-schema/protobuf/onnx.js").onnx.IGraphProto} Graph
 * @typedef {import("./node_modules/onnxruntime-web/lib/onnxjs/ort-schema/protobuf/onnx.js").onnx.INodeProto} Node
 * @typedef {import("./node_modules/onnxruntime-web/lib/onnxjs/ort-schema/protobuf/onnx.js").onnx.ITensorProto} Tensor
 */

/** @param {Graph} graph @param {string} input a map (rows, channels, size, size) @param {number} size @returns {Graph} */
export function banded(graph, input, size) {
  /** Edge of the square maps. @type {Map<string, number>} */
  const edges = new Map([[input, size]]);
  /** @type {Map<string, Tensor>} */
  const constants = new Map();
  const node = (graph.node ?? []).flatMap((node) => {
    const edge = edges.get(node.input?.[0] ?? "");
    if (edge === undefined) return [node];
    const made = edgeAfter(node, edge);
    if (made !== undefined) edges.set(node.output?.[0] ?? "", made);
    const [kernel] = ints(node, "kernel_shape");
    const fits = node.opType === "Conv" && kernel === KERNEL && made === edge && edge <= LARGEST_MAP;
    return fits && ints(node, "group")[0] > 1 ? products(node, edge, constants) : [node];
  });
  return { ...graph, node, initializer: [...(graph.initializer ?? []), ...constants.values()] };
}

/** The edge of what a node makes of a map; undefined where that is no such map. @param {Node} node @param {number} edge */
function edgeAfter(node, edge) {
  if (["Clip", "Relu", "Add", "Transpose"].includes(node.opType ?? "")) return edge;
  if (node.opType !== "Conv") return undefined;
  const [[kernel], [stride = 1], pads] = ["kernel_shape", "strides", "pads"].map((name) => ints(node, name));
  return Math.floor((edge + (pads[0] ?? 0) + (pads[2] ?? 0) - kernel) / stride) + 1;
}

/** @param {Node} convolution of stride 1 @param {number} edge of its map @param {Map<string, Tensor>} constants grows
 * @returns {Node[]} */
function products({ input, output, name }, edge, constants) {
  const [map, weights, bias] = input ?? [];
  const half = (KERNEL - 1) / 2;
  const lines = Array.from({ length: KERNEL }, (_, i) => i);
  // Of the pixel that a line of the banded matrix stands for, and of each column's: which weight joins them.
  const taps = lines.flatMap((line) => Array.from({ length: edge * edge }, (_, i) => {
    const across = Math.floor(i / edge) - (i % edge) + half;
    return across >= 0 && across < KERNEL ? line * KERNEL + across : -1;
  }));
  const constant = (/** @type {string} */ kind, /** @type {number[]} */ dims, /** @type {number[]} */ values, /** @type {number} */ type = INT64) => {
    const key = `banded_${kind}`;
    const data = type === INT64 ? BigInt64Array.from(values, BigInt) : Float32Array.from(values);
    constants.set(key, { name: key, dataType: type, dims, rawData: new Uint8Array(data.buffer) });
    return key;
  };
  const made = (/** @type {string} */ kind) => `${name}_${kind}`;
  const step = (/** @type {string} */ opType, /** @type {string[]} */ input, /** @type {string} */ to, /** @type {number} */ axis = NaN) => ({
    opType, input, output: [to], attribute: Number.isNaN(axis) ? [] : [{ name: "axis", type: INT, i: axis }],
  });
  return [
    step("Reshape", [weights, constant("rows", [2], [-1, KERNEL ** 2])], made("weights")),
    step("Gather", [made("weights"), constant(`taps_${edge}`, [taps.length], taps.map((tap) => Math.max(tap, 0)))], made("taps"), 1),
    step("Reshape", [made("taps"), constant(`shape_${edge}`, [4], [1, -1, KERNEL * edge, edge])], made("all")),
    step("Mul", [made("all"), constant(`band_${edge}`, [KERNEL * edge, edge], taps.map((tap) => Number(tap >= 0)), FLOAT)], made("band")),
    step("Pad", [map, constant("pads", [8], [0, 0, half, 0, 0, 0, half, 0])], made("padded")),
    ...lines.map((line) => step("Slice", [
      made("padded"), constant(`from_${line}`, [1], [line]), constant(`to_${line}_${edge}`, [1], [line + edge]), constant("down", [1], [2]),
    ], made(`line_${line}`))),
    step("Concat", lines.map((line) => made(`line_${line}`)), made("lines"), 3),
    step("MatMul", [made("lines"), made("band")], made("product")),
    step("Reshape", [bias, constant("channels", [3], [-1, 1, 1])], made("bias")),
    { ...step("Add", [made("product"), made("bias")], ""), output },
  ];
}

/** @param {Node} node @param {string} name of an attribute @returns {number[]} its whole numbers */
function ints({ attribute }, name) {
  const found = attribute?.find((each) => each.name === name);
  return found?.type === INT ? [Number(found.i)] : (found?.ints ?? []).map(Number);
}
