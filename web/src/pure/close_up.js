// @ts-check
/** Close-ups of hands, cut from a model's frame as handvision.models.layers.close_up cuts them. */

/** @typedef {[number, number, number, number, number]} Square x and y of the middle, the side, and the direction that is
 *   turned to image-up as sin, cos; in the frame's pixels */

/** @param {import("./following.js").Target} target @param {number} margin around the box, in its longer side @returns {Square} */
export function squareOf({ box: [x0, y0, x1, y1], direction: [sin, cos] }, margin) {
  return [(x0 + x1) / 2, (y0 + y1) / 2, (1 + 2 * margin) * Math.max(x1 - x0, y1 - y0), sin, cos];
}

/** The upright box around all that a cut looks at. @param {Square} square @returns {[number, number, number, number]} */
export function around([x, y, side, sin, cos]) {
  const reach = (side / 2) * (Math.abs(sin) + Math.abs(cos)) + 1;
  return [x - reach, y - reach, x + reach, y + reach];
}

/**
 * The square, turned upright; what lies beside the frame is black.
 * @param {Float32Array} frame (height, width, 3) @param {number} height @param {number} width
 * @param {Square} square @param {number} size of the close-up in pixels
 * @param {Float32Array} closeUp (3, size, size), which is filled
 */
export function cut(frame, height, width, [x, y, side, sin, cos], size, closeUp) {
  const step = side / size;
  const plane = size * size;
  for (let at = 0; at < plane; at++) {
    const right = ((at % size) + 0.5) * step - side / 2;
    const down = (Math.floor(at / size) + 0.5) * step - side / 2;
    // Counted from the middle of the first pixel.
    const px = x + right * cos + down * sin - 0.5;
    const py = y + down * cos - right * sin - 0.5;
    const left = Math.floor(px);
    const top = Math.floor(py);
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let j = top; j < top + 2; j++) {
      if (j < 0 || j >= height) continue;
      for (let i = left; i < left + 2; i++) {
        if (i < 0 || i >= width) continue;
        const share = (1 - Math.abs(px - i)) * (1 - Math.abs(py - j));
        const from = (j * width + i) * 3;
        red += share * frame[from];
        green += share * frame[from + 1];
        blue += share * frame[from + 2];
      }
    }
    closeUp[at] = red;
    closeUp[at + plane] = green;
    closeUp[at + 2 * plane] = blue;
  }
}
