// @ts-check
/** Hands of a model that finds several and looks closer at each, as handvision.inference.two_looks decodes them. */

import { boxIou, compose, inverse } from "./affine.js";
import { decodeHeads, rowOf } from "./heads.js";
import { clipped, toFrame } from "./letterbox.js";

/**
 * @typedef {import("./affine.js").Affine} Affine
 * @typedef {import("./heads.js").Hand} Hand
 * @typedef {import("./heads.js").Output} Output
 * @typedef {import("./letterbox.js").Letterbox} Letterbox
 * @typedef {import("./model_file.js").CloseUpInfo} CloseUpInfo
 * @typedef {import("./following.js").Target} Target
 * @typedef {{data: Float32Array, height: number, width: number}} Mask of the picture alone, small, in [0, 1]
 */

// How much wider than its points a hand is, at each edge, as a share of the longer side.
const AROUND_POINTS = 0.1;
// Boxes of two hands that touch overlap by less, and their points lie further apart, in sides of the larger box.
export const MOST_OVERLAP = 0.6;
const LEAST_DISTANCE = 0.2;

/**
 * Where a first look saw what is worth a closer one.
 * @param {Record<string, Output>} outputs of one picture @param {number} leastScore
 * @returns {Target[]} likeliest first
 */
export function firstLook({ score, box, direction }, leastScore) {
  return Array.from(score.data, (each, row) => {
    const [sin, cos] = rowOf(direction, row, 2);
    return { score: each, box: rowOf(box, row, 4), direction: /** @type {[number, number]} */ ([sin, cos]) };
  }).filter(({ score }) => score >= leastScore);
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

/**
 * Which close-ups were off, by what was seen in them, and where they should have been.
 * @param {Record<string, Output>} outputs a row for each close-up @param {readonly Target[]} targets of the close-ups
 * @returns {{row: number, target: Target}[]}
 */
export function retakes({ off, off_box: box, off_direction: direction }, targets) {
  if (!off) return []; // the model takes none again
  return targets.flatMap(({ score }, row) => {
    const [sin, cos] = rowOf(direction, row, 2);
    return off.data[row] ? [{ row, target: { score, box: rowOf(box, row, 4), direction: [sin, cos] } }] : [];
  });
}

/**
 * What each close-up shows; null where it shows no hand, or one that lies beside the picture.
 * @param {Record<string, Output>} outputs a row for each close-up; `square` is where it was cut
 * @param {number[]} scores of the first look, now or when it saw the hand last
 * @param {import("./model_file.js").ModelInfo} info @param {Letterbox} place
 * @returns {(Hand | null)[]}
 */
export function closeLooks(outputs, scores, info, place) {
  const { close_up: closeUp } = info;
  return scores.map((score, row) => {
    if (score < closeUp.least_score) return null;
    const presence = presenceOf(score, outputs.presence.data[row], closeUp);
    if (presence < closeUp.least_presence) return null;
    const toPicture = compose(toFrameOf(rowOf(outputs.square, row, 5), closeUp.size), inverse(toFrame(place)));
    const told = decodeHeads(outputs, row, info, toPicture);
    const box = clipped(tightBox(told.keypoints ?? []), place);
    if (!(box[0] < box[2] && box[1] < box[3])) return null;
    return { ...told, score, presence, box, closeMask: closeMaskOf(outputs.hand_mask, row, closeUp.size, toPicture) };
  });
}

/** Those that are there, surest first, less those that lie on a surer one.
 * @param {readonly (Hand | null)[]} hands @returns {Hand[]} */
export function distinct(hands) {
  const sure = (/** @type {Hand} */ hand) => hand.presence * (hand.answers.gesture?.probability ?? 1);
  /** @type {Hand[]} */
  const kept = [];
  for (const hand of hands.filter((hand) => hand !== null).sort((one, other) => sure(other) - sure(one))) {
    if (!kept.some((other) => sameHand(hand, other))) kept.push(hand);
  }
  return kept;
}

/** Whether two answers are of one hand: a first look may have two peaks on it. @param {Hand} one @param {Hand} other */
export function sameHand(one, other) {
  if (boxIou(one.box, other.box) > MOST_OVERLAP) return true;
  const [points, others] = [one.keypoints, other.keypoints];
  if (!points || !others) return false;
  const apart = points.map(([x, y], i) => Math.hypot(x - others[i][0], y - others[i][1]));
  const mean = apart.reduce((sum, each) => sum + each, 0) / apart.length;
  return mean < LEAST_DISTANCE * Math.max(sideOf(one.box), sideOf(other.box));
}

/** @param {readonly number[]} box */
function sideOf([x0, y0, x1, y1]) {
  return Math.max(x1 - x0, y1 - y0);
}

/** How sure the model is that it is a hand. @param {number} score @param {number} closeLook @param {CloseUpInfo} closeUp */
function presenceOf(score, closeLook, { presence_weights: weights }) {
  if (!weights) return Math.min(closeLook, 1);
  const [constant, first, closer] = weights;
  return 1 / (1 + Math.exp(-(constant + first * logit(score) + closer * logit(closeLook))));
}

/** @param {number} probability */
function logit(probability) {
  const inside = Math.min(Math.max(probability, 1e-6), 1 - 1e-6);
  return Math.log(inside / (1 - inside));
}

/** From the pixels of a close-up to those of the frame. @param {number[]} square middle, side, and the direction that
 * it turns to image-up as sin, cos @param {number} size of the close-up in pixels @returns {Affine} */
function toFrameOf([x, y, side, sin, cos], size) {
  const length = Math.hypot(sin, cos);
  const scale = side / size;
  const [s, c] = [(sin / length) * scale, (cos / length) * scale];
  // Right of the close-up is (cos, -sin) of the frame, down is (sin, cos).
  return [c, s, x - ((c + s) * size) / 2, -s, c, y - ((c - s) * size) / 2];
}

/** @param {readonly (readonly number[])[]} points @returns {[number, number, number, number]} */
function tightBox(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x0, y0, x1, y1] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const wider = AROUND_POINTS * Math.max(x1 - x0, y1 - y0);
  return [x0 - wider, y0 - wider, x1 + wider, y1 + wider];
}

/** @param {Output} output (rows, 1, height, width, 1) @param {number} row @param {number} size of the close-up
 * @param {Affine} toPicture from the close-up's pixels @returns {import("./heads.js").CloseMask} */
function closeMaskOf(output, row, size, toPicture) {
  const [, , height, width] = output.dims;
  const finer = /** @type {Affine} */ ([size / width, 0, 0, 0, size / height, 0]);
  const data = Float32Array.from(rowOf(output, row, height * width));
  return { data, height, width, toPicture: compose(finer, toPicture) };
}
