// SPDX-License-Identifier: MIT
// What leaves the page: a picture of the canvas, and the figures as JSON.
import { RECORD_FIELDS } from "../engine.mjs";
import { KEPT_FRAMES, PHASES } from "./timings.mjs";

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99, worst: 1 };

/**
 * @param {Blob} blob
 * @param {string} name of the file
 */
function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // By then the browser has opened the URL.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * Saves a picture of the canvas.
 * @param {Blob | null} blob
 * @param {string} name of the file
 * @returns {boolean} whether there was a picture
 */
export function savePicture(blob, name) {
  if (blob) download(blob, name);
  return blob !== null;
}

/**
 * Everything that the page shows, as plain data.
 * @param {{ kind: string, settings: object, record: import("../engine.mjs").FrameRecord }} engine
 * @param {import("./environment.mjs").Environment} environment
 * @param {import("./timings.mjs").Timings} timings
 */
export function describeRun(engine, environment, timings) {
  const found = new Float64Array(Object.keys(SHARES).length);
  const names = /** @type {const} */ ([...PHASES, "interval"]);
  const milliseconds = names.map((name) => {
    timings.percentiles(name, Object.values(SHARES), found);
    return [name, Object.fromEntries(Object.keys(SHARES).map((share, i) => [share, found[i]]))];
  });
  return {
    address: location.href,
    userAgent: navigator.userAgent,
    build: engine.kind,
    environment,
    settings: engine.settings,
    frames: {
      count: timings.count,
      atMost: KEPT_FRAMES,
      milliseconds: Object.fromEntries(milliseconds),
    },
    lastFrame: Object.fromEntries(RECORD_FIELDS.map((name) => [name, engine.record[name]])),
  };
}

/**
 * Puts a text on the clipboard, or into a file where the browser allows no clipboard.
 * @param {string} text
 * @param {string} name of the file
 * @returns {Promise<"copied" | "saved">}
 */
export async function copyText(text, name) {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    download(new Blob([text], { type: "application/json" }), name);
    return "saved";
  }
}
