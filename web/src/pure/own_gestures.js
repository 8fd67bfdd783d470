// @ts-check
/** Gestures that a user teaches, and the file that Python's OwnGestures reads and writes. */

import { BONE_NUMBERS, different, distance, embeddingShare, shapeOf } from "./hand_shapes.js";
import { adviceOnExamples } from "./teaching_advice.js";

/**
 * @typedef {import("./heads.js").Answer} Answer
 * @typedef {import("./hand_shapes.js").Seen & {handedness: string}} Hand
 * @typedef {{name: string, side: string, examples: number[][], unlike: number}} Gesture side: "", "left" or "right";
 * unlike: how many of its examples are not nearly the same
 */

const [FORMAT, VERSION, SIDES] = ["handvision own gestures", 1, ["together", "apart"]];
const [RADIUS_OF_ONE, RADIUS_OF_MANY] = [0.62, 0.52];
const SHARPNESS = 4; // of probabilities: a hand at an example's very place is 98 % sure
const DIGITS = 1e4;

export class OwnGestures {
  /** @param {string} model fingerprint of the model that reads hands @param {string} [sides] "together": a gesture is the
   * same with both hands; "apart": left and right may be two */
  constructor(model, sides = "together") {
    if (!SIDES.includes(sides)) throw new TypeError(`its sides are '${sides}'; they are one of ${SIDES.join(", ")}`);
    this.model = model;
    this.sides = sides;
    /** @type {Gesture[]} */
    this.gestures = [];
  }

  /** Name of a gesture -> how many examples it has, in the order of teaching. @returns {Map<string, number>} */
  get counts() {
    const counts = new Map();
    for (const { name, examples } of this.gestures) counts.set(name, (counts.get(name) ?? 0) + examples.length);
    return counts;
  }

  /**
   * Adds examples of a gesture, new or known.
   * @param {string} name @param {readonly Hand[]} hands
   * @returns {string[]} what would make it surer, all at once
   */
  teach(name, hands) {
    if (!name.trim()) throw new TypeError("Give the gesture a name.");
    const shapes = hands.map((hand) => ({ side: this.#sideOf(hand), shape: shapeOf(hand) }));
    const known = shapes.filter(({ side }) => side !== null);
    const left = shapes.length - known.length;
    const advice = left ? [`${name}: ${left} of ${shapes.length} examples left out: left hand or right?`] : [];
    for (const side of new Set(known.map((each) => each.side))) {
      this.#add(name, String(side), known.filter((each) => each.side === side).map(({ shape }) => shape));
      advice.push(...this.#advice(name, String(side)));
    }
    return advice;
  }

  /** Removes a gesture with all its examples. @param {string} name */
  forget(name) {
    this.gestures = this.gestures.filter((gesture) => gesture.name !== name);
  }

  /**
   * The gesture that a hand shows and how probable it is; the label "" where it shows none of those taught.
   * @param {Hand} hand @returns {Answer}
   */
  read(hand) {
    const side = this.#sideOf(hand);
    const shape = shapeOf(hand);
    const choices = this.gestures.filter((gesture) => gesture.side === side).map(({ name, examples, unlike }) => {
      const nearest = Math.min(...examples.map((one) => distance(shape, one, this.#mirrored, embeddingShare(unlike))));
      return { label: name, energy: (nearest / radiusOf(unlike)) ** 2 };
    });
    // None of them is one more choice, as probable as a gesture whose nearest example is a radius away.
    choices.push({ label: "", energy: 1 });
    const best = choices.reduce((one, other) => (other.energy < one.energy ? other : one));
    const weights = choices.map(({ energy }) => Math.exp(SHARPNESS * (best.energy - energy)));
    return { label: best.label, probability: 1 / weights.reduce((sum, weight) => sum + weight, 0) };
  }

  /** The file, as text. */
  toJson() {
    const rounded = (/** @type {number[]} */ shape) => shape.map((value) => Math.round(value * DIGITS) / DIGITS);
    const gestures = this.gestures.map(({ name, side, examples }) => ({ name, side, examples: examples.map(rounded) }));
    const model = gestures.length ? this.model : "";
    return `${JSON.stringify({ format: FORMAT, version: VERSION, model, sides: this.sides, gestures })}\n`;
  }

  /**
   * What `toJson` or Python wrote.
   * @param {string} text @param {string} model fingerprint of the model that reads hands @returns {OwnGestures}
   */
  static fromJson(text, model) {
    const content = parsed(text);
    if (content.format !== FORMAT || content.version !== VERSION) {
      throw new TypeError(`it says '${content.format}', version ${content.version}; this page reads '${FORMAT}', version ${VERSION}`);
    }
    const own = new OwnGestures(model, content.sides);
    if (!Array.isArray(content.gestures)) throw new TypeError("it has no list of gestures");
    for (const { name, side, examples } of content.gestures) {
      const sides = own.#mirrored ? [""] : ["left", "right"];
      if (typeof name !== "string" || !sides.includes(side)) throw new TypeError(`gesture '${name}' has the side '${side}'`);
      if (!areShapes(examples)) throw new TypeError(`the examples of '${name}' are no lists of numbers`);
      own.#add(name, side, examples);
    }
    const lengths = new Set(own.gestures.flatMap(({ examples }) => examples.map(({ length }) => length)));
    if (lengths.size > 1) throw new TypeError(`its examples have unequal lengths, ${[...lengths].join(", ")}`);
    if (own.gestures.length && content.model !== model) {
      throw new TypeError(`its gestures were taught with the model ${content.model}, and ${model} reads here; teach them anew`);
    }
    return own;
  }

  get #mirrored() {
    return this.sides === "together";
  }

  /** null where it counts and is not known. @param {Hand} hand @returns {string | null} */
  #sideOf(hand) {
    return this.#mirrored ? "" : hand.handedness || null;
  }

  /** @param {string} name @param {string} side @param {number[][]} shapes */
  #add(name, side, shapes) {
    let gesture = this.gestures.find((each) => each.name === name && each.side === side);
    if (!gesture) this.gestures.push(gesture = { name, side, examples: [], unlike: 0 });
    gesture.examples.push(...shapes);
    gesture.unlike = different(gesture.examples, this.#mirrored);
  }

  /** @param {string} name @param {string} side @returns {string[]} */
  #advice(name, side) {
    const ofSide = this.gestures.filter((gesture) => gesture.side === side);
    const own = ofSide.find((gesture) => gesture.name === name);
    const others = new Map(ofSide.filter((gesture) => gesture !== own).map((gesture) => [titleOf(gesture), gesture.examples]));
    return own ? adviceOnExamples(titleOf(own), own.examples, others, this.#mirrored) : [];
  }
}

/** The more the examples of a gesture differ, the less may a hand differ from all of them. @param {number} unlike */
function radiusOf(unlike) {
  return RADIUS_OF_MANY + (RADIUS_OF_ONE - RADIUS_OF_MANY) / unlike;
}

/** @param {Gesture} gesture */
function titleOf({ name, side }) {
  return side ? `${name} (${side} hand)` : name;
}

/** @param {string} text @returns {any} */
function parsed(text) {
  const content = JSON.parse(text);
  if (typeof content !== "object" || content === null) throw new TypeError("it is JSON of another kind");
  return content;
}

/** @param {unknown} examples @returns {examples is number[][]} */
function areShapes(examples) {
  return Array.isArray(examples) && examples.length > 0 && examples.every((shape) => {
    return Array.isArray(shape) && shape.length > BONE_NUMBERS && shape.every(Number.isFinite);
  });
}
