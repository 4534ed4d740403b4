// SPDX-License-Identifier: MIT
// Every misuse that SS_DEBUG=1 finds ends the program with one line on standard error that names both
// places; natively and in Node.js. No message in src/ is without such a death.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const LIMIT_MS = 60_000;
const [major] = process.versions.node.split(".").map(Number);
// Emscripten before 3.1.30 gives Node's own fetch a file name.
const NODE = [process.execPath, ...(major < 22 ? ["--no-experimental-fetch"] : [])];
const PLATFORMS = [
  ["native", ["build/native/tests/misuse/misuse-deaths"]],
  ["wasm", [...NODE, "build/wasm/tests/misuse/misuse-deaths.js"]],
  ["wasm-pthread", [...NODE, "build/wasm-pthread/tests/misuse/misuse-deaths.js"]],
];
// The first wants more trims in one scope than a program has time for. The others are no misuse: the
// archive for dynamic linking tells so that a thread can have no stack.
const OUT_OF_REACH = [
  "secondstack: too many trims in one scope",
  "secondstack: ss_thread_stack: no pthread key is left",
  "secondstack: ss_thread_stack: no fiber-local storage is left",
  "secondstack: ss_thread_stack: no memory",
];

let passed = 0;
let failed = 0;
const check = (name, problem) => {
  if (!problem) {
    passed += 1;
    return;
  }
  failed += 1;
  console.log(`FAILED ${name}: ${problem}`);
};

const run = ([command, ...args], ...more) =>
  spawnSync(command, [...args, ...more], { encoding: "utf8", timeout: LIMIT_MS });

/** The literal formats of what src/ tells as misuse, as regular expressions by their text. */
function formatsOfSources() {
  const formats = new Map();
  for (const name of readdirSync("src").filter((file) => /\.[ch]$/.test(file))) {
    const source = readFileSync(`src/${name}`, "utf8");
    const calls = /\b(?:misuse|ss__fatal)\([^;"]*((?:"(?:[^"\\]|\\.)*"\s*)+)/g;
    for (const [, literals] of source.matchAll(calls)) {
      const text = [...literals.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part]) => part).join("");
      const pattern = text
        .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll("%s", ".+")
        .replace(/%z?[du]/g, "\\d+");
      formats.set(text, new RegExp(`${pattern}$`));
    }
  }
  return formats;
}

function die(name, command, scenario, messages) {
  const { stdout, stderr, status, signal, error } = run(command, scenario);
  const places = [...stdout.matchAll(/^names (.+)$/gm)].map(([, place]) => place);
  const lines = stderr.split("\n").filter((line) => line.startsWith("secondstack: "));
  const missing = places.filter((place) => !new RegExp(`${place}\\b`).test(lines[0]));
  let problem;
  const survives = scenario.startsWith("told_");
  if (error) problem = String(error);
  else if (survives && status !== 0) problem = `it ended with ${status ?? signal}: ${stderr}`;
  else if (!survives && (stdout.includes("survived") || (status === 0 && !signal)))
    problem = "it survived";
  else if (lines.length !== 1) problem = `${lines.length} lines: ${stderr.slice(0, 300)}`;
  else if (missing.length) problem = `${missing.join(", ")} not named in: ${lines[0]}`;
  check(`${name} ${scenario}`, problem);
  if (lines.length) messages.push(lines[0]);
}

const formats = formatsOfSources();
for (const [name, command] of PLATFORMS) {
  const scenarios = run(command).stdout?.trim().split("\n") ?? [];
  if (scenarios.length < 10) {
    check(name, `${command.at(-1)} lists ${scenarios.length} scenarios`);
    continue;
  }
  const messages = [];
  for (const scenario of scenarios) die(name, command, scenario, messages);
  for (const [text, pattern] of formats) {
    if (OUT_OF_REACH.includes(text)) continue;
    // Without threads nothing can be another thread's.
    if (name === "wasm" && text.includes("another thread's")) continue;
    const isMet = messages.some((message) => pattern.test(message));
    check(`${name} every message has a death`, isMet ? undefined : `nothing dies of: ${text}`);
  }
}
console.log(`${formats.size} messages in src/; out of reach: ${OUT_OF_REACH.join("; ")}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
