// SPDX-License-Identifier: MIT
// The controls, made with lil-gui: settings of the engine, and buttons for the page's actions. The scene is
// chosen beside them (scene_buttons.mjs).
import GUI from "lil-gui";
import { LIMITS, SOURCES } from "../engine.mjs";

// The sliders end at what most machines can draw; the address may ask for more.
const SLIDER_TRIANGLES = 400_000;
const SLIDER_UPLOADS = 512;

/** @typedef {import("../engine.mjs").Settings} EngineSettings */

/**
 * @typedef {object} Action
 * @property {string} name for people
 * @property {string} [key] that does the same
 * @property {() => void} run
 */

/** @param {readonly { name: string, title: string }[]} list */
function byTitle(list) {
  return Object.fromEntries(list.map(({ name, title }) => [title, name]));
}

/**
 * @param {import("../engine.mjs").Engine} engine
 * @param {(changes: Partial<EngineSettings>) => void} onChange is told what the user changed
 * @param {readonly Action[]} actions
 * @returns {{ show: (settings: EngineSettings) => void }}
 */
export function createControls(engine, onChange, actions) {
  const container = /** @type {HTMLElement} */ (document.getElementById("controls"));
  const gui = new GUI({ container, title: "Controls" });
  const shown = engine.settings;

  const told = (/** @type {keyof EngineSettings} */ name) => (/** @type {any} */ value) =>
    onChange({ [name]: value });
  const [minTriangles] = LIMITS.triangles;
  const [minUploads] = LIMITS.uploads;

  gui.add(shown, "source", byTitle(SOURCES)).name("Vertices from").onChange(told("source"));
  gui
    .add(shown, "triangles", minTriangles, Math.max(SLIDER_TRIANGLES, shown.triangles), 500)
    .name("Triangles")
    .onChange(told("triangles"));
  gui
    .add(shown, "uploads", minUploads, Math.max(SLIDER_UPLOADS, shown.uploads), 1)
    .name("Batches")
    .onChange(told("uploads"));
  const workers = gui
    .add(shown, "workers", 1, engine.maxWorkers, 1)
    .name("Workers")
    .onChange(told("workers"));
  gui
    .add(shown, "seed", ...LIMITS.seed, 1)
    .name("Seed")
    .onChange(told("seed"));
  const trim = gui.add(shown, "trim").name("Trim after spikes").onChange(told("trim"));

  const folder = gui.addFolder("Actions");
  // If the page has one column, open actions would push the charts far down.
  if (matchMedia("(max-width: 64rem)").matches) folder.close();
  for (const { name, key, run } of actions) {
    const controller = folder.add({ run }, "run").name(name);
    if (key) {
      controller.$button.setAttribute("aria-keyshortcuts", key);
      const hint = controller.$button.appendChild(document.createElement("kbd"));
      hint.textContent = key;
      // aria-keyshortcuts says the key already.
      hint.setAttribute("aria-hidden", "true");
    }
  }

  return {
    show(settings) {
      Object.assign(shown, settings);
      for (const controller of gui.controllers) controller.updateDisplay();
      workers.enable(settings.scene === "workers" && engine.maxWorkers > 1);
      trim.enable(settings.scene === "spike");
    },
  };
}
