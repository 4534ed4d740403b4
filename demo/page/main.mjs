// SPDX-License-Identifier: MIT
// The page: settings come from the address and the controls, the engine draws, the charts show it.
//
// With ?bench=1 it only makes the engine: the benchmark drives the engine, and nothing else runs.
import "uplot/dist/uPlot.min.css";
import { createEngine, EngineError } from "../engine.mjs";
import { createApp } from "./app.mjs";
import { showMessage } from "./notes.mjs";
import { readAddress } from "./settings.mjs";

const MESSAGES = {
  "no-webgl2":
    "This demo needs WebGL2, and this browser gives none. Check that hardware acceleration is on, " +
    "or that the browser is of 2022 or later.",
  load: "If the project was just fetched or changed, “./run demo” builds this page.",
};

/** @param {unknown} error */
function explain(error) {
  if (!(error instanceof EngineError)) return String(error);
  if (error.code === "no-webgl2") return MESSAGES["no-webgl2"];
  return error.code === "load" ? `${error.message} ${MESSAGES.load}` : error.message;
}

async function main() {
  const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("canvas"));
  const settings = readAddress(location.search);
  const { workers, ...wanted } = settings.engine;
  let engine;
  try {
    engine = await createEngine({ canvas, kind: settings.kind, ...wanted });
  } catch (error) {
    const message = explain(error);
    showMessage(message);
    /** @type {any} */ (window).demo = { error: message };
    return;
  }
  if (workers !== undefined) {
    const usable = Math.min(workers, engine.maxWorkers);
    if (usable < workers) {
      settings.problems.push(
        `workers=${workers} is more than there can be here: ${usable} is used.`,
      );
    }
    engine.configure({ workers: usable });
  }
  /** @type {any} */ (window).demo = settings.isBench
    ? { engine, canvas, settings: engine.settings, isBench: true, ready: true }
    : createApp(engine, settings);
}

main();
