// @ts-check
/** What would make a taught gesture surer, in Python's words: handvision.inference.teaching_advice. */

import { different, distance } from "./hand_shapes.js";

export const ENOUGH = 5; // examples; more help less and less
const FAR = 0.65; // an example this far from all others of its gesture shows something else
const ALIKE = 0.2; // hands of one gesture differ by this much, whoever shows it
const CONFUSED = 1 / 3; // share of the examples of two gestures that are as like the other gesture as their own

/**
 * On too few examples, on those that contradict each other, and on gestures that look the same.
 * @param {string} name @param {number[][]} own shapes @param {Map<string, number[][]>} others @param {boolean} mirrored
 * @returns {string[]}
 */
export function adviceOnExamples(name, own, others, mirrored) {
  const advice = [few(name, own.length, different(own, mirrored))].filter(Boolean);
  const far = nearestOfOwn(own, mirrored).flatMap((nearest, i) => (nearest > FAR ? [i + 1] : []));
  if (far.length) {
    advice.push(`${name}: of ${own.length} examples these are unlike all others: ${far.join(", ")}. If they show `
      + "something else, forget the gesture and teach it anew");
  }
  for (const [other, theirs] of others) {
    if (lookTheSame(own, theirs, mirrored)) {
      advice.push(`${name} and ${other} can hardly be told apart; change one of them (in which direction a hand points `
        + "does not count)");
    }
  }
  return advice;
}

/** "" where there are enough. @param {string} name @param {number} count @param {number} unlike */
function few(name, count, unlike) {
  if (count < ENOUGH) return `${name}: ${count} of ${ENOUGH} examples; ${ENOUGH - count} more make it surer`;
  if (unlike >= ENOUGH / 2) return "";
  return `${name}: ${count} examples, but nearly the same; add some with the hand held a little differently`;
}

/** @param {number[][]} ones @param {number[][]} others @param {boolean} mirrored */
function lookTheSame(ones, others, mirrored) {
  const across = [...ones.map((one) => nearest(one, others, mirrored)), ...others.map((one) => nearest(one, ones, mirrored))];
  const own = [...nearestOfOwn(ones, mirrored), ...nearestOfOwn(others, mirrored)];
  return across.filter((each, i) => each < Math.max(own[i], ALIKE)).length / across.length > CONFUSED;
}

/** Of each example, the distance to the nearest other one; 0 for an only one. @param {number[][]} examples @param {boolean} mirrored */
function nearestOfOwn(examples, mirrored) {
  if (examples.length === 1) return [0];
  return examples.map((one) => nearest(one, examples.filter((other) => other !== one), mirrored));
}

/** @param {number[]} one @param {number[][]} others @param {boolean} mirrored */
function nearest(one, others, mirrored) {
  return Math.min(...others.map((other) => distance(one, other, mirrored)));
}
