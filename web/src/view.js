// @ts-check
/** The picture, live or still, with what was read drawn over it. */

import { drawReading } from "./overlay.js";

/** @param {string} id @returns {any} the element of the page */
export const element = (id) => document.getElementById(id);

/** @typedef {{reading: import("./messages.js").Reading, picture: OffscreenCanvas, live: boolean, source: string}} Shot */

const [view, video, still, overlay] = ["view", "video", "still", "overlay"].map(element);

/** The switches under "Show". @returns {import("./overlay.js").Shown & {mirror: boolean}} */
export function switches() {
  const boxes = /** @type {HTMLInputElement[]} */ ([...element("shown").querySelectorAll("input")]);
  return /** @type {any} */ (Object.fromEntries(boxes.map(({ name, checked }) => [name, checked])));
}

/** Whether the camera's own pictures or one that stands still are seen. @param {"live" | "still" | "nothing"} what */
export function reveal(what) {
  element("invitation").hidden = what !== "nothing";
  video.hidden = what !== "live";
  still.hidden = what !== "still";
}

/** @param {OffscreenCanvas} picture */
export function showStill(picture) {
  Object.assign(still, { width: picture.width, height: picture.height });
  shape(picture.width, picture.height);
  still.getContext("2d").drawImage(picture, 0, 0);
  reveal("still");
}

/** Gives the view the shape of what it shows. @param {number} width @param {number} height */
function shape(width, height) {
  view.style.setProperty("--aspect", `${width} / ${height}`);
  view.style.setProperty("--ratio", String(width / height));
}

/** @param {Shot} shot @param {import("./pure/words.js").Mode} mode */
export function drawOver({ reading, live }, mode) {
  const [height, width] = reading.size;
  shape(width, height);
  const shown = switches();
  const mirrored = live && shown.mirror;
  view.classList.toggle("mirrored", mirrored);
  const sharp = Math.min(devicePixelRatio, 2);
  const size = { width: Math.round(overlay.clientWidth * sharp), height: Math.round(overlay.clientHeight * sharp) };
  // A canvas whose size is set anew is empty; setting it at each frame would be slow.
  if (overlay.width !== size.width || overlay.height !== size.height) Object.assign(overlay, size);
  const context = /** @type {CanvasRenderingContext2D} */ (overlay.getContext("2d"));
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, overlay.width, overlay.height);
  context.scale(overlay.width / width, overlay.height / height);
  drawReading(context, reading, mode, shown, { mirrored, scale: width / overlay.clientWidth });
}

export function clearOver() {
  overlay.width = overlay.height = 1;
}

/** The picture with its reading, as it came: not mirrored. @param {Shot} shot @param {import("./pure/words.js").Mode} mode
 * @returns {Promise<Blob>} PNG */
export async function pngOf({ reading, picture }, mode) {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = /** @type {any} */ (canvas.getContext("2d"));
  context.drawImage(picture, 0, 0);
  drawReading(context, reading, mode, switches(), { scale: Math.max(1, picture.width / 640) });
  return canvas.convertToBlob({ type: "image/png" });
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
