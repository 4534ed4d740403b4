// SPDX-License-Identifier: MIT
// What tsc says: a program that uses the types, and the module's own JSDoc.
//   node tests/js/types.test.mjs
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { ok, report, runCases } from "./harness.mjs";

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

/** @returns {Promise<string>} what it says of a project; nothing if that is right */
function said(project) {
  const file = fileURLToPath(new URL(`types/${project}`, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", file], (error, stdout, stderr) =>
      resolve(error ? `${stdout}${stderr}` || error.message : ""),
    );
  });
}

// Both at once.
const projects = [
  ["a_program_gets_precise_types", said("tsconfig.json")],
  ["the_sources_are_typed", said("sources.json")],
];
const check = async (text) => ok((await text) === "", (await text).slice(0, 2000));
const cases = new Map(projects.map(([name, text]) => [name, () => check(text)]));
report([await runCases(cases, undefined, "types", 240_000)]);
