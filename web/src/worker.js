// @ts-check
/** Reads pictures beside the page, so that the page stays smooth. One picture at a time. */

import * as ort from "onnxruntime-web/wasm";

import { checkedFetch } from "./checked_fetch.js";
import { decode, maskOfPicture } from "./pure/decode.js";
import { askew, Follower, joined, targetsOf } from "./pure/following.js";
import { fit, letterbox } from "./pure/letterbox.js";
import { modelInfo, withoutDefaults } from "./pure/model_file.js";
import { closeLooks, distinct, firstLook } from "./pure/two_looks.js";

/**
 * @typedef {import("./messages.js").FromWorker} FromWorker
 * @typedef {import("./messages.js").ToWorker} ToWorker
 * @typedef {import("./pure/following.js").Target} Target
 * @typedef {import("./pure/heads.js").Hand} Hand
 * @typedef {import("./pure/letterbox.js").Letterbox} Letterbox
 * @typedef {object} Model
 * @property {ort.InferenceSession} session
 * @property {import("./pure/model_file.js").ModelInfo} info
 * @property {number} height @property {number} width of its input
 * @property {string[]} outputs that are read
 * @property {Float32Array} photo as it takes it, filled anew for each picture
 */

const MOST_HANDS = 4; // that a model which looks twice reads at once
const NOTHING = 2; // is likelier than this: a least score for a first look alone

/** @type {Model | null} */
let model = null;
/** @type {{video: number, follower: Follower} | null} */
let followed = null;

/** @param {FromWorker} message @param {Transferable[]} [moved] */
const say = (message, moved = []) => self.postMessage(message, { transfer: moved });

self.addEventListener("message", async (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  try {
    if (data.type === "open") {
      model = await open(data);
      say({ type: "opened", info: model.info });
    } else if (model) {
      const reading = await read(model, data);
      say({ type: "read", reading, pixels: data.pixels }, [data.pixels]);
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
  const session = await ort.InferenceSession.create(withoutDefaults(bytes), { executionProviders: ["wasm"] });
  const [input] = session.inputMetadata;
  const [, height, width] = input.isTensor ? input.shape.map(Number) : [];
  // The crop is for the lectures.
  const outputs = session.outputNames.filter((name) => name !== "crop");
  return { session, info, height, width, outputs, photo: new Float32Array(height * width * 3) };
}

/** @param {Model} model @param {Extract<ToWorker, {type: "read"}>} asked @returns {Promise<import("./messages.js").Reading>} */
async function read(model, { pixels, height, width, video }) {
  const start = performance.now();
  const place = letterbox(height, width, model.height, model.width);
  fit(place, new Uint8ClampedArray(pixels), model.photo);
  const { hands, mask } = await (video !== null && model.info.close_up ? follow(model, place, video) : look(model, place));
  return { size: [height, width], hands, mask, milliseconds: performance.now() - start };
}

/** All of the picture. @param {Model} model @param {Letterbox} place */
async function look(model, place) {
  const outputs = await run(model);
  return { hands: decode(outputs, model.info, place), mask: maskOfPicture(outputs.mask, place) };
}

/** The first look only when it is needed. @param {Model} model @param {Letterbox} place @param {number} video */
async function follow(model, place, video) {
  if (followed?.video !== video) followed = { video, follower: new Follower(MOST_HANDS) };
  const { follower } = followed;
  // The first look's mask would come and go; close-ups have theirs at each frame.
  const answer = (/** @type {Hand[]} */ hands) => ({ hands, mask: null });
  let targets = follower.targets(place);
  if (!follower.due) {
    const hands = await lookCloser(model, place, targets);
    if (follower.followed(hands)) return answer(hands);
    targets = [];
  }
  const least = model.info.close_up?.least_score ?? 0;
  const seen = firstLook(await run(model, { leastScore: NOTHING }), least);
  const hands = await lookCloser(model, place, joined(targets, seen).slice(0, MOST_HANDS));
  follower.looked(hands);
  return answer(hands);
}

/** @param {Model} model @param {Letterbox} place @param {Target[]} targets */
async function lookCloser(model, place, targets) {
  const hands = await readAt(model, place, targets);
  const found = targetsOf(hands, place);
  return askew(found, targets) ? readAt(model, place, found) : hands;
}

/** @param {Model} model @param {Letterbox} place @param {Target[]} targets */
async function readAt(model, place, targets) {
  if (!targets.length) return [];
  const outputs = await run(model, { targets });
  return distinct(closeLooks(outputs, targets.map(({ score }) => score), model.info, place));
}

/**
 * The network on the photo that lies ready.
 * @param {Model} model
 * @param {{targets?: Target[], leastScore?: number}} [how] targets: where to look, in place of a first look;
 *   leastScore: of what is looked at closer, if not the model's own
 * @returns {Promise<Record<string, import("./pure/heads.js").Output>>}
 */
async function run({ session, info, outputs, photo, height, width }, { targets, leastScore } = {}) {
  /** @type {Record<string, ort.Tensor>} */
  const feeds = { photo: new ort.Tensor("float32", photo, [1, height, width, 3]) };
  if (session.inputNames.includes("look")) {
    const [boxes, directions] = [new Float32Array(4 * MOST_HANDS), new Float32Array(2 * MOST_HANDS)];
    // A box without a size is none; its direction is up.
    for (let i = 0; i < MOST_HANDS; i++) directions[2 * i + 1] = 1;
    targets?.forEach(({ box, direction }, i) => {
      boxes.set(box, 4 * i);
      directions.set(direction, 2 * i);
    });
    feeds.look = new ort.Tensor("bool", [!targets], []);
    feeds.look_at = new ort.Tensor("float32", boxes, [1, MOST_HANDS, 4]);
    feeds.look_upright = new ort.Tensor("float32", directions, [1, MOST_HANDS, 2]);
    feeds.least_score = new ort.Tensor("float32", [leastScore ?? info.close_up?.least_score ?? 0], []);
  }
  const answers = await session.run(feeds, outputs);
  return /** @type {any} */ (answers);
}
