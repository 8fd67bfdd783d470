// The built page in Chromium: pictures, files, faults, offline, accessibility. The webcam has a file of its own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

import { modelInfo } from "../src/pure/model_file.js";
import { PAGE, faultAfter, launch, openPage, readingAfter, test, violations } from "./browser.js";

const { heads } = modelInfo(readFileSync(`${PAGE}/vendor/find.onnx`));
const learns = "embedding" in heads && "keypoints" in heads; // other models are not asked to
const golden = JSON.parse(readFileSync(new URL("golden.json", import.meta.url), "utf-8"));
const sampleFile = (name) => fileURLToPath(new URL(`../src/samples/${name}.jpg`, import.meta.url));

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** As Python's: label, box within a pixel, points within 0.5 % of the picture, rotation within a degree. */
function compare(reading, wanted, name) {
  assert.deepEqual(reading.size, wanted.size, name);
  assert.equal(reading.hands.length, wanted.hands.length, name);
  const largest = Math.max(...wanted.size);
  wanted.hands.forEach((expected, i) => {
    const hand = reading.hands[i];
    assert.equal(hand.answers.gesture.label, expected.label, name);
    assert.ok(Math.abs(hand.answers.gesture.probability - expected.probability) < 0.01, name);
    expected.box.forEach((edge, k) => assert.ok(Math.abs(hand.box[k] - edge) <= 1, `${name}: ${hand.box}`));
    const away = Math.abs(hand.rotation_degrees - expected.rotation_degrees);
    assert.ok(Math.min(away, 360 - away) <= 1, `${name}: ${hand.rotation_degrees}`);
    expected.keypoints?.forEach(([x, y], k) => {
      const [gotX, gotY] = hand.keypoints[k];
      assert.ok(Math.hypot(gotX - x, gotY - y) <= 0.005 * largest, `${name}: point ${k}`);
    });
    assert.equal(hand.handedness, expected.handedness, name);
  });
}

/** A phone's controls lie a screen below picture and faults. @param {import("playwright-core").Page} page @param {string} selector */
async function expectInView(page, selector) {
  const { top, bottom, screen } = await page.evaluate((selector) => {
    const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
    return { top, bottom, screen: innerHeight };
  }, selector);
  assert.ok(top >= 0 && bottom <= screen, `${selector} from ${top} to ${bottom} of ${screen}`);
}

test("samples and uploads are read as Python reads them, and nothing leaves the page", async () => {
  const { page, server, requests, errors, close } = await openPage(browser);
  for (const [name, wanted] of Object.entries(golden.readings)) {
    compare(await readingAfter(page, () => page.click(`[data-sample=${name}]`)), wanted, name);
  }
  compare(await readingAfter(page, () => page.setInputFiles("#file", sampleFile("one"))), golden.readings.one, "as a file");
  assert.ok(requests.length > 10);
  for (const url of requests) assert.ok(url.startsWith(server.url) || url.startsWith("blob:"), url);
  assert.deepEqual(errors, []);
  await close();
});

test("a first answer loads at most 30 MB, of it 12 of model", async () => {
  const bytes = {};
  const { page, context, close } = await openPage(browser, { options: { serviceWorkers: "block" } });
  context.on("response", async (response) => { bytes[response.url()] = Number(response.headers()["content-length"] ?? 0); });
  await readingAfter(page, () => page.click("[data-sample=two]"));
  const total = Object.values(bytes).reduce((sum, each) => sum + each, 0);
  assert.ok(total > 10e6 && total <= 30e6, `${total} bytes`);
  const model = Object.entries(bytes).reduce((sum, [url, each]) => sum + (url.endsWith(".onnx") ? each : 0), 0);
  assert.ok(model > 1e6 && model <= 12e6, `${model} bytes of model`);
  await close();
});

