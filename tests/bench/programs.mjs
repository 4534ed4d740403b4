// SPDX-License-Identifier: MIT
// ./run bench programs: builds the programs of programs/, whose work is mostly allocation, natively
// and for Node.js with each allocator, and measures them with malloc and with the second stack in
// turn. README.md says what is measured.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readArguments } from "./arguments.mjs";
import { call, FLAGS, inspectEmcc, projectFolder, sourcesOfLibrary } from "./build.mjs";
import { describeMachine } from "./environment.mjs";
import { nativePlatform, nodePlatform } from "./platforms.mjs";
import { markdownReport } from "./programs_report.mjs";

const USAGE = `Usage: ./run bench programs [--quick] [--check] [--out DIR] [--emcc NAME] [--only TEXT]

  --quick       fewer and shorter rounds
  --check       times nothing: each program's output must be the same with malloc and with the second stack,
                native and as WebAssembly, and a warm frame on the stack makes no allocator call
  --out DIR     where programs.json and programs.md go; default: build/bench
  --emcc NAME   the Emscripten compiler; default: emcc
  --only TEXT   only builds with TEXT in their name, such as "native" or "node mimalloc"`;

const folderOfSources = join(projectFolder, "tests/bench/programs");
const NAMES = [
  "json",
  "containers",
  "formulas",
  "triangles",
  "marching_cubes",
  "queries",
  "commands",
  "text",
];
const LUA_HEADERS = ["/usr/include/lua5.4", "/usr/include/lua54", "/opt/homebrew/include/lua5.4"];
const WRAPPED = ["malloc", "realloc", "free"].map((name) => `-Wl,--wrap=${name}`);
const VARIANTS = ["malloc", "stack", "pmr"];
const THREADS = 4;
const CHECKED_SEEDS = 8; // of outlines whose triangles are compared

const objectOf = (folder, source) => join(folder, basename(source).replace(/\.\w+$/, ".o"));

/** Compiles everything into a folder; returns the objects of the programs, and those that count calls. */
async function compile(compilers, flags, folder, luaHeaders) {
  mkdirSync(folder, { recursive: true });
  const ownC = [
    join(projectFolder, "tests/bench/bench.c"),
    join(projectFolder, "demo/scenes/cubes.c"),
  ];
  const counting = ["calls.c", "calls_new.cpp"].map((name) => join(folderOfSources, name));
  const names = ["main", ...NAMES, ...(luaHeaders ? ["lua"] : [])];
  const cpp = names.map((name) => join(folderOfSources, `${name}.cpp`));
  const common = [`-I${join(projectFolder, "include")}`, `-DBENCH_HAS_LUA=${luaHeaders ? 1 : 0}`];
  const options = { cwd: folder };
  const c = [...sourcesOfLibrary(), ...ownC, counting[0]];
  await call(compilers.c, ["-std=c11", ...flags, ...common, "-c", ...c], options);
  const include = luaHeaders ? ["-isystem", luaHeaders] : [];
  const all = [...cpp, counting[1]];
  await call(compilers.cpp, ["-std=c++17", ...flags, ...common, ...include, "-c", ...all], options);
  return {
    objects: [...sourcesOfLibrary(), ...ownC, ...cpp].map((source) => objectOf(folder, source)),
    counting: counting.map((source) => objectOf(folder, source)),
  };
}

/** Returns the program to be timed and the program that counts allocator calls. */
async function buildNative(folder) {
  const luaHeaders = LUA_HEADERS.find(existsSync);
  if (!luaHeaders) console.log("There are no headers of Lua 5.4: the script is left out.");
  const flags = FLAGS.native.split(" ");
  const compilers = { c: "cc", cpp: "c++" };
  const { objects, counting } = await compile(compilers, flags, join(folder, "native"), luaHeaders);
  const libraries = [...(luaHeaders ? ["-llua5.4"] : []), "-pthread"];
  const timed = join(folder, "native/programs");
  const counted = join(folder, "native/counted");
  await call("c++", [...objects, ...libraries, "-o", timed]);
  await call("c++", [...objects, ...counting, ...libraries, ...WRAPPED, "-o", counted]);
  return { timed, counted };
}

