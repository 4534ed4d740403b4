// SPDX-License-Identifier: MIT
// What the page says over the scene: a message stays until it is taken back, a note disappears by itself.

const NOTE_MS = 6000;

/** @param {string} text an empty one takes the message back */
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
