// SPDX-License-Identifier: MIT
// The module's tests, and the first examples of its documents, in Deno and in Bun, as npm has them.
//   node tests/js/runtimes.test.mjs [deno | bun]
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { report } from "./harness.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const out = path("../../build/js/runtimes/");
const LIMIT_MS = 240_000;

/** What a program prints, or what it said when it failed. */
function run(program, args) {
  const options = { timeout: LIMIT_MS, cwd: out, env: { ...process.env, NO_COLOR: "1" } };
  return new Promise((resolve) =>
    execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ stdout, said: `${error?.message ?? ""}\n${stdout}${stderr}`.slice(-3000), error }),
    ),
  );
}

/** Of the packages of all systems npm has installed this one's; no script of theirs has run. */
function findProgram(prefix, name) {
  const { packages } = JSON.parse(readFileSync(path("runtimes/package-lock.json"), "utf8"));
  return Object.keys(packages)
    .filter((folder) => folder.startsWith(`node_modules/${prefix}`))
    .map((folder) => join(path("runtimes"), folder, name))
    .find((program) => existsSync(program));
}

const passed = (condition, line) => ({
  passed: +condition,
  failed: +!condition,
  skipped: 0,
  lines: condition ? [] : [`FAILED ${line}`],
});

async function tryIn(title, program, flags) {
  if (!program) {
    const lines = [`skipped ${title}: npm has no program of it for this system`];
    return [{ passed: 0, failed: 0, skipped: 1, lines }];
  }
  const counts = [];
  for (const name of ["first.mjs", "package.mjs"]) {
    const text = readFileSync(join(out, name), "utf8");
    const expected = /^console\.log\(.*?\); +\/\/ (.+)$/m.exec(text)[1];
    const { stdout, said } = await run(program, [...flags, name]);
    counts.push(
      passed(stdout.trim() === expected, `${title}, ${name}, expected ${expected}: ${said}`),
    );
  }
  // The whole of what Node.js runs, its threads included.
  const { stdout, said, error } = await run(program, [...flags, path("api.test.mjs")]);
  const numbers = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m.exec(stdout);
  if (!numbers || error) counts.push(passed(false, `${title}, api.test.mjs: ${said}`));
  else {
    const lines = stdout.split("\n").filter((line) => line.startsWith("skipped "));
    counts.push({ passed: +numbers[1], failed: 0, skipped: +(numbers[3] ?? 0), lines });
  }
  return counts;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "node_modules"), { recursive: true });
symlinkSync(path("../../web"), join(out, "node_modules/secondstack"));
writeFileSync(join(out, "package.json"), '{ "type": "module" }\n');
for (const [name, document] of [
  ["first.mjs", "../../docs/javascript.md"],
  ["package.mjs", "../../web/README.md"],
]) {
  const [, text] = /^```js\n(.*?)^```/ms.exec(readFileSync(path(document), "utf8"));
  writeFileSync(join(out, name), text);
}

const only = process.argv[2];
const suffix = process.platform === "win32" ? ".exe" : "";
const runtimes = [
  ["Deno", findProgram("@deno/", `deno${suffix}`), ["run", "--no-check", "--allow-all"]],
  ["Bun", findProgram("@oven/bun-", `bin/bun${suffix}`), []],
].filter(([title]) => !only || title.toLowerCase() === only);
// Both at once.
report((await Promise.all(runtimes.map((runtime) => tryIn(...runtime)))).flat());
