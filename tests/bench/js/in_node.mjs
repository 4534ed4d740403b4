// SPDX-License-Identifier: MIT
// Runs the cases in a process of Node.js of its own, and prints rows and counts of garbage
// collections as JSON lines.
import { PerformanceObserver, constants } from "node:perf_hooks";
import { FRAMES, makeFrames } from "./cases.mjs";
import { measure } from "./measure.mjs";

const print = (record) => console.log(JSON.stringify(record));

/**
 * Counts V8's garbage collections while the frames run. Their entries arrive when control returns
 * to the event loop.
 */
async function countCollections(run, name) {
  const majors = [];
  const minors = [];
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) {
      if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) majors.push(detail);
      if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) minors.push(detail);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  run(name, FRAMES);
  await new Promise((resolve) => setTimeout(resolve, 50));
  observer.disconnect();
  return { majors: majors.length, minors: minors.length };
}

const [quick, only] = process.argv.slice(2);
const run = await makeFrames();
for (const name of ["secondstack", "fresh"]) {
  print({ frames: name, ...(await countCollections(run, name)) });
}
await measure({ isQuick: quick === "quick", only: only ?? "" }, print);
