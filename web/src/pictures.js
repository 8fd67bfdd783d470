// @ts-check
/**
 * Pictures on canvases, which are used again and again: bitmaps that go to a worker and back keep their memory
 * until garbage is collected, which in a worker is hundreds of megabytes later.
 */

/** @type {OffscreenCanvas[]} */
const spare = [];

/**
 * A copy of what a source shows now; transparency becomes black, as in Python.
 * @param {CanvasImageSource} source @param {number} width @param {number} height of the source
 * @returns {OffscreenCanvas} to be given back with `release`
 */
export function copyOf(source, width, height) {
  const canvas = spare.pop() ?? new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  contextOf(canvas).fillRect(0, 0, width, height);
  contextOf(canvas).drawImage(source, 0, 0, width, height);
  return canvas;
}

/** @param {OffscreenCanvas} canvas that nobody needs any more */
export function release(canvas) {
  if (spare.length < 3) spare.push(canvas);
}

/**
 * @param {OffscreenCanvas} canvas
 * @param {ArrayBuffer | null} [used] of an earlier picture, filled anew where its size fits
 * @returns {Promise<ArrayBuffer>} (height, width, 4) bytes
 */
export async function pixelsOf(canvas, used = null) {
  const { width, height } = canvas;
  if (typeof VideoFrame === "undefined") return contextOf(canvas).getImageData(0, 0, width, height).data.buffer;
  const pixels = used?.byteLength === width * height * 4 ? used : new ArrayBuffer(width * height * 4);
  const frame = new VideoFrame(canvas, { timestamp: 0 });
  await frame.copyTo(pixels, { format: "RGBA" }).finally(() => frame.close());
  return pixels;
}

/** @param {OffscreenCanvas} canvas */
function contextOf(canvas) {
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  return /** @type {OffscreenCanvasRenderingContext2D} */ (context);
}
