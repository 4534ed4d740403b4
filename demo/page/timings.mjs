// SPDX-License-Identifier: MIT
// The last frames' times, in memory allocated once: the page must not make the garbage it counts. The memory
// may be shared: the thread that draws writes, and the page reads.

/** How many frames are kept: the width of the graph and what the percentiles are of. */
export const KEPT_FRAMES = 300;

/** The parts of a frame, in the order in which they happen. `rest` is what the interval has left. */
export const PHASES = /** @type {const} */ (["generate", "upload", "draw", "rest"]);

/** @typedef {"generate" | "upload" | "draw" | "rest" | "interval"} TimingName */

const NAMES = /** @type {const} */ ([...PHASES, "interval"]);
// In front of the times: how many are kept, and the next one's slot.
const HEAD_BYTES = 8;

/** The bytes of memory that timings take. */
export const TIMINGS_BYTES = HEAD_BYTES + NAMES.length * KEPT_FRAMES * 8;

export class Timings {
  /** @type {Record<TimingName, Float64Array>} milliseconds by slot; a ring of KEPT_FRAMES */
  ms;
  #head;
  #sorted = new Float64Array(KEPT_FRAMES);

  /**
   * @param {ArrayBufferLike} [memory] with TIMINGS_BYTES from `offset` on
   * @param {number} [offset] a multiple of 8
   */
  constructor(memory = new ArrayBuffer(TIMINGS_BYTES), offset = 0) {
    this.#head = new Int32Array(memory, offset, 2);
    const times = offset + HEAD_BYTES;
    this.ms = /** @type {Record<TimingName, Float64Array>} */ (
      Object.fromEntries(
        NAMES.map((name, i) => [
          name,
          new Float64Array(memory, times + i * KEPT_FRAMES * 8, KEPT_FRAMES),
        ]),
      )
    );
  }

  /** Frames kept, at most KEPT_FRAMES. */
  get count() {
    return this.#head[0];
  }

  get #next() {
    return this.#head[1];
  }

  clear() {
    this.#head.fill(0);
  }

  /**
   * Adds a frame that was drawn by itself, with no interval to the next one (yet).
   * @param {number} generate milliseconds, as are the others
   * @param {number} upload
   * @param {number} draw
   */
  add(generate, upload, draw) {
    const slot = this.#next;
    this.ms.generate[slot] = generate;
    this.ms.upload[slot] = upload;
    this.ms.draw[slot] = draw;
    this.ms.rest[slot] = 0;
    this.ms.interval[slot] = generate + upload + draw;
    this.#head[1] = (slot + 1) % KEPT_FRAMES;
    if (this.count < KEPT_FRAMES) this.#head[0]++;
  }

  /**
   * Says how long after the newest frame the next one began.
   * @param {number} interval milliseconds
   */
  closeNewest(interval) {
    if (this.count === 0) return;
    const slot = (this.#next + KEPT_FRAMES - 1) % KEPT_FRAMES;
    // A late callback can carry an earlier time stamp: the interval is never taken to be less than the work.
    const work = this.ms.interval[slot];
    this.ms.rest[slot] = Math.max(0, interval - work);
    this.ms.interval[slot] = Math.max(work, interval);
  }

  /**
   * Returns where the frame of an age is kept.
   * @param {number} age 0 is the newest
   */
  slotOf(age) {
    return (this.#next + KEPT_FRAMES - 1 - age + KEPT_FRAMES) % KEPT_FRAMES;
  }

  /**
   * Writes percentiles of the kept frames, nearest rank.
   * @param {TimingName} name
   * @param {readonly number[]} shares 0.5 is the median, 1 the worst
   * @param {Float64Array} target one entry for each share
   */
  percentiles(name, shares, target) {
    // The ring fills from slot 0, so that the kept frames are always the first `count` slots.
    this.#sorted.fill(Infinity);
    for (let i = 0; i < this.count; i++) this.#sorted[i] = this.ms[name][i];
    this.#sorted.sort();
    for (let i = 0; i < shares.length; i++) {
      const rank = Math.max(1, Math.ceil(shares[i] * this.count));
      target[i] = this.count > 0 ? this.#sorted[rank - 1] : 0;
    }
  }

  /**
   * Returns how many of the kept frames took longer than a limit.
   * @param {number} limit milliseconds
   */
  countLongerThan(limit) {
    let late = 0;
    for (let i = 0; i < this.count; i++) if (this.ms.interval[i] > limit) late++;
    return late;
  }
}
