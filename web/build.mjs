// @ts-check
// Builds the page into runs/page, or another folder, with the released model, or another one
// (node build.mjs [folder] [model.onnx]): bundled scripts, the runtime, the released model, samples, licences.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { looksOf } from "./looks.mjs";

const WEB = fileURLToPath(new URL(".", import.meta.url));
const MODEL = join(WEB, "../handvision/released/combined.onnx");
const RUNTIME = join(WEB, "node_modules/onnxruntime-web/dist");
const RUNTIME_FILES = { wasm: "ort-wasm-simd-threaded.wasm", loader: "ort-wasm-simd-threaded.mjs" };
const MOST_BYTES = 40_000_000;

/** @param {string} [out] the folder; what it holds is replaced @param {string} [model] an ONNX file */
export async function buildPage(out = join(WEB, "../runs/page"), model = MODEL) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "vendor"), { recursive: true });
  for (const name of ["index.html", "style.css", "icon.svg", "samples"]) {
    cpSync(join(WEB, "src", name), join(out, name), { recursive: true });
  }
  /** @type {Record<string, {path: string, bytes: number, sha256: string}>} */
  const files = {};
  const looks = looksOf(readFileSync(model));
  for (const [name, file, content] of /** @type {[string, string, Uint8Array][]} */ ([
    ["find", "find.onnx", looks.find],
    ["read", "read.onnx", looks.read],
    ["wasm", RUNTIME_FILES.wasm, readFileSync(join(RUNTIME, RUNTIME_FILES.wasm))],
    ["loader", RUNTIME_FILES.loader, readFileSync(join(RUNTIME, RUNTIME_FILES.loader))],
  ])) {
    const path = `vendor/${file}`;
    writeFileSync(join(out, path), content);
    files[name] = { path, bytes: content.length, sha256: sha256(content) };
  }
  writeFileSync(join(out, "LICENSES.txt"), licences());
  await bundle(out, ["page.js", "worker.js"], { FILES: JSON.stringify(files) });
  const cached = listed(out);
  const version = sha256(cached.map((path) => sha256(readFileSync(join(out, path)))).join());
  await bundle(out, ["service_worker.js"], {
    CACHED: JSON.stringify(["./", ...cached]), VERSION: JSON.stringify(version.slice(0, 16)),
  });
  const bytes = listed(out).reduce((sum, path) => sum + statSync(join(out, path)).size, 0);
  if (bytes > MOST_BYTES) throw new Error(`the page has ${bytes} bytes; it may have ${MOST_BYTES}`);
  return { out, bytes };
}

/** @param {string} out @param {string[]} names @param {Record<string, string>} define */
async function bundle(out, names, define) {
  await build({
    entryPoints: names.map((name) => join(WEB, "src", name)), outdir: out, define,
    bundle: true, format: "esm", minify: true, sourcemap: false, target: "es2022", legalComments: "none",
    // The runtime's own files lie beside the page, so that they are loaded from there and can be checked.
    conditions: ["onnxruntime-web-use-extern-wasm"],
  });
}

/** @param {string} out @returns {string[]} paths of all files, sorted */
function listed(out) {
  return readdirSync(out, { recursive: true, encoding: "utf-8" })
    .filter((path) => statSync(join(out, path)).isFile())
    .map((path) => path.replaceAll("\\", "/")).sort();
}

function licences() {
  const own = readFileSync(join(WEB, "../LICENSE"), "utf-8");
  // The npm package of the runtime names its licence but does not carry its text.
  const { version, license } = JSON.parse(readFileSync(join(RUNTIME, "../package.json"), "utf-8"));
  const runtime = `onnxruntime-web ${version}: ${license}, Copyright (c) Microsoft Corporation\n`;
  return `handvision and its models\n\n${own}\n${"-".repeat(40)}\n${runtime}\n${MIT}`;
}

const MIT = readFileSync(join(WEB, "../LICENSE"), "utf-8").replace(/^[\s\S]*?(?=Permission is hereby)/, "");

/** @param {string | Uint8Array} content */
function sha256(content) {
  return createHash("sha256").update(content).digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { out, bytes } = await buildPage(process.argv[2], process.argv[3]);
  console.log(`${out}: ${(bytes / 1e6).toFixed(1)} MB`);
}
