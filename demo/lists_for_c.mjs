// SPDX-License-Identifier: MIT
// Writes what lists.mjs says for C and for CMake.
//   node lists_for_c.mjs header FILE    writes FILE, a C header: an enum of each list, and a macro
//                                       that calls another with each scene and source
//   node lists_for_c.mjs scenes         prints the scenes' names, as a CMake list
//   node lists_for_c.mjs sources        prints the sources' names
import { readFileSync, writeFileSync } from "node:fs";
import { RECORD_FIELDS, SCENES, SOURCES } from "./lists.mjs";

const upper = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** An enum with a constant for each name. */
function list(type, prefix, names) {
  const constants = names.map((name) => `  ${prefix}_${upper(name)},\n`).join("");
  return `typedef enum ${type} {\n${constants}  ${prefix}_COUNT,\n} ${type};\n`;
}

const [what, file] = process.argv.slice(2);
const names = { scenes: SCENES.map(({ name }) => name), sources: SOURCES.map(({ name }) => name) };
if (what === "header" && file) {
  const pairs = names.scenes.flatMap((scene) =>
    names.sources.map(
      (source) => `  X(${scene}, SCENE_${upper(scene)}, ${source}, SOURCE_${upper(source)})`,
    ),
  );
  const text = [
    "// Made by demo/lists_for_c.mjs of demo/lists.mjs.",
    "#ifndef LISTS_H",
    "#define LISTS_H",
    "",
    list("scene_kind", "SCENE", names.scenes),
    list("source_kind", "SOURCE", names.sources),
    list("record_field", "RECORD", RECORD_FIELDS),
    `#define SCENE_AND_SOURCE_LIST(X) \\\n${pairs.join(" \\\n")}\n`,
    "#endif",
    "",
  ].join("\n");
  let before = "";
  try {
    before = readFileSync(file, "utf8");
  } catch {
    // The file is not there yet.
  }
  // A file that need not change keeps its date, so that nothing is compiled again.
  if (text !== before) writeFileSync(file, text);
} else if (names[what]) {
  process.stdout.write(names[what].join(";"));
} else {
  console.error("usage: node lists_for_c.mjs header FILE | scenes | sources");
  process.exitCode = 2;
}
