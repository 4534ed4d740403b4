// SPDX-License-Identifier: MIT
// Makes a stack in a WebAssembly memory of its own, and checks the options for it.
import { checkCount, checkOptions, refuse } from "./checks.mjs";
import { scopeKindFor, SecondStack } from "./scopes.mjs";
import { GROWTH, pagesFor } from "./wasm.mjs";

// The memory begins large: what is not used yet costs next to nothing, while growth detaches every
// view.
const INITIAL_BYTES = 16 * 1024 * 1024;
const FIRST_CHUNK_BYTES = 64 * 1024;

export const ownOptions = ["initialBytes", "maxBytes", "debug"];

/**
 * Checks the options, and makes the memory.
 * @param {string} call
 * @param {any} options
 * @param {string[]} known
 * @returns {{ memory: WebAssembly.Memory, start: (calls: any) => SecondStack }}
 *   start takes the exports of the wasm that was started on this memory
 */
export function prepareOwn(call, options, known) {
  const given = checkOptions(call, options, known);
  const { maxBytes = 0, debug } = given;
  checkCount(call, "maxBytes", maxBytes);
  const { initialBytes = maxBytes ? Math.min(INITIAL_BYTES, maxBytes) : INITIAL_BYTES } = given;
  checkCount(call, "initialBytes", initialBytes);
  if (maxBytes && initialBytes > maxBytes) {
    refuse(call, "initialBytes", initialBytes, `at most maxBytes, ${maxBytes}`, RangeError);
  }
  const ScopeKind = scopeKindFor(call, debug);
  const initial = pagesFor(call, "initialBytes", initialBytes, GROWTH);
  const memory = new WebAssembly.Memory({ initial });
  const start = (calls) => {
    // A limit beyond the address space limits nothing.
    const limit = maxBytes < 2 ** 32 ? maxBytes : 0;
    calls.ss_js_configure(Math.min(initialBytes, FIRST_CHUNK_BYTES), limit);
    return new SecondStack({ memory, calls, stack: calls.ss_js_stack(0), maxBytes, ScopeKind });
  };
  return { memory, start };
}
