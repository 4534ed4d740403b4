// What tsc says: a program that uses the types, and the module's own JSDoc.
//   node tests/js/types.test.mjs
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { ok, report, runCases } from "./harness.mjs";

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

function check(project) {
  const file = fileURLToPath(new URL(`types/${project}`, import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", file], { encoding: "utf8" });
  ok(status === 0, stdout.slice(0, 2000));
}

const cases = new Map([
  ["a_program_gets_precise_types", () => check("tsconfig.json")],
  ["the_sources_are_typed", () => check("sources.json")],
]);
report([await runCases(cases, undefined, "types")]);
