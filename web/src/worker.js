// @ts-check
/** Reads pictures beside the page, so that the page stays smooth. One picture at a time. */

import * as ort from "onnxruntime-web/wasm";

import { checkedFetch } from "./checked_fetch.js";
import { squareOf } from "./pure/close_up.js";
import { askew, Follower, joined, targetsOf } from "./pure/following.js";
import { Frame } from "./pure/frame.js";
import { modelInfo } from "./pure/model_file.js";
import { closeLooks, distinct, firstLook, maskOfPicture, retakes } from "./pure/two_looks.js";

/**
 * @typedef {import("./messages.js").FromWorker} FromWorker
 * @typedef {import("./messages.js").ToWorker} ToWorker
 * @typedef {import("./pure/following.js").Target} Target
 * @typedef {import("./pure/heads.js").Hand} Hand
 * @typedef {Record<string, import("./pure/heads.js").Output>} Outputs
 * @typedef {object} Model
 * @property {ort.InferenceSession} find the first look: where hands are
 * @property {ort.InferenceSession} read the closer look: what each hand shows
 * @property {import("./pure/model_file.js").ModelInfo} info
 * @property {Frame} frame with the picture
 */

const MOST_HANDS = 4; // that are followed

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
  const [find, read, wasm] = await Promise.all(
    [files.find, files.read, files.wasm, files.loader].map((file) => checkedFetch(file, base, onBytes)));
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmBinary = wasm.buffer;
  ort.env.wasm.wasmPaths = { mjs: new URL(files.loader.path, base).href };
  const session = (/** @type {Uint8Array} */ bytes) => ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const model = { find: await session(find), read: await session(read), info: modelInfo(find) };
  const [input] = model.find.inputMetadata;
  const [, height, width] = input.isTensor ? input.shape.map(Number) : [];
  return { ...model, frame: new Frame(height, width) };
}

/** @param {Model} model @param {Extract<ToWorker, {type: "read"}>} asked @returns {Promise<import("./messages.js").Reading>} */
async function read(model, { pixels, height, width, video }) {
  const start = performance.now();
  model.frame.take(height, width, new Uint8ClampedArray(pixels));
  const { hands, mask } = await (video === null ? look(model) : follow(model, video));
  return { size: [height, width], hands, mask, milliseconds: performance.now() - start };
}

/** All of the picture. @param {Model} model */
async function look(model) {
  const outputs = await find(model);
  const hands = await readAt(model, firstLook(outputs, model.info.close_up.least_score));
  return { hands, mask: maskOfPicture(outputs.mask, model.frame.place) };
}

/** The first look only when it is needed. @param {Model} model @param {number} video */
async function follow(model, video) {
  if (followed?.video !== video) followed = { video, follower: new Follower(MOST_HANDS) };
  const { follower } = followed;
  // The first look's mask would come and go; close-ups have theirs at each frame.
  const answer = (/** @type {Hand[]} */ hands) => ({ hands, mask: null });
  let targets = follower.targets(model.frame.place);
  if (!follower.due) {
    const hands = await lookCloser(model, targets);
    if (follower.followed(hands)) return answer(hands);
    targets = [];
  }
  const seen = firstLook(await find(model), model.info.close_up.least_score);
  const hands = await lookCloser(model, joined(targets, seen).slice(0, MOST_HANDS));
  follower.looked(hands);
  return answer(hands);
}

/** @param {Model} model @param {Target[]} targets */
async function lookCloser(model, targets) {
  const hands = await readAt(model, targets);
  const found = targetsOf(hands, model.frame.place);
  return askew(found, targets) ? readAt(model, found) : hands;
}

/** The hands at some places; close-ups that were off are taken once more. @param {Model} model @param {Target[]} targets */
async function readAt(model, targets) {
  const { outputs, hands } = await closeUps(model, targets);
  const again = retakes(outputs, targets);
  const taken = await closeUps(model, again.map(({ target }) => target));
  again.forEach(({ row }, i) => { hands[row] = taken.hands[i]; });
  return distinct(hands);
}

/** @param {Model} model @param {Target[]} targets @returns {Promise<{outputs: Outputs, hands: (Hand | null)[]}>} */
async function closeUps({ read, info, frame }, targets) {
  if (!targets.length) return { outputs: {}, hands: [] };
  const { size, margin } = info.close_up;
  const squares = targets.map((target) => squareOf(target, margin));
  const square = new ort.Tensor("float32", squares.flat(), [squares.length, 1, 5]);
  const close_up = new ort.Tensor("float32", frame.closeUps(squares, size), [squares.length, 3, size, size]);
  const outputs = /** @type {any} */ ({ ...(await read.run({ close_up, square })), square });
  return { outputs, hands: closeLooks(outputs, targets.map(({ score }) => score), info, frame.place) };
}

/** The first look at all of the picture. @param {Model} model @returns {Promise<Outputs>} */
async function find({ find, frame }) {
  const photo = new ort.Tensor("float32", frame.all(), [1, frame.height, frame.width, 3]);
  return /** @type {any} */ (await find.run({ photo }));
}
