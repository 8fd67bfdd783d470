// @ts-check
/** A picture on the model's input: never stretched, with black bars beside it, as Python puts it there. */

/**
 * Where a picture lies on a frame that it fits into whole and centred.
 * @typedef {object} Letterbox
 * @property {number} fromHeight @property {number} fromWidth size of the picture
 * @property {number} toHeight @property {number} toWidth size of the frame
 * @property {number} top @property {number} left @property {number} height @property {number} width
 *   the picture's place on the frame, in whole pixels
 */

/**
 * @param {number} fromHeight @param {number} fromWidth @param {number} toHeight @param {number} toWidth
 * @returns {Letterbox}
 */
export function letterbox(fromHeight, fromWidth, toHeight, toWidth) {
  if (!(Math.min(fromHeight, fromWidth, toHeight, toWidth) >= 1)) {
    throw new RangeError(`cannot fit ${fromHeight}x${fromWidth} pixels into ${toHeight}x${toWidth}; sizes start at 1`);
  }
  const scale = Math.min(toHeight / fromHeight, toWidth / fromWidth);
  const height = Math.max(1, roundHalfEven(fromHeight * scale));
  const width = Math.max(1, roundHalfEven(fromWidth * scale));
  const top = Math.floor((toHeight - height) / 2);
  const left = Math.floor((toWidth - width) / 2);
  return { fromHeight, fromWidth, toHeight, toWidth, top, left, height, width };
}

/** From the picture to the frame. @param {Letterbox} place @returns {import("./affine.js").Affine} */
export function toFrame(place) {
  return [place.width / place.fromWidth, 0, place.left, 0, place.height / place.fromHeight, place.top];
}

/** A box, less what lies beside the picture. @param {readonly number[]} box @param {Letterbox} place
 * @returns {[number, number, number, number]} */
export function clipped([x0, y0, x1, y1], { fromWidth, fromHeight }) {
  const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(Math.max(value, 0), most);
  return [within(x0, fromWidth), within(y0, fromHeight), within(x1, fromWidth), within(y1, fromHeight)];
}

/**
 * The picture on the frame.
 * @param {Letterbox} place
 * @param {ArrayLike<number>} rgba (fromHeight, fromWidth, 4) bytes, as a canvas gives them; the last is passed over
 * @param {Float32Array} [frame] is filled and returned: garbage of a few megabytes a frame is collected late
 * @returns {Float32Array} (toHeight, toWidth, 3) RGB in [0, 1]
 */
export function fit(place, rgba, frame = new Float32Array(place.toHeight * place.toWidth * 3)) {
  const { fromHeight, fromWidth, toWidth, top, left, height, width } = place;
  if (rgba.length !== fromHeight * fromWidth * 4) {
    throw new RangeError(`${rgba.length} bytes are no ${fromHeight}x${fromWidth} pixels of 4 bytes`);
  }
  frame.fill(0);
  // The mean over an area keeps thin fingers when pixels get fewer; linear keeps contours smooth.
  const weights = height < fromHeight || width < fromWidth ? areaWeights : linearWeights;
  const columns = weights(fromWidth, width);
  weights(fromHeight, height).forEach(({ first, shares }, row) => {
    const start = ((top + row) * toWidth + left) * 3;
    const line = frame.subarray(start, start + width * 3);
    shares.forEach((share, i) => addRow(line, share, rgba, (first + i) * fromWidth, columns));
    // Python's pictures are whole numbers from 0 to 255 at this point.
    for (let j = 0; j < line.length; j++) line[j] = Math.round(line[j]) / 255;
  });
  return frame;
}

/** @typedef {{first: number, shares: number[]}} Weights of one target pixel: the source pixels from `first` on */

/** The share of each source pixel in the area of a target pixel.
 * @param {number} from @param {number} to @returns {Weights[]} */
function areaWeights(from, to) {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * scale, Math.min((i + 1) * scale, from)];
    // Rounding may leave a sliver of a pixel, which counts for nothing.
    const [first, last] = [Math.floor(start + 1e-6), Math.ceil(end - 1e-6)];
    const shares = Array.from({ length: last - first }, (_, k) => {
      const pixel = first + k;
      return (Math.min(end, pixel + 1) - Math.max(start, pixel)) / (end - start);
    });
    return { first, shares };
  });
}

/** @param {number} from @param {number} to @returns {Weights[]} */
function linearWeights(from, to) {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.min(Math.max((i + 0.5) * (from / to) - 0.5, 0), from - 1);
    const first = Math.min(Math.floor(place), Math.max(from - 2, 0));
    return { first, shares: from === 1 ? [1] : [1 - (place - first), place - first] };
  });
}

/**
 * Adds a share of one row of the picture, with its new width, to a line of the frame.
 * @param {Float32Array} line @param {number} share @param {ArrayLike<number>} rgba
 * @param {number} start the row's first pixel @param {Weights[]} columns
 */
function addRow(line, share, rgba, start, columns) {
  let o = 0;
  for (const { first, shares } of columns) {
    let [red, green, blue] = [0, 0, 0];
    for (let k = 0, p = (start + first) * 4; k < shares.length; k++, p += 4) {
      red += shares[k] * rgba[p];
      green += shares[k] * rgba[p + 1];
      blue += shares[k] * rgba[p + 2];
    }
    line[o++] += share * red;
    line[o++] += share * green;
    line[o++] += share * blue;
  }
}

/** As Python rounds: halves go to the even neighbour. @param {number} value */
function roundHalfEven(value) {
  const rounded = Math.round(value);
  return value % 1 === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}
