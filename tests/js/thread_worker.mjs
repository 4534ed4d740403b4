// SPDX-License-Identifier: MIT
// Runs thread_work.mjs in a worker_thread or a browser's module worker, which is sent the port to listen on.
// The first message there says what to do; the answer is its result, or { error }, and the next one ends it.
import { doWork, handOver } from "./thread_work.mjs";

const parent =
  typeof process === "undefined" ? self : (await import("node:worker_threads")).parentPort;
const port = await new Promise((resolve) =>
  parent.addEventListener("message", ({ data }) => resolve(data), { once: true }),
);

async function begin({ entry, work, shared }) {
  const { createSecondStack } = await import(entry);
  return (work.turns ? handOver : doWork)(createSecondStack, work, shared);
}

let end;
async function answer(message) {
  if (message === "end") {
    end();
    return "ended";
  }
  const done = await begin(message);
  end = done.end;
  return done.result;
}

port.onmessage = async ({ data }) => {
  port.postMessage(await answer(data).catch((error) => ({ error: error.stack })));
  if (data !== "end") return;
  port.close();
  // Deno's parentPort cannot be closed.
  (parent.close ? parent : self).close();
};
