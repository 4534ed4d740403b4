// SPDX-License-Identifier: MIT
// The scenes as a row of buttons, of which one is pressed.
import { SCENES } from "../engine.mjs";

/**
 * @param {(scene: string) => void} onChoice
 * @returns {{ show: (scene: string) => void }}
 */
export function createSceneButtons(onChoice) {
  const row = /** @type {HTMLElement} */ (document.getElementById("scenes"));
  const buttons = SCENES.map(({ name, title, text }) => {
    const button = row.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = title;
    button.title = text;
    button.addEventListener("click", () => onChoice(name));
    return button;
  });
  return {
    show(scene) {
      SCENES.forEach(({ name }, i) => {
        buttons[i].setAttribute("aria-pressed", String(name === scene));
      });
    },
  };
}
