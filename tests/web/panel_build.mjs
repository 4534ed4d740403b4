// SPDX-License-Identifier: MIT
// Builds tests/look/hog.c as a module that JavaScript attaches to, with SS_PROFILE=1, into
// build/js/. The result is kept until one of its sources changes.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const out = `${root}build/js/hog`;
const HOG = "tests/look/hog.c";

const options = [
  ...["-O1", "-std=gnu11", "-DSS_PROFILE=1", "-Iinclude", "-include", "secondstack_attach.h", HOG],
  ...[
    "-Lbuild/wasm",
    "-lsecondstack",
    "-sMODULARIZE=1",
    "-sEXPORT_ES6=1",
    "-sALLOW_MEMORY_GROWTH=1",
  ],
  ...["-sINVOKE_RUN=0", "-sEXPORTED_RUNTIME_METHODS=callMain", "-sENVIRONMENT=web,node"],
  ...["-sUSE_ES6_IMPORT_META=1", "-sSINGLE_FILE=1"],
];

/** @returns {string} the file of the module */
export function buildHog() {
  const headers = readdirSync(`${root}include`, { recursive: true }).map(
    (name) => `include/${name}`,
  );
  const inputs = [HOG, "build/wasm/libsecondstack.a", ...headers].map((file) => {
    const { mtimeMs, size } = statSync(root + file);
    return `${file} ${size} ${mtimeMs}`;
  });
  const stamp = [...inputs, ...options, process.env.EMCC].join("\n");
  let last = "";
  try {
    last = readFileSync(`${out}/inputs.txt`, "utf8");
  } catch {
    // There is no earlier result, so the module is built.
  }
  if (last !== stamp) {
    mkdirSync(out, { recursive: true });
    const env = { ...process.env, NODE_PATH: `${process.env.NODE_PATH ?? ""}:/usr/share/nodejs` };
    execFileSync(process.env.EMCC ?? "emcc", [...options, "-o", `${out}/hog.mjs`], {
      cwd: root,
      env,
    });
    writeFileSync(`${out}/inputs.txt`, stamp);
  }
  return `${out}/hog.mjs`;
}

/** The number of the line of hog.c that contains a text. */
export function lineOfHog(text) {
  const lines = readFileSync(root + HOG, "utf8").split("\n");
  return 1 + lines.findIndex((line) => line.includes(text));
}
