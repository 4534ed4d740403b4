// SPDX-License-Identifier: MIT
// The strips of all threads under one scale, the key to their colours, and a sentence that says the same.
import { formatBytes } from "./format.mjs";
import { LANE_COLOUR_COUNT, MemoryStrip } from "./memory_strip.mjs";

// The scale is looked at anew after so many columns, for what has scrolled away.
const SCALE_EVERY_COLUMNS = 60;
const MIN_SCALE_BYTES = 64 * 1024;

/** @param {number} bytes */
function scaleFor(bytes) {
  let scale = MIN_SCALE_BYTES;
  while (scale < bytes) scale *= 2;
  return scale;
}

/**
 * @param {import("../engine.mjs").Engine} engine
 * @returns {{ record: () => void, show: () => void, clear: () => void, resize: () => void, describe: () => void }}
 */
export function createMemoryView(engine) {
  const holder = /** @type {HTMLElement} */ (document.getElementById("memory-strips"));
  const summary = /** @type {HTMLElement} */ (document.getElementById("memory-summary"));
  fillKey(/** @type {HTMLElement} */ (document.getElementById("memory-key")));

  /** @type {MemoryStrip[]} */
  let strips = [];
  let scaleBytes = MIN_SCALE_BYTES;
  let newColumns = 0;
  let columnsUntilScale = SCALE_EVERY_COLUMNS;
  let mustRedraw = true;

  function fitCount() {
    const count = engine.stackCount;
    if (strips.length === count) return;
    holder.replaceChildren();
    strips = Array.from({ length: count }, (_, i) => {
      const name = count === 1 ? "Thread" : i === 0 ? "GL thread" : `Worker ${i}`;
      return new MemoryStrip(holder, name);
    });
    resize();
  }

  function clear() {
    for (const strip of strips) strip.clear();
    scaleBytes = MIN_SCALE_BYTES;
    mustRedraw = true;
  }

  function resize() {
    for (const strip of strips) strip.fit();
    mustRedraw = true;
  }

  /** Takes down the stacks of the frame that was just drawn. */
  function record() {
    fitCount();
    const stacks = engine.readStacks();
    for (let thread = 0; thread < strips.length; thread++) {
      const stack = stacks[thread];
      const strip = strips[thread];
      strip.beginColumn();
      for (let i = 0; i < stack.chunkCount; i++) {
        const { lane, usedBytes, peakBytes, roomBytes } = stack;
        // The mark is the lane's: it is drawn in the newest chunk, which is the one that fills.
        const peak = stack.isNewest[i] ? Math.min(peakBytes[i], roomBytes[i]) : 0;
        strip.addChunk(lane[i], usedBytes[i], peak, roomBytes[i]);
      }
      if (stack.reserved > scaleBytes) {
        scaleBytes = scaleFor(stack.reserved);
        mustRedraw = true;
      }
    }
    newColumns++;
    if (--columnsUntilScale <= 0) {
      columnsUntilScale = SCALE_EVERY_COLUMNS;
      const most = strips.reduce((bytes, strip) => Math.max(bytes, strip.mostReserved()), 0);
      if (scaleFor(most) !== scaleBytes) {
        scaleBytes = scaleFor(most);
        mustRedraw = true;
      }
    }
  }

  /** Moves the strips on to the newest record. */
  function show() {
    for (const strip of strips) {
      if (mustRedraw) strip.redraw(scaleBytes);
      else if (newColumns > 0) strip.scroll(newColumns, scaleBytes);
    }
    mustRedraw = false;
    newColumns = 0;
  }

  /** Says it in words; not for every frame. */
  function describe() {
    const stacks = engine.readStacks();
    let used = 0;
    let reserved = 0;
    let chunks = 0;
    for (let thread = 0; thread < strips.length; thread++) {
      const stack = stacks[thread];
      used += stack.used;
      reserved += stack.reserved;
      chunks += stack.chunkCount;
      strips[thread].setLabel(formatBytes(stack.used));
    }
    if (reserved === 0) {
      summary.textContent = "Nothing is on a second stack: the vertices come from elsewhere.";
      return;
    }
    const threads = strips.length === 1 ? "One thread" : `${strips.length} threads`;
    summary.textContent =
      `${threads}: ${formatBytes(used)} live where the last frame was fullest, ` +
      `${formatBytes(reserved)} reserved in ${chunks} ${chunks === 1 ? "chunk" : "chunks"}. ` +
      `Full height: ${formatBytes(scaleBytes)}.`;
  }

  return { record, show, describe, clear, resize };
}

/** @param {HTMLElement} list */
function fillKey(list) {
  const add = (/** @type {string} */ text, /** @type {string} */ colour) => {
    const item = list.appendChild(document.createElement("li"));
    item.className = "key";
    item.style.setProperty("--swatch", `var(--${colour})`);
    item.textContent = text;
  };
  for (let lane = 0; lane < LANE_COLOUR_COUNT; lane++) {
    add(lane === LANE_COLOUR_COUNT - 1 ? `lane ${lane} and up` : `lane ${lane}`, `lane-${lane}`);
  }
  add("reserved", "reserved");
  add("chunk edge", "edge");
  add("high-water mark", "high");
}
