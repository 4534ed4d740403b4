// SPDX-License-Identifier: MIT
// Checks that C++ costs no more than C: compares the machine code of each pair of functions c_NAME
// and cpp_NAME in same_code.cpp. Instructions are counted, not timed. Run by itself this file is a
// test.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { call, projectFolder } from "./build.mjs";

/**
 * C++ may have one more instruction, a copy of a register where the size of a closed buffer is
 * turned into a count.
 */
const MOST_MORE = 1;

/**
 * The instructions of each function in a compiler's assembly. Labels and names of constants are
 * normalised.
 * @param {string} text
 * @returns {Map<string, string[]>}
 */
function instructionsOf(text) {
  const functions = new Map();
  let current = null;
  for (const line of text.split("\n")) {
    // gcc splits parts off a function, with names like c_push.part.0 and c_push.cold.
    const start = line.match(/^(c(?:pp)?_\w+)(?:\.[\w.]+)?:/);
    if (start) {
      current = functions.get(start[1]) ?? [];
      functions.set(start[1], current);
    } else if (/^\s*(end_function|\.cfi_endproc|\.size)\b/.test(line)) {
      current = null;
    } else if (current) {
      const instruction = line.replace(/#.*$/, "").trim().replace(/\s+/g, " ");
      if (instruction === "" || /^\./.test(instruction) || /:$/.test(instruction)) continue;
      current.push(instruction.replace(/\.L[\w.]*/g, "LABEL").replace(/\bc(pp)?_(?=\w+\.)/, ""));
    }
  }
  return functions;
}

async function compare({ name, compiler, flags, folder, mostMore }) {
  const source = join(projectFolder, "tests/bench/same_code.cpp");
  const file = join(folder, `${name.replace(/\W+/g, "_")}.s`);
  const include = `-I${join(projectFolder, "include")}`;
  await call(compiler, ["-std=c++17", "-DNDEBUG", ...flags, include, "-S", source, "-o", file]);
  const functions = instructionsOf(readFileSync(file, "utf8"));
  const results = [];
  for (const [inC, instructions] of functions) {
    if (!inC.startsWith("c_")) continue;
    const inCpp = functions.get(`cpp_${inC.slice(2)}`) ?? [];
    const isSame = instructions.join("\n") === inCpp.join("\n");
    const holds = inCpp.length > 0 && inCpp.length <= instructions.length + mostMore;
    results.push({ name: inC.slice(2), c: instructions.length, cpp: inCpp.length, isSame, holds });
  }
  console.log(`  ${name}`);
  for (const { name: pair, c, cpp, isSame, holds } of results) {
    const counts = isSame ? `${c} instructions, the same` : `${c} instructions in C, ${cpp} in C++`;
    console.log(`  ${holds ? "ok    " : "FAILED"}   ${pair}: ${counts}`);
  }
  if (results.length === 0) {
    console.log(`  FAILED   no function found in ${file}`);
    return [{ holds: false }];
  }
  return results;
}

const { values } = parseArgs({
  options: {
    emcc: { type: "string", default: "emcc" },
    out: { type: "string", default: "build/bench" },
  },
});
const folder = join(projectFolder, values.out, "same_code");
mkdirSync(folder, { recursive: true });
const emxx = values.emcc.replace(/emcc(?=[^/]*$)/, "em++");
const builds = [
  ...["-O2", "-O3", "-Os", "-Oz"].map((level) => [emxx, [level]]),
  [emxx, ["-O2", "-fno-exceptions", "-fno-rtti"]],
  ["g++", ["-O2", "-fno-exceptions"]],
  ["clang++", ["-O2", "-fno-exceptions"]],
];
const results = [];
for (const [compiler, flags] of builds) {
  const name = `${compiler} ${flags.join(" ")}`;
  results.push(...(await compare({ name, compiler, flags, folder, mostMore: MOST_MORE })));
}
const failed = results.filter(({ holds }) => !holds).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
