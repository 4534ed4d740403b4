// SPDX-License-Identifier: MIT
// Do the tests find faults? Puts each fault of list.txt into a copy of the project, builds what is in C of the
// tests that the short `./run test` runs, and runs it until a program fails:
//
//   node tests/mutations/mutations.mjs [NAME...]
//   node tests/mutations/mutations.mjs --check     only see that the sources have what the list changes
//
// A fault that no test finds has survived: the tests have a hole. The copy without a fault must pass.
//
// The copy is build/mutations/, and it stays, so that only what a fault changes is compiled.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../..", import.meta.url));
const copy = path.join(project, "build/mutations");
const jobs = String(Math.max(2, os.cpus().length));
const testSeconds = 180; // a fault may make a test hang
const buildSeconds = 1800;

// Leaks are found by the tests' own counting: a longjmp may leave temporaries of the model's behind.
const asanOptions = "allocator_may_return_null=1:detect_stack_use_after_return=1:detect_leaks=0";

const presets = { native: "asan-gcc", wasm: "wasm" };

// What is built and run, one after the other, until something fails.
const steps = [
  { target: "unit", commands: unitCommands },
  { target: "unit-debug", commands: unitCommands },
  { target: "model-random", commands: modelCommand("1", "300") },
  { target: "model-replay", commands: modelCommand("--corpus", "tests/fuzz/corpus.bin") },
];

// A file says how a program of unit tests is called, in the shell's words. Some groups want a process each.
function unitCommands(preset, target) {
  const file = path.join(copy, "build", preset, "programs/unit", target);
  const program = fs.readFileSync(file, "utf8").match(/(?<=')[^' ][^']*(?=')/g);
  const alone = run([...program, "--groups"], testSeconds).output.match(/^\w+(?=\t)/gm) ?? [];
  return [
    [...program, "--trace"],
    ...alone.map((group) => [...program, "--trace", "--filter", group]),
  ];
}

function modelCommand(...words) {
  return (preset, target) => {
    const unit = unitCommands(preset, "unit")[0].slice(0, -1);
    const { dir, ext } = path.parse(unit.pop());
    return [[...unit, path.join(dir, "model", target + ext), ...words]];
  };
}

// The test that failed, or the one that was running when the program died.
function failedTest(output) {
  const failed = output.match(/^FAILED (\S+)/m)?.[1];
  if (failed) return failed;
  const running = [...output.matchAll(/^run (\S+)/gm)].pop()?.[1];
  return running ? `${running}, where the program died` : "the program died";
}

function parse(text) {
  const mutations = [];
  let mutation, edit;
  text.split("\n").forEach((line, index) => {
    const words = line.match(/^(?:(\w+): (.+)|only (\w+)|in (\S+))$/);
    if (line === "" || line.startsWith("#")) return;
    if (words?.[1]) {
      mutation = { name: words[1], what: words[2], configuration: "native", edits: [] };
      mutations.push(mutation);
    } else if (words?.[3] in presets) {
      mutation.configuration = words[3];
    } else if (words?.[4]) {
      edit = { file: words[4], before: [], after: [] };
      mutation.edits.push(edit);
    } else if (" -+".includes(line[0])) {
      if (line[0] !== "+") edit.before.push(line.slice(1));
      if (line[0] !== "-") edit.after.push(line.slice(1));
    } else {
      throw new Error(`list.txt:${index + 1}: not understood: ${line}`);
    }
  });
  return mutations;
}

// The copy's files are written only where they differ: what is newer is compiled again.
function writeIfOther(file, content) {
  if (fs.existsSync(file) && fs.readFileSync(file).equals(content)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

function copyFolder(from, to) {
  fs.mkdirSync(to, { recursive: true });
  const left_out = ["build", ".git", "node_modules", "dist"];
  const entries = fs
    .readdirSync(from, { withFileTypes: true })
    .filter((entry) => !left_out.includes(entry.name) && !entry.name.startsWith("build-"));
  for (const { name } of fs.readdirSync(to, { withFileTypes: true })) {
    if (left_out.includes(name) || entries.some((entry) => entry.name === name)) continue;
    fs.rmSync(path.join(to, name), { recursive: true });
  }
  for (const entry of entries) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) {
      copyFolder(source, target);
    } else if (entry.isFile()) {
      writeIfOther(target, fs.readFileSync(source));
      fs.chmodSync(target, fs.statSync(source).mode);
    }
  }
}

