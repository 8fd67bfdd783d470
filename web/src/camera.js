// @ts-check
/** The camera: asked for when its user says so, and let go of for good. */

import { copyOf } from "./pictures.js";
import { Fault } from "./reader.js";

const OTHERWISE = "Or read a picture or a sample.";
const WORDS = /** @type {Record<string, string>} */ ({
  NotAllowedError: `The camera is not allowed for this page. Allow it in the browser's address bar, then start again. ${OTHERWISE}`,
  NotFoundError: `No camera was found. Connect one, then start again. ${OTHERWISE}`,
  OverconstrainedError: `The chosen camera is gone. Choose another one. ${OTHERWISE}`,
  NotReadableError: `The camera is busy. Close the other program or tab that uses it, then start again. ${OTHERWISE}`,
  AbortError: `The camera could not be started. Connect it anew, then start again. ${OTHERWISE}`,
  SecurityError: `This browser lets no page use the camera. ${OTHERWISE}`,
});

/**
 * @param {string} [id] of the camera; "" for the browser's choice
 * @returns {Promise<MediaStream>}
 * @throws {Fault} with words for its user
 */
export async function openCamera(id = "") {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Fault(`This browser gives no camera to this page; it must be opened by https or on this machine. ${OTHERWISE}`);
  }
  const which = id ? { deviceId: { exact: id } } : { facingMode: "user" };
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false, video: { ...which, width: { ideal: 640 }, height: { ideal: 480 } },
    });
  } catch (error) {
    const { name, message } = /** @type {DOMException} */ (error);
    throw new Fault(WORDS[name] ?? `The camera could not be started: ${message} ${OTHERWISE}`);
  }
}

/** @returns {Promise<{id: string, name: string}[]>} those that there are; names are known once one was allowed */
export async function listCameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId)
    .map(({ deviceId, label }, i) => ({ id: deviceId, name: label || `Camera ${i + 1}` }));
}

/** Whether it looks at its user, who expects a mirror then. @param {MediaStream} stream */
export function facesUser(stream) {
  return stream.getVideoTracks()[0]?.getSettings().facingMode !== "environment";
}

/**
 * Gives each frame that is new when it is asked for the next one: never an old one, never the same one twice.
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal ends it
 * @returns {AsyncGenerator<OffscreenCanvas>}
 */
export async function* newestFrames(video, signal) {
  let wake = () => {};
  let fresh = false;
  const onFrame = () => {
    fresh = true;
    wake();
    if (!signal.aborted) video.requestVideoFrameCallback(onFrame);
  };
  signal.addEventListener("abort", () => wake());
  video.requestVideoFrameCallback(onFrame);
  while (!signal.aborted) {
    if (!fresh) await new Promise((resolve) => { wake = () => resolve(undefined); });
    if (signal.aborted) return;
    fresh = false;
    yield copyOf(video, video.videoWidth, video.videoHeight);
  }
}
