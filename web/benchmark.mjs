// @ts-check
// The page beside MediaPipe Hands' browser package: one Chromium, one clip as its webcam, one after the other.
// node benchmark.mjs CLIP.mjpeg [seconds]   (python -m tests.web.clip makes the clip). Run it on an idle machine.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { buildPage } from "./build.mjs";
import { serve } from "./serve.mjs";

const PACKAGE = fileURLToPath(new URL("node_modules/@mediapipe/hands", import.meta.url));
const MEDIAPIPE_PAGE = `<!doctype html><title>MediaPipe Hands</title><video id="video" muted playsinline></video>
<script src="/mediapipe/hands.js"></script>`;

/**
 * @typedef {{bits: number, block: number, states: {label: string}[]}} Truth
 * @typedef {{state: number, label: string, milliseconds: number}} Frame
 * @typedef {{frames: Frame[], perSecond: number, firstAnswer: number, bytes: number, renderer: string}} Run
 */

/** @param {string} clip @param {number} seconds */
async function compare(clip, seconds) {
  const truth = /** @type {Truth} */ (JSON.parse(readFileSync(clip.replace(/mjpeg$/, "json"), "utf-8")));
  const { out } = await buildPage();
  const server = await serve(out, 0, (path) => {
    if (path === "/mediapipe.html") return Buffer.from(MEDIAPIPE_PAGE);
    return path.startsWith("/mediapipe/") ? readFileSync(join(PACKAGE, path.slice("/mediapipe/".length))) : undefined;
  });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
      "--enable-unsafe-swiftshader", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${clip}`],
  });
  const run = async (/** @type {string} */ path, /** @type {any} */ play) => {
    const context = await browser.newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    let bytes = 0;
    context.on("requestfinished", async (request) => { bytes += (await request.sizes()).responseBodySize; });
    page.on("pageerror", (error) => console.error(path, error.message));
    await page.goto(server.url + path);
    const result = await page.evaluate(play, { ...truth, seconds });
    await context.close();
    return { ...result, bytes };
  };
  console.log(`${browser.version()}, ${cpus().length} cores (${cpus()[0].model}), ${seconds} s each`);
  console.log(row("this page", await run("", ours), truth));
  console.log(row("MediaPipe Hands", await run("mediapipe.html", theirs), truth));
  await browser.close();
  server.close();
}

/** @param {string} name @param {Run} run @param {Truth} truth */
function row(name, { frames, perSecond, firstAnswer, bytes, renderer }, truth) {
  const known = frames.filter(({ state }) => state in truth.states);
  const right = known.filter(({ state, label }) => label === truth.states[state].label).length;
  const sorted = frames.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other);
  const at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(0);
  return `${name}: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, ${frames.length} frames, ${perSecond.toFixed(1)} a second, ${((100 * right) / known.length).toFixed(1)} % right, `
    + `first answer after ${(firstAnswer / 1000).toFixed(1)} s, ${(bytes / 1e6).toFixed(1)} MB loaded${renderer ? `, WebGL: ${renderer}` : ""}`;
}

/** In the page: starts the camera as its user would. @param {Truth & {seconds: number}} how @returns {Promise<Omit<Run, "bytes">>} */
async function ours({ bits, block, seconds }) {
  const canvas = new OffscreenCanvas(1, 1);
  /** @type {Frame[]} */
  const frames = [];
  const begin = performance.now();
  let firstAnswer = 0;
  document.addEventListener("handvision:reading", (/** @type {any} */ { detail: { picture, raw, reading } }) => {
    firstAnswer ||= performance.now() - begin;
    Object.assign(canvas, { width: picture.width, height: picture.height });
    const context = /** @type {any} */ (canvas.getContext("2d", { willReadFrequently: true }));
    context.drawImage(picture, 0, 0);
    let state = 0;
    for (let bit = 0; bit < bits; bit++) {
      state += context.getImageData((bit + 0.5) * block, picture.height - block / 2, 1, 1).data[1] > 127 ? 2 ** bit : 0;
    }
    frames.push({ state, label: raw[0]?.answers.gesture.label ?? "", milliseconds: reading.milliseconds });
  });
  /** @type {HTMLElement} */ (document.getElementById("start")).click();
  while (!firstAnswer || performance.now() - begin - firstAnswer < seconds * 1000) await new Promise((r) => setTimeout(r, 100));
  /** @type {HTMLElement} */ (document.getElementById("stop")).click();
  return { frames, perSecond: (1000 * frames.length) / (performance.now() - begin - firstAnswer), firstAnswer, renderer: "" };
}

/** In MediaPipe's page: its own loop, and the usual rule for raised fingers. @param {Truth & {seconds: number}} how
 * @returns {Promise<Omit<Run, "bytes">>} */
async function theirs({ bits, block, seconds }) {
  const begin = performance.now();
  const video = /** @type {HTMLVideoElement} */ (document.getElementById("video"));
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, height: { ideal: 480 } } });
  await video.play();
  // @ts-ignore: a global of its script
  const hands = new Hands({ locateFile: (/** @type {string} */ file) => `/mediapipe/${file}` });
  hands.setOptions({ maxNumHands: 2, modelComplexity: 1, minDetectionConfidence: 0.5, minTrackingConfidence: 0.5 });
  /** A finger is raised when its tip is further from the wrist than the joint below; the thumb: from the little knuckle. */
  const count = (/** @type {{x: number, y: number}[]} */ points) => {
    const apart = (/** @type {number} */ i, /** @type {number} */ j) => Math.hypot(640 * (points[i].x - points[j].x), 480 * (points[i].y - points[j].y));
    const fingers = [8, 12, 16, 20].filter((tip) => apart(tip, 0) > apart(tip - 2, 0)).length;
    return fingers + (apart(4, 17) > apart(3, 17) ? 1 : 0);
  };
  let label = "";
  let state = 0;
  const canvas = new OffscreenCanvas(640, 480);
  const context = /** @type {any} */ (canvas.getContext("2d", { willReadFrequently: true }));
  hands.onResults((/** @type {any} */ { multiHandLandmarks: [points], image }) => {
    context.drawImage(image, 0, 0, 640, 480);
    state = 0;
    for (let bit = 0; bit < bits; bit++) {
      state += context.getImageData((bit + 0.5) * block, 480 - block / 2, 1, 1).data[1] > 127 ? 2 ** bit : 0;
    }
    label = points ? String(count(points)) : "";
  });
  /** @type {Frame[]} */
  const frames = [];
  let firstAnswer = 0;
  while (!firstAnswer || performance.now() - begin - firstAnswer < seconds * 1000) {
    const start = performance.now();
    await hands.send({ image: video });
    if (firstAnswer) frames.push({ state, label, milliseconds: performance.now() - start });
    firstAnswer ||= performance.now() - begin;
    await new Promise((next) => video.requestVideoFrameCallback(next));
  }
  const gl = /** @type {WebGL2RenderingContext} */ (document.createElement("canvas").getContext("webgl2"));
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const perSecond = (1000 * frames.length) / (performance.now() - begin - firstAnswer);
  return { frames, perSecond, firstAnswer, renderer: info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "unknown" };
}

const [, , clip, seconds] = process.argv;
if (!clip) throw new Error("name the clip: node benchmark.mjs ../runs/clip.mjpeg [seconds]");
await compare(resolve(clip), Number(seconds ?? 60));
