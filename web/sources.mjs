// SPDX-License-Identifier: MIT
// The sources of copies: typed arrays, DataViews and arrays. Some of them lie in the very memory
// that may grow when room is made for the copy.
import { checkCount, fail, isTypedArray, refuse } from "./checks.mjs";

/** @param {any} Type */
export const isBig = (Type) => Type === BigInt64Array || Type === BigUint64Array;

function isDetached(buffer) {
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** @returns {any} the constructor of a view's kind; a Node.js Buffer's is Uint8Array */
export function kindOf(view) {
  return globalThis[view[Symbol.toStringTag]];
}

/**
 * Checks a source, before anything changes.
 * @param {string} call
 * @param {any} Type of the copy
 * @param {any} source
 * @param {WebAssembly.Memory} memory
 * @returns {{ length: number, get: (moved?: number) => any }} `get`
 *   returns the elements once there is room; `moved` says by how many bytes a source in this memory moved
 */
export function checkSource(call, Type, source, memory) {
  if (source instanceof DataView) {
    source = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  }
  if (isTypedArray(source)) {
    const { buffer, byteOffset, length } = source;
    const Kind = kindOf(source);
    if (isDetached(buffer))
      fail(call, "source is detached: its memory has grown since it was made");
    if (isBig(Kind) !== isBig(Type)) refuse(call, "source", source, `fit for ${Type.name}`);
    if (buffer !== memory.buffer) return { length, get: () => source };
    return { length, get: (moved = 0) => new Kind(memory.buffer, byteOffset + moved, length) };
  }
  if (typeof source !== "object" || source === null || !("length" in source)) {
    refuse(call, "source", source, "an array (an iterable is for collect)");
  }
  return { length: checkCount(call, "source.length", source.length), get: () => source };
}
