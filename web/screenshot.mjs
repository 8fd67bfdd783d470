// @ts-check
// Writes web/page.png, the picture of the page in the README: node screenshot.mjs
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { buildPage } from "./build.mjs";
import { serve } from "./serve.mjs";

const { out } = await buildPage(mkdtempSync(join(tmpdir(), "page-")));
const server = await serve(out);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
await page.goto(server.url);
await page.click("[data-sample=five]");
await page.waitForFunction(() => document.getElementById("words")?.textContent, undefined, { timeout: 120_000 });
await page.mouse.move(0, 0);
await page.screenshot({ path: fileURLToPath(new URL("page.png", import.meta.url)) });
await browser.close();
server.close();
