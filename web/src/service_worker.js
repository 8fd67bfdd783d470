// @ts-check
/**
 * The page without a network: its files are kept at the first visit, and each version has a cache of its own.
 * Registered with "?isolate" it also sets the headers that let the runtime use several threads, which static
 * hosts such as GitHub Pages cannot set.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE = `handvision-${VERSION}`;
const ISOLATE = new URL(worker.location.href).searchParams.has("isolate");
// The page's own policy stands in its HTML; workers take theirs from the headers of their script.
const HEADERS = {
  "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'",
  ...(ISOLATE && {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
  }),
};

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(CACHED)).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(forgetOldVersions().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === worker.location.origin) {
    event.respondWith(answer(request));
  }
});

/** @param {Request} request */
async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  const { body, status, statusText, headers } = kept ?? await fetch(request);
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(HEADERS)) all.set(name, value);
  return new Response(body, { status, statusText, headers: all });
}

async function forgetOldVersions() {
  const old = (await caches.keys()).filter((name) => name.startsWith("handvision-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}
