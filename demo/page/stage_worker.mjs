// SPDX-License-Identifier: MIT
// The worker that draws, so that nothing that the page does can disturb a frame. It has the engine, the loop and the
// canvas; the page (stage_remote.mjs) calls the methods below by messages, and reads the figures of each frame out of
// memory that both share. First it says whether it can draw at all: a canvas that was handed over does not come back.
//
// For the benchmark it only makes the engine, which is then driven from outside, as in the page.
import { createEngine, EngineError } from "../engine.mjs";
import { findDevice } from "../gpu_renderer.mjs";
import { FiguresWriter } from "./figures.mjs";
import { Stage } from "./stage.mjs";

/** @type {Stage} */
let stage;

/** What the page may ask for; what is returned is sent back. */
const methods = {
  whyNoWebGpu: async () => (await findDevice()).why,
  configure: (changes) => stage.configure(changes),
  setSize: (width, height) => stage.setSize(width, height),
  trim: () => stage.trim(),
  stats: () => stage.stats(),
  picture: () => stage.picture(),
  loseContext: () => stage.loseContext(),
  compare: () =>
    stage.compare((done, all) => postMessage({ event: "progress", values: [done, all] })),
  setLoop: (name, value) => {
    stage.loop[name] = value;
  },
  start: () => stage.loop.start(),
  draw: () => stage.loop.draw(),
  step: (count) => stage.loop.step(count),
  seek: (seconds) => stage.loop.seek(seconds),
};

/** Why a worker cannot draw here; "" if it can. */
function whyNot() {
  try {
    // The context is small and goes with its canvas.
    if (new OffscreenCanvas(1, 1).getContext("webgl2")) return "";
  } catch {
    // A browser may refuse by an exception, too.
  }
  return "this browser gives a worker no WebGL2";
}

async function open({ canvas, figures, isPaused, isBench, options }) {
  const { workers, ...rest } = options;
  const engine = await createEngine({ canvas, ...rest });
  if (workers !== undefined) {
    engine.configure({ workers: Math.min(workers, engine.maxWorkers) });
  }
  const { kind, reason, maxWorkers, settings } = engine;
  let environment = null;
  if (isBench) {
    /** @type {any} */ (globalThis).demo = { engine, canvas };
  } else {
    const writer = new FiguresWriter(figures);
    stage = new Stage(engine, writer.timings);
    environment = stage.environment;
    stage.begin(isPaused, {
      // The loop counts this frame when it is drawn.
      onFrame: () => writer.write(engine, stage.loop.seconds, stage.loop.frameCount + 1),
      onStateChange: () => {},
      onContextLost: () => postMessage({ event: "lost", values: [] }),
      onContextBack: (message) => postMessage({ event: "back", values: [message] }),
    });
  }
  return { kind, reason, maxWorkers, settings, environment };
}

/** An error as a message can carry it. */
function plain(error) {
  const code = error instanceof EngineError ? error.code : null;
  return { message: String(error?.message ?? error), code };
}

onmessage = async ({ data: { id, name, values } }) => {
  try {
    const value = await (name === "open" ? open(values[0]) : methods[name](...values));
    postMessage({ id, value });
  } catch (error) {
    postMessage({ id, error: plain(error) });
  }
};

postMessage({ event: "ready", values: [whyNot()] });
