// SPDX-License-Identifier: MIT
// A pool of workers that generate in one shared memory: each packs its part of a frame on a stack of its own, and the
// thread that draws reads the part from there. Nothing is copied between threads, and no message is sent.
//
// For each worker there is a row of words in the shared memory, by which both sides wait for each other:
//
//   STATE      IDLE ---ask---> WANTED ---worker---> READY ---taken---> IDLE, and in the end CLOSING
//   FRAME      which frame is wanted
//   POINTER    the address of the part that is ready; LENGTH is its size in bytes
//
// The states give back-pressure: a worker whose part has not been taken makes no other part, so that it is never
// more than one frame ahead and its stack never holds two parts.
//
// (Import maps do not apply to workers, so modules that a worker loads are named by their files. A bundler takes the
// package's name.)
import { createSecondStack } from "./node_modules/secondstack/threads.mjs";

export const [IDLE, WANTED, READY, CLOSING] = [0, 1, 2, 3];
export const [STATE, FRAME, POINTER, LENGTH] = [0, 1, 2, 3];
const ROW = 4;

/** Sets a state, and wakes the thread that waits for it to change. */
export function setState(row, state) {
  Atomics.store(row, STATE, state);
  Atomics.notify(row, STATE);
}

/** Waits without blocking, because the thread that draws may not block. */
async function untilReady(row) {
  for (;;) {
    const state = Atomics.load(row, STATE);
    if (state === READY) return;
    await Atomics.waitAsync(row, STATE, state).value;
  }
}

export class Pool {
  /**
   * @param {URL} script of the worker, which calls work() of pool_worker.mjs
   * @param {number} count of workers
   */
  static async start(script, count) {
    const stack = await createSecondStack({ maxBytes: 64e6 });
    const scope = stack.scope(); // holds the rows as long as the pool exists
    const words = scope.zeroedSlice(Int32Array, count * ROW);
    const rows = Array.from({ length: count }, (_, i) => words.subarray(i * ROW, (i + 1) * ROW));
    const failure = Promise.withResolvers();
    const workers = rows.map((row, index) => {
      const worker = new Worker(script, { type: "module" });
      worker.onerror = (event) => failure.reject(new Error(`worker ${index}: ${event.message}`));
      worker.postMessage({ shared: stack.share(), row: row.byteOffset, index, count });
      return worker;
    });
    return new Pool(stack, scope, rows, workers, failure.promise);
  }

  constructor(stack, scope, rows, workers, failed) {
    this.stack = stack;
    this.rows = rows;
    this._scope = scope;
    this._workers = workers;
    this._failed = failed;
    this._taking = Promise.resolve();
    failed.catch(() => {}); // no unhandled rejection: take() and close() report the error
  }

  /** Has every worker make its part of a frame. The parts of the last frame must have been taken. */
  ask(frame) {
    for (const row of this.rows) {
      row[FRAME] = frame;
      setState(row, WANTED);
    }
  }

  /**
   * Waits for the parts of the frame that was asked for.
   * @param {(part: Uint8Array, index: number) => void} use is given each part, in the workers' order. The part lies on
   *   the worker's stack, so `use` uploads it and must not keep it
   */
  take(use) {
    return (this._taking = this._take(use));
  }

  async _take(use) {
    for (const [index, row] of this.rows.entries()) {
      await Promise.race([untilReady(row), this._failed]);
      try {
        use(this.stack.view(Uint8Array, row[POINTER], row[LENGTH]), index);
      } finally {
        setState(row, IDLE);
      }
    }
  }

  /** Ends the workers, each once it is done with its part, and gives all memory back. */
  async close() {
    await this._taking.catch(() => {});
    const ended = this._workers.map((worker) => new Promise((done) => (worker.onmessage = done)));
    for (const row of this.rows) {
      // A part that is being made is finished first.
      if (Atomics.load(row, STATE) === WANTED) await Promise.race([untilReady(row), this._failed]);
      setState(row, CLOSING);
    }
    await Promise.race([Promise.all(ended), this._failed]);
    this._scope.release();
    this.stack.close();
  }
}
