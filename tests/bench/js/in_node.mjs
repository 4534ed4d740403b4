// SPDX-License-Identifier: MIT
// A process of its own for Node.js: prints rows and counts of garbage collections as JSON lines.
import { PerformanceObserver, constants } from "node:perf_hooks";
import { FRAMES, makeFrames } from "./cases.mjs";
import { measure } from "./measure.mjs";

const print = (record) => console.log(JSON.stringify(record));

/** Counts what V8 collects while the frames run; entries arrive when the loop turns. */
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
