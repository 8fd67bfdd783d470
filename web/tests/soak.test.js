// Ten minutes of webcam (or HANDVISION_SOAK_SECONDS): frames keep coming, memory does not grow.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { launch, openPage, webcam } from "./browser.js";

const seconds = Number(process.env.HANDVISION_SOAK_SECONDS ?? 600);

test(`${seconds} seconds without growing memory`, { timeout: (seconds + 120) * 1000 }, async () => {
  const browser = await launch([...webcam(process.env.HANDVISION_CLIP ?? ""), "--js-flags=--expose-gc"]);
  const { page, context, errors } = await openPage(browser);
  await page.evaluate(() => {
    window.count = 0;
    document.addEventListener("handvision:reading", () => { window.count += 1; window.readings = []; });
  });
  const session = await context.newCDPSession(page);
  const system = await browser.newBrowserCDPSession();
  /** Megabytes, after a collection in page and worker: of the page's objects, and of all its process. */
  const memory = async () => {
    for (const place of [page, ...page.workers()]) await place.evaluate(() => globalThis.gc());
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    const { processInfo } = await system.send("SystemInfo.getProcessInfo");
    const resident = processInfo.filter(({ type }) => type === "renderer").map(({ id }) =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf-8"))?.[1]) / 1000);
    return { objects: usedSize / 1e6, resident: Math.max(...resident), count: await page.evaluate(() => window.count) };
  };
  await page.click("#start");
  await page.waitForFunction(() => window.count > 0, undefined, { timeout: 60_000 });
  const seen = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    await page.waitForTimeout(seconds * 100);
    seen.push(await memory());
    const { objects, resident, count } = seen[tenth];
    console.log(`${((tenth + 1) * seconds) / 10} s: ${count} frames, objects ${objects.toFixed(1)} MB, process ${resident.toFixed(0)} MB`);
  }
  await browser.close();
  const [start, end] = [seen[4], seen[9]]; // in the first half buffers and compiled code find their size
  assert.ok(end.count - start.count > seconds / 2, "more than a frame a second, on any machine");
  assert.ok(end.objects - start.objects < 3, "the page's objects grow");
  assert.ok(end.resident - start.resident < 60, "the page's process grows");
  assert.deepEqual(errors, []);
});
