// SPDX-License-Identifier: MIT
// attach() to programs built with emcc, plain and -pthread, in Node.js.
//   node tests/js/attach.test.mjs
import { buildProgram } from "./attach_build.mjs";
import { cases, threadCases } from "./attach_cases.mjs";
import { report, runCases } from "./harness.mjs";
import { cases as lifetimes } from "./lifetime_cases.mjs";
import { cases as slices } from "./slice_cases.mjs";
import { attach } from "../../web/secondstack.mjs";

const counts = [];
const programs = await Promise.all(
  [
    ["plain", []],
    ["pthread", ["-pthread", "-sPTHREAD_POOL_SIZE=1", "-Wno-pthreads-mem-growth"]],
  ].map(async ([name, flags]) => [name, await buildProgram(name, flags)]),
);
for (const [name, start] of programs) {
  const create = async (options) => {
    const { debug = false } = options ?? {};
    return attach(await start(), { debug });
  };
  const own = name === "pthread" ? new Map([...cases, ...threadCases]) : cases;
  counts.push(await runCases(own, { start }, `attach, ${name}`));
  counts.push(await runCases(new Map([...slices, ...lifetimes]), { create }, `attach, ${name}`));
}
report(counts);
// The threads of Emscripten's pool do not end by themselves.
process.exit();
