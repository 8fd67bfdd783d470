// @ts-check
/** Files of the page, read whole and compared with what the build wrote down. */

/** @typedef {import("./messages.js").CheckedFile} CheckedFile */

/**
 * @param {CheckedFile} file @param {string} base address of the page's folder
 * @param {(bytes: number) => void} onBytes is told how many more bytes have come
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {Error} whose message names the file and says what is wrong with it
 */
export async function checkedFetch(file, base, onBytes = () => {}) {
  const response = await fetch(new URL(file.path, base)).catch((error) => {
    throw new Error(`${file.path} could not be loaded: ${error.message}. Is there a connection? Then load the page again.`);
  });
  if (!response.ok) {
    throw new Error(`${file.path} is missing: the server answered ${response.status}. The page's folder must be put up whole.`);
  }
  const content = await readAll(response, file, onBytes);
  const text = new TextDecoder().decode(content.subarray(0, 15)).trimStart().toLowerCase();
  if (text.startsWith("<!doctype") || text.startsWith("<html")) {
    throw new Error(`${file.path} is missing: the server sent a web page instead.`);
  }
  if (content.length !== file.bytes) {
    throw new Error(`${file.path} is cut off or of another version: ${content.length} bytes instead of ${file.bytes}. Load the page again.`);
  }
  if ((await sha256(content)) !== file.sha256) {
    throw new Error(`${file.path} is damaged or of another version: its checksum is wrong. Load the page again.`);
  }
  return content;
}

/** @param {Response} response @param {CheckedFile} file @param {(bytes: number) => void} onBytes */
async function readAll(response, file, onBytes) {
  const parts = [];
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw new Error(`${file.path} broke off while it was loaded: ${error.message}. Load the page again.`);
    });
    if (done) break;
    parts.push(value);
    onBytes(value.length);
  }
  return new Uint8Array(await new Blob(/** @type {BlobPart[]} */ (parts)).arrayBuffer());
}

/** @param {Uint8Array<ArrayBuffer>} content */
async function sha256(content) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
