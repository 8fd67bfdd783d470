// @ts-check
/** The worker, as the page sees it: opened once, then picture after picture. */

import { pixelsOf } from "./pictures.js";

/**
 * @typedef {import("./messages.js").FromWorker} FromWorker
 * @typedef {import("./messages.js").Reading} Reading
 * @typedef {import("./messages.js").Files} Files
 */

/** Something that its user can be told. */
export class Fault extends Error {}

export class Reader {
  /** @param {Worker} worker @param {import("./pure/model_file.js").ModelInfo} info */
  constructor(worker, info) {
    this.worker = worker;
    this.info = info;
    /** Comes back from the worker. @type {ArrayBuffer | null} */
    this.used = null;
  }

  /**
   * Loads runtime and model.
   * @param {Files} files @param {number} threads @param {(loaded: number, total: number) => void} onProgress in bytes
   * @returns {Promise<Reader>}
   */
  static async open(files, threads, onProgress) {
    const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    try {
      const base = new URL(".", import.meta.url).href;
      const answer = await ask(worker, { type: "open", files, base, threads }, [], onProgress);
      if (answer.type !== "opened") throw new Fault(`the reader said ${answer.type} when it was opened`);
      return new Reader(worker, answer.info);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** @param {OffscreenCanvas} picture @param {number | null} video whose next frame it is, if any
   * @returns {Promise<Reading>} */
  async read(picture, video) {
    const { height, width } = picture;
    const pixels = await pixelsOf(picture, this.used);
    this.used = null;
    const answer = await ask(this.worker, { type: "read", pixels, height, width, video }, [pixels]);
    if (answer.type !== "read") throw new Fault(`the reader said ${answer.type} when it was given a picture`);
    this.used = answer.pixels;
    return answer.reading;
  }

  close() {
    this.worker.terminate();
  }
}

/**
 * One question at a time.
 * @param {Worker} worker @param {import("./messages.js").ToWorker} question @param {Transferable[]} moved
 * @param {(loaded: number, total: number) => void} [onProgress]
 * @returns {Promise<FromWorker>}
 */
function ask(worker, question, moved, onProgress) {
  return new Promise((resolve, reject) => {
    worker.onmessage = (/** @type {MessageEvent<FromWorker>} */ { data }) => {
      if (data.type === "progress") onProgress?.(data.loaded, data.total);
      else if (data.type === "fault") reject(new Fault(data.message));
      else resolve(data);
    };
    worker.onerror = (event) => reject(new Fault(`The reader broke down: ${event.message || "its script could not be loaded"}. Load the page again.`));
    worker.postMessage(question, moved);
  });
}
