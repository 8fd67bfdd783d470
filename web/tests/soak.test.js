// Ten minutes of webcam (or HANDVISION_SOAK_SECONDS): frames keep coming, memory does not grow.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { launch, openPage, webcam } from "./browser.js";

const seconds = Number(process.env.HANDVISION_SOAK_SECONDS ?? 600);

test(`${seconds} seconds without growing memory`, { timeout: (seconds + 120) * 1000 }, async () => {
  const browser = await launch(webcam(process.env.HANDVISION_CLIP ?? ""));
  const { page, context, errors } = await openPage(browser);
  await page.evaluate(() => {
    window.count = 0;
    document.addEventListener("handvision:reading", () => { window.count += 1; window.readings = []; });
  });
  const session = await context.newCDPSession(page);
  const system = await browser.newBrowserCDPSession();
  /** Megabytes: of the page's objects after a collection, and of all its process. */
  const memory = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    const { processInfo } = await system.send("SystemInfo.getProcessInfo");
    const resident = processInfo.filter(({ type }) => type === "renderer").map(({ id }) =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf-8"))?.[1]) / 1000);
    return { objects: usedSize / 1e6, resident: Math.max(...resident) };
  };
  await page.click("#start");
  await page.waitForFunction(() => window.count > 0, undefined, { timeout: 30_000 });
  await page.waitForTimeout(seconds * 500); // until garbage is collected as often as it is made
  const [start, countThen] = [await memory(), await page.evaluate(() => window.count)];
  await page.waitForTimeout(seconds * 500);
  const [end, count] = [await memory(), await page.evaluate(() => window.count)];
  console.log(`${count - countThen} frames in ${seconds / 2} s; objects ${start.objects.toFixed(1)} -> ${end.objects.toFixed(1)} MB, process ${start.resident.toFixed(0)} -> ${end.resident.toFixed(0)} MB`);
  await browser.close();
  assert.ok(count - countThen > seconds / 2, "more than a frame a second, on any machine");
  assert.ok(end.objects - start.objects < 3, "the page's objects grow");
  assert.ok(end.resident - start.resident < 60, "the page's process grows");
  assert.deepEqual(errors, []);
});
