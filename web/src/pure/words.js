// @ts-check
/** What a reading says, in words and as rows of a table. */

/**
 * @typedef {import("./heads.js").Hand} Hand
 * @typedef {object} Mode what hands are asked
 * @property {string} head whose answers are told
 * @property {string[]} needs heads that a model must have for it
 * @property {string} name
 * @property {(label: string) => string} words
 */

/** Gestures that the page's user has taught. A hand that shows none of them has the label "". @type {Mode} */
export const OWN = { head: "own", needs: ["embedding", "keypoints"], name: "My gestures", words: (label) => label || "none of yours" };

/** What a model may be asked. @type {Mode[]} */
export const MODES = [
  { head: "gesture", needs: ["gesture"], name: "Numbers", words: (label) => (label === "1" ? "1 finger" : `${label} fingers`) },
  { head: "gestures", needs: ["gestures"], name: "Gestures", words: (label) => label },
  { head: "hagrid", needs: ["hagrid"], name: "HaGRID", words: (label) => label.replaceAll("_", " ") },
  OWN,
];

export const NO_HAND = "No hand";

/** All hands in one line, in the order of their numbers: "2 fingers and 5 fingers".
 * @param {readonly Hand[]} hands @param {Mode} mode @returns {string} */
export function wordsOf(hands, mode) {
  const inOrder = [...hands].sort((one, other) => (one.track ?? 0) - (other.track ?? 0));
  return inOrder.map((hand) => mode.words(hand.answers[mode.head]?.label ?? "?")).join(" and ") || NO_HAND;
}

/** What stands beside a hand's box: "2 · 98 % · left". @param {Hand} hand @param {Mode} mode @returns {string} */
export function captionOf(hand, mode) {
  const { label, probability } = hand.answers[mode.head] ?? { label: "?", probability: 0 };
  return [label, label && `${Math.round(probability * 100)} %`, hand.handedness].filter(Boolean).join(" · ");
}

/** Where a hand points: "-90° (right)"; "" where that is not known. @param {number} degrees @returns {string} */
export function directionWords(degrees) {
  if (!Number.isFinite(degrees)) return "";
  const names = ["up", "up left", "left", "down left", "down", "down right", "right", "up right"];
  return `${Math.round(degrees)}° (${names[((Math.round(degrees / 45) % 8) + 8) % 8]})`;
}

/**
 * The rows that `handvision predict --json` writes of a picture, with the key points: one for each hand.
 * @param {{hands: readonly Hand[]}} reading @param {Mode} mode @param {string} source @param {string} model fingerprint
 * @returns {Record<string, unknown>[]}
 */
export function rowsOf({ hands }, mode, source, model) {
  /** @type {Hand} */
  const none = {
    score: 0, presence: 0, answers: {}, rotation_degrees: NaN, box: [0, 0, 0, 0], keypoints: null,
    handedness: "", handedness_probability: 0, embedding: null, track: null, closeMask: null,
  };
  return (hands.length ? hands : [none]).map((hand, i) => ({
    source, frame: null, time_seconds: null,
    hand: hands.length ? i : null, has_hand: hands.length > 0, presence: hand.presence, track: hand.track,
    ...(hand.answers[mode.head] ?? { label: "", probability: 0 }),
    rotation_degrees: Number.isFinite(hand.rotation_degrees) ? hand.rotation_degrees : null,
    handedness: hand.handedness, box: hand.box, keypoints: hand.keypoints, model, error: "",
  }));
}