for (const [type, event, of] of [["paste", "ClipboardEvent", "clipboardData"], ["drop", "DragEvent", "dataTransfer"]]) {
  test(`a picture can be given by ${type}`, async () => {
    const { page, close } = await openPage(browser);
    const content = readFileSync(sampleFile("five")).toString("base64");
    const reading = await readingAfter(page, () => page.evaluate(([type, event, of, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], "five.jpg"));
      document.dispatchEvent(new window[event](type, { [of]: data, bubbles: true, cancelable: true }));
    }, [type, event, of, content]));
    compare(reading, golden.readings.five, type);
    assert.equal(reading.source, "five.jpg");
    assert.match(await faultAfter(page, () => page.evaluate(([type, event, of]) => {
      document.dispatchEvent(new window[event](type, { [of]: new DataTransfer(), bubbles: true, cancelable: true }));
    }, [type, event, of])), /no picture in what was given/);
    await close();
  });
}

test("files that are no pictures are named with what is wrong, and the page goes on", async () => {
  const { page, close } = await openPage(browser);
  const whole = readFileSync(sampleFile("two"));
  const give = (name, buffer) => faultAfter(page, () => page.setInputFiles("#file", { name, mimeType: "image/png", buffer }));
  assert.match(await give("empty.png", Buffer.alloc(0)), /empty.png is empty/);
  assert.match(await give("text.png", Buffer.from("no picture at all")), /text.png is no picture that this page reads. Use JPEG/);
  assert.match(await give("cut.jpg", whole.subarray(0, 60)), /cut.jpg cannot be read: the file is damaged or cut off/);
  compare(await readingAfter(page, () => page.setInputFiles("#file", sampleFile("two"))), golden.readings.two, "after faults");
  assert.ok(await page.isHidden("#fault"));
  await close();
});

const FAULTS = [
  ["a missing model", { "/vendor/find.onnx": 404 }, /vendor\/find.onnx is missing: the server answered 404/],
  ["a cut model", { "/vendor/read.onnx": readFileSync(`${PAGE}/vendor/read.onnx`).subarray(0, 9999) }, /vendor\/read.onnx is cut off.*9999 bytes instead of/],
  ["a web page in place of the runtime", { "/vendor/ort-wasm-simd-threaded.wasm": Buffer.from("<!DOCTYPE html><p>404") }, /simd-threaded.wasm is missing: the server sent a web page/],
  ["a damaged runtime", { "/vendor/ort-wasm-simd-threaded.mjs": Buffer.alloc(24381, 32) }, /simd-threaded.mjs is damaged|simd-threaded.mjs is cut off/],
  ["a missing worker", { "/worker.js": 404 }, /The reader broke down/],
];
test("files that are missing, cut or damaged are named, and a second try can succeed", async () => {
  let broken = {};
  const { page, close } = await openPage(browser, { options: { serviceWorkers: "block" }, instead: (path) => broken[path] });
  for (const [name, files, words] of FAULTS) {
    broken = files;
    assert.match(await faultAfter(page, () => page.click("[data-sample=two]")), words, name);
    assert.ok(await page.isHidden("#progress"));
    await page.reload();
  }
  await faultAfter(page, () => page.click("[data-sample=two]"));
  broken = {};
  compare(await readingAfter(page, () => page.click("[data-sample=two]")), golden.readings.two, "a second try");
  await close();
});

test("after the first reading the page works without a server", async () => {
  const { page, server, close } = await openPage(browser);
  await readingAfter(page, () => page.click("[data-sample=two]"));
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  server.close();
  await page.reload();
  await page.evaluate(() => { window.readings = []; });
  compare(await readingAfter(page, () => page.click("[data-sample=three]")), golden.readings.three, "offline");
  await close();
});

test("several cores, once wished for, isolate the page and give the same answers", async () => {
  const { page, errors, close } = await openPage(browser);
  assert.equal(await page.evaluate(() => crossOriginIsolated), false);
  await page.click("summary");
  await Promise.all([page.waitForEvent("load"), page.check("#threads")]);
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
  assert.ok(await page.isChecked("#threads"));
  compare(await readingAfter(page, () => page.click("[data-sample=four]")), golden.readings.four, "isolated");
  assert.deepEqual(errors, []);
  await close();
});