// The files as the mutation makes them.
function mutate(mutation) {
  const files = new Map();
  for (const { file, before, after } of mutation.edits) {
    const text = files.get(file) ?? fs.readFileSync(path.join(project, file), "utf8");
    const parts = `\n${text}`.split(`\n${before.join("\n")}\n`);
    if (before.length === 0 || parts.length !== 2) {
      throw new Error(
        `${mutation.name}: stands ${parts.length - 1} times in ${file}, not once:\n${before.join("\n")}`,
      );
    }
    const lines = after.map((line) => `${line}\n`).join("");
    files.set(file, `${parts[0]}\n${lines}${parts[1]}`.slice(1));
  }
  return files;
}

function run(words, seconds) {
  const [program, ...rest] = words;
  const { status, stdout, stderr, error } = spawnSync(program, rest, {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, ASAN_OPTIONS: asanOptions },
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: seconds * 1000,
  });
  if (error && error.code !== "ETIMEDOUT") throw error;
  return { passed: status === 0, output: `${stdout}${stderr}` };
}

// Runs a program until it says that a test failed, or to its end.
function runTests([program, ...rest]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd: copy,
      env: { ...process.env, ASAN_OPTIONS: asanOptions },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let is_late = false;
    const limit = setTimeout(() => {
      is_late = true;
      child.kill("SIGKILL");
    }, testSeconds * 1000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
        if (/^FAILED \S+ /m.test(output)) child.kill("SIGKILL");
      });
    }
    child.on("error", reject);
    child.on("close", (status) => {
      clearTimeout(limit);
      resolve({ passed: status === 0, output, is_late });
    });
  });
}

const configured = new Set();

// Returns what the compiler says when it fails.
function build(preset, target) {
  if (!configured.has(preset)) {
    const { passed, output } = run(["cmake", "--preset", preset], buildSeconds);
    if (!passed) return output;
    configured.add(preset);
  }
  const words = ["cmake", "--build", "--preset", preset, "-j", jobs, "--target", target];
  const { passed, output } = run(words, buildSeconds);
  return passed ? "" : output;
}

// Returns how the first failure came about, or undefined.
async function firstFailure(preset) {
  for (const { target, commands } of steps) {
    const error = build(preset, target);
    if (error) return { is_built: false, output: error };
    for (const command of commands(preset, target)) {
      const { passed, output, is_late } = await runTests(command);
      if (passed) continue;
      const test = `${target} ${failedTest(output)}`;
      return { is_built: true, output, test: is_late ? `${test}, out of time` : test };
    }
  }
  return undefined;
}

function lastLines(output) {
  return output.split("\n").slice(-30).join("\n");
}

const started = process.hrtime.bigint();
const seconds = () => Math.round(Number(process.hrtime.bigint() - started) / 1e9);
const list = parse(fs.readFileSync(path.join(project, "tests/mutations/list.txt"), "utf8"));
const is_check = process.argv.includes("--check");
const names = process.argv.slice(2).filter((argument) => argument !== "--check");
const unknown = names.find((name) => !list.some((mutation) => mutation.name === name));
if (unknown) {
  console.error(`mutations: no such fault: ${unknown}; tests/mutations/list.txt has them`);
  process.exit(2);
}
const mutations = list.filter(({ name }) => names.length === 0 || names.includes(name));
let passed = 0;
let failed = 0;

function report(is_well, text) {
  if (is_well) passed += 1;
  else failed += 1;
  console.log(`${String(seconds()).padStart(4)} s  ${text}`);
}

// Says so at once where the sources have moved on.
const mutated = new Map();
for (const mutation of mutations) {
  try {
    mutated.set(mutation, mutate(mutation));
    if (is_check) passed += 1;
  } catch (error) {
    report(false, `FAILED ${error.message}`);
  }
}

if (!is_check) copyFolder(project, copy);
for (const [configuration, preset] of is_check ? [] : Object.entries(presets)) {
  const chosen = [...mutated].filter(([mutation]) => mutation.configuration === configuration);
  if (chosen.length === 0) continue;
  const broken = await firstFailure(preset);
  if (broken) {
    report(false, `FAILED without a fault, ${preset}\n${lastLines(broken.output)}`);
    for (const [{ name }] of chosen) report(false, `FAILED ${name}: not tried`);
    continue;
  }
  report(true, `without a fault, ${preset}: all pass`);
  for (const [{ name, what }, files] of chosen) {
    for (const [file, text] of files) writeIfOther(path.join(copy, file), Buffer.from(text));
    const found = await firstFailure(preset);
    if (!found) report(false, `SURVIVED ${name}: ${what}`);
    else if (!found.is_built)
      report(false, `FAILED ${name}: does not build\n${lastLines(found.output)}`);
    else report(true, `${name}: found by ${found.test}`);
    for (const file of files.keys()) {
      writeIfOther(path.join(copy, file), fs.readFileSync(path.join(project, file)));
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
