// SPDX-License-Identifier: MIT
// The stage: the engine, the loop that drives it, and what can be done with the canvas. It runs where the canvas is drawn,
// in the page or, with an OffscreenCanvas, in a worker (stage_worker.mjs); stage_remote.mjs has the same methods for the
// page then, which return promises.
import { compareSources } from "./compare.mjs";
import { readEnvironment, rendererName } from "./environment.mjs";
import { Loop } from "./loop.mjs";

const RESTORE_AFTER_MS = 1200;

/**
 * @typedef {object} StageHooks
 * @property {() => void} onFrame a frame was drawn; the engine's record and stacks are of it
 * @property {() => void} onStateChange the loop has begun to run or to pause
 * @property {() => void} onContextLost
 * @property {(message: string) => void} onContextBack says why the engine cannot go on; "" if it can
 */

export class Stage {
  /** @type {Loop} */
  loop;
  #hooks = /** @type {StageHooks} */ ({});

  /**
   * @param {import("../engine.mjs").Engine} engine
   * @param {import("./timings.mjs").Timings} timings
   */
  constructor(engine, timings) {
    this.engine = engine;
    this.timings = timings;
    const { canvas, gl, gpu } = engine;
    this.environment = readEnvironment(gpu ? gpu.name : rendererName(gl));
    if (gpu) {
      gpu.onLost = () => this.#hooks.onContextLost();
      gpu.onBack = (message) => this.#comeBack(message);
      return;
    }
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.#hooks.onContextLost();
    });
    canvas.addEventListener("webglcontextrestored", () => this.#comeBack(""));
  }

  #comeBack(/** @type {string} */ problem) {
    try {
      if (!problem) this.engine.restoreContext();
      this.#hooks.onContextBack(problem);
    } catch (error) {
      this.#hooks.onContextBack(error.message);
    }
  }

  /**
   * Makes the loop, which does not draw before it is started.
   * @param {boolean} isPaused whether to begin so
   * @param {StageHooks} hooks
   */
  begin(isPaused, hooks) {
    const { engine, timings } = this;
    this.#hooks = hooks;
    this.loop = new Loop(isPaused, {
      draw(seconds) {
        engine.frame(seconds, engine.canvas.width, engine.canvas.height);
        const { generateMs, uploadMs, drawMs } = engine.record;
        timings.add(generateMs, uploadMs, drawMs);
        hooks.onFrame();
      },
      onInterval: (ms) => timings.closeNewest(ms),
      onStateChange: () => {
        // The checksum reads all bytes. That takes time, which is there only while the loop is paused.
        engine.setChecksum(this.loop.isPaused);
        hooks.onStateChange();
      },
    });
  }

  /** Starts the scene anew. @param {Partial<import("../engine.mjs").Settings>} changes */
  configure(changes) {
    this.engine.configure(changes);
    this.timings.clear();
  }

  /** Sets the size of the drawing buffer, which clears it; returns whether it was another one. */
  setSize(/** @type {number} */ width, /** @type {number} */ height) {
    const { canvas } = this.engine;
    if (width === canvas.width && height === canvas.height) return false;
    canvas.width = width;
    canvas.height = height;
    return true;
  }

  trim() {
    this.engine.trim();
  }

  /** The record of the last frame, and the GL errors so far. It waits for the GPU process. */
  stats() {
    const stats = { glErrors: this.engine.glErrors() };
    for (const name in this.engine.record) {
      if (name !== "values") stats[name] = this.engine.record[name];
    }
    return stats;
  }

  /** A picture of the present moment, as PNG. @returns {Promise<Blob | null>} */
  picture() {
    // In the same task, because the drawing buffer is empty later.
    this.loop.draw();
    const { canvas } = this.engine;
    if ("convertToBlob" in canvas) return canvas.convertToBlob({ type: "image/png" });
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }

  /** Gives the graphics context up for a while. Returns whether the browser can. */
  loseContext() {
    const { gl, gpu } = this.engine;
    if (gpu) {
      gpu.lose();
      return true;
    }
    const extension = gl.getExtension("WEBGL_lose_context");
    if (!extension) return false;
    extension.loseContext();
    setTimeout(() => extension.restoreContext(), RESTORE_AFTER_MS);
    return true;
  }

  /**
   * Compares the sources on the present scene. The loop must be blocked meanwhile.
   * @param {(done: number, all: number) => void} onProgress
   */
  async compare(onProgress) {
    const { settings } = this.engine;
    try {
      return await compareSources(this.engine, this.loop.seconds, onProgress);
    } finally {
      this.configure(settings);
      this.engine.setChecksum(this.loop.isPaused);
    }
  }
}
