// @ts-check
/** One picture after another as a model takes it. While a hand is followed, only what its close-up shows is put on the
 * frame: the whole would cost milliseconds of each. */

import { around, cut } from "./close_up.js";
import { fit, letterbox } from "./letterbox.js";

export class Frame {
  /** @param {number} height @param {number} width of the model's input */
  constructor(height, width) {
    this.height = height;
    this.width = width;
    // Filled anew for each picture: garbage of megabytes a frame is collected late.
    this.values = new Float32Array(height * width * 3);
    this.cuts = new Float32Array();
    this.place = letterbox(height, width, height, width);
    /** @type {ArrayLike<number>} */
    this.rgba = [];
    this.whole = false;
  }

  /** @param {number} height @param {number} width of the next picture @param {ArrayLike<number>} rgba its pixels */
  take(height, width, rgba) {
    this.rgba = rgba;
    this.place = letterbox(height, width, this.height, this.width);
    this.values.fill(0);
    this.whole = false;
  }

  /** All of the picture: (height, width, 3). */
  all() {
    if (!this.whole) fit(this.place, this.rgba, this.values);
    this.whole = true;
    return this.values;
  }

  /**
   * Close-ups of the picture.
   * @param {import("./close_up.js").Square[]} squares @param {number} size in pixels
   * @returns {Float32Array} (squares, 3, size, size), good until the next call
   */
  closeUps(squares, size) {
    const length = 3 * size * size;
    if (this.cuts.length !== squares.length * length) this.cuts = new Float32Array(squares.length * length);
    squares.forEach((square, i) => {
      if (!this.whole) fit(this.place, this.rgba, this.values, around(square));
      cut(this.values, this.height, this.width, square, size, this.cuts.subarray(i * length, (i + 1) * length));
    });
    return this.cuts;
  }
}
