// SPDX-License-Identifier: MIT
// Decides when a frame is drawn, and at which time of the scene: it runs, pauses, steps, and stands still
// while the page is hidden. It runs in the page or in a worker, whichever draws.

export const STEP_SECONDS = 1 / 60;
// No step of the scene's time is longer, so that after a pause or a stall the scene goes on where it was.
const MAX_STEP_SECONDS = 0.1;

/**
 * @typedef {object} LoopHooks
 * @property {(seconds: number) => void} draw draws the scene as it is at this time
 * @property {(ms: number) => void} onInterval how long after the last drawn frame the next one began
 * @property {() => void} onStateChange is called when the loop has begun to run or to pause
 */

export class Loop {
  /** The scene's time. */
  seconds = 0;
  /** Frames drawn since the page was loaded. */
  frameCount = 0;
  #isPaused;
  #isBlocked = false;
  #isHidden = false;
  #request = 0;
  #lastTime = 0;
  #hooks;

  /**
   * @param {boolean} isPaused whether to begin so
   * @param {LoopHooks} hooks
   */
  constructor(isPaused, hooks) {
    this.#isPaused = isPaused;
    this.#hooks = hooks;
  }

  get isPaused() {
    return this.#isPaused;
  }

  set isPaused(value) {
    this.#isPaused = value;
    this.#update();
  }

  /** Stops all drawing while there is nothing to draw with. */
  set isBlocked(value) {
    this.#isBlocked = value;
    this.#update();
  }

  /** Whether nobody can see the page. */
  set isHidden(value) {
    this.#isHidden = value;
    this.#update();
  }

  /** Draws the present moment, unless nothing can be drawn. */
  draw() {
    if (this.#isBlocked) return;
    this.#hooks.draw(this.seconds);
    this.frameCount++;
  }

  /**
   * Pauses, and draws frames 1/60 s apart.
   * @param {number} count
   */
  step(count = 1) {
    if (!this.#isPaused) this.isPaused = true;
    for (let i = 0; i < count; i++) {
      this.seconds += STEP_SECONDS;
      this.draw();
    }
  }

  /**
   * Pauses, and draws the scene as it is at a time.
   * @param {number} seconds
   */
  seek(seconds) {
    this.isPaused = true;
    this.seconds = seconds;
    this.draw();
  }

  /** Starts the loop, once everything that its hooks use has been made. */
  start() {
    this.#update();
    this.draw();
  }

  #update() {
    cancelAnimationFrame(this.#request);
    this.#lastTime = 0;
    if (!this.#isPaused && !this.#isBlocked && !this.#isHidden) {
      this.#request = requestAnimationFrame(this.#onFrame);
    }
    this.#hooks.onStateChange();
  }

  // The function is made once, because a new one in each frame would be garbage.
  #onFrame = (/** @type {number} */ now) => {
    this.#request = requestAnimationFrame(this.#onFrame);
    if (this.#lastTime !== 0) {
      const interval = now - this.#lastTime;
      this.#hooks.onInterval(interval);
      this.seconds += Math.min(interval / 1000, MAX_STEP_SECONDS);
    }
    this.#lastTime = now;
    this.draw();
  };
}