test("picture and reading are saved as PNG and JSON", async () => {
  const { page, close } = await openPage(browser);
  assert.ok(await page.isDisabled("#save"));
  await readingAfter(page, () => page.setInputFiles("#file", sampleFile("five")));
  const files = [];
  page.on("download", (download) => files.push(download));
  await page.click("#save");
  while (files.length < 2) await page.waitForTimeout(50);
  const [png, json] = files;
  assert.match(png.suggestedFilename(), /^handvision-.*\.png$/);
  const header = readFileSync(await png.path()).subarray(0, 24);
  assert.deepEqual([header.readUInt32BE(16), header.readUInt32BE(20)], [480, 360]);
  const [row] = JSON.parse(readFileSync(await json.path(), "utf-8"));
  assert.deepEqual([row.source, row.label, row.hand], ["five.jpg", golden.readings.five.hands[0].label, 0]);
  await close();
});

test("a picture without a hand says so", async () => {
  const { page, close } = await openPage(browser);
  const black = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(320, 240);
    canvas.getContext("2d").fillRect(0, 0, 320, 240);
    const blob = await canvas.convertToBlob();
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  await readingAfter(page, () => page.setInputFiles("#file", { name: "none.png", mimeType: "image/png", buffer: Buffer.from(black) }));
  assert.equal(await page.textContent("#words"), "No hand");
  await close();
});

if (learns) {
  test("gestures are taught, named, forgotten, and kept in a file", async () => {
    const { page, errors, close } = await openPage(browser);
    const words = () => page.textContent("#words");
    const teach = async (sample, name) => {
      await readingAfter(page, () => page.click(`[data-sample=${sample}]`));
      await page.click("#teach");
      await page.fill("#gesture-name", name);
      await page.keyboard.press("Enter");
      await page.waitForSelector("#naming", { state: "hidden" });
    };
    await readingAfter(page, () => page.click("[data-sample=two]"));
    assert.ok(await page.isHidden("#own"));
    await page.getByRole("radio", { name: "My gestures" }).check();
    assert.equal(await words(), "none of yours");
    await teach("two", "vee");
    await teach("four", "stop");
    assert.deepEqual(await page.locator("#taught li").allTextContents(), ["vee: 1 exampleForget", "stop: 1 exampleForget"]);
    assert.match(await page.textContent("#advice"), /stop: 1 of 5 examples; 4 more make it surer/);
    assert.deepEqual(await violations(page), []);
    assert.equal(await words(), "stop");
    await readingAfter(page, () => page.click("[data-sample=two]"));
    assert.equal(await words(), "vee");
    assert.match(await page.textContent("#sure"), /^9\d %$/);

    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#export-gestures")]);
    const file = readFileSync(await download.path());
    const { gestures } = JSON.parse(file.toString());
    assert.deepEqual(gestures.map(({ name, examples }) => [name, examples.length]), [["vee", 1], ["stop", 1]]);
    await page.click("[aria-label='Forget vee']");
    assert.notEqual(await words(), "vee");
    const give = (buffer) => page.setInputFiles("#gestures-file", { name: "mine.json", mimeType: "application/json", buffer });
    assert.match(await faultAfter(page, () => give(Buffer.from("{}"))), /mine.json is no file of gestures for this page: it says/);
    await give(file);
    await page.waitForFunction(() => document.getElementById("words").textContent === "vee");
    assert.deepEqual(errors, []);
    await close();
  });

  test("a gesture may be that of the hand that taught it alone", async () => {
    const { page, errors, close } = await openPage(browser);
    await readingAfter(page, () => page.click("[data-sample=two]")); // a left hand
    await page.getByRole("radio", { name: "My gestures" }).check();
    await page.check("#apart");
    await page.click("#teach");
    await page.fill("#gesture-name", "vee");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.getElementById("words").textContent === "vee");
    assert.ok(await page.isDisabled("#apart"), "it is asked before anything is taught");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#export-gestures")]);
    const { sides, gestures } = JSON.parse(readFileSync(await download.path(), "utf-8"));
    assert.deepEqual([sides, gestures.map(({ side }) => side)], ["apart", [golden.readings.two.hands[0].handedness]]);
    await page.click("[aria-label='Forget vee']");
    assert.ok(await page.isEnabled("#apart") && await page.isChecked("#apart"));
    assert.deepEqual(errors, []);
    await close();
  });

  test("nothing is learned where no hand is", async () => {
    const { page, close } = await openPage(browser);
    await readingAfter(page, () => page.click("[data-sample=two]"));
    await page.getByRole("radio", { name: "My gestures" }).check();
    const grey = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(320, 240);
      Object.assign(canvas.getContext("2d"), { fillStyle: "gray" }).fillRect(0, 0, 320, 240);
      return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()));
    });
    await readingAfter(page, () => page.setInputFiles("#file", { name: "grey.png", mimeType: "image/png", buffer: Buffer.from(grey) }));
    await page.evaluate(() => document.activeElement.blur());
    assert.match(await faultAfter(page, () => page.keyboard.press("t")), /No hand was found in the picture/);
    await close();
  });
}

