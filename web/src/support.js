// @ts-check
/** What a browser must know for this page. */

// A module with one SIMD instruction: browsers without SIMD find it invalid.
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

/** What is missing, in words; "" if nothing. @returns {string} */
export function missing() {
  if (!isSecureContext) return "The page must be opened by https, or from this machine (localhost).";
  const has = {
    "WebAssembly with SIMD": typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(SIMD)),
    "web workers": typeof Worker === "function",
    "OffscreenCanvas": typeof OffscreenCanvas === "function",
    "createImageBitmap": typeof createImageBitmap === "function",
    "requestVideoFrameCallback": "requestVideoFrameCallback" in HTMLVideoElement.prototype,
  };
  const lacks = Object.entries(has).filter(([, there]) => !there).map(([name]) => name);
  if (!lacks.length) return "";
  return `This browser is too old for the page: it lacks ${lacks.join(", ")}. Use Chrome or Edge 91, Firefox 132, Safari 16.4, or newer.`;
}
