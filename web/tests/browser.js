// What the tests in Chromium share: the built page on loopback, a browser, and waiting for readings.
import { test as nodeTest } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { serve } from "../serve.mjs";

export const PAGE = process.env.HANDVISION_PAGE ?? fileURLToPath(new URL("../../runs/page", import.meta.url));
const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** A test that ends. @param {string} name @param {() => Promise<void>} body */
export const test = (name, body) => nodeTest(name, { timeout: 240_000 }, body);

/** @param {string[]} [more] arguments */
export function launch(more = []) {
  return chromium.launch({ executablePath: EXECUTABLE, args: [...ARGUMENTS, ...more] });
}

/** Arguments for a webcam that plays a clip over and over. @param {string} clip */
export const webcam = (clip) => [
  "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${clip}`,
];

/**
 * The page, opened; `requests` and `errors` grow with what it asks for and what goes wrong in it.
 * @param {import("playwright-core").Browser} browser
 * @param {{options?: import("playwright-core").BrowserContextOptions, instead?: Parameters<typeof serve>[2], init?: () => void}} [how]
 */
export async function openPage(browser, { options, instead, init } = {}) {
  const server = await serve(PAGE, 0, instead);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000); // machines that test are busy
  const [requests, errors] = [[], []];
  context.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  if (init) await page.addInitScript(init);
  await page.addInitScript(() => {
    document.addEventListener("handvision:reading", (event) => {
      const { reading, raw, source } = event.detail;
      window.readings = [...(window.readings ?? []), { ...reading, raw, source, mask: undefined,
        area: reading.mask ? reading.mask.data.filter((value) => value > 0.5).length / reading.mask.data.length : 0 }];
    });
  });
  await page.goto(server.url);
  browser.on("disconnected", server.close); // so that the process ends after a failed test, too
  const close = async () => { await context.close(); server.close(); };
  return { page, context, server, requests, errors, close };
}

/** Does something, and waits for the next reading. @param {import("playwright-core").Page} page @param {() => Promise<unknown>} action */
export async function readingAfter(page, action) {
  const before = await page.evaluate(() => window.readings?.length ?? 0);
  await action();
  const all = await page.waitForFunction((count) => window.readings?.length > count && window.readings, before, { timeout: 60_000 });
  return (await all.jsonValue()).at(-1);
}

/** Does something, and waits for words of what is wrong. @param {import("playwright-core").Page} page @param {() => Promise<unknown>} action */
export async function faultAfter(page, action) {
  await action();
  await page.waitForSelector("#fault:not([hidden])");
  return page.textContent("#fault");
}

/** What axe-core finds. @param {import("playwright-core").Page} page */
export async function violations(page) {
  const { default: axe } = await import("axe-core");
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`);
}
