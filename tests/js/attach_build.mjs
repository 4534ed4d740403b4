// Builds attach_program.c with the emcc on PATH (EMCC names another), linked with the archive in
// build/wasm.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { attachExports } from "../../web/secondstack.mjs";

// Emscripten before 3.1.30 gives Node's own fetch a file name, which that refuses.
delete globalThis.fetch;

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const out = path("../../build/js/");

// With a Node.js that is not Debian's, Debian's emcc does not find its acorn.
const env = { ...process.env, NODE_PATH: `${process.env.NODE_PATH ?? ""}:/usr/share/nodejs` };

/**
 * @param {string} name of the file
 * @param {string[]} flags
 * @returns {() => Promise<any>} what starts it
 */
export function buildProgram(name, flags) {
  mkdirSync(out, { recursive: true });
  const file = `${out}attach-${name}.cjs`;
  execFileSync(
    process.env.EMCC ?? "emcc",
    [
      ...["-O3", "-std=gnu11", path("attach_program.c"), "-o", file, ...flags, "--no-entry"],
      ...[`-I${path("../../include")}`, `-L${path("../../build/wasm")}`, "-lsecondstack"],
      ...["-sMODULARIZE=1", "-sALLOW_MEMORY_GROWTH=1", "-sENVIRONMENT=node,worker"],
      ...["-sEXPORT_NAME=createProgram", "-sNODEJS_CATCH_EXIT=0", "-sNODEJS_CATCH_REJECTION=0"],
      `-sEXPORTED_FUNCTIONS=${attachExports}`,
    ],
    { stdio: ["ignore", "ignore", "inherit"], env },
  );
  return createRequire(import.meta.url)(file);
}
