// SPDX-License-Identifier: MIT
// The memory strip of one stack: its chunks from the bottom up, lane by lane, one column a frame, the newest
// at the right. Colour reaches as high as the frame filled a chunk, the dark line is the chunk's
// high-water mark, the pale rest is reserved and idle, a thin line is the chunk's edge.
//
// What was drawn is kept in arrays that are allocated once, so that it can be drawn anew when the scale changes.

import { formatBytes } from "./panel_text.mjs";

/** Each of the first lanes has a colour of its own; the lanes beyond share the last colour. */
export const LANE_COLOUR_COUNT = 4;
const KEPT_COLUMNS = 600;

/** Chunks beyond these are not shown. Few stacks have so many, because each new chunk is twice as large as the last. */
export const MAX_CHUNKS = 16;

export class MemoryStrip {
  #canvas;
  #context;
  #label;
  #columnPixels = 2;
  #colours = { lanes: [""], reserved: "", edge: "", high: "" };
  // In these arrays the chunks of a column lie side by side, MAX_CHUNKS entries for each column.
  #lane = new Uint8Array(KEPT_COLUMNS * MAX_CHUNKS);
  #used = new Float64Array(KEPT_COLUMNS * MAX_CHUNKS);
  #peak = new Float64Array(KEPT_COLUMNS * MAX_CHUNKS);
  #room = new Float64Array(KEPT_COLUMNS * MAX_CHUNKS);
  #chunkCount = new Uint8Array(KEPT_COLUMNS);
  #next = 0;

  #labelBytes = -1;

  /**
   * @param {HTMLElement} holder
   * @param {string} name of the stack
   */
  constructor(holder, name) {
    const row = holder.appendChild(document.createElement("div"));
    row.className = "strip";
    const heading = row.appendChild(document.createElement("span"));
    heading.textContent = name;
    this.#label = heading.appendChild(document.createElement("b"));
    this.#canvas = row.appendChild(document.createElement("canvas"));
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#context = /** @type {CanvasRenderingContext2D} */ (
      this.#canvas.getContext("2d", { alpha: true })
    );
  }

  clear() {
    this.#chunkCount.fill(0);
    this.#next = 0;
  }

  /** Begins a column, which `addChunk` fills. */
  beginColumn() {
    this.#next = (this.#next + 1) % KEPT_COLUMNS;
    this.#chunkCount[this.#next] = 0;
  }

  /**
   * @param {number} lane
   * @param {number} used bytes that the frame filled
   * @param {number} peak bytes, the high-water mark
   * @param {number} room bytes of the chunk
   */
  addChunk(lane, used, peak, room) {
    const count = this.#chunkCount[this.#next];
    if (count === MAX_CHUNKS) return;
    const at = this.#next * MAX_CHUNKS + count;
    this.#lane[at] = Math.min(lane, LANE_COLOUR_COUNT - 1);
    this.#used[at] = used;
    this.#peak[at] = peak;
    this.#room[at] = room;
    this.#chunkCount[this.#next] = count + 1;
  }

  /** Returns the most bytes that a kept column has reserved. */
  mostReserved() {
    let most = 0;
    for (let column = 0; column < KEPT_COLUMNS; column++) {
      let sum = 0;
      const first = column * MAX_CHUNKS;
      for (let i = 0; i < this.#chunkCount[column]; i++) sum += this.#room[first + i];
      if (sum > most) most = sum;
    }
    return most;
  }

  /** @param {number} bytes beside the stack's name */
  setLabel(bytes) {
    if (bytes === this.#labelBytes) return;
    this.#labelBytes = bytes;
    this.#label.textContent = formatBytes(bytes);
  }

  /**
   * Takes the size and the colours from the page. The caller must call `redraw` afterwards.
   * @param {CSSStyleDeclaration} style that has the colours
   */
  fit(style) {
    const ratio = devicePixelRatio;
    this.#canvas.width = Math.max(1, Math.round(this.#canvas.clientWidth * ratio));
    this.#canvas.height = Math.max(1, Math.round(this.#canvas.clientHeight * ratio));
    this.#columnPixels = Math.max(1, Math.ceil(this.#canvas.width / (KEPT_COLUMNS / 2)));
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    this.#colours = {
      lanes: Array.from({ length: LANE_COLOUR_COUNT }, (_, i) => colour(`--_lane-${i}`)),
      reserved: colour("--_reserved"),
      edge: colour("--_edge"),
      high: colour("--_high"),
    };
  }

  /**
   * Draws all kept columns.
   * @param {number} scaleBytes at the strip's top
   */
  redraw(scaleBytes) {
    const { width, height } = this.#canvas;
    this.#context.clearRect(0, 0, width, height);
    const shown = Math.min(KEPT_COLUMNS, Math.ceil(width / this.#columnPixels));
    for (let age = 0; age < shown; age++) this.#drawColumn(age, scaleBytes);
  }

  /**
   * Moves the strip on and draws the newest columns.
   * @param {number} count
   * @param {number} scaleBytes at the strip's top
   */
  scroll(count, scaleBytes) {
    const { width, height } = this.#canvas;
    const shift = count * this.#columnPixels;
    // The copy is exact, because it moves the picture by whole device pixels.
    this.#context.globalCompositeOperation = "copy";
    this.#context.drawImage(this.#canvas, -shift, 0);
    this.#context.globalCompositeOperation = "source-over";
    this.#context.clearRect(width - shift, 0, shift, height);
    for (let age = 0; age < count; age++) this.#drawColumn(age, scaleBytes);
  }

  /**
   * @param {number} age 0 is the newest column
   * @param {number} scaleBytes
   */
  #drawColumn(age, scaleBytes) {
    const context = this.#context;
    const { width, height } = this.#canvas;
    const column = (this.#next - age + KEPT_COLUMNS) % KEPT_COLUMNS;
    const pixelsPerByte = height / scaleBytes;
    const line = Math.max(1, Math.round(devicePixelRatio));
    const x = width - (age + 1) * this.#columnPixels;
    let below = 0;
    for (let i = 0; i < this.#chunkCount[column]; i++) {
      const at = column * MAX_CHUNKS + i;
      const bottom = height - Math.round(below * pixelsPerByte);
      const top = height - Math.round((below + this.#room[at]) * pixelsPerByte);
      const used = Math.round(this.#used[at] * pixelsPerByte);
      const peak = Math.round(this.#peak[at] * pixelsPerByte);
      context.fillStyle = this.#colours.reserved;
      context.fillRect(x, top, this.#columnPixels, bottom - top);
      context.fillStyle = this.#colours.lanes[this.#lane[at]];
      context.fillRect(x, bottom - used, this.#columnPixels, used);
      context.fillStyle = this.#colours.edge;
      context.fillRect(x, top, this.#columnPixels, line);
      if (peak > 0) {
        context.fillStyle = this.#colours.high;
        context.fillRect(x, bottom - peak, this.#columnPixels, line);
      }
      below += this.#room[at];
    }
  }
}
