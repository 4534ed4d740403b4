// SPDX-License-Identifier: MIT
// Shows the stacks of all threads that generate, as rows of the package's panel.
import "../../web/panel.mjs";

/**
 * @param {import("../engine.mjs").Engine} engine
 * @returns {{ record: () => void, show: () => void, clear: () => void, describe: () => void }}
 */
export function createMemoryView(engine) {
  const panel = /** @type {import("../../web/panel.mjs").SecondStackPanel} */ (
    document.getElementById("memory")
  );

  function fitCount() {
    const count = engine.stackCount;
    if (panel.sources.length === count) return;
    panel.sources = Array.from({ length: count }, (_, thread) => ({
      name: count === 1 ? "Thread" : thread === 0 ? "GL thread" : `Worker ${thread}`,
      read: (reading) => copyStack(engine.readStacks()[thread], reading),
    }));
  }

  return {
    /** Records what the stacks held in the frame that was just drawn. */
    record() {
      fitCount();
      panel.record();
    },
    show: () => panel.show(),
    describe: () => panel.describe(),
    clear: () => panel.clear(),
  };
}

/**
 * @param {import("../engine.mjs").StackSnapshot} stack
 * @param {import("../../web/panel_source.mjs").StackReading} reading
 */
function copyStack(stack, reading) {
  reading.used = stack.used;
  reading.reserved = stack.reserved;
  reading.peak = stack.peak;
  reading.chunkCount = Math.min(stack.chunkCount, reading.lane.length);
  for (let i = 0; i < reading.chunkCount; i++) {
    reading.lane[i] = stack.lane[i];
    reading.usedBytes[i] = stack.usedBytes[i];
    reading.roomBytes[i] = stack.roomBytes[i];
    reading.peakBytes[i] = stack.peakBytes[i];
  }
}