/** Returns the .js files, one for each allocator. */
async function buildWasm(emcc, folder, hasThreads, allocators) {
  const flavour = join(folder, hasThreads ? "pthread" : "plain");
  const flags = ["-O3", "-DNDEBUG", ...(hasThreads ? ["-pthread"] : [])];
  // emcc itself does not link C++ since version 6.0.6, so em++ does.
  const cpp = emcc.replace(/emcc([^/]*)$/, "em++$1");
  const { objects } = await compile({ c: emcc, cpp }, flags, join(flavour, "objects"));
  const linkFlags = FLAGS[hasThreads ? "pthread" : "wasm"].split(" ");
  const files = {};
  for (const allocator of allocators) {
    mkdirSync(join(flavour, allocator), { recursive: true });
    files[allocator] = join(flavour, allocator, "programs.js");
    const pool = hasThreads ? [`-sPTHREAD_POOL_SIZE=${THREADS}`] : [];
    const args = [...linkFlags, ...pool, `-sMALLOC=${allocator}`, ...objects];
    await call(cpp, [...args, "-o", files[allocator]]);
  }
  return files;
}

async function linesOf(platform, file, args) {
  const lines = [];
  await platform.run(file, args, (line) => lines.push(line));
  return lines;
}

async function rowsOf(platform, file, args) {
  const lines = await linesOf(platform, file, args);
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

/** The programs of a build, each with its variants. */
async function listOf(platform, file) {
  const lines = await linesOf(platform, file, ["list"]);
  return lines.map((line) => {
    const [name, hasPmr] = line.split("\t");
    return { name, variants: VARIANTS.filter((variant) => variant !== "pmr" || hasPmr) };
  });
}

// --- Checking

async function check(emcc, folder) {
  const toolchain = await inspectEmcc(emcc);
  const native = await buildNative(folder);
  const wasm = await buildWasm(emcc, folder, false, ["dlmalloc"]);
  const checks = [];
  const note = (name, wrong) => {
    checks.push(wrong === "");
    console.log(`  ${wrong ? "FAILED" : "ok    "} ${name}${wrong && `: ${wrong}`}`);
  };
  const checksums = {};
  const checkProgram = async (where, platform, file) => {
    const lines = [];
    // The program exits with 1 if a checksum differs, which is read from its lines instead.
    await platform.run(file, ["check"], (line) => lines.push(line)).catch(() => {});
    for (const line of lines) {
      const [name, checksum, verdict] = line.split("\t");
      checksums[name] ??= checksum;
      note(
        `${name}, ${where}`,
        verdict || (checksum === checksums[name] ? "" : "another checksum than native"),
      );
    }
    note(`all programs ran, ${where}`, lines.length >= NAMES.length ? "" : `${lines.length} did`);
  };
  const here = nativePlatform();
  await checkProgram("native", here, native.timed);
  await checkProgram("in Node.js", nodePlatform(toolchain), wasm.dlmalloc);
  const triangulation = "triangulation of small polygons";
  const { checkTriangles } = await import("./programs/triangulation.mjs");
  for (const [where, platform, file] of [
    ["native", here, native.timed],
    ["in Node.js", nodePlatform(toolchain), wasm.dlmalloc],
  ]) {
    const { variants } = (await listOf(platform, file)).find(({ name }) => name === triangulation);
    const printed = [];
    for (let seed = 0; seed < CHECKED_SEEDS; seed += 1) {
      printed.push(...(await linesOf(platform, file, ["triangles", String(seed)])));
    }
    checkTriangles(`triangles ${where}`, printed, variants, note);
  }
  for (const { name, variants } of await listOf(here, native.counted)) {
    for (const variant of variants) {
      const [{ calls }] = await rowsOf(here, native.counted, ["calls", name, variant]);
      const wrong = variant === "malloc" ? calls < 100 : calls !== 0;
      note(
        `${name}, ${variant}: ${calls} allocator calls in a warm frame`,
        wrong ? "not what is promised" : "",
      );
    }
  }
  const failed = checks.filter((holds) => !holds).length;
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

// --- Measuring

async function measure(build, platform, isQuick) {
  const rows = [];
  const quick = isQuick ? ["--quick"] : [];
  const frames = isQuick ? "1000" : "10000";
  const { file, counted } = build;
  for (const { name, variants } of await listOf(platform, file)) {
    const add = async (kind, args, from = file) => {
      const some = await rowsOf(platform, from, args);
      for (const row of some) rows.push({ ...row, kind, build: build.name });
      return some;
    };
    const times = await add("time", ["time", name, String(build.threads), ...quick]);
    const text = times.slice(1).map((row) => `${row.variant} ${row.ratio.toFixed(2)}`);
    console.log(`  ${name}: ${text.join(", ")}`);
    if (build.threads > 1) continue;
    await add("pace", ["pace", name, isQuick ? "500" : "3000"]);
    for (const variant of variants) {
      await add("heap", ["heap", name, variant, frames]);
      if (counted) await add("calls", ["calls", name, variant], counted);
    }
  }
  return rows;
}

async function measureAll(options, folder) {
  const toolchain = await inspectEmcc(options.emcc);
  const builds = ["native", "native, 4 threads"]
    .map((name, i) => ({ name, threads: i ? THREADS : 1, platform: "native" }))
    .concat(
      [false, true].flatMap((hasThreads) =>
        toolchain.allocators.map((allocator) => ({
          name: `node ${allocator}${hasThreads ? ", 4 threads" : ""}`,
          threads: hasThreads ? THREADS : 1,
          platform: "node",
          allocator,
        })),
      ),
    )
    .filter((build) => build.name.includes(options.only));
  const platforms = { native: nativePlatform(), node: nodePlatform(toolchain) };
  const files = {};
  const rows = [];
  for (const build of builds) {
    const key = `${build.platform}${build.platform === "node" ? build.threads : ""}`;
    const allocators = builds
      .filter((other) => other.platform === build.platform && other.threads === build.threads)
      .map((other) => other.allocator);
    files[key] ??= await (build.platform === "native"
      ? buildNative(folder)
      : buildWasm(options.emcc, folder, build.threads > 1, allocators));
    build.file = build.platform === "native" ? files[key].timed : files[key][build.allocator];
    build.counted = files[key].counted;
    console.log(build.name);
    rows.push(...(await measure(build, platforms[build.platform], options.quick)));
  }
  const versions = Object.fromEntries(
    Object.entries(platforms).map(([name, p]) => [name, p.version]),
  );
  return {
    environment: {
      ...describeMachine(),
      versions: { ...versions, emscripten: toolchain.version },
      isQuick: options.quick,
    },
    rows,
  };
}

const options = readArguments("programs.mjs", USAGE, "build/bench", {
  check: { type: "boolean", default: false },
  emcc: { type: "string", default: "emcc" },
  only: { type: "string", default: "" },
});
if (options.emcc.includes("/")) options.emcc = resolve(projectFolder, options.emcc);
const out = resolve(projectFolder, options.out);
const folder = join(out, "programs_of_work");
mkdirSync(folder, { recursive: true });
if (options.check) process.exit(await check(options.emcc, folder));
const result = await measureAll(options, folder);
writeFileSync(join(out, "programs.json"), `${JSON.stringify(result)}\n`);
writeFileSync(join(out, "programs.md"), markdownReport(result));
console.log(`\n${join(out, "programs.json")} and programs.md`);
