// Runs all cases that a page or a module worker can run, on the module as it is, unbundled.
import { runCases } from "./harness.mjs";
import { cases as lifetimes } from "./lifetime_cases.mjs";
import { cases as own } from "./own_cases.mjs";
import { cases as pages } from "./page_cases.mjs";
import { cases as slices } from "./slice_cases.mjs";
import { cases as threads } from "./thread_cases.mjs";
import { createSecondStack } from "../../web/secondstack.mjs";
import { createSecondStack as createShared } from "../../web/threads.mjs";

const web = new URL("../../web/", import.meta.url);

/** Starts thread_worker.mjs; resolves when it has its result. */
async function start(work, shared) {
  const worker = new Worker(new URL("./thread_worker.mjs", import.meta.url), { type: "module" });
  const answer = () =>
    new Promise((resolve, reject) => {
      worker.addEventListener("message", ({ data }) => resolve(data), { once: true });
      worker.addEventListener("error", (event) => reject(new Error(event.message)), { once: true });
    });
  worker.postMessage({ entry: new URL("threads.mjs", web).href, work, shared });
  const result = await answer();
  const end = async () => {
    const ended = answer();
    worker.postMessage("end");
    await ended;
  };
  return { result, end };
}

function environment(create, name) {
  const wasmUrl = new URL(name, web);
  const readWasm = async () => new Uint8Array(await (await fetch(wasmUrl)).arrayBuffer());
  return { create, start, wasmUrl, readWasm };
}

/** @param {string} place */
export async function runAll(place) {
  const all = new Map([...slices, ...lifetimes, ...own]);
  const plain = environment(createSecondStack, "secondstack.wasm");
  const shared = environment(createShared, "secondstack-threads.wasm");
  const counts = [
    await runCases(all, plain, place),
    await runCases(all, shared, `${place}, shared memory`),
    await runCases(threads, shared, `${place}, threads`),
  ];
  if (typeof document !== "undefined") {
    counts.push(await runCases(pages, plain, place));
    counts.push(await runCases(pages, shared, `${place}, shared memory`));
  }
  return counts;
}

// In a worker: the page says what the place is called.
if (typeof document === "undefined") {
  addEventListener("message", async ({ data }) => postMessage(await runAll(data)));
}
