// @ts-check
/** The page: what happens when its user does something. */

import { facesUser, listCameras, newestFrames, openCamera } from "./camera.js";
import { decoded, fileIn, pictureOf } from "./files.js";
import { isolate, keepOffline, threads } from "./offline.js";
import { release } from "./pictures.js";
import { NewestWins } from "./pure/newest.js";
import { StableAnswer } from "./pure/smoothing.js";
import { Tracker } from "./pure/tracking.js";
import { MODES, OWN, directionWords, rowsOf, wordsOf } from "./pure/words.js";
import { Fault, Reader } from "./reader.js";
import { missing } from "./support.js";
import { Teaching } from "./teaching.js";
import { clearOver, download, drawOver, element, pngOf, reveal, showStill } from "./view.js";

/**
 * @typedef {import("./view.js").Shot} Shot
 * @typedef {{picture: OffscreenCanvas, live: boolean, source: string, turn: number}} Asked
 */

const video = element("video");
const files = FILES;

/** @type {Promise<Reader> | null} */
let reader = null;
/** @type {Shot | null} */
let last = null;
/** @type {{stream: MediaStream, end: AbortController} | null} */
let camera = null;
let mode = MODES[0];
/** @type {Teaching | null} */
let teaching = null;
let tracker = new Tracker();
let stable = new StableAnswer();
/** Grows when something else is to be read: answers to what was asked before are passed over then. */
let turn = 0;
/** When the last readings came, in seconds. @type {number[]} */
let times = [];

const pictures = new NewestWins(read, ({ picture }) => release(picture));

// What its user does --------------------------------------------------------------------------------------

element("start").addEventListener("click", () => attempt(() => startCamera()));
element("stop").addEventListener("click", stopCamera);
element("camera").addEventListener("change", () => attempt(() => startCamera(element("camera").value)));
element("choose").addEventListener("click", () => element("file").click());
element("file").addEventListener("change", () => {
  const [file] = element("file").files;
  element("file").value = "";
  if (file) attempt(() => readFile(file));
});
element("save").addEventListener("click", () => attempt(save));
element("shown").addEventListener("change", redraw);
element("threads").addEventListener("change", () => attempt(() => isolate(element("threads").checked)));
for (const button of document.querySelectorAll("[data-sample]")) {
  const name = button.getAttribute("data-sample");
  button.addEventListener("click", () => attempt(() => readSample(`samples/${name}.jpg`)));
}
document.addEventListener("paste", (event) => giveFile(event, event.clipboardData));
document.addEventListener("dragover", (event) => { event.preventDefault(); mark(true); });
document.addEventListener("dragleave", () => mark(false));
document.addEventListener("drop", (event) => { mark(false); giveFile(event, event.dataTransfer); });
addEventListener("resize", redraw);
addEventListener("pagehide", stopCamera);
element("overlay").addEventListener("contextrestored", redraw);

element("size").textContent = `${Math.round(Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0) / 1e6)} MB`;
element("threads").checked = crossOriginIsolated;
element("threads").disabled = !("serviceWorker" in navigator);
const lacks = missing();
if (lacks) {
  tellFault(lacks);
  for (const control of document.querySelectorAll("button, input")) control.setAttribute("disabled", "");
}

/** @param {boolean} over a file hovers over the page */
function mark(over) {
  element("view").classList.toggle("drop", over);
}

/** @param {Event} event @param {DataTransfer | null} data */
function giveFile(event, data) {
  const file = fileIn(data);
  event.preventDefault();
  attempt(async () => {
    if (!file) throw new Fault("There is no picture in what was given. Drop or paste a picture file.");
    await readFile(file);
  });
}

// Camera ---------------------------------------------------------------------------------------------------

