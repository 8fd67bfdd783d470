// @ts-check
/** Picture files that a user gives: checked, then decoded. */

import { fileFault, sizeFault } from "./pure/picture_file.js";
import { copyOf } from "./pictures.js";
import { Fault } from "./reader.js";

/**
 * @param {File} file
 * @returns {Promise<OffscreenCanvas>} upright
 * @throws {Fault} with words for its user
 */
export async function pictureOf(file) {
  const start = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const fault = fileFault(file.name, file.size, start);
  if (fault) throw new Fault(fault);
  // The size is known before all pixels are: a small file may claim a huge picture.
  const { width, height } = await sizeOf(file);
  const tooLarge = sizeFault(file.name, width, height);
  if (tooLarge) throw new Fault(tooLarge);
  return decoded(file);
}

/** @param {Blob} file that was checked @returns {Promise<OffscreenCanvas>} */
export async function decoded(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const picture = copyOf(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return picture;
}

/** @param {File} file @returns {Promise<{width: number, height: number}>} */
function sizeOf(file) {
  const image = new Image();
  const url = URL.createObjectURL(file);
  return new Promise((resolve, reject) => {
    image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => reject(new Fault(`${file.name} cannot be read: the file is damaged or cut off.`));
    image.src = url;
  }).finally(() => URL.revokeObjectURL(url));
}

/** The first file of what was dropped or pasted. @param {DataTransfer | null} data @returns {File | null} */
export function fileIn(data) {
  return data?.files[0] ?? null;
}
