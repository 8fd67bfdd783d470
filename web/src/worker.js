// @ts-check
/** Reads pictures beside the page, so that the page stays smooth. One picture at a time. */

import * as ort from "onnxruntime-web/wasm";

import { checkedFetch } from "./checked_fetch.js";
import { decode, maskOfPicture } from "./pure/decode.js";
import { fit, letterbox } from "./pure/letterbox.js";
import { modelInfo } from "./pure/model_info.js";

/**
 * @typedef {import("./messages.js").FromWorker} FromWorker
 * @typedef {import("./messages.js").ToWorker} ToWorker
 * @typedef {object} Model
 * @property {ort.InferenceSession} session
 * @property {import("./pure/model_info.js").ModelInfo} info
 * @property {number} height @property {number} width of its input
 * @property {string[]} outputs that are read
 * @property {Float32Array} photo as it takes it, filled anew for each picture
 */

/** @type {Model | null} */
let model = null;

/** @param {FromWorker} message @param {Transferable[]} [moved] */
const say = (message, moved = []) => self.postMessage(message, { transfer: moved });

self.addEventListener("message", async (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  try {
    if (data.type === "open") {
      model = await open(data);
      say({ type: "opened", info: model.info });
    } else if (model) {
      const reading = await read(model, data);
      say({ type: "read", reading, pixels: data.pixels }, [reading.mask.data.buffer, data.pixels]);
    }
  } catch (error) {
    say({ type: "fault", message: error instanceof Error ? error.message : String(error) });
  }
});

/** @param {Extract<ToWorker, {type: "open"}>} order @returns {Promise<Model>} */
async function open({ files, base, threads }) {
  const total = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  const onBytes = (/** @type {number} */ bytes) => say({ type: "progress", loaded: loaded += bytes, total });
  const [bytes, wasm] = await Promise.all(
    [files.model, files.wasm, files.loader].map((file) => checkedFetch(file, base, onBytes)));
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmBinary = wasm.buffer;
  ort.env.wasm.wasmPaths = { mjs: new URL(files.loader.path, base).href };
  const info = modelInfo(bytes);
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const [input] = session.inputMetadata;
  const [, height, width] = input.isTensor ? input.shape.map(Number) : [];
  // The crop is for the lectures; nobody sees it here.
  const outputs = session.outputNames.filter((name) => name !== "crop");
  return { session, info, height, width, outputs, photo: new Float32Array(height * width * 3) };
}

/** @param {Model} model @param {Extract<ToWorker, {type: "read"}>} picture @returns {Promise<import("./messages.js").Reading>} */
async function read({ session, info, height, width, outputs, photo }, picture) {
  const start = performance.now();
  const place = letterbox(picture.height, picture.width, height, width);
  const input = new ort.Tensor("float32", fit(place, new Uint8ClampedArray(picture.pixels), photo), [1, height, width, 3]);
  const answers = /** @type {Record<string, import("./pure/heads.js").Output>} */ (
    /** @type {unknown} */ (await session.run({ [session.inputNames[0]]: input }, outputs)));
  const hands = decode(answers, info, place);
  const mask = maskOfPicture(answers.mask, place);
  return { size: [picture.height, picture.width], hands, mask, milliseconds: performance.now() - start };
}
