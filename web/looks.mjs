// @ts-check
// The two looks of a released model as two plain graphs, which is how the page runs them: without the branches
// and the empty second reading of the one graph that holds both, a followed hand is read in fewer milliseconds.
import schema from "./node_modules/onnxruntime-web/lib/onnxjs/ort-schema/protobuf/onnx.js";

import { banded } from "./banded.mjs";
import { modelInfo } from "./src/pure/model_file.js";

const { onnx } = schema;

/**
 * @typedef {import("./node_modules/onnxruntime-web/lib/onnxjs/ort-schema/protobuf/onnx.js").onnx.IGraphProto} Graph
 * @typedef {import("./node_modules/onnxruntime-web/lib/onnxjs/ort-schema/protobuf/onnx.js").onnx.IValueInfoProto} ValueInfo
 */

// Names in handvision/models/export/looks.py.
const FIRST = ["mask", "score", "box", "direction"];
const CLOSE_UPS = /** @type {[string, string][]} */ ([["closer_cut", "close_up"], ["closer_square", "square"]]);
const RETAKE = [["off_off", "off"], ["off_box", "off_box"], ["off_direction", "off_direction"]];

/**
 * @param {Uint8Array} bytes of a file that `handvision.models.export` wrote for a model that looks twice
 * @returns {{find: Uint8Array, read: Uint8Array}} two ONNX files, `find` with what the model says of itself.
 *   find: photo -> mask, score, box, direction, as in the one graph.
 *   read: close_up (rows, 3, size, size) and square (rows, 1, 5) -> what the reader's heads say, a row for each
 *   close-up; and of models that take close-ups once more: off (rows, 1, 1), off_box, off_direction.
 */
export function looksOf(bytes) {
  const { graph, metadataProps, ...model } = onnx.ModelProto.decode(bytes);
  const branches = graph?.node?.find(({ opType }) => opType === "If")?.attribute;
  const look = branches?.find(({ name }) => name === "then_branch")?.g;
  if (!graph || !look) throw new Error("the model does not look twice; give the page one that does");
  const file = (/** @type {Graph} */ part, /** @type {object} */ more) =>
    onnx.ModelProto.encode({ ...model, ...more, graph: part }).finish();
  const photo = graph.input?.find(({ name }) => name === "photo") ?? {};
  const find = part(look, new Map([["photo", photo]]), new Map(FIRST.map((name, i) => [String(look.output?.[i].name), name])));
  const made = graph.node?.flatMap(({ output }) => output ?? []) ?? [];
  const heads = graph.output?.map(({ name }) => String(name)).filter((name) => ![...FIRST, "square"].includes(name)) ?? [];
  const told = [...heads.map((name) => [`closer_${name}`, name]), ...RETAKE].filter(([name]) => made.includes(name));
  const read = part(graph, new Map(CLOSE_UPS.map(([name, now]) => [name, valueInfo(now)])), new Map(/** @type {[string, string][]} */ (told)));
  const { size } = modelInfo(bytes).close_up;
  return { find: file(find, { metadataProps }), read: file(banded(read, "close_up", size), {}) };
}

/**
 * The nodes between some values of a graph and others.
 * @param {Graph} graph @param {Map<string, ValueInfo>} inputs name in the graph -> what it is from now on
 * @param {Map<string, string>} outputs name in the graph -> name from now on @returns {Graph}
 */
function part({ name, node: nodes = [], initializer = [] }, inputs, outputs) {
  const makers = new Map(nodes?.flatMap((node) => (node.output ?? []).map((name) => [name, node])));
  const weights = new Map(initializer?.map((each) => [each.name, each]));
  const [kept, used] = [new Set(), new Set([...inputs.keys(), ""])];
  const take = (/** @type {string} */ name) => {
    if (used.has(name)) return;
    used.add(name);
    const maker = makers.get(name);
    if (!maker && !weights.has(name)) throw new Error(`nothing in the model's graph makes ${name}`);
    kept.add(maker);
    maker?.input?.forEach(take);
  };
  [...outputs.keys()].forEach(take);
  const named = (/** @type {string} */ name) => inputs.get(name)?.name ?? outputs.get(name) ?? name;
  return {
    name,
    input: [...inputs.values()],
    output: [...outputs.values()].map(valueInfo),
    initializer: initializer?.filter(({ name }) => used.has(String(name))),
    node: nodes?.filter((node) => kept.has(node)).map((node) => ({
      ...node, input: node.input?.map(named), output: node.output?.map(named),
    })),
  };
}

/** @param {string} name of an input or output @returns {ValueInfo} */
function valueInfo(name) {
  const { BOOL, FLOAT } = onnx.TensorProto.DataType;
  return { name, type: { tensorType: { elemType: name === "off" ? BOOL : FLOAT } } };
}
