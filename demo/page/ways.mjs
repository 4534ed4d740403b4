// SPDX-License-Identifier: MIT
// The switch for who draws, and what the page says of it. A canvas that has a context, or was handed to a worker, cannot
// be used in the other way, so the switch loads the page again: the address holds all settings.

/**
 * @typedef {object} Ways
 * @property {boolean} wantsWorker whether the address asks for a worker
 * @property {string} whyNoWorker why none can draw here; "" if one can, as far as is known
 */

/**
 * What is said of the ways beside what the page runs on.
 * @param {Ways} ways
 * @returns {string[]}
 */
export function describeWays({ wantsWorker, whyNoWorker }) {
  if (!wantsWorker) return [];
  return [
    whyNoWorker
      ? `Drawn by the page itself, not in a worker: ${whyNoWorker}.`
      : "Drawn in a worker: the page's own work does not disturb a frame.",
  ];
}

/** Loads the page again with one parameter changed; null removes it. */
function change(/** @type {string} */ name, /** @type {string | null} */ value) {
  const url = new URL(location.href);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  location.assign(url);
}

/** @param {Ways} ways */
export function showWays({ wantsWorker, whyNoWorker }) {
  const box = /** @type {HTMLInputElement} */ (document.getElementById("in-worker"));
  const note = /** @type {HTMLElement} */ (document.getElementById("in-worker-note"));
  box.checked = wantsWorker && !whyNoWorker;
  box.disabled = whyNoWorker !== "";
  note.textContent = whyNoWorker ? `Not here: ${whyNoWorker}.` : "";
  note.hidden = whyNoWorker === "";
  box.addEventListener("change", () => change("thread", box.checked ? "worker" : null));
}
