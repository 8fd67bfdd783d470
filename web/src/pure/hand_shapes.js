// @ts-check
/** How alike two hands are, whatever their place, size and direction: as handvision.inference.hand_shapes has it. */

/** @typedef {{keypoints: [number, number, number][] | null, embedding: number[] | null}} Seen of a hand */

// Of the squared distance, the embedding's part for a gesture of one example, and of very many; the rest is that of the bones.
const [SHARE_OF_ONE, SHARE_OF_MANY] = [0.25, 0.55];
// Numbers of a shape: 20 bones, x and y; behind them stands the embedding.
export const BONE_NUMBERS = 40;
// In mean lengths of a hand's bones. A bone that looks shorter has no direction to rely on.
const SHORT = 0.4;
const SAME = 0.1; // what a still hand's shapes differ by from frame to frame

const [WRIST, MIDDLE_KNUCKLE] = [0, 9];
// From which point to which: along each finger, from the wrist to its tip.
const BONES = Array.from({ length: 20 }, (_, i) => [i % 4 ? i : WRIST, i + 1]);

/**
 * The shape of a hand: directions of its bones, turned as the hand is to point up, y upward; then the embedding.
 * @param {Seen} hand @returns {number[]}
 */
export function shapeOf({ keypoints, embedding }) {
  if (!keypoints || !embedding?.length) {
    throw new TypeError(`the model gives no ${keypoints ? "embedding" : "key points"}, by which gestures are compared`);
  }
  return [...uprightBones(keypoints), ...unit(embedding)];
}

/** The embedding's part of the squared distance to a gesture of so many unlike examples. @param {number} examples */
export function embeddingShare(examples) {
  return SHARE_OF_MANY + (SHARE_OF_ONE - SHARE_OF_MANY) / examples;
}

/**
 * From 0, the same shape, to about 1, another gesture.
 * @param {number[]} one @param {number[]} other shapes @param {boolean} mirrored whether a left hand may be like a right one
 * @param {number} [share] of the squared distance, the embedding's part
 */
export function distance(one, other, mirrored, share = SHARE_OF_ONE) {
  const squared = squaredDistance(one, other, 1, share);
  return Math.sqrt(mirrored ? Math.min(squared, squaredDistance(one, other, -1, share)) : squared);
}

/** How many shapes there are; those that are nearly the same, snapshots of a still hand, count as one.
 * @param {number[][]} shapes @param {boolean} mirrored */
export function different(shapes, mirrored) {
  return shapes.reduce((sum, one) => sum + 1 / shapes.filter((other) => distance(one, other, mirrored) < SAME).length, 0);
}

/** @param {number[]} one @param {number[]} other @param {1 | -1} right -1: the other is seen in a mirror @param {number} share */
function squaredDistance(one, other, right, share) {
  // Embeddings of unlike shapes are orthogonal: their squared distance is 2.
  const [bone, embedding] = [(1 - share) / (BONE_NUMBERS / 2), share / 2];
  return one.reduce((sum, value, i) => {
    const isBone = i < BONE_NUMBERS;
    return sum + (isBone ? bone : embedding) * (value - (isBone && i % 2 === 0 ? right : 1) * other[i]) ** 2;
  }, 0);
}

/** @param {readonly (readonly number[])[]} points @returns {number[]} x and y of 20 bones */
function uprightBones(points) {
  const [right, down] = [0, 1].map((axis) => points[MIDDLE_KNUCKLE][axis] - points[WRIST][axis]);
  const length = Math.hypot(right, down);
  const [sine, cosine] = [-right / length, -down / length];
  const turned = BONES.map(([from, to]) => {
    const [x, y] = [0, 1].map((axis) => points[to][axis] - points[from][axis]);
    return [x * cosine - y * sine, -(x * sine + y * cosine)];
  });
  const squares = turned.map(([x, y]) => x * x + y * y);
  const short = (SHORT * squares.reduce((sum, square) => sum + Math.sqrt(square), 0)) / squares.length;
  return turned.flatMap(([x, y], i) => {
    const scale = Math.sqrt(Math.max(squares[i] + short ** 2, 1e-18));
    return [x / scale, y / scale];
  });
}

/** @param {readonly number[]} vector */
function unit(vector) {
  const length = Math.max(Math.hypot(...vector), 1e-9);
  return vector.map((value) => value / length);
}
