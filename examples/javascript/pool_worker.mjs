// SPDX-License-Identifier: MIT
// A worker's side of pool.mjs. A worker may block while it waits, and is sent only one message, at the beginning.
import { createSecondStack } from "./node_modules/secondstack/threads.mjs";
import { FRAME, IDLE, LENGTH, POINTER, READY, STATE, WANTED, setState } from "./pool.mjs";

/** Waits until the row's state is no longer `state`. @returns {number} the new state */
function stateAfter(row, state) {
  while (Atomics.load(row, STATE) === state) Atomics.wait(row, STATE, state);
  return Atomics.load(row, STATE);
}

async function run(make, { shared, row: pointer, index, count }) {
  const stack = await createSecondStack({ shared });
  const row = stack.view(Int32Array, pointer, 4);
  while (stateAfter(row, IDLE) === WANTED) {
    stack.scope((s) => {
      const part = make(s, row[FRAME], index, count);
      row[POINTER] = part.byteOffset;
      row[LENGTH] = part.byteLength;
      setState(row, READY);
      stateAfter(row, READY); // it has been uploaded, and may go
    });
  }
  stack.close();
  postMessage("closed");
  close();
}

/** @param {(scope: any, frame: number, index: number, count: number) => ArrayBufferView} make a part of a frame */
export function work(make) {
  // An error in a promise does not reach the page by itself.
  onmessage = ({ data }) => run(make, data).catch(reportError);
}
