// SPDX-License-Identifier: MIT
// The keys that work anywhere on the page, except where they already mean something.

/** @param {EventTarget | null} target */
function takesText(target) {
  return (
    target instanceof Element &&
    target.closest("input, select, textarea, [contenteditable=true]") !== null
  );
}

/**
 * @param {Map<string, () => void>} actions by the key, lower case; " " is the space bar
 */
export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (takesText(event.target)) return;
    // A focused button takes Space as a click by itself.
    if (event.key === " " && event.target instanceof HTMLButtonElement) return;
    const action = actions.get(event.key.toLowerCase());
    if (!action) return;
    event.preventDefault();
    action();
  });
}
