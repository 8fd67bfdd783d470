// @ts-check
/** From the outputs of a combined model to readings in the pixels of the picture, as handvision.inference does. */

import { compose, degreesOf, inverse, moveBox } from "./affine.js";
import { toFrame } from "./letterbox.js";

/**
 * @typedef {import("./affine.js").Affine} Affine
 * @typedef {import("./letterbox.js").Letterbox} Letterbox
 * @typedef {import("./model_info.js").ModelInfo} ModelInfo
 * @typedef {{data: ArrayLike<number>, dims: readonly number[]}} Output
 *
 * @typedef {object} Answer what a hand shows in one vocabulary
 * @property {string} label @property {number} probability
 *
 * @typedef {object} Hand one hand, in the pixels of the picture; null and "" where the model cannot say
 * @property {number} presence how sure the model is that this is a hand at all, in [0, 1]
 * @property {Record<string, Answer>} answers name of a head -> what it reads
 * @property {number} rotation_degrees from wrist to middle knuckle, counter-clockwise from image-up
 * @property {[number, number, number, number]} box x0, y0, x1, y1
 * @property {[number, number, number][] | null} keypoints 21 of x, y and score in [0, 1]
 * @property {string} handedness "left" or "right": the person's hand
 * @property {number} handedness_probability
 * @property {number | null} track the hand's number through a video
 *
 * @typedef {{data: Float32Array, height: number, width: number}} Mask of the picture alone, small, in [0, 1]
 */

// A point counts as found within this share of the close-up's side: the score is the chance of that.
const NEAR = 0.05;
// How much wider than its points a hand is, at each edge, as a share of the longer side.
const AROUND_POINTS = 0.1;

/**
 * The hands of one picture, surest first.
 * @param {Record<string, Output>} outputs @param {ModelInfo} info @param {Letterbox} place
 * @returns {Hand[]}
 */
export function decode(outputs, info, place) {
  if (!info.crop) throw new TypeError(`model ${info.fingerprint} cuts no hands out; the page needs a combined model`);
  const presence = Number(outputs.has_hand.data[0]);
  if (presence <= 0.5 || onlyInPadding(outputs.mask, place)) return [];
  const toPicture = inverse(toFrame(place));
  const box = clipped(moveBox(toPicture, outputs.box.data), place);
  const fromCrop = compose(cropToFrame(info.crop, outputs.box.data), toPicture);
  return [{ ...decodeHeads(outputs, 0, info, fromCrop), presence, box }];
}

/**
 * The part of the mask that shows the picture, not the bars beside it.
 * @param {Output} mask (1, height, width, 1) over the whole frame @param {Letterbox} place @returns {Mask}
 */
export function maskOfPicture(mask, place) {
  const [, maskHeight, maskWidth] = mask.dims;
  const [y, x] = [maskHeight / place.toHeight, maskWidth / place.toWidth];
  const [top, left] = [Math.round(place.top * y), Math.round(place.left * x)];
  const [height, width] = [Math.max(1, Math.round(place.height * y)), Math.max(1, Math.round(place.width * x))];
  const data = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      data[row * width + column] = mask.data[(top + row) * maskWidth + left + column];
    }
  }
  return { data, height, width };
}

/** Whether all that the segmenter sees lies in the bars, which are no part of the picture.
 * @param {Output} mask @param {Letterbox} place */
function onlyInPadding(mask, place) {
  return !anyAbove(maskOfPicture(mask, place).data, 0.5) && anyAbove(mask.data, 0.5);
}

/** @param {ArrayLike<number>} values @param {number} limit */
function anyAbove(values, limit) {
  for (let i = 0; i < values.length; i++) if (values[i] > limit) return true;
  return false;
}

/**
 * What the heads say of one hand.
 * @param {Record<string, Output>} outputs @param {number} row of the hand in its outputs
 * @param {ModelInfo} info @param {Affine} toPicture from the pixels of what the heads saw
 * @returns {Omit<Hand, "presence" | "box">}
 */
function decodeHeads(outputs, row, info, toPicture) {
  /** @type {Omit<Hand, "presence" | "box">} */
  const hand = {
    answers: {}, rotation_degrees: NaN, keypoints: null, handedness: "", handedness_probability: 0, track: null,
  };
  for (const [name, { class_names: names }] of Object.entries(info.heads)) {
    if (names && name in outputs) hand.answers[name] = surest(rowOf(outputs[name], row, names.length), names);
  }
  if ("rotation" in outputs) {
    const [sin, cos] = rowOf(outputs.rotation, row, 2);
    hand.rotation_degrees = degreesOf(sin, cos);
  }
  return hand;
}

/** @param {ArrayLike<number>} probabilities @param {string[]} names @returns {Answer} */
function surest(probabilities, names) {
  let best = 0;
  for (let i = 1; i < names.length; i++) if (probabilities[i] > probabilities[best]) best = i;
  // A softmax in float32 may end a little above 1.
  return { label: names[best], probability: Math.min(probabilities[best], 1) };
}

/** @param {Output} output @param {number} row @param {number} length @returns {number[]} */
function rowOf(output, row, length) {
  return Array.prototype.slice.call(output.data, row * length, (row + 1) * length);
}

/** From the pixels of a crop to those of the frame it was cut from.
 * @param {NonNullable<ModelInfo["crop"]>} crop @param {ArrayLike<number>} box @returns {Affine} */
function cropToFrame(crop, box) {
  const [x0, y0, x1, y1] = Array.from(box);
  const margin = crop.margin * Math.max(x1 - x0, y1 - y0);
  let [width, height] = [x1 - x0 + 2 * margin, y1 - y0 + 2 * margin];
  if (crop.keep_aspect) {
    const aspect = crop.width / crop.height;
    [width, height] = [Math.max(width, height * aspect), Math.max(height, width / aspect)];
  }
  return [width / crop.width, 0, (x0 + x1 - width) / 2, 0, height / crop.height, (y0 + y1 - height) / 2];
}

/** @param {[number, number, number, number]} box @param {Letterbox} place @returns {[number, number, number, number]} */
function clipped([x0, y0, x1, y1], { fromWidth, fromHeight }) {
  const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(Math.max(value, 0), most);
  return [within(x0, fromWidth), within(y0, fromHeight), within(x1, fromWidth), within(y1, fromHeight)];
}
