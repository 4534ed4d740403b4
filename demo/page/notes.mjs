// SPDX-License-Identifier: MIT
// What the page says over the scene: a message stays until it is taken back, a note goes by itself.

const NOTE_MS = 6000;

/** @param {string} text empty: nothing is to be said any more */
export function showMessage(text) {
  const message = /** @type {HTMLElement} */ (document.getElementById("message"));
  message.textContent = text;
  message.hidden = text === "";
}

let noteTimer = 0;

/** @param {string} text */
export function showNote(text) {
  const note = /** @type {HTMLElement} */ (document.getElementById("stage-note"));
  note.textContent = text;
  note.hidden = text === "";
  clearTimeout(noteTimer);
  noteTimer = window.setTimeout(() => (note.hidden = true), NOTE_MS);
}