/** @param {string} [id] */
async function startCamera(id) {
  stopCamera();
  tell("Waiting for the camera…");
  const stream = await openCamera(id);
  stopCamera(); // that of a click before this one
  const end = new AbortController();
  camera = { stream, end };
  stream.getVideoTracks()[0].addEventListener("ended", () => {
    stopCamera();
    tellFault("The camera was taken away. Connect it again, or choose another one.");
  });
  try {
    video.srcObject = stream;
    await video.play();
    await listTo(element("camera"), stream);
    if (end.signal.aborted) return; // stopped, or taken away, while it was starting
    element("shown").querySelector("[name=mirror]").checked = facesUser(stream);
    tell("The camera is on.");
    running(true);
    forget();
    reveal("live");
    const mine = turn;
    for await (const picture of newestFrames(video, end.signal)) {
      await pictures.offer({ picture, live: true, source: "camera", turn: mine });
    }
  } catch (error) {
    if (end.signal.aborted) return;
    stopCamera();
    throw error;
  }
}

/** The last frame stays, with its reading. */
function stopCamera() {
  if (!camera) return;
  turn += 1;
  teaching?.noMoreFrames();
  camera.end.abort();
  camera.stream.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  camera = null;
  running(false);
  tell("The camera is off.");
  if (last?.live) showStill(last.picture);
  else reveal("nothing");
}

/** @param {boolean} on */
function running(on) {
  const [shown, hidden] = on ? ["stop", "start"] : ["start", "stop"];
  const focused = document.activeElement === element(hidden);
  element(shown).hidden = false;
  element(hidden).hidden = true;
  if (focused) element(shown).focus();
}

/** @param {HTMLSelectElement} select @param {MediaStream} stream */
async function listTo(select, stream) {
  const cameras = await listCameras();
  const used = stream.getVideoTracks()[0].getSettings().deviceId;
  select.replaceChildren(...cameras.map(({ id, name }) => new Option(name, id, false, id === used)));
  element("cameras").hidden = cameras.length < 2;
}

// Pictures ------------------------------------------------------------------------------------------------

/** @param {string} path */
async function readSample(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Fault(`${path} is missing: the server answered ${response.status}.`);
  await readStill(await decoded(await response.blob()), path);
}

/** @param {File} file */
async function readFile(file) {
  await readStill(await pictureOf(file), file.name);
}

/** @param {OffscreenCanvas} picture @param {string} source */
async function readStill(picture, source) {
  stopCamera();
  forget();
  showStill(picture);
  element("view").scrollIntoView({ block: "nearest" });
  await pictures.offer({ picture, live: false, source, turn });
}

/** What was read before has nothing to do with what comes. */
function forget() {
  turn += 1;
  if (last) release(last.picture);
  last = null;
  tracker = new Tracker();
  stable = new StableAnswer();
  times = [];
  clearOver();
  element("save").disabled = true;
  for (const id of ["words", "direction", "sure", "speed"]) element(id).textContent = "";
}

// Reading ------------------------------------------------------------------------------------------------

/** @param {Asked} asked */
async function read({ picture, turn: asked, ...rest }) {
  try {
    const reading = await (await opened()).read(picture, rest.live ? asked : null);
    if (asked !== turn) return release(picture);
    if (last) release(last.picture);
    last = { ...rest, picture, reading };
    show(last);
  } catch (error) {
    stopCamera();
    report(error);
  }
}

/** The reader, which is loaded when it is needed first. */
function opened() {
  reader ??= openReader().catch((error) => {
    reader = null; // so that the next attempt loads again
    throw error;
  });
  return reader;
}

async function openReader() {
  const progress = element("progress");
  progress.hidden = false;
  tell("Loading the reader…");
  try {
    const ready = await Reader.open(files, threads(), (loaded, total) => Object.assign(progress, { value: loaded, max: total }));
    teaching = new Teaching(ready.info.fingerprint, { shot: () => last, changed: redraw, tell, attempt });
    offerModes(Object.keys(ready.info.heads));
    element("points").hidden = !("keypoints" in ready.info.heads);
    tell("");
    keepOffline().catch((error) => tell(`The page is not kept for use without a network: ${error.message}`));
    return ready;
  } finally {
    progress.hidden = true;
  }
}

