// @ts-check
/** What the heads of a network say of one hand, as handvision.heads decodes it. */

import { degreesOf, moveDirection, movePoint } from "./affine.js";

/**
 * @typedef {import("./affine.js").Affine} Affine
 * @typedef {import("./model_file.js").ModelInfo} ModelInfo
 * @typedef {{data: ArrayLike<number>, dims: readonly number[]}} Output
 *
 * @typedef {object} Answer what a hand shows in one vocabulary
 * @property {string} label @property {number} probability
 *
 * @typedef {object} CloseMask a hand's own mask, finer than that of the picture
 * @property {Float32Array} data in [0, 1] @property {number} height @property {number} width
 * @property {Affine} toPicture from its pixels to those of the picture
 *
 * @typedef {object} Hand one hand, in the pixels of the picture; null and "" where the model cannot say
 * @property {number} score of the first look that saw it last, in [0, 1]
 * @property {number} presence how sure the model is that this is a hand at all, in [0, 1]
 * @property {Record<string, Answer>} answers name of a head -> what it reads
 * @property {number} rotation_degrees from wrist to middle knuckle, counter-clockwise from image-up
 * @property {[number, number, number, number]} box x0, y0, x1, y1
 * @property {[number, number, number][] | null} keypoints 21 of x, y and score in [0, 1]
 * @property {string} handedness "left" or "right": the person's hand
 * @property {number} handedness_probability
 * @property {number[] | null} embedding what gestures are compared by
 * @property {number | null} track the hand's number through a video
 * @property {CloseMask | null} closeMask
 */

// A point counts as found within this share of the close-up's side: its score is the chance of that.
const NEAR = 0.05;

/**
 * @param {Record<string, Output>} outputs @param {number} row of the hand in its outputs
 * @param {ModelInfo} info @param {Affine} toPicture from the pixels of what the heads saw
 * @returns {Omit<Hand, "score" | "presence" | "box">}
 */
export function decodeHeads(outputs, row, info, toPicture) {
  /** @type {Record<string, Answer>} */
  const answers = {};
  for (const [name, { class_names: names }] of Object.entries(info.heads)) {
    if (names && name in outputs) answers[name] = surest(rowOf(outputs[name], row, names.length), names);
  }
  const size = info.heads.keypoints?.size ?? info.close_up?.size ?? 1;
  return {
    answers,
    rotation_degrees: "rotation" in outputs ? rotationOf(rowOf(outputs.rotation, row, 2), toPicture) : NaN,
    keypoints: "keypoints" in outputs ? pointsOf(rowOf(outputs.keypoints, row, 63), size, toPicture) : null,
    ...("handedness" in outputs ? handednessOf(outputs.handedness.data[row]) : { handedness: "", handedness_probability: 0 }),
    embedding: "embedding" in outputs ? rowOf(outputs.embedding, row, outputs.embedding.dims.at(-1) ?? 0) : null,
    track: null,
    closeMask: null,
  };
}

/** @param {Output} output @param {number} row @param {number} length @returns {number[]} */
export function rowOf(output, row, length) {
  return Array.prototype.slice.call(output.data, row * length, (row + 1) * length);
}

/** @param {number[]} probabilities @param {string[]} names @returns {Answer} */
function surest(probabilities, names) {
  const best = probabilities.indexOf(Math.max(...probabilities));
  // A softmax in float32 may end a little above 1.
  return { label: names[best], probability: Math.min(probabilities[best], 1) };
}

/** @param {number[]} pair sin, cos @param {Affine} toPicture */
function rotationOf([sin, cos], toPicture) {
  return moveDirection(toPicture, degreesOf(sin, cos));
}

/** @param {number[]} values 21 of x, y and scale, in sides of what the heads saw @param {number} size of that, in pixels
 * @param {Affine} toPicture @returns {[number, number, number][]} */
function pointsOf(values, size, toPicture) {
  return Array.from({ length: 21 }, (_, i) => {
    const [x, y, scale] = values.slice(3 * i, 3 * i + 3);
    // The share of the Laplace distribution that lies nearer than NEAR.
    return [...movePoint(toPicture, x * size, y * size), 1 - Math.exp(-NEAR / Math.max(scale, 1e-6))];
  });
}

/** @param {number} right the probability of a right hand; close-ups are never mirrored */
function handednessOf(right) {
  const sure = Math.min(right, 1);
  return { handedness: sure >= 0.5 ? "right" : "left", handedness_probability: Math.max(sure, 1 - sure) };
}
