// SPDX-License-Identifier: MIT
// The counters: what the last frame did, as a list of terms and values that is updated four times a
// second.
import { formatBytes, formatCount, formatMegabytes, formatMs } from "./format.mjs";

/** @typedef {import("../engine.mjs").FrameRecord} FrameRecord */

/**
 * One line. `isNotable` marks a value that a warm frame should not show.
 * @typedef {object} Counter
 * @property {string} name
 * @property {(record: FrameRecord) => string} text
 * @property {(record: FrameRecord) => boolean} [isNotable]
 */

/** @type {readonly Counter[]} */
const COUNTERS = [
  { name: "Triangles", text: (r) => formatCount(r.triangles) },
  { name: "Uploads", text: (r) => formatCount(r.uploads) },
  { name: "Uploaded", text: (r) => formatMegabytes(r.bytesUploaded) },
  {
    name: "Backing calls",
    text: (r) => formatCount(r.backingCalls),
    isNotable: (r) => r.backingCalls > 0,
  },
  {
    name: "malloc and free calls",
    text: (r) => formatCount(r.mallocs + r.frees),
    isNotable: (r) => r.mallocs > 0,
  },
  { name: "Typed arrays made", text: (r) => formatCount(r.arrays), isNotable: (r) => r.arrays > 0 },
  {
    name: "memory.grow",
    text: (r) => formatCount(r.memoryGrows),
    isNotable: (r) => r.memoryGrows > 0,
  },
  { name: "Wasm memory", text: (r) => formatBytes(r.memoryBytes) },
  { name: "Stack used at the end", text: (r) => formatBytes(r.used), isNotable: (r) => r.used > 0 },
  { name: "Stack at its fullest", text: (r) => formatBytes(r.deepest) },
  { name: "Stack reserved", text: (r) => formatBytes(r.reserved) },
  { name: "Bytes copied by growth", text: (r) => formatBytes(r.bytesCopied) },
  {
    name: "Batches the ring dropped",
    text: (r) => formatCount(r.droppedDraws),
    isNotable: (r) => r.droppedDraws > 0,
  },
  { name: "Worker threads", text: (r) => formatCount(r.workers) },
  { name: "Busiest worker", text: (r) => (r.workers > 0 ? formatMs(r.workerMs) : "–") },
];

/**
 * By how much the JavaScript heap grows in a frame, garbage collections left out. Only Chrome reports
 * the heap's size, and reports it precisely only to isolated pages.
 */
class HeapSlope {
  #lastBytes = 0;
  #lastFrames = 0;
  #bytes = 0;
  #frames = 0;

  /**
   * @param {number} frameCount drawn so far
   * @returns {string}
   */
  update(frameCount) {
    const memory = /** @type {{ usedJSHeapSize: number } | undefined} */ (
      /** @type {any} */ (performance).memory
    );
    if (!memory || !globalThis.crossOriginIsolated) return "not told here";
    const bytes = memory.usedJSHeapSize;
    const frames = frameCount - this.#lastFrames;
    // A heap that has become smaller was collected, so its size says nothing about new garbage.
    if (this.#lastBytes > 0 && bytes >= this.#lastBytes && frames > 0) {
      // Old samples fade, so that the figure follows a change of settings.
      this.#bytes = this.#bytes * 0.9 + (bytes - this.#lastBytes);
      this.#frames = this.#frames * 0.9 + frames;
    }
    this.#lastBytes = bytes;
    this.#lastFrames = frameCount;
    return this.#frames > 0 ? `+ ${formatBytes(this.#bytes / this.#frames)}` : "–";
  }
}

/** @returns {{ show: (record: FrameRecord, frameCount: number) => void }} */
export function createCounters() {
  const list = /** @type {HTMLElement} */ (document.getElementById("figures"));
  const addLine = (/** @type {string} */ name) => {
    const line = list.appendChild(document.createElement("div"));
    line.appendChild(document.createElement("dt")).textContent = name;
    return line.appendChild(document.createElement("dd"));
  };
  const values = COUNTERS.map(({ name }) => addLine(name));
  // The page's own charts make garbage as well: the frame benchmark measures without them.
  const heapValue = addLine("JS heap, the page’s too");
  const heap = new HeapSlope();

  return {
    show(record, frameCount) {
      COUNTERS.forEach((counter, i) => {
        values[i].textContent = counter.text(record);
        values[i].classList.toggle("is-notable", counter.isNotable?.(record) ?? false);
      });
      heapValue.textContent = heap.update(frameCount);
    },
  };
}
