// SPDX-License-Identifier: MIT
// Runs all cases that a page or a module worker can run, on the module as it is, unbundled. The page of a
// module worker is sent a port for each thread that the worker needs.
import { runCases } from "./harness.mjs";
import { cases as layouts } from "./layout_cases.mjs";
import { cases as lifetimes } from "./lifetime_cases.mjs";
import { cases as own } from "./own_cases.mjs";
import { cases as pages, frontCases } from "./page_cases.mjs";
import { cases as realm } from "./realm_cases.mjs";
import { cases as slices } from "./slice_cases.mjs";
import { cases as threads } from "./thread_cases.mjs";
import { starter } from "./thread_starter.mjs";
import { createSecondStack as createFromFile } from "../../web/file.mjs";
import { createSecondStack } from "../../web/secondstack.mjs";
import { createSecondStack as createShared } from "../../web/threads.mjs";

const web = new URL("../../web/", import.meta.url);

const isPage = typeof document !== "undefined";

/** In a page. @param {MessagePort} port is sent to the thread */
export function startThread(port) {
  const worker = new Worker(new URL("./thread_worker.mjs", import.meta.url), { type: "module" });
  worker.postMessage(port, [port]);
}

// Firefox at times never returns from `new Worker` in a worker: the parent waits for a notification that
// its child took. So it is the page that starts all threads.
const start = starter(
  new URL("threads.mjs", web).href,
  isPage ? startThread : (port) => postMessage(port, [port]),
);

function environment(create, name) {
  const wasmUrl = new URL(name, web);
  const readWasm = async () => new Uint8Array(await (await fetch(wasmUrl)).arrayBuffer());
  return { create, start, wasmUrl, readWasm };
}

/** @param {string} place */
export async function runAll(place) {
  const all = new Map([...slices, ...lifetimes, ...layouts, ...own]);
  const plain = environment(createSecondStack, "secondstack.wasm");
  const shared = environment(createShared, "secondstack-threads.wasm");
  const counts = [
    // Another address is another copy.
    await runCases(realm, { copy: "/copy/secondstack.mjs" }, place),
    await runCases(own, { ...plain, create: createFromFile }, `${place}, from a file`),
    await runCases(all, plain, place),
    await runCases(all, shared, `${place}, shared memory`),
    await runCases(threads, shared, `${place}, threads`),
  ];
  if (isPage) {
    counts.push(await runCases(frontCases, undefined, place));
    counts.push(await runCases(pages, plain, place));
    counts.push(await runCases(pages, shared, `${place}, shared memory`));
  }
  return counts;
}

// In a worker: the page says what the place is called.
if (!isPage) {
  addEventListener("message", async ({ data }) => postMessage(await runAll(data)));
}
