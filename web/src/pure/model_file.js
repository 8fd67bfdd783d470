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
 * @property {CloseUpInfo} close_up
 */

const MODEL_METADATA = 14;

/** The entry "handvision" of the file's metadata. @param {Uint8Array} bytes @returns {ModelInfo} */
export function modelInfo(bytes) {
  for (const { field, value } of fields(bytes)) {
    if (field !== MODEL_METADATA) continue;
    const entry = new Map([...fields(value)].map(({ field, value }) => [field, text(value)]));
    if (entry.get(1) === "handvision") return JSON.parse(entry.get(2) ?? "");
  }
  throw new TypeError("the model's file does not say how to read its answers; export it anew");
}

/** @param {Uint8Array} value */
function text(value) {
  return new TextDecoder().decode(value);
}

/** The fields of a protobuf message. @param {Uint8Array} bytes @returns {Generator<{field: number, value: Uint8Array}>} */
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
    const key = number();
    const wire = key % 8;
    let length = 0;
    if (wire === 0) number();
    else if (wire === 1) length = 8;
    else if (wire === 5) length = 4;
    else if (wire === 2) length = number();
    else throw new TypeError("the model's file is no ONNX file");
    if (at + length > bytes.length) throw new TypeError("the model's file is cut off");
    yield { field: Math.floor(key / 8), value: bytes.subarray(at, at + length) };
    at += length;
  }
}
