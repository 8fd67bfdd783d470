// @ts-check
/** From the outputs of a combined model to readings in the pixels of the picture, as handvision.inference does. */

import { compose, inverse, moveBox } from "./affine.js";
import { decodeHeads } from "./heads.js";
import { clipped, toFrame } from "./letterbox.js";
import { closeLooks, distinct } from "./two_looks.js";

/**
 * @typedef {import("./affine.js").Affine} Affine
 * @typedef {import("./heads.js").Hand} Hand
 * @typedef {import("./heads.js").Output} Output
 * @typedef {import("./letterbox.js").Letterbox} Letterbox
 * @typedef {import("./model_file.js").ModelInfo} ModelInfo
 * @typedef {{data: Float32Array, height: number, width: number}} Mask of the picture alone, small, in [0, 1]
 */

/**
 * The hands of one picture, surest first, each once.
 * @param {Record<string, Output>} outputs @param {ModelInfo} info @param {Letterbox} place
 * @returns {Hand[]}
 */
export function decode(outputs, info, place) {
  if (info.close_up) return distinct(closeLooks(outputs, Array.from(outputs.score.data), info, place));
  if (!info.crop) throw new TypeError(`model ${info.fingerprint} cuts no hands out; the page needs a combined model`);
  const presence = Number(outputs.has_hand.data[0]);
  if (presence <= 0.5 || onlyInPadding(outputs.mask, place)) return [];
  const toPicture = inverse(toFrame(place));
  const box = clipped(moveBox(toPicture, outputs.box.data), place);
  const fromCrop = compose(cropToFrame(info.crop, outputs.box.data), toPicture);
  return [{ ...decodeHeads(outputs, 0, info, fromCrop), score: presence, presence, box }];
}

/**
 * The part of the mask that shows the picture, not the bars beside it.
 * @param {Output} mask (1, height, width, 1) over the whole frame @param {Letterbox} place @returns {Mask}
 */
export function maskOfPicture(mask, place) {
  const [, maskHeight, maskWidth] = mask.dims;
  const [y, x] = [maskHeight / place.toHeight, maskWidth / place.toWidth];
  const [top, left] = [Math.round(place.top * y), Math.round(place.left * x)];
  const [height, width] = [Math.max(1, Math.round(place.height * y)), Math.max(1, Math.round(place.width * x))];
  const data = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      data[row * width + column] = mask.data[(top + row) * maskWidth + left + column];
    }
  }
  return { data, height, width };
}

/** Whether all that the segmenter sees lies in the bars, which are no part of the picture.
 * @param {Output} mask @param {Letterbox} place */
function onlyInPadding(mask, place) {
  return !anyAbove(maskOfPicture(mask, place).data, 0.5) && anyAbove(mask.data, 0.5);
}

/** @param {ArrayLike<number>} values @param {number} limit */
function anyAbove(values, limit) {
  for (let i = 0; i < values.length; i++) if (values[i] > limit) return true;
  return false;
}

/** From the pixels of a crop to those of the frame it was cut from.
 * @param {NonNullable<ModelInfo["crop"]>} crop @param {ArrayLike<number>} box @returns {Affine} */
function cropToFrame(crop, box) {
  const [x0, y0, x1, y1] = Array.from(box);
  const margin = crop.margin * Math.max(x1 - x0, y1 - y0);
  let [width, height] = [x1 - x0 + 2 * margin, y1 - y0 + 2 * margin];
  if (crop.keep_aspect) {
    const aspect = crop.width / crop.height;
    [width, height] = [Math.max(width, height * aspect), Math.max(height, width / aspect)];
  }
  return [width / crop.width, 0, (x0 + x1 - width) / 2, 0, height / crop.height, (y0 + y1 - height) / 2];
}
