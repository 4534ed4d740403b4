// SPDX-License-Identifier: MIT
// Cuts the lines that matter out of the scenes' sources, for the panel that shows them: what opens, pushes,
// closes, uploads and releases. They are marked in the files that are compiled, so that what is shown is
// what runs:
//
//   // [lines] TITLE
//   ...
//   // [/lines]
import { readFileSync } from "node:fs";
import { SCENES } from "./lists.mjs";

/**
 * @typedef {object} Piece
 * @property {string} file its path from the demo's folder
 * @property {number} line where it begins, counted from 1
 * @property {string} title
 * @property {string} text without the indentation that all of its lines have
 */

/**
 * @typedef {object} SceneLines
 * @property {readonly Piece[]} c in the order in which a frame goes through them
 * @property {readonly Piece[]} js the same loop in JavaScript
 */

const folder = new URL(".", import.meta.url);
const STACK = "sources/source_stack.h";
const LEAF_SCENES = ["storm", "workers"];

/** @param {readonly string[]} lines */
function dedent(lines) {
  const depths = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const depth = Math.min(...depths);
  return lines.map((line) => line.slice(depth)).join("\n");
}

/**
 * The marked pieces of a file, in its order.
 * @param {string} file
 * @returns {Piece[]}
 */
function piecesOf(file) {
  const lines = readFileSync(new URL(file, folder), "utf8").split("\n");
  const pieces = [];
  let begin = -1;
  lines.forEach((line, i) => {
    const isEnd = line.trim() === "// [/lines]";
    if (line.includes("// [lines] ")) {
      if (begin >= 0) throw new Error(`${file}:${i + 1}: the marked lines before have no end`);
      begin = i;
    } else if (isEnd) {
      if (begin < 0) throw new Error(`${file}:${i + 1}: marked lines end that have not begun`);
      const title = lines[begin].slice(lines[begin].indexOf("]") + 2);
      const text = dedent(lines.slice(begin + 1, i));
      pieces.push({ file, line: begin + 2, title, text });
      begin = -1;
    }
  });
  if (begin >= 0) throw new Error(`${file}:${begin + 1}: marked lines have no end`);
  if (pieces.length === 0) throw new Error(`${file} has no marked lines`);
  return pieces;
}

/** All files that the lines are cut out of. */
export function lineFiles() {
  const scenes = SCENES.flatMap(({ name }) => [`scenes/${name}.c`, `loops/${name}.mjs`]);
  return [...scenes, "scenes/leaf.h", STACK, "renderer.c", "engine.c"];
}

/**
 * The lines of each scene, by its name.
 * @returns {Record<string, SceneLines>}
 */
export function readLines() {
  const [begin, release] = piecesOf(STACK);
  const scratch = piecesOf("scenes/leaf.h");
  const upload = piecesOf("renderer.c");
  return Object.fromEntries(
    SCENES.map(({ name }) => {
      const own = piecesOf(`scenes/${name}.c`);
      const made = LEAF_SCENES.includes(name) ? [own[0], ...scratch, ...own.slice(1)] : own;
      const after = name === "spike" ? piecesOf("engine.c") : [];
      const c = [begin, ...made, ...upload, release, ...after];
      return [name, { c, js: piecesOf(`loops/${name}.mjs`) }];
    }),
  );
}
