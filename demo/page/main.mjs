// SPDX-License-Identifier: MIT
// The page: settings come from the address and the controls, the engine draws, the charts show it.
//
// With ?bench=1 it only makes the engine: the benchmark drives the engine, and nothing else runs.
import "uplot/dist/uPlot.min.css";
import { createEngine, EngineError } from "../engine.mjs";
import { findDevice } from "../gpu_renderer.mjs";
import { createApp } from "./app.mjs";
import { showMessage } from "./notes.mjs";
import { readAddress } from "./settings.mjs";
import { Stage } from "./stage.mjs";
import { openRemoteStage, whyNoWorker } from "./stage_remote.mjs";
import { Timings } from "./timings.mjs";

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

/**
 * The stage that the address asks for, or, where a worker cannot draw, one in the page; and its canvas, which may be a new
 * one.
 * @param {HTMLCanvasElement} canvas
 * @param {import("./settings.mjs").PageSettings} settings
 * @param {import("./ways.mjs").Ways} ways
 */
async function openStage(canvas, settings, ways) {
  const { api, isPaused, isBench, kind } = settings;
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const options = { api, kind, ...settings.engine };
  if (ways.wantsWorker) {
    const remote = await openRemoteStage({
      ...{ canvas, engine: options, isBench },
      isPaused: isPaused || reducedMotion,
    });
    if (remote.stage) {
      ways.whyNoWebGpu = remote.whyNoWebGpu;
      return { stage: remote.stage, canvas };
    }
    ways.whyNoWorker = remote.why;
    canvas = remote.canvas;
  }
  if (ways.wantsWebGpu) {
    ways.whyNoWebGpu = (await findDevice()).why;
    if (ways.whyNoWebGpu) options.api = "webgl2";
  }
  const { workers, ...wanted } = options;
  const engine = await createEngine({ canvas, ...wanted });
  if (workers !== undefined) engine.configure({ workers: Math.min(workers, engine.maxWorkers) });
  return { stage: isBench ? { engine } : new Stage(engine, new Timings()), canvas };
}

async function main() {
  const first = /** @type {HTMLCanvasElement} */ (document.getElementById("canvas"));
  const settings = readAddress(location.search);
  const ways = {
    wantsWorker: settings.thread === "worker",
    whyNoWorker: whyNoWorker(first),
    wantsWebGpu: settings.api === "webgpu",
    whyNoWebGpu: "",
  };
  let stage;
  let canvas;
  try {
    ({ stage, canvas } = await openStage(first, settings, ways));
  } catch (error) {
    const message = explain(error);
    showMessage(message);
    /** @type {any} */ (window).demo = { error: message };
    return;
  }
  const { engine } = stage;
  const { workers } = settings.engine;
  if (workers > engine.maxWorkers) {
    settings.problems.push(
      `workers=${workers} is more than there can be here: ${engine.maxWorkers} is used.`,
    );
  }
  // In a benchmark the worker itself has the engine to be driven.
  const isInWorker = ways.wantsWorker && !ways.whyNoWorker;
  /** @type {any} */ (window).demo = settings.isBench
    ? { engine, canvas, settings: engine.settings, isBench: true, isInWorker, ready: true }
    : createApp(canvas, stage, settings, ways);
}

main();
