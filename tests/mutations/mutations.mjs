// Do the tests find faults? Puts each fault of list.txt into a copy of the project, builds what the short
// `./run test` runs and runs it until the first test fails: node tests/mutations/mutations.mjs [NAME...].
// A fault that no test finds has survived: the tests have a hole. The copy without a fault must pass.
//
// The copy is build/mutations/, and it stays, so that only what a fault changes is compiled.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../..", import.meta.url));
const copy = path.join(project, "build/mutations");
const jobs = String(Math.max(2, os.cpus().length));
const testSeconds = 60; // a fault may make a test hang
const buildSeconds = 900;

const presets = { native: "asan-gcc", wasm: "wasm" };

// What runs the tests of a preset, as one or more commands, the quickest first. That which says of a
// failing test how it is called is in `failedTest`.
function testCommands(preset) {
  const ctest = ["ctest", "--preset", preset, "--stop-on-failure", "-j", jobs];
  return [
    { words: [...ctest, "--timeout", String(testSeconds), "-L", "^unit$"] },
    // The model counts blocks itself; a longjmp may leave its own temporaries behind.
    {
      words: [...ctest, "--timeout", String(testSeconds), "-R", "^model[.](random|corpus|arithmetic)$"],
      env: { COUNT: "60", ASAN_OPTIONS: "detect_leaks=0" },
    },
  ];
}

function failedTest(output) {
  return output.match(/^\t *\d+ - (\S+)/m)?.[1] ?? output.match(/^FAILED (\S+)/m)?.[1];
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

function run(words, seconds, env = {}) {
  const [program, ...rest] = words;
  const { status, signal, stdout, stderr, error } = spawnSync(program, rest, {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: seconds * 1000,
  });
  if (error && error.code !== "ETIMEDOUT") throw error;
  return { passed: status === 0, output: `${stdout}${stderr}`, signal };
}

const configured = new Set();

// Returns what the compiler says when it fails.
function build(preset) {
  if (!configured.has(preset)) {
    const { passed, output } = run(["cmake", "--preset", preset], buildSeconds);
    if (!passed) return output;
    configured.add(preset);
  }
  for (const target of ["all", "model"]) {
    const words = ["cmake", "--build", `build/${preset}`, "-j", jobs, "--target", target];
    const { passed, output } = run(words, buildSeconds);
    if (!passed) return output;
  }
  return "";
}

// Returns which test failed first, or undefined.
function test(preset) {
  for (const { words, env } of testCommands(preset)) {
    const { passed, output, signal } = run(words, buildSeconds, env);
    if (passed) continue;
    return { name: failedTest(output) ?? (signal ? "a time limit" : words.join(" ")), output };
  }
  return undefined;
}

function lastLines(output) {
  return output.split("\n").slice(-30).join("\n");
}

const started = process.hrtime.bigint();
const seconds = () => Math.round(Number(process.hrtime.bigint() - started) / 1e9);
const list = parse(fs.readFileSync(path.join(project, "tests/mutations/list.txt"), "utf8"));
const names = process.argv.slice(2);
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
  } catch (error) {
    report(false, `FAILED ${error.message}`);
  }
}

copyFolder(project, copy);
for (const [configuration, preset] of Object.entries(presets)) {
  const chosen = [...mutated].filter(([mutation]) => mutation.configuration === configuration);
  if (chosen.length === 0) continue;
  const broken = build(preset) || test(preset)?.output;
  report(!broken, broken ? `FAILED without a fault, ${preset}\n${lastLines(broken)}` : `without a fault, ${preset}: all pass`);
  if (broken) {
    for (const [{ name }] of chosen) report(false, `FAILED ${name}: not tried`);
    continue;
  }
  for (const [{ name, what }, files] of chosen) {
    for (const [file, text] of files) writeIfOther(path.join(copy, file), Buffer.from(text));
    const error = build(preset);
    const found = error ? undefined : test(preset);
    if (error) report(false, `FAILED ${name}: does not build\n${lastLines(error)}`);
    else if (found) report(true, `${name}: found by ${found.name}`);
    else report(false, `SURVIVED ${name}: ${what}`);
    for (const file of files.keys()) {
      writeIfOther(path.join(copy, file), fs.readFileSync(path.join(project, file)));
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
