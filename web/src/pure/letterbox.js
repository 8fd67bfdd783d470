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

// Python's pictures are whole numbers from 0 to 255 before they are shares of 1; a table is faster than a division.
const LEVELS = Float32Array.from({ length: 256 }, (_, level) => level / 255);

/**
 * The picture on the frame.
 * @param {Letterbox} place
 * @param {ArrayLike<number>} rgba (fromHeight, fromWidth, 4) bytes, as a canvas gives them; the last is passed over
 * @param {Float32Array} [frame] is filled and returned, but for the bars beside the picture: garbage of a few megabytes
 *   a frame is collected late
 * @param {readonly number[]} [part] x0, y0, x1, y1 of the frame, outside of which nothing need be put
 * @returns {Float32Array} (toHeight, toWidth, 3) RGB in [0, 1]
 */
export function fit(place, rgba, frame = new Float32Array(place.toHeight * place.toWidth * 3), part = [0, 0, Infinity, Infinity]) {
  const { fromHeight, fromWidth, toWidth, top, left, height, width } = place;
  if (rgba.length !== fromHeight * fromWidth * 4) {
    throw new RangeError(`${rgba.length} bytes are no ${fromHeight}x${fromWidth} pixels of 4 bytes`);
  }
  const [firstX, firstY] = [Math.max(0, Math.floor(part[0] - left)), Math.max(0, Math.floor(part[1] - top))];
  const [lastX, lastY] = [Math.min(width, Math.ceil(part[2] - left)), Math.min(height, Math.ceil(part[3] - top))];
  if (firstX >= lastX) return frame;
  // The mean over an area keeps thin fingers when pixels get fewer; linear keeps contours smooth.
  const shares = height < fromHeight || width < fromWidth ? areaShares : linearShares;
  const across = tabled(shares(fromWidth, width).slice(firstX, lastX), fromWidth);
  const down = tabled(shares(fromHeight, height), fromHeight);
  // Neighbouring lines of the frame share rows of the picture: each gets its new width once.
  const length = (lastX - firstX) * 3;
  const rows = Array.from({ length: down.taps }, () => ({ number: -1, values: new Float64Array(length) }));
  const line = new Float64Array(length);
  for (let y = firstY; y < lastY; y++) {
    line.fill(0);
    for (let k = 0; k < down.taps; k++) {
      const number = down.first[y] + k;
      const row = rows[number % down.taps];
      if (row.number !== number) resizeRow(row.values, rgba, number * fromWidth, across);
      row.number = number;
      addShare(line, down.shares[y * down.taps + k], row.values);
    }
    const start = ((top + y) * toWidth + left + firstX) * 3;
    for (let j = 0; j < length; j++) frame[start + j] = LEVELS[(line[j] + 0.5) | 0];
  }
  return frame;
}

/** @typedef {{first: number, shares: number[]}} Shares of the source pixels from `first` on in one target pixel */
/** @typedef {{taps: number, first: Int32Array, shares: Float64Array}} Table as many shares, `taps`, for each target pixel */

/** The share of each source pixel in the area of a target pixel.
 * @param {number} from @param {number} to @returns {Shares[]} */
function areaShares(from, to) {
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

/** @param {number} from @param {number} to @returns {Shares[]} */
function linearShares(from, to) {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.min(Math.max((i + 0.5) * (from / to) - 0.5, 0), from - 1);
    const first = Math.min(Math.floor(place), Math.max(from - 2, 0));
    return { first, shares: from === 1 ? [1] : [1 - (place - first), place - first] };
  });
}

/** As flat tables, which loops over all pixels read several times as fast. @param {Shares[]} all @param {number} from @returns {Table} */
function tabled(all, from) {
  const taps = Math.max(...all.map(({ shares }) => shares.length));
  const table = { taps, first: new Int32Array(all.length), shares: new Float64Array(all.length * taps) };
  all.forEach(({ first, shares }, i) => {
    // Shares of nothing fill up a pixel's row of the table; they, too, are of source pixels that there are.
    table.first[i] = Math.min(first, from - taps);
    table.shares.set(shares, i * taps + first - table.first[i]);
  });
  return table;
}

/** A row of the picture with its new width.
 * @param {Float64Array} out @param {ArrayLike<number>} rgba @param {number} start the row's first pixel @param {Table} table */
function resizeRow(out, rgba, start, { taps, first, shares }) {
  for (let x = 0; x < first.length; x++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let k = 0; k < taps; k++) {
      const share = shares[x * taps + k];
      const pixel = (start + first[x] + k) * 4;
      red += share * rgba[pixel];
      green += share * rgba[pixel + 1];
      blue += share * rgba[pixel + 2];
    }
    out[3 * x] = red;
    out[3 * x + 1] = green;
    out[3 * x + 2] = blue;
  }
}

/** @param {Float64Array} line @param {number} share @param {Float64Array} values */
function addShare(line, share, values) {
  for (let j = 0; j < line.length; j++) line[j] += share * values[j];
}

/** As Python rounds: halves go to the even neighbour. @param {number} value */
function roundHalfEven(value) {
  const rounded = Math.round(value);
  return value % 1 === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}
