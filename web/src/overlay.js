// @ts-check
/** Draws what was read over a picture. */

import { SKELETON } from "./pure/keypoints.js";
import { captionOf } from "./pure/words.js";

/**
 * @typedef {import("./pure/heads.js").Hand} Hand
 * @typedef {{mask: boolean, points: boolean, box: boolean, arrow: boolean}} Shown
 */

// Okabe and Ito's colours, with white around: told apart by all eyes, on any background.
const [TINT, INK, BONE, HALO] = ["rgb(0 114 178)", "rgb(213 94 0)", "rgb(0 158 115)", "white"];

/**
 * @param {CanvasRenderingContext2D} context whose unit is a pixel of the picture; it is drawn on, not cleared
 * @param {import("./messages.js").Reading} reading
 * @param {import("./pure/words.js").Mode} mode
 * @param {Shown} shown
 * @param {{mirrored?: boolean, scale?: number}} [how] mirrored: left and right change places, words stay readable;
 *   scale: pixels of the picture in a pixel of the screen
 */
export function drawReading(context, reading, mode, shown, { mirrored = false, scale = 1 } = {}) {
  const [, width] = reading.size;
  context.save();
  if (mirrored) context.transform(-1, 0, 0, 1, width, 0);
  if (shown.mask) drawMasks(context, reading);
  for (const hand of reading.hands) {
    if (shown.box) strokeTwice(context, scale, TINT, boxPath(hand.box));
    if (shown.points && hand.keypoints) drawPoints(context, hand.keypoints, scale);
    if (shown.arrow && Number.isFinite(hand.rotation_degrees)) strokeTwice(context, scale, INK, arrowPath(hand));
  }
  context.restore();
  // Last, so that no hand hides what is said of another.
  for (const hand of reading.hands) {
    const x = mirrored ? width - hand.box[2] : hand.box[0];
    drawCaption(context, captionOf(hand, mode), x, hand.box[1], scale, width);
  }
}

/** Used again at each frame: the memory of canvases is given back late. @type {Map<string, OffscreenCanvas>} */
const scratch = new Map();

/** Within its close-up, a hand's own mask alone counts, which is finer.
 * @param {CanvasRenderingContext2D} context @param {import("./messages.js").Reading} reading */
function drawMasks(context, { mask, hands, size: [height, width] }) {
  const inks = emptied("layer", width, height);
  if (mask) inks.drawImage(tinted(mask), 0, 0, width, height);
  for (const { closeMask } of hands) {
    if (!closeMask) continue;
    const [a, b, x, c, d, y] = closeMask.toPicture;
    inks.setTransform(a, c, b, d, x, y);
    inks.clearRect(0, 0, closeMask.width, closeMask.height);
    inks.drawImage(tinted(closeMask), 0, 0);
  }
  context.drawImage(inks.canvas, 0, 0);
}

/** @param {import("./pure/two_looks.js").Mask} mask */
function tinted({ data, height, width }) {
  const tint = new ImageData(width, height);
  data.forEach((value, i) => { if (value > 0.5) tint.data.set([0, 114, 178, 105], 4 * i); });
  const context = emptied("tile", width, height);
  context.putImageData(tint, 0, 0);
  return context.canvas;
}

/** An empty canvas of a size. @param {string} name @param {number} width @param {number} height */
function emptied(name, width, height) {
  const canvas = scratch.get(name) ?? new OffscreenCanvas(width, height);
  scratch.set(name, canvas);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.resetTransform();
  context.clearRect(0, 0, width, height);
  return context;
}

/** @param {CanvasRenderingContext2D} context @param {[number, number, number][]} points @param {number} scale */
function drawPoints(context, points, scale) {
  const bones = new Path2D();
  for (const [start, end] of SKELETON) {
    bones.moveTo(points[start][0], points[start][1]);
    bones.lineTo(points[end][0], points[end][1]);
  }
  strokeTwice(context, scale, BONE, bones);
  for (const [x, y] of points) {
    context.beginPath();
    context.arc(x, y, 4 * scale, 0, 2 * Math.PI);
    context.fillStyle = HALO;
    context.fill();
    context.beginPath();
    context.arc(x, y, 2.8 * scale, 0, 2 * Math.PI);
    context.fillStyle = BONE;
    context.fill();
  }
}

/** @param {[number, number, number, number]} box */
function boxPath([x0, y0, x1, y1]) {
  const path = new Path2D();
  path.rect(x0, y0, x1 - x0, y1 - y0);
  return path;
}

/** Through the middle of the box. @param {Hand} hand */
function arrowPath({ box: [x0, y0, x1, y1], rotation_degrees: degrees }) {
  const angle = (degrees * Math.PI) / 180;
  const reach = 0.35 * Math.max(x1 - x0, y1 - y0);
  const [x, y] = [-Math.sin(angle) * reach, -Math.cos(angle) * reach];
  const [middleX, middleY] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const path = new Path2D();
  path.moveTo(middleX - x, middleY - y);
  path.lineTo(middleX + x, middleY + y);
  for (const side of [-1, 1]) {
    path.moveTo(middleX + x, middleY + y);
    path.lineTo(middleX + x * 0.72 + side * y * 0.2, middleY + y * 0.72 - side * x * 0.2);
  }
  return path;
}

/** @param {CanvasRenderingContext2D} context @param {number} scale @param {string} colour @param {Path2D} path */
function strokeTwice(context, scale, colour, path) {
  context.lineCap = context.lineJoin = "round";
  for (const [style, wide] of /** @type {[string, number][]} */ ([[HALO, 5], [colour, 2.5]])) {
    context.strokeStyle = style;
    context.lineWidth = wide * scale;
    context.stroke(path);
  }
}

/** @param {CanvasRenderingContext2D} context @param {string} words @param {number} x @param {number} y @param {number} scale @param {number} width */
function drawCaption(context, words, x, y, scale, width) {
  context.font = `600 ${15 * scale}px system-ui, sans-serif`;
  context.textBaseline = "top";
  const [wide, high] = [context.measureText(words).width + 12 * scale, 22 * scale];
  const left = Math.max(0, Math.min(x, width - wide));
  const top = y > high ? y - high : y;
  context.fillStyle = "rgb(0 0 0 / 0.8)";
  context.fillRect(left, top, wide, high);
  context.fillStyle = "white";
  context.fillText(words, left + 6 * scale, top + 4 * scale);
}