test("a camera that is denied is told of, and pictures still work", async () => {
  // Headless Chromium denies what nobody has granted.
  const strict = await launch(["--use-fake-device-for-media-stream"]);
  const { page } = await openPage(strict);
  assert.match(await faultAfter(page, () => page.click("#start")), /camera is not allowed for this page/);
  assert.ok(await page.isVisible("#start") && await page.isHidden("#stop"));
  compare(await readingAfter(page, () => page.click("[data-sample=one]")), golden.readings.one, "after a denial");
  assert.ok(await page.isHidden("#fault"));
  await strict.close();
});

test("no camera, and one that is busy, are told of", async () => {
  const { page, close } = await openPage(browser, { options: { permissions: ["camera"] } });
  assert.match(await faultAfter(page, () => page.click("#start")), /No camera was found/);
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("made", "NotReadableError"));
  });
  await page.click("#start");
  await page.waitForFunction(() => /camera is busy/.test(document.getElementById("fault").textContent));
  assert.ok(await page.isVisible("#start"));
  await close();
});

test("an unsupported browser is told so before anything is loaded", async () => {
  const { page, close } = await openPage(browser, { init: () => { delete window.OffscreenCanvas; } });
  assert.match(await page.textContent("#fault"), /too old for the page: it lacks OffscreenCanvas/);
  assert.ok(await page.isDisabled("#start"));
  assert.deepEqual(await violations(page), []);
  await close();
});

test("everything is reached by keyboard, and focus is seen", async () => {
  const { page, close } = await openPage(browser);
  const reached = new Set();
  for (let i = 0; i < 25; i++) {
    await page.keyboard.press("Tab");
    const [id, outline] = await page.evaluate(() => {
      const { id, dataset, name, tagName } = document.activeElement;
      return [id || dataset.sample || name || tagName, getComputedStyle(document.activeElement).outlineStyle];
    });
    reached.add(id);
    if (id === "two") {
      assert.equal(outline, "solid");
      await readingAfter(page, () => page.keyboard.press("Enter"));
    }
  }
  for (const id of ["start", "choose", "mask", "box", "arrow", "mirror", "two", "fist", "SUMMARY"]) assert.ok(reached.has(id), id);
  await close();
});

for (const [name, options] of Object.entries({
  "desktop, light": { viewport: { width: 1280, height: 860 } },
  "desktop, dark": { viewport: { width: 1280, height: 860 }, colorScheme: "dark" },
  "phone": { viewport: { width: 360, height: 740 }, colorScheme: "dark", reducedMotion: "reduce" },
})) {
  test(`axe-core finds nothing: ${name}`, async () => {
    const { page, close } = await openPage(browser, { options });
    assert.deepEqual(await violations(page), []);
    await page.click("summary");
    await readingAfter(page, () => page.click("[data-sample=two]"));
    await expectInView(page, "#view");
    assert.deepEqual(await violations(page), []);
    await faultAfter(page, () => page.setInputFiles("#file", { name: "a.png", mimeType: "image/png", buffer: Buffer.from("x") }));
    await expectInView(page, "#fault");
    assert.deepEqual(await violations(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is cut off at the right");
    await close();
  });
}
