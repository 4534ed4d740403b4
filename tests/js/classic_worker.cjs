// SPDX-License-Identifier: MIT
// A worker as Node.js has always had them, a script and no module: runs the cases and posts counts.
const { parentPort, workerData } = require("node:worker_threads");

async function main() {
  const { createSecondStack } = await import(workerData.entry);
  const { runCases } = await import("./harness.mjs");
  const all = [];
  for (const file of ["./slice_cases.mjs", "./lifetime_cases.mjs"]) {
    const { cases } = await import(file);
    all.push(await runCases(cases, { create: createSecondStack }, workerData.place));
  }
  parentPort.postMessage(all);
}

main();
