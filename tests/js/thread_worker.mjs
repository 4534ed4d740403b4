// Runs thread_work.mjs in a worker_thread or a browser's module worker. The first message says what;
// the answer is its result, and the next message ends it.
import { doWork, handOver } from "./thread_work.mjs";

const isNode = typeof process !== "undefined";
const port = isNode ? (await import("node:worker_threads")).parentPort : self;
const listen = (use) =>
  isNode ? port.on("message", use) : port.addEventListener("message", ({ data }) => use(data));

let end;
listen(async (message) => {
  if (message === "end") {
    end();
    port.postMessage("ended");
    port.close();
    return;
  }
  const { createSecondStack } = await import(message.entry);
  const run = message.work.turns ? handOver : doWork;
  const done = await run(createSecondStack, message.work, message.shared);
  end = done.end;
  port.postMessage(done.result);
});
