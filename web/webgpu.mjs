// SPDX-License-Identifier: MIT
// Uploads a slice to WebGPU without copying it first. A queue takes a whole ArrayBuffer with an offset and a size in bytes,
// so no view has to be made, and the size may include up to three bytes behind the slice, to be a multiple of four.
import { checkCount, fail, refuse } from "./checks.mjs";

/** Memories that this engine's queues have refused: shared or resizable ones. @type {WeakSet<object>} */
const refused = new WeakSet();

// Holds the copy of a slice whose memory the queue refuses.
let staging = new Uint8Array(0);

/** @returns {Uint8Array} a copy of `view` in memory that every queue takes, filled up to `size` with zeros */
function copyOf(view, size) {
  if (staging.length < size) staging = new Uint8Array(2 ** Math.ceil(Math.log2(size)));
  staging.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return staging.fill(0, view.byteLength, size);
}

export function writeBuffer(queue, buffer, offset, view) {
  const call = "writeBuffer";
  if (typeof queue?.writeBuffer !== "function") refuse(call, "queue", queue, "a GPUQueue");
  if (!ArrayBuffer.isView(view)) refuse(call, "view", view, "a typed array or DataView");
  if (checkCount(call, "offset", offset) % 4 !== 0) {
    refuse(call, "offset", offset, "a multiple of 4", RangeError);
  }
  const { buffer: memory, byteLength, byteOffset } = view;
  if (byteLength === 0) {
    if (/** @type {any} */ (memory).detached) fail(call, "view is detached");
    return 0;
  }
  const size = Math.ceil(byteLength / 4) * 4;
  // There is always room behind a slice. A view of other memory may end where that memory ends.
  if (byteOffset + size <= memory.byteLength && !refused.has(memory)) {
    try {
      queue.writeBuffer(buffer, offset, memory, byteOffset, size);
      return size;
    } catch (error) {
      const isPlain = memory instanceof ArrayBuffer && !(/** @type {any} */ (memory).resizable);
      if (isPlain || !(error instanceof TypeError)) throw error;
      refused.add(memory);
    }
  }
  queue.writeBuffer(buffer, offset, copyOf(view, size), 0, size);
  return size;
}
