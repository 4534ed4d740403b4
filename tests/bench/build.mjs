// SPDX-License-Identifier: MIT
// Compiles the benchmark programs: natively with cc, and for WebAssembly with emcc, once for each
// allocator, with and without -pthread.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

export const projectFolder = fileURLToPath(new URL("../../", import.meta.url));
const benchFolder = join(projectFolder, "tests/bench");

/** The programs, each with the sources that it is linked from besides bench.c and the library. */
export const PROGRAMS = {
  slice: { sources: ["slice_bench.c"], needsThreads: false },
  buffer: {
    sources: ["buffer_bench.c", "three_buffers.c", "vector_bench.cpp"],
    needsThreads: false,
  },
  shape: { sources: ["shape_bench.c"], needsThreads: false },
  growth: { sources: ["growth_bench.c", "vector_bench.cpp"], needsThreads: false },
  thread: { sources: ["thread_bench.c"], needsThreads: true },
};

const NATIVE_FLAGS = ["-O2", "-DNDEBUG"];
const WASM_FLAGS = ["-O3", "-DNDEBUG"];
// Only options that every version of emcc since 3.1.6 knows.
const WASM_LINK_FLAGS = [
  "-sALLOW_MEMORY_GROWTH=1",
  "-sMAXIMUM_MEMORY=2GB",
  "-sTOTAL_STACK=1MB",
  "-sEXIT_RUNTIME=1",
  "-sENVIRONMENT=node,web,worker",
];
const PTHREAD_LINK_FLAGS = ["-pthread", "-Wno-pthreads-mem-growth"];
const THREAD_POOL_FLAGS = ["-sPTHREAD_POOL_SIZE=4"];

/** The flags, as micro.json records them. */
export const FLAGS = {
  native: NATIVE_FLAGS.join(" "),
  wasm: [...WASM_FLAGS, ...WASM_LINK_FLAGS].join(" "),
  pthread: [...WASM_FLAGS, ...WASM_LINK_FLAGS, ...PTHREAD_LINK_FLAGS].join(" "),
};

/**
 * Runs a command. If it fails, the error contains the command's output.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").ExecFileOptions} [options]
 */
export async function call(command, args, options = {}) {
  try {
    const { stdout } = await run(command, args, {
      cwd: projectFolder,
      maxBuffer: 64 << 20,
      ...options,
      env: {
        ...process.env,
        // Debian's emcc does not find its package acorn if it runs a Node.js that is not Debian's.
        NODE_PATH: [process.env.NODE_PATH, "/usr/share/nodejs"].filter(Boolean).join(":"),
        ...options.env,
      },
    });
    return stdout;
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")}\n${error.stderr || error.message}`);
  }
}

/** The library's sources. */
export function sourcesOfLibrary() {
  return readdirSync(join(projectFolder, "src"))
    .filter((name) => name.endsWith(".c"))
    .map((name) => join(projectFolder, "src", name));
}

/** Compiles the library, bench.c and the programs' own files into a folder. */
async function compile(compilers, flags, folder) {
  mkdirSync(folder, { recursive: true });
  const own = new Set(["bench.c", ...Object.values(PROGRAMS).flatMap((p) => p.sources)]);
  const sources = [...own].map((name) => join(benchFolder, name)).concat(sourcesOfLibrary());
  const include = `-I${join(projectFolder, "include")}`;
  const isC = (source) => source.endsWith(".c");
  const compileSome = (compiler, standard, some) =>
    call(compiler, [standard, ...flags, include, "-c", ...some], { cwd: folder });
  await compileSome(compilers.c, "-std=c11", sources.filter(isC));
  await compileSome(
    compilers.cpp,
    "-std=c++17",
    sources.filter((source) => !isC(source)),
  );
  const object = (source) => join(folder, basename(source).replace(/\.\w+$/, ".o"));
  const common = [join(benchFolder, "bench.c"), ...sourcesOfLibrary()].map(object);
  return Object.fromEntries(
    Object.entries(PROGRAMS).map(([name, program]) => [
      name,
      [...common, ...program.sources.map(object)],
    ]),
  );
}

/**
 * Builds programs for this machine.
 * @param {string} folder
 * @param {string[]} [programs]
 * @returns {Promise<Record<string, string>>} program to its file
 */
export async function buildNative(folder, programs = Object.keys(PROGRAMS)) {
  const objectFolder = join(folder, "native");
  const compilers = { c: "cc", cpp: "c++" };
  const objects = await compile(compilers, NATIVE_FLAGS, objectFolder);
  const files = {};
  for (const name of programs) {
    files[name] = join(objectFolder, name);
    await call("c++", [...NATIVE_FLAGS, ...objects[name], "-pthread", "-o", files[name]]);
  }
  return files;
}

/**
 * Builds programs for WebAssembly, either with or without threads, with each of the allocators.
 * @param {{ emcc: string, folder: string, hasThreads: boolean, allocators: string[], programs?: string[] }} options
 * @returns {Promise<Record<string, Record<string, string>>>} allocator and program to its .js
 */
export async function buildWasm({ emcc, folder, hasThreads, allocators, programs }) {
  const flavour = join(folder, hasThreads ? "pthread" : "plain");
  const flags = hasThreads ? [...WASM_FLAGS, "-pthread"] : WASM_FLAGS;
  const objectFolder = join(flavour, "objects");
  const objects = await compile({ c: emcc, cpp: emcc }, flags, objectFolder);
  const names = (programs ?? Object.keys(PROGRAMS)).filter(
    (name) => hasThreads || !PROGRAMS[name].needsThreads,
  );
  const files = {};
  for (const allocator of allocators) {
    files[allocator] = {};
    for (const name of names) {
      mkdirSync(join(flavour, allocator), { recursive: true });
      const file = join(flavour, allocator, `${name}.js`);
      await call(emcc, [
        ...WASM_FLAGS,
        ...WASM_LINK_FLAGS,
        ...(hasThreads ? PTHREAD_LINK_FLAGS : []),
        ...(PROGRAMS[name].needsThreads ? THREAD_POOL_FLAGS : []),
        `-sMALLOC=${allocator}`,
        `--pre-js=${join(benchFolder, "worker_pre.js")}`,
        ...objects[name],
        "-o",
        file,
      ]);
      files[allocator][name] = file;
    }
  }
  return files;
}

/**
 * The version of an emcc and the allocators that it ships.
 * @param {string} emcc
 */
export async function inspectEmcc(emcc) {
  const text = await call(emcc, ["--version"]);
  const version = text.match(/\b(\d+)\.(\d+)\.(\d+)\b/);
  if (version === null) throw new Error(`${emcc} --version: ${text}`);
  const [major, minor, patch] = version.slice(1).map(Number);
  const number = (major * 1000 + minor) * 1000 + patch;
  const hasMimalloc = number >= 3_001_050;
  return {
    version: version[0],
    allocators: ["dlmalloc", "emmalloc", ...(hasMimalloc ? ["mimalloc"] : [])],
    // Versions before this one pass a file name to the fetch of Node.js, which refuses it.
    isFetchConfused: number < 3_001_030,
  };
}
