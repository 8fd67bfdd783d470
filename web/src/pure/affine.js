// @ts-check
/**
 * Affine transforms, as handvision.core.geometry has them: x to the right, y down, counted from the
 * picture's corner; the centre of the first pixel is (0.5, 0.5).
 *
 * @typedef {readonly [number, number, number, number, number, number]} Affine
 *   a, b, x, c, d, y: target x = a * sx + b * sy + x, target y = c * sx + d * sy + y.
 */

/** @param {Affine} first @param {Affine} after @returns {Affine} First one, then the other. */
export function compose([a, b, x, c, d, y], [e, f, u, g, h, v]) {
  return [
    e * a + f * c, e * b + f * d, e * x + f * y + u,
    g * a + h * c, g * b + h * d, g * x + h * y + v,
  ];
}

/** @param {Affine} affine @returns {Affine} The way back. */
export function inverse([a, b, x, c, d, y]) {
  const determinant = a * d - b * c;
  if (Math.abs(determinant) < 1e-12) {
    throw new RangeError(`${[a, b, x, c, d, y]} has no inverse: it flattens the picture`);
  }
  const [e, f, g, h] = [d / determinant, -b / determinant, -c / determinant, a / determinant];
  return [e, f, -(e * x + f * y), g, h, -(g * x + h * y)];
}

/** @param {Affine} affine @param {number} px @param {number} py @returns {[number, number]} */
export function movePoint([a, b, x, c, d, y], px, py) {
  return [a * px + b * py + x, c * px + d * py + y];
}

/**
 * The upright box around what becomes of a box.
 * @param {Affine} affine @param {ArrayLike<number>} box x0, y0, x1, y1
 * @returns {[number, number, number, number]}
 */
export function moveBox(affine, box) {
  const corners = [[0, 1], [2, 1], [2, 3], [0, 3]].map(([i, j]) => movePoint(affine, box[i], box[j]));
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/**
 * What becomes of a direction, in degrees counter-clockwise from image-up.
 * @param {Affine} affine @param {number} degrees
 */
export function moveDirection([a, b, , c, d], degrees) {
  const radians = (degrees * Math.PI) / 180;
  const [x, y] = [-Math.sin(radians), -Math.cos(radians)];
  return degreesOf(-(a * x + b * y), -(c * x + d * y));
}

/** The direction of a pair (sin, cos) of any length, in (-180, 180] degrees.
 * @param {number} sin @param {number} cos */
export function degreesOf(sin, cos) {
  const degrees = (Math.atan2(sin, cos) * 180) / Math.PI;
  return degrees === -180 ? 180 : degrees;
}

/** The difference of two directions, in (-180, 180] degrees. @param {number} one @param {number} other */
export function turnBetween(one, other) {
  const turn = (((one - other) % 360) + 360) % 360;
  return turn > 180 ? turn - 360 : turn;
}

/** Intersection over union; 0 where both are empty. @param {readonly number[]} one @param {readonly number[]} other */
export function boxIou(one, other) {
  const area = (/** @type {readonly number[]} */ [x0, y0, x1, y1]) => Math.max(0, x1 - x0) * Math.max(0, y1 - y0);
  const shared = area([
    Math.max(one[0], other[0]), Math.max(one[1], other[1]), Math.min(one[2], other[2]), Math.min(one[3], other[3]),
  ]);
  const union = area(one) + area(other) - shared;
  return union > 0 ? shared / union : 0;
}
