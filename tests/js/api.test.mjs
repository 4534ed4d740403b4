// SPDX-License-Identifier: MIT
// The module in Node.js: on the main thread, in a classic worker_thread, and in threads on a shared
// memory.
//   node tests/js/api.test.mjs
import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { cases as frames } from "./frames_cases.mjs";
import { report, runCases } from "./harness.mjs";
import { cases as layouts } from "./layout_cases.mjs";
import { cases as lifetimes } from "./lifetime_cases.mjs";
import { cases as own } from "./own_cases.mjs";
import { cases as slices } from "./slice_cases.mjs";
import { cases as threads } from "./thread_cases.mjs";
import { starter } from "./thread_starter.mjs";
import { createSecondStack as createFromFile } from "../../web/file.mjs";
import { createSecondStack } from "../../web/secondstack.mjs";
import { createSecondStack as createShared } from "../../web/threads.mjs";

const entry = (name) => new URL(`../../web/${name}`, import.meta.url);

function runInClassicWorker(name, place) {
  return new Promise((resolve, reject) => {
    const workerData = { entry: entry(name).href, place };
    const worker = new Worker(new URL("./classic_worker.cjs", import.meta.url), { workerData });
    worker.on("message", resolve);
    worker.on("error", reject);
  });
}

const start = starter(entry("threads.mjs").href, (port) => {
  new Worker(new URL("./thread_worker.mjs", import.meta.url)).postMessage(port, [port]);
});

const environment = (create, name) => {
  const wasmUrl = entry(name);
  return { create, start, wasmUrl, readWasm: () => readFile(wasmUrl) };
};
const plain = environment(createSecondStack, "secondstack.wasm");
const shared = environment(createShared, "secondstack-threads.wasm");
const all = new Map([...slices, ...lifetimes, ...layouts, ...own]);
// Two classic workers beside the main thread.
const inWorkers = Promise.all([
  runInClassicWorker("secondstack.mjs", "classic worker_thread"),
  runInClassicWorker("threads.mjs", "classic worker_thread, shared memory"),
]);
const onMain = [
  await runCases(all, plain, "Node.js"),
  await runCases(own, { ...plain, create: createFromFile }, "Node.js, from a file"),
  await runCases(all, shared, "Node.js, shared memory"),
  await runCases(threads, shared, "Node.js, threads"),
  await runCases(frames, plain, "Node.js, frames"),
];
report([...onMain, ...(await inWorkers).flat()]);
