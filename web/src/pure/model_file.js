// @ts-check
/** What stands in a model's ONNX file beside its weights. The field numbers are those of onnx.proto. */

/**
 * @typedef {object} CloseUpInfo how a model looks closer, and when it believes what it saw
 * @property {number} size of a close-up in pixels
 * @property {number} margin
 * @property {number} least_score of the first look, below which no close-up counts
 * @property {number} least_presence below which there is no hand
 * @property {[number, number, number]} [presence_weights] of a constant, and of each look's logit; without them the
 *   closer look alone says how sure it is
 *
 * @typedef {object} ModelInfo what a model says of itself, as handvision.core.model_info wrote it
 * @property {string} fingerprint of the weights
 * @property {Record<string, {class_names?: string[], size?: number}>} heads
 * @property {{height: number, width: number, margin: number, keep_aspect: boolean} | null} crop
 * @property {CloseUpInfo | null} [close_up] of models that look twice
 */

const MODEL_GRAPH = 7;
const MODEL_METADATA = 14;
const GRAPH_INITIALIZER = 5;
const GRAPH_INPUT = 11;
const TENSOR_NAME = 8;
const VALUE_NAME = 1;

/** The entry "handvision" of the file's metadata. @param {Uint8Array} bytes @returns {ModelInfo} */
export function modelInfo(bytes) {
  for (const { field, value } of fields(bytes)) {
    if (field !== MODEL_METADATA) continue;
    const entry = new Map([...fields(value)].map(({ field, value }) => [field, text(value)]));
    if (entry.get(1) === "handvision") return JSON.parse(entry.get(2) ?? "");
  }
  throw new TypeError("the model's file does not say how to read its answers; export it anew");
}

/**
 * The file without the defaults of its inputs. ONNX Runtime Web feeds no input that has one ("invalid input"),
 * so a model's optional inputs must all be given there.
 * @param {Uint8Array} bytes @returns {Uint8Array}
 */
export function withoutDefaults(bytes) {
  return rebuilt(bytes, ({ field, value }) => {
    if (field !== MODEL_GRAPH) return null;
    const inputs = new Set([...fields(value)].filter(({ field }) => field === GRAPH_INPUT).map(({ value }) => nameIn(value, VALUE_NAME)));
    return rebuilt(value, ({ field, value }) => {
      return field === GRAPH_INITIALIZER && inputs.has(nameIn(value, TENSOR_NAME)) ? "left out" : null;
    });
  });
}

/** @param {Uint8Array} message @param {number} wanted @returns {string} */
function nameIn(message, wanted) {
  for (const { field, value } of fields(message)) if (field === wanted) return text(value);
  return "";
}

/** @param {Uint8Array} value */
function text(value) {
  return new TextDecoder().decode(value);
}

/** @typedef {{field: number, value: Uint8Array, whole: Uint8Array}} Field value: of bytes, texts and messages; whole: with key */

/**
 * A message whose fields were changed.
 * @param {Uint8Array} message
 * @param {(field: Field) => Uint8Array | "left out" | null} change another value; null for the same
 * @returns {Uint8Array}
 */
function rebuilt(message, change) {
  /** @type {Uint8Array[]} */
  const parts = [];
  for (const each of fields(message)) {
    const other = change(each);
    if (other === null) parts.push(each.whole);
    else if (other !== "left out") parts.push(varint(each.field * 8 + 2), varint(other.length), other);
  }
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** @param {number} value @returns {Uint8Array} */
function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.from([...bytes, value]);
}

/** The fields of a protobuf message. @param {Uint8Array} bytes @returns {Generator<Field>} */
function* fields(bytes) {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      if (at >= bytes.length) throw new TypeError("the model's file is cut off");
      const byte = bytes[at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const start = at;
    const key = number();
    const wire = key % 8;
    let length = 0;
    if (wire === 0) number();
    else if (wire === 1) length = 8;
    else if (wire === 5) length = 4;
    else if (wire === 2) length = number();
    else throw new TypeError("the model's file is no ONNX file");
    if (at + length > bytes.length) throw new TypeError("the model's file is cut off");
    yield { field: Math.floor(key / 8), value: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length) };
    at += length;
  }
}
