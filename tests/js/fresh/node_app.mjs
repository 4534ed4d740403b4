// SPDX-License-Identifier: MIT
// In Node.js: on the main thread, in a classic worker_thread, and in threads on one memory.
import { Worker } from "node:worker_threads";
import { scope } from "secondstack";
import { createSecondStack } from "secondstack/file";
import { createSecondStack as createShared } from "secondstack/threads";

function ask(workerData) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./node_worker.cjs", import.meta.url), { workerData });
    worker.on("message", resolve);
    worker.on("error", reject);
  });
}

const ss = await createSecondStack();
const total = ss.scope((scope) => scope.copySlice(Float64Array, [1, 2, 3]).reduce((a, b) => a + b));
const atOnce = scope((s) => s.zeroedSlice(Int8Array, 4).length);
const inWorker = await ask(undefined);
const shared = await createShared();
const there = await ask(shared.share());
const fromThread = [...shared.view(Uint32Array, there.pointer, there.length)];
console.log(JSON.stringify({ total, atOnce, inWorker, fromThread }));
process.exit();
