// @ts-check
// Serves the built page on this machine alone: node serve.mjs [folder] [port]
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = /** @type {Record<string, string>} */ ({
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript",
  ".wasm": "application/wasm", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".png": "image/png",
  ".json": "application/json", ".txt": "text/plain; charset=utf-8",
});

/**
 * @param {string} folder @param {number} [port] 0 for any free one
 * @param {(path: string) => Buffer | number | undefined} [instead] another body, or a status, for a path (in tests)
 * @returns {Promise<{url: string, close: () => void}>}
 */
export function serve(folder, port = 0, instead = () => undefined) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname));
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    const other = instead(path);
    const stats = statSync(file, { throwIfNoEntry: false });
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    if (typeof other === "number") response.writeHead(other).end();
    else if (other) response.end(other);
    else if (!stats?.isFile()) response.writeHead(404).end();
    else createReadStream(file).pipe(response.setHeader("Content-Length", stats.size));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const { port: chosen } = /** @type {import("node:net").AddressInfo} */ (server.address());
      const close = () => { server.close(); server.closeAllConnections(); };
      resolve({ url: `http://localhost:${chosen}/`, close });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? fileURLToPath(new URL("../runs/page", import.meta.url));
  const { url } = await serve(folder, Number(process.argv[3] ?? 8000));
  console.log(`${url} (Ctrl-C ends)`);
}
