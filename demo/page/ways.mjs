// SPDX-License-Identifier: MIT
// The switches for who draws and with what, and what the page says of it. A canvas that has a context, or was handed to a worker, cannot
// be used in the other way, so a switch loads the page again: the address holds all settings.

import { findDevice } from "../gpu_renderer.mjs";

/**
 * @typedef {object} Ways
 * @property {boolean} wantsWorker whether the address asks for a worker
 * @property {string} whyNoWorker why none can draw here; "" if one can, as far as is known
 * @property {boolean} wantsWebGpu whether the address asks for it
 * @property {string} whyNoWebGpu why it cannot be had; "" if it can, or nobody has asked for it
 */

/**
 * What is said of the ways beside what the page runs on.
 * @param {Ways} ways
 * @returns {string[]}
 */
export function describeWays({ wantsWorker, whyNoWorker, wantsWebGpu, whyNoWebGpu }) {
  const texts = [];
  if (wantsWorker) {
    texts.push(
      whyNoWorker
        ? `Drawn by the page itself, not in a worker: ${whyNoWorker}.`
        : "Drawn in a worker: the page's own work does not disturb a frame.",
    );
  }
  if (wantsWebGpu) {
    texts.push(
      whyNoWebGpu ? `Drawn with WebGL2, not with WebGPU: ${whyNoWebGpu}.` : "Drawn with WebGPU.",
    );
  }
  return texts;
}

/** A switch, and its note that says why it cannot be used. @param {string} id */
function switchOf(id) {
  const box = /** @type {HTMLInputElement} */ (document.getElementById(id));
  const note = /** @type {HTMLElement} */ (document.getElementById(`${id}-note`));
  return {
    box,
    refuse(/** @type {string} */ why) {
      box.checked = false;
      box.disabled = true;
      note.textContent = `Not here: ${why}.`;
      note.hidden = false;
    },
  };
}

/** Loads the page again with one parameter changed; null removes it. */
function change(/** @type {string} */ name, /** @type {string | null} */ value) {
  const url = new URL(location.href);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  location.assign(url);
}

/** @param {Ways} ways */
export function showWays({ wantsWorker, whyNoWorker, wantsWebGpu, whyNoWebGpu }) {
  const worker = switchOf("in-worker");
  worker.box.checked = wantsWorker;
  if (whyNoWorker) worker.refuse(whyNoWorker);
  worker.box.addEventListener("change", () => {
    change("thread", worker.box.checked ? "worker" : null);
  });

  const gpu = switchOf("with-webgpu");
  gpu.box.checked = wantsWebGpu;
  if (whyNoWebGpu) gpu.refuse(whyNoWebGpu);
  gpu.box.addEventListener("change", async () => {
    if (!gpu.box.checked) return change("api", null);
    // An adapter is asked for only now, because that may start a GPU process.
    const { why } = await findDevice();
    if (why) return gpu.refuse(why);
    return change("api", "webgpu");
  });
}
