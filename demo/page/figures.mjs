// SPDX-License-Identifier: MIT
// What a worker that draws shows the page of each frame, in memory that both share:
//
//   | version | frame count | stack count | unused | seconds | record | rows of the stacks | timings |
//
// The version is odd while the worker writes. A reader copies, and copies once more if the version was odd or is another
// one afterwards, so that all of its figures are of one frame. The timings are a ring whose entries are read where they
// lie. Neither side makes garbage.
import {
  FrameRecord,
  makeSnapshots,
  readStackRows,
  RECORD_FIELDS,
  STACKS_LENGTH,
} from "../engine.mjs";
import { Timings, TIMINGS_BYTES } from "./timings.mjs";

const VERSION = 0;
const FRAMES = 1;
const STACKS = 2;
const HEAD_WORDS = 4;
const SECONDS_AT = HEAD_WORDS * 4;
const RECORD_AT = SECONDS_AT + 8;
const ROWS_AT = RECORD_AT + RECORD_FIELDS.length * 8;
const TIMINGS_AT = ROWS_AT + STACKS_LENGTH * 8;

/** Makes the memory. @returns {SharedArrayBuffer} */
export function makeFigures() {
  return new SharedArrayBuffer(TIMINGS_AT + TIMINGS_BYTES);
}

function viewsOf(/** @type {SharedArrayBuffer} */ memory) {
  return {
    head: new Int32Array(memory, 0, HEAD_WORDS),
    seconds: new Float64Array(memory, SECONDS_AT, 1),
    record: new Float64Array(memory, RECORD_AT, RECORD_FIELDS.length),
    rows: new Float64Array(memory, ROWS_AT, STACKS_LENGTH),
    timings: new Timings(memory, TIMINGS_AT),
  };
}

/** The worker's side. */
export class FiguresWriter {
  #views;

  /** @param {SharedArrayBuffer} memory */
  constructor(memory) {
    this.#views = viewsOf(memory);
    this.timings = this.#views.timings;
  }

  /**
   * Shows the page what the engine has just drawn.
   * @param {import("../engine.mjs").Engine} engine
   * @param {number} seconds of the scene
   * @param {number} frameCount
   */
  write(engine, seconds, frameCount) {
    const { head, record, rows } = this.#views;
    Atomics.add(head, VERSION, 1);
    this.#views.seconds[0] = seconds;
    record.set(engine.record.values);
    engine.copyStackRows(rows);
    head[STACKS] = engine.stackCount;
    Atomics.store(head, FRAMES, frameCount);
    Atomics.add(head, VERSION, 1);
  }
}

/** The page's side: the figures of the last frame that `read` saw. */
export class FiguresReader {
  record = new FrameRecord();
  seconds = 0;
  frameCount = 0;
  stackCount = 1;
  #views;
  #stacks = makeSnapshots();

  /** @param {SharedArrayBuffer} memory */
  constructor(memory) {
    this.#views = viewsOf(memory);
    this.timings = this.#views.timings;
  }

  /** @returns {boolean} whether another frame than the one before was read */
  read() {
    const { head } = this.#views;
    if (Atomics.load(head, FRAMES) === this.frameCount) return false;
    // The worker writes for some microseconds in each frame, so this does not go on for long.
    for (let version = -1; version !== Atomics.load(head, VERSION);) {
      version = Atomics.load(head, VERSION);
      if (version % 2 !== 0) {
        version = -1;
        continue;
      }
      this.#copy();
    }
    return true;
  }

  #copy() {
    const { head, record, rows, seconds } = this.#views;
    this.seconds = seconds[0];
    this.record.values.set(record);
    this.stackCount = Math.max(1, head[STACKS]);
    readStackRows(rows, this.stackCount, this.#stacks);
    this.frameCount = Atomics.load(head, FRAMES);
  }

  readStacks() {
    return this.#stacks;
  }
}