/** @param {string[]} heads that the model has */
function offerModes(heads) {
  const known = MODES.filter(({ needs }) => needs.every((head) => heads.includes(head)));
  [mode] = known;
  element("modes").hidden = known.length < 2;
  element("modes").append(...known.map((each, i) => {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "mode", checked: i === 0 });
    radio.addEventListener("change", () => {
      mode = each;
      stable = new StableAnswer();
      teaching?.show(mode === OWN);
      redraw();
    });
    const label = document.createElement("label");
    label.append(radio, ` ${each.name}`);
    return label;
  }));
}

/** Shows a reading, and tells it to other scripts, with the hands before they were calmed. @param {Shot} shot */
function show(shot) {
  const { reading, live } = shot;
  const seconds = performance.now() / 1000;
  const raw = reading.hands;
  if (live) reading.hands = tracker.update(raw, seconds);
  teaching?.name(reading.hands);
  if (live) teaching?.see(reading.hands[0], seconds);
  drawOver(shot, mode);
  sayAnswer(live ? stable.next(wordsOf(reading.hands, mode), seconds) : wordsOf(reading.hands, mode));
  const [hand] = reading.hands;
  element("direction").textContent = hand ? directionWords(hand.rotation_degrees) : "";
  element("sure").textContent = sureness(hand);
  element("speed").textContent = `${Math.round(reading.milliseconds)} ms${live ? ` · ${perSecond(seconds)} / s` : ""}`;
  element("save").disabled = false;
  document.dispatchEvent(new CustomEvent("handvision:reading", { detail: { ...shot, raw } }));
}

/** @param {import("./pure/heads.js").Hand | undefined} hand */
function sureness(hand) {
  const answer = hand?.answers[mode.head];
  return answer?.label ? `${Math.round(answer.probability * 100)} %` : "";
}

/** A screen reader speaks at each change, so there is one only when the answer is another. @param {string} words */
function sayAnswer(words) {
  if (element("words").textContent !== words) element("words").textContent = words;
}

/** @param {number} seconds of this frame @returns {number} frames in the last second, on average of two */
function perSecond(seconds) {
  times = [...times.filter((time) => seconds - time < 2), seconds];
  const span = seconds - times[0];
  return span > 0 ? Math.round((times.length - 1) / span) : 0;
}

function redraw() {
  if (!last) return;
  teaching?.name(last.reading.hands);
  drawOver(last, mode);
  if (last.live) return;
  sayAnswer(wordsOf(last.reading.hands, mode));
  element("sure").textContent = sureness(last.reading.hands[0]);
}

async function save() {
  if (!last || !reader) return;
  const { fingerprint } = (await reader).info;
  const name = `handvision-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}`;
  const rows = rowsOf(last.reading, mode, last.source, fingerprint);
  download(await pngOf(last, mode), `${name}.png`);
  download(new Blob([`${JSON.stringify(rows, null, 1)}\n`], { type: "application/json" }), `${name}.json`);
}

// Words ----------------------------------------------------------------------------------------------------

/** Does something, and says so where it fails. @param {() => Promise<unknown>} action */
async function attempt(action) {
  try {
    tellFault("");
    await action();
  } catch (error) {
    report(error);
  }
}

/** @param {unknown} error */
function report(error) {
  tell("");
  tellFault(error instanceof Error ? error.message : String(error));
  if (!(error instanceof Fault)) console.error(error);
}

/** @param {string} words */
function tell(words) {
  element("status").textContent = words;
}

/** @param {string} words "" for none */
function tellFault(words) {
  element("fault").textContent = words;
  element("fault").hidden = !words;
  // On a phone the controls lie a screen below.
  if (words) element("fault").scrollIntoView({ block: "nearest" });
}
