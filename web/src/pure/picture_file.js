// @ts-check
/** What a file that a user gives must be before it is decoded. */

export const MOST_BYTES = 50_000_000;
export const MOST_PIXELS = 50_000_000;

/** The first bytes of the formats that browsers decode; null is any byte.
 * @type {Record<string, (number | null)[]>} */
const FORMATS = {
  JPEG: [0xff, 0xd8, 0xff],
  PNG: [0x89, 0x50, 0x4e, 0x47],
  WebP: [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50],
  GIF: [0x47, 0x49, 0x46, 0x38],
  BMP: [0x42, 0x4d],
  AVIF: [null, null, null, null, 0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69],
};

/** What is wrong with a file, in words for its user; "" if nothing.
 * @param {string} name @param {number} size in bytes @param {Uint8Array} start its first 16 bytes @returns {string} */
export function fileFault(name, size, start) {
  if (size === 0) return `${name} is empty.`;
  if (size > MOST_BYTES) return `${name} has ${megabytes(size)}; pictures up to ${megabytes(MOST_BYTES)} are read.`;
  const known = Object.values(FORMATS).some((bytes) => bytes.every((byte, i) => byte === null || byte === start[i]));
  if (known) return "";
  return `${name} is no picture that this page reads. Use ${Object.keys(FORMATS).join(", ")}.`;
}

/** @param {string} name @param {number} width @param {number} height @returns {string} */
export function sizeFault(name, width, height) {
  if (width < 1 || height < 1) return `${name} has no pixels.`;
  if (width * height <= MOST_PIXELS) return "";
  return `${name} has ${width} × ${height} pixels; pictures up to ${MOST_PIXELS / 1e6} megapixels are read.`;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}
