// @ts-check
/** Which hands of a video are read where they are expected, and when all of the picture is looked at again. */

import { boxIou, moveBox } from "./affine.js";
import { toFrame } from "./letterbox.js";
import { MOST_OVERLAP } from "./two_looks.js";

/** @typedef {import("./heads.js").Hand} Hand */

// Frames from one first look to the next: while as many hands are followed as there can be, and while there are fewer.
// Python searches at every third; here a first look takes longer than a close-up, and a second is soon enough.
const [LOOK_EVERY, SEARCH_EVERY] = [20, 12];
// Of a hand with its place a frame before: beyond these it jumped, and its close-up is taken once more.
const [LEAST_OVERLAP, COS_OF_MOST_TURN] = [0.5, Math.cos(Math.PI / 6)];
const SAME_HAND = 0.3; // overlap of a followed hand with what a first look saw of it
const GROWTH = 1.1; // of the box that is looked at next: a hand opens, or comes nearer

/** @typedef {{box: number[], direction: [number, number], score: number}} Target where to look, in the model's frame */

export class Follower {
  /** @param {number} most hands that the model reads at once */
  constructor(most) {
    this.most = most;
    /** As they were read last. @type {readonly Hand[]} */
    this.hands = [];
    this.sinceLook = 0;
  }

  /** Whether the next frame needs a first look. */
  get due() {
    const every = this.hands.length < this.most ? SEARCH_EVERY : LOOK_EVERY;
    return !this.hands.length || this.sinceLook + 1 >= every;
  }

  /**
   * Where the hands of the last frame are looked for.
   * @param {import("./letterbox.js").Letterbox} place
   * @returns {Target[]}
   */
  targets(place) {
    return targetsOf(this.hands, place);
  }

  /** Whether all hands were found where they were expected; if not, this frame needs a first look as well.
   * @param {readonly Hand[]} hands of this frame, by a closer look alone */
  followed(hands) {
    if (hands.length < this.hands.length) return false;
    this.hands = hands;
    this.sinceLook += 1;
    return true;
  }

  /** @param {readonly Hand[]} hands of this frame, which had a first look */
  looked(hands) {
    this.hands = hands;
    this.sinceLook = 0;
  }
}

/**
 * Where to look for hands again, in the next frame or once more in this one.
 * @param {readonly Hand[]} hands @param {import("./letterbox.js").Letterbox} place @returns {Target[]}
 */
export function targetsOf(hands, place) {
  return hands.map(({ box, rotation_degrees: degrees, score }) => {
    const radians = (degrees * Math.PI) / 180;
    return { box: moveBox(toFrame(place), grown(box)), direction: [Math.sin(radians), Math.cos(radians)], score };
  });
}

/**
 * Whether a hand was found elsewhere, or turned elsewhere, than it was looked for: its close-up was askew.
 * @param {readonly Target[]} found @param {readonly Target[]} expected
 */
export function askew(found, expected) {
  const straight = (/** @type {Target} */ { box, direction: [sin, cos] }) => expected.some((other) =>
    boxIou(box, other.box) > LEAST_OVERLAP && sin * other.direction[0] + cos * other.direction[1] > COS_OF_MOST_TURN);
  return !found.every(straight);
}

/**
 * Hands that are followed, and those that a first look saw beside them: each is looked at once.
 * @param {readonly Target[]} followed whose scores become those of this look, where it saw them
 * @param {readonly Target[]} seen @returns {Target[]}
 */
export function joined(followed, seen) {
  const overlap = (/** @type {Target} */ one, /** @type {Target} */ other) => boxIou(one.box, other.box);
  const beside = new Set(seen);
  const again = followed.map((target) => {
    // A first look's boxes are rough: what lies on a hand most is that hand, so far as no other one is.
    const [best] = [...beside].sort((one, other) => overlap(other, target) - overlap(one, target));
    if (!best || overlap(best, target) < SAME_HAND) return target;
    beside.delete(best);
    return { ...target, score: best.score };
  });
  return [...again, ...[...beside].filter((each) => !followed.some((target) => overlap(each, target) > MOST_OVERLAP))];
}

/** @param {readonly number[]} box @returns {number[]} */
function grown([x0, y0, x1, y1]) {
  const [x, y] = [((GROWTH - 1) / 2) * (x1 - x0), ((GROWTH - 1) / 2) * (y1 - y0)];
  return [x0 - x, y0 - y, x1 + x, y1 + y];
}
