// @ts-check
/** What a model's file says of itself, as handvision.core.model_info wrote it. */

/**
 * @typedef {object} CloseUpInfo how a model looks closer, and when it believes what it saw
 * @property {number} size of a close-up in pixels
 * @property {number} margin
 * @property {number} least_score of the first look, below which no close-up counts
 * @property {number} least_presence of both looks together, below which there is no hand
 * @property {[number, number, number]} presence_weights of a constant, and of each look's logit
 *
 * @typedef {object} ModelInfo
 * @property {string} fingerprint of the weights
 * @property {Record<string, {class_names?: string[], size?: number}>} heads
 * @property {{height: number, width: number, margin: number, keep_aspect: boolean} | null} crop
 * @property {CloseUpInfo | null} [close_up] of models that look twice
 */

/**
 * The entry "handvision" of an ONNX file's metadata.
 * @param {Uint8Array} bytes of the file
 * @returns {ModelInfo}
 */
export function modelInfo(bytes) {
  for (const [field, value] of fields(bytes)) {
    if (field !== METADATA_PROPS) continue;
    const entry = new Map([...fields(value)].map(([key, text]) => [key, new TextDecoder().decode(text)]));
    if (entry.get(1) === "handvision") return JSON.parse(entry.get(2) ?? "");
  }
  throw new TypeError("the model's file does not say how to read its answers; export it anew");
}

const METADATA_PROPS = 14; // of ModelProto, see onnx.proto

/** The length-delimited fields of a protobuf message. @param {Uint8Array} bytes @returns {Generator<[number, Uint8Array]>} */
function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      if (at >= bytes.length) throw new TypeError("the model's file is cut off");
      const byte = bytes[at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key % 8;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      if (at + length > bytes.length) throw new TypeError("the model's file is cut off");
      yield [Math.floor(key / 8), bytes.subarray(at, at + length)];
      at += length;
    } else throw new TypeError("the model's file is no ONNX file");
  }
}
