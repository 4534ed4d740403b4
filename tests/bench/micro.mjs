// SPDX-License-Identifier: MIT
// ./run bench micro: builds the benchmark programs, runs them natively, in Node.js and in headless
// Chrome, with and without -pthread, and writes micro.json, micro.md and micro.svg. README.md says
// what is measured.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readArguments, refuse } from "./arguments.mjs";
import { buildNative, buildWasm, FLAGS, inspectEmcc, projectFolder } from "./build.mjs";
import { describeMachine } from "./environment.mjs";
import { measureCode } from "./exact.mjs";
import { measureGrowth } from "./growth.mjs";
import { chromePlatform, nativePlatform, nodePlatform, otherNodes } from "./platforms.mjs";
import { caseLine, markdownReport, summary } from "./report.mjs";

const USAGE = `Usage: ./run bench micro [--quick] [--out DIR] [--emcc NAME] [--only TEXT]

  --quick       fewer and shorter rounds: under 6 minutes instead of 15
  --out DIR     where micro.json, micro.md and micro.svg go; default: build/bench
  --emcc NAME   the Emscripten compiler; default: emcc
  --only TEXT   only builds with TEXT in their name, such as "native" or "node -pthread emmalloc"`;

// The cases whose results depend on the allocator, which are repeated with the second and third
// allocators.
const ALLOCATOR_CASES = {
  slice: ["--case", "slice"],
  buffer: ["--case", "one by one"],
  thread: [],
};

/**
 * What is built, and where it runs. The allocators other than the default one run in one version of
 * Node.js only, and the other versions of Node.js run the build without threads only.
 */
function plan(allocators, others, only) {
  const builds = [{ platform: "native", hasThreads: true, allocator: "libc" }];
  for (const platform of ["node", ...others, "chrome"]) {
    for (const hasThreads of others.includes(platform) ? [false] : [false, true]) {
      for (const allocator of platform === "node" ? allocators : allocators.slice(0, 1)) {
        builds.push({ platform, hasThreads, allocator });
      }
    }
  }
  for (const build of builds) {
    const threads = build.hasThreads && build.platform !== "native" ? "-pthread " : "";
    build.name = `${build.platform} ${threads}${build.allocator}`;
  }
  return builds.filter((build) => build.name.includes(only));
}

async function compileAll(builds, emcc, folder) {
  const jobs = [];
  const files = { native: {}, plain: {}, pthread: {} };
  if (builds.some((build) => build.platform === "native")) {
    jobs.push(async () => (files.native.libc = await buildNative(folder)));
  }
  for (const hasThreads of [false, true]) {
    const some = builds.filter((b) => b.platform !== "native" && b.hasThreads === hasThreads);
    const allocators = [...new Set(some.map((build) => build.allocator))];
    if (allocators.length === 0) continue;
    jobs.push(async () => {
      const built = await buildWasm({ emcc, folder, hasThreads, allocators });
      files[hasThreads ? "pthread" : "plain"] = built;
    });
  }
  await Promise.all(jobs.map((job) => job()));
  return (build) =>
    files[build.platform === "native" ? "native" : build.hasThreads ? "pthread" : "plain"][
      build.allocator
    ];
}

/** Runs the programs of one build and returns their rows. */
async function measureBuild(build, files, platform, isQuick, isMain) {
  const rows = [];
  const tag = {
    build: build.name,
    platform: build.platform,
    hasThreads: build.hasThreads,
    allocator: build.allocator,
  };
  for (const program of ["slice", "buffer", "shape", "thread"]) {
    if (!files[program] || (program === "shape" && !isMain)) continue;
    const args = [...(isQuick ? ["--quick"] : []), ...(isMain ? [] : ALLOCATOR_CASES[program])];
    let some = [];
    const finishCase = () => {
      if (some.length > 0) console.log(`  ${caseLine(some)}`);
      some = [];
    };
    await platform.run(files[program], args, (line) => {
      if (!line.startsWith("{")) return;
      const row = { ...JSON.parse(line), program, ...tag };
      rows.push(row);
      if (row.number !== undefined) return;
      some.push(row);
      if (row.variant === "limit again") finishCase();
    });
    finishCase();
  }
  // The size of the heap is the same in each round, so the other allocators need fewer rounds.
  const rounds = isMain ? (isQuick ? 3 : 9) : isQuick ? 1 : 3;
  const growthRows = await measureGrowth(files.growth, platform, rounds);
  for (const some of growthRows) {
    for (const row of some) rows.push({ ...row, program: "growth", ...tag });
    console.log(`  ${caseLine(some)}`);
  }
  return rows;
}

const options = readArguments("micro.mjs", USAGE, "build/bench", {
  emcc: { type: "string", default: "emcc" },
  only: { type: "string", default: "" },
});
const out = resolve(projectFolder, options.out);
// A path, as opposed to a name on PATH, must be absolute, because the compiler is started in other
// folders, too.
if (options.emcc.includes("/")) options.emcc = resolve(projectFolder, options.emcc);
mkdirSync(out, { recursive: true });
const start = performance.now();
const elapsed = () => `${Math.round((performance.now() - start) / 1000)} s`;

const toolchain = await inspectEmcc(options.emcc);
const others = otherNodes();
const builds = plan(toolchain.allocators, Object.keys(others), options.only);
if (builds.length === 0) refuse("micro.mjs", `no build has "${options.only}" in its name`);
console.log(`Emscripten ${toolchain.version}, allocators: ${toolchain.allocators.join(", ")}`);
if (!toolchain.allocators.includes("mimalloc")) {
  console.log("This Emscripten ships no mimalloc: its rows are left out.");
}
if (Object.keys(others).length === 0) {
  console.log("npm has no other Node.js for this machine: their rows are left out.");
}
console.log(`building ${builds.map((build) => build.name).join("; ")}`);
const filesOf = await compileAll(builds, options.emcc, join(out, "programs"));
console.log(`built after ${elapsed()}`);

// First, since a tool that is missing here should not cost the rounds.
console.log(`counting instructions and bytes of code`);
const exact = await measureCode({ emcc: options.emcc, folder: join(out, "exact") });

const starters = {
  native: nativePlatform,
  node: () => nodePlatform(toolchain),
  ...Object.fromEntries(
    Object.entries(others).map(([name, file]) => [name, () => nodePlatform(toolchain, file)]),
  ),
  chrome: chromePlatform,
};
const versions = {};
const rows = [];
for (const name of Object.keys(starters)) {
  const some = builds.filter((build) => build.platform === name);
  if (some.length === 0) continue;
  const platform = await starters[name]();
  versions[name] = platform.version;
  try {
    for (const build of some) {
      console.log(`\n${build.name} (${platform.version}), after ${elapsed()}`);
      const isMain = build.allocator === "libc" || build.allocator === toolchain.allocators[0];
      rows.push(...(await measureBuild(build, filesOf(build), platform, options.quick, isMain)));
    }
  } finally {
    await platform.stop();
  }
}

const result = {
  environment: {
    ...describeMachine(),
    versions: { ...versions, emscripten: toolchain.version },
    allocators: toolchain.allocators,
    flags: FLAGS,
    isQuick: options.quick,
  },
  exact,
  rows,
};
writeFileSync(join(out, "micro.json"), `${JSON.stringify(result)}\n`);
writeFileSync(join(out, "micro.md"), markdownReport(result));
const { drawPlot } = await import("./plot.mjs");
writeFileSync(join(out, "micro.svg"), drawPlot(result));
console.log(`\n${summary(result)}`);
console.log(`\n${join(out, "micro.json")}, micro.md and micro.svg, after ${elapsed()}`);
