// @ts-check
/** The page without a network, and, where its user wants it, on several processor cores. */

const MOST_THREADS = 4;

/** How many threads the runtime may use: one, unless the page is isolated. */
export function threads() {
  return crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1) : 1;
}

/** Keeps the page's files for later visits without a network. @returns {Promise<boolean>} whether they are kept */
export async function keepOffline() {
  if (!("serviceWorker" in navigator)) return false;
  const known = await navigator.serviceWorker.getRegistration();
  if (!known) await register(false);
  await navigator.serviceWorker.ready;
  return true;
}

/** Loads the page again, isolated or not. @param {boolean} isolate */
export async function isolate(isolate) {
  const taken = new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
  });
  await register(isolate);
  await taken;
  location.reload();
}

/** @param {boolean} isolate */
function register(isolate) {
  return navigator.serviceWorker.register(`service_worker.js${isolate ? "?isolate" : ""}`);
}
