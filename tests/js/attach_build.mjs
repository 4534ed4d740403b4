// SPDX-License-Identifier: MIT
// Builds attach_program.c with the emcc on PATH (EMCC names another), linked with the archive in
// build/wasm. What is built is kept until something that goes into it changes.
import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// Emscripten before 3.1.30 gives Node's own fetch a file name, which that refuses.
delete globalThis.fetch;

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const out = path("../../build/js/");

// With a Node.js that is not Debian's, Debian's emcc does not find its acorn.
export const env = {
  ...process.env,
  NODE_PATH: `${process.env.NODE_PATH ?? ""}:/usr/share/nodejs`,
};

const emcc = process.env.EMCC ?? "emcc";
const program = path("attach_program.c");
const archive = path("../../build/wasm/libsecondstack.a");

/** Where a command is, so that another compiler, or another version of it, is seen. */
function fileOf(command) {
  if (command.includes("/")) return realpathSync(command);
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    try {
      return realpathSync(join(folder, command));
    } catch {
      // Not here: look further.
    }
  }
  throw new Error(`no ${command} on PATH`);
}

/** All that goes into a program, as text. */
function inputsOf(options) {
  const headers = readdirSync(path("../../include")).map((name) => path(`../../include/${name}`));
  const times = [program, archive, ...headers, fileOf(emcc)].map((file) => {
    const { mtimeMs, size } = statSync(file);
    return `${file} ${size} ${mtimeMs}`;
  });
  return [...times, ...options].join("\n");
}

function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/**
 * @param {string} name of the file
 * @param {string[]} flags
 * @returns {Promise<() => Promise<any>>} what starts it
 */
export async function buildProgram(name, flags) {
  const folder = `${out}attach-${name}`;
  const file = `attach-${name}.cjs`;
  const stamp = join(folder, "inputs.txt");
  const options = [
    ...["-O3", "-std=gnu11", ...flags, "--no-entry"],
    ...[`-I${path("../../include")}`, `-L${path("../../build/wasm")}`, "-lsecondstack"],
    ...["-sMODULARIZE=1", "-sALLOW_MEMORY_GROWTH=1", "-sENVIRONMENT=node,worker"],
    ...["-sEXPORT_NAME=createProgram", "-sNODEJS_CATCH_EXIT=0", "-sNODEJS_CATCH_REJECTION=0"],
  ];
  const inputs = inputsOf(options);
  if (readText(stamp) !== inputs) {
    mkdirSync(folder, { recursive: true });
    // Another script may be building the same program: a whole file takes another one's place.
    const work = mkdtempSync(`${out}building-`);
    try {
      await promisify(execFile)(emcc, [program, "-o", join(work, file), ...options], { env });
      for (const made of readdirSync(work)) renameSync(join(work, made), join(folder, made));
      writeFileSync(stamp, inputs);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return createRequire(import.meta.url)(join(folder, file));
}
