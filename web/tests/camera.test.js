// The webcam: a clip of a drawn hand that changes its number and turns, whose truth is known frame by frame.
// HANDVISION_CLIP names its file; tests/web/clip.py makes it, with its truth beside it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";

import { launch, openPage, test, violations, webcam } from "./browser.js";

const clip = process.env.HANDVISION_CLIP ?? "";
const truth = JSON.parse(readFileSync(clip.replace(/mjpeg$/, "json"), "utf-8"));

let browser;
before(async () => { browser = await launch(webcam(clip)); });
after(() => browser.close());

/** Notes of each reading which state of the clip it is of, by the blocks in the picture's corner. */
function watch({ bits, block }) {
  window.frames_read = [];
  window.words_said = [];
  const words = document.getElementById("words");
  new MutationObserver(() => window.words_said.push(words.textContent)).observe(words, { childList: true, characterData: true, subtree: true });
  const canvas = new OffscreenCanvas(1, 1);
  document.addEventListener("handvision:reading", ({ detail: { picture, raw, reading } }) => {
    Object.assign(canvas, { width: picture.width, height: picture.height });
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    const grey = (bit) => context.getImageData((bit + 0.5) * block, picture.height - block / 2, 1, 1).data[1];
    const greys = Array.from({ length: bits }, (_, bit) => grey(bit));
    const state = greys.reduce((sum, value, bit) => sum + (value > 127 ? 2 ** bit : 0), 0);
    // While one state gives way to the next, compression may mix them: grey blocks.
    const mixed = greys.some((value) => value > 60 && value < 195);
    window.frames_read.push({ state, mixed, raw, hands: reading.hands, words: words.textContent, size: reading.size,
      milliseconds: reading.milliseconds, time: performance.now() });
  });
}

const turn = (one, other) => Math.abs(((((one - other) % 360) + 540) % 360) - 180);

test("the webcam's clip is read rightly, frame by frame, and answers settle", async () => {
  const { page, requests, server, errors, close } = await openPage(browser);
  await page.evaluate(watch, truth);
  await page.click("#start");
  await page.waitForFunction(() => window.frames_read.length > 0);
  await page.evaluate(() => { window.frames_read = []; });
  // Once around the clip.
  await page.waitForFunction((count) => new Set(window.frames_read.map(({ state }) => state)).size >= count, truth.states.length, { timeout: 75_000 });
  const frames = (await page.evaluate(() => window.frames_read)).filter(({ mixed }) => !mixed);
  assert.deepEqual(frames[0].size, [480, 640]);
  const readings = frames.map(({ state, raw }) => ({ wanted: truth.states[state], raw }));
  for (const { wanted, raw } of readings) {
    assert.ok(wanted, "the blocks name a state of the clip");
    assert.ok(raw.length >= 1, `a hand in state ${wanted.number}`);
    assert.equal(raw[0].answers.gesture.label, wanted.label, `state ${wanted.number}`);
    assert.ok(turn(raw[0].rotation_degrees, wanted.rotation_degrees) <= 10, `state ${wanted.number}: ${raw[0].rotation_degrees} instead of ${wanted.rotation_degrees}`);
    if (raw[0].handedness) assert.equal(raw[0].handedness, wanted.handedness, `state ${wanted.number}`);
  }
  // Before a state ends, what is shown has come to rest.
  const settled = frames.filter(({ state }, i) => i + 1 < frames.length && frames[i + 1].state !== state && frames[i - 2]?.state === state);
  assert.ok(settled.length >= truth.states.length / 2, `${settled.length} states were seen to their end`);
  for (const { state, hands, words } of settled) {
    const wanted = truth.states[state];
    assert.equal(words, wanted.label === "1" ? "1 finger" : `${wanted.label} fingers`, `state ${state}`);
    assert.ok(turn(hands[0].rotation_degrees, wanted.rotation_degrees) <= 10, `state ${state}, shown: ${hands[0].rotation_degrees}`);
  }
  const said = await page.evaluate(() => window.words_said);
  assert.ok(said.length <= truth.states.length * 2, `the words changed ${said.length} times`);
  assert.deepEqual(await violations(page), []);
  for (const url of requests) assert.ok(url.startsWith(server.url) || url.startsWith("blob:"), url);
  assert.deepEqual(errors, []);
  await close();
});

test("stop ends the camera's track, keeps the last reading, and start begins anew", async () => {
  const { page, errors, close } = await openPage(browser);
  await page.evaluate(watch, truth);
  await page.focus("#start");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.frames_read.length > 1);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "stop", "focus goes along");
  assert.ok(await page.evaluate(() => document.getElementById("view").classList.contains("mirrored")));
  assert.equal(await page.evaluate(() => {
    const { x, y, width, height } = document.getElementById("video").getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2)?.id;
  }), "overlay", "what is drawn lies above the mirrored picture");
  const track = await page.evaluateHandle(() => document.getElementById("video").srcObject.getVideoTracks()[0]);
  await page.keyboard.press("Enter");
  assert.equal(await track.evaluate(({ readyState }) => readyState), "ended");
  assert.ok(await page.isVisible("#still") && await page.isEnabled("#save"));
  const count = await page.evaluate(() => window.frames_read.length);
  await page.waitForTimeout(1000);
  assert.equal(await page.evaluate(() => window.frames_read.length), count, "nothing is read after stop");
  await page.click("#start");
  await page.waitForFunction((count) => window.frames_read.length > count, count);
  assert.deepEqual(errors, []);
  await close();
});

test("a camera that is taken away is told of", async () => {
  const { page, close } = await openPage(browser);
  await page.click("#start");
  await page.waitForFunction(() => document.getElementById("video").srcObject);
  await page.evaluate(() => document.getElementById("video").srcObject.getVideoTracks()[0].dispatchEvent(new Event("ended")));
  assert.match(await page.textContent("#fault"), /The camera was taken away/);
  assert.ok(await page.isVisible("#start"));
  await close();
});

test("a bad file does not stop the camera", async () => {
  const { page, close } = await openPage(browser);
  await page.evaluate(watch, truth);
  await page.click("#start");
  await page.waitForFunction(() => window.frames_read.length > 0);
  await page.setInputFiles("#file", { name: "a.png", mimeType: "image/png", buffer: Buffer.from("x") });
  await page.waitForSelector("#fault:not([hidden])");
  const count = await page.evaluate(() => window.frames_read.length);
  await page.waitForFunction((count) => window.frames_read.length > count + 1, count);
  await close();
});
