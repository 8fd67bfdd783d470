// @ts-check
/** Hands keep their number from frame to frame, and move calmly. */

import { boxIou, turnBetween } from "./affine.js";
import { OneEuro } from "./smoothing.js";

/** @typedef {import("./heads.js").Hand} Hand */

// Boxes that share less than this of their area are two hands; a hand is forgotten after this pause.
const SAME_HAND_IOU = 0.2;
const FORGET_SECONDS = 0.7;

/**
 * @typedef {object} Track
 * @property {number} number @property {number} seconds when it was last seen @property {Hand} hand as it was read then
 * @property {OneEuro} box @property {OneEuro} points @property {OneEuro} turn
 * @property {number} rotation in degrees, going on beyond 180: without a jump
 */

/** The hands of one video. */
export class Tracker {
  constructor() {
    /** @type {Track[]} */
    this.tracks = [];
    this.next = 0;
  }

  /**
   * @param {readonly Hand[]} hands of this frame @param {number} seconds of the frame, growing
   * @returns {Hand[]} the same hands, with their number, calmer
   */
  update(hands, seconds) {
    this.tracks = this.tracks.filter((track) => seconds - track.seconds <= FORGET_SECONDS);
    const free = new Set(this.tracks);
    return hands.map((hand) => {
      const track = nearest(free, hand.box) ?? this.#begin(hand);
      free.delete(track);
      return calmed(track, hand, seconds);
    });
  }

  /** @param {Hand} hand @returns {Track} */
  #begin(hand) {
    // Boxes and points are in pixels; hundreds of pixels a second are a usual speed.
    const pixels = { minimumCutoff: 1.5, beta: 0.03 };
    const track = {
      number: this.next++, seconds: -Infinity, hand, rotation: hand.rotation_degrees,
      box: new OneEuro(pixels), points: new OneEuro(pixels), turn: new OneEuro({ minimumCutoff: 1.5, beta: 0.05 }),
    };
    this.tracks.push(track);
    return track;
  }
}

/** @param {Set<Track>} tracks @param {readonly number[]} box @returns {Track | undefined} */
function nearest(tracks, box) {
  const [best] = [...tracks].map((track) => ({ track, iou: boxIou(track.hand.box, box) }))
    .filter(({ iou }) => iou >= SAME_HAND_IOU)
    .sort((one, other) => other.iou - one.iou);
  return best?.track;
}

/** @param {Track} track @param {Hand} hand @param {number} seconds @returns {Hand} */
function calmed(track, hand, seconds) {
  Object.assign(track, { hand, seconds });
  const [x0, y0, x1, y1] = track.box.next(hand.box, seconds);
  /** @type {Hand} */
  const calm = { ...hand, track: track.number, box: [x0, y0, x1, y1] };
  if (Number.isFinite(hand.rotation_degrees)) {
    const before = Number.isFinite(track.rotation) ? track.rotation : hand.rotation_degrees;
    track.rotation = before + turnBetween(hand.rotation_degrees, before);
    calm.rotation_degrees = turnBetween(track.turn.next([track.rotation], seconds)[0], 0);
  }
  if (hand.keypoints) {
    const flat = track.points.next(hand.keypoints.flatMap(([x, y]) => [x, y]), seconds);
    calm.keypoints = hand.keypoints.map(([, , score], i) => [flat[2 * i], flat[2 * i + 1], score]);
  }
  return calm;
}
