// @ts-check
/**
 * What page and worker say to each other.
 *
 * @typedef {{path: string, bytes: number, sha256: string}} CheckedFile beside the page
 * @typedef {{find: CheckedFile, read: CheckedFile, wasm: CheckedFile, loader: CheckedFile}} Files the two looks, and the runtime
 *
 * @typedef {object} Reading of one picture
 * @property {[number, number]} size height, width of the picture
 * @property {import("./pure/heads.js").Hand[]} hands surest first
 * @property {import("./pure/two_looks.js").Mask | null} mask of all hands; null where only close-ups have masks
 * @property {number} milliseconds from the picture's pixels to its hands
 *
 * `video` is the number of the video that a frame is of, null for a picture: hands are followed from frame to frame.
 *
 * @typedef {{type: "open", files: Files, base: string, threads: number} | {type: "read", pixels: ArrayBuffer, height: number, width: number, video: number | null}} ToWorker
 * @typedef {{type: "progress", loaded: number, total: number}
 *   | {type: "opened", info: import("./pure/model_file.js").ModelInfo}
 *   | {type: "read", reading: Reading, pixels: ArrayBuffer}
 *   | {type: "fault", message: string}} FromWorker
 */
export {};
