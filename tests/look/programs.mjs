// SPDX-License-Identifier: MIT
// What the tests beside this have in common: counting, and programs that are compiled with the built library.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";

const LIMIT_MS = 60_000;
const folder = "build/look";
let passed = 0;
let failed = 0;

/** Passes when there is no problem. */
export function check(name, problem) {
  if (!problem) {
    passed += 1;
    return;
  }
  failed += 1;
  console.log(`FAILED ${name}\n  ${String(problem).replaceAll("\n", "\n  ")}`);
}

/** Each pattern must be found in the text. */
export function checkFinds(name, text, patterns) {
  for (const pattern of patterns) {
    check(`${name}: ${pattern}`, !pattern.test(text) && `it is not in:\n${text}`);
  }
}

export function run(command, ...args) {
  const { stdout, stderr, status, signal, error } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: LIMIT_MS,
  });
  return { stdout: stdout ?? "", stderr: stderr ?? "", status, signal, error };
}

/** Compiles a program with the library as it is released; returns its path. */
export function compile(name, source, ...flags) {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, name);
  const compiler = source.endsWith(".cpp") ? ["c++", "-std=c++17"] : ["cc", "-std=c11"];
  const { status, stderr } = run(
    compiler[0],
    compiler[1],
    "-g",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Iinclude",
    ...flags,
    source,
    "build/native-release/libsecondstack.a",
    "-pthread",
    "-o",
    program,
  );
  check(`${basename(source)} compiles: ${flags.join(" ")}`, status !== 0 && stderr);
  return program;
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
