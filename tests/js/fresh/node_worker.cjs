// SPDX-License-Identifier: MIT
// A classic script, in which import is a function.
const { parentPort, workerData } = require("node:worker_threads");

async function main() {
  if (workerData) {
    const { createSecondStack } = await import("secondstack/threads");
    const ss = await createSecondStack({ shared: workerData });
    const slice = ss.scope().copySlice(Uint32Array, [7, 8]);
    parentPort.postMessage({ pointer: slice.byteOffset, length: slice.length });
    // The slice is the main thread's to read.
    setTimeout(() => {}, 60_000);
  } else {
    const { createSecondStack } = await import("secondstack");
    const ss = await createSecondStack();
    parentPort.postMessage(ss.scope((scope) => scope.zeroedSlice(Int8Array, 5).length));
  }
}

main();
