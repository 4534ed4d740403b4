// SPDX-License-Identifier: MIT
// What other people's code relies on, a line for each thing, as the sources of a folder have it:
//
//   KIND NAME: what it is
//
//   c         a call, type or macro of the headers in include/
//   linked    a function or variable of the archive that the inline functions need
//   layout    the size of a struct, its alignment and where its fields are, on one target
//   cpp       what namespace ss has, but for ss::detail
//   js        what a module of the npm package exports, and the package's entry points
//   ts        a declaration of its types, each member of an interface by itself
//   wasm      a function that the module's wasm exports, or an Emscripten program for attach()
//
// Comments, bodies of functions and the order of things do not count.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const squeeze = (text) =>
  text
    .replace(/\s+/g, " ")
    .replace(/([(<[]) /g, "$1")
    .replace(/ ([)>\],;])/g, "$1")
    .trim();

const withoutComments = (text) =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/[^\n]*/g, "$1");

/** Joined lines, without comments. */
const codeOf = (path) => withoutComments(readFileSync(path, "utf8").replace(/\\\n/g, " "));

/**
 * The statements of a text outside of braces, or in the braces of those that `isOpen` wants to look into.
 * Calls `see(statement, path)`; `path`: the heads of the braces around it.
 */
function walkStatements(text, isOpen, see) {
  const path = [];
  let start = 0;
  let hidden = 0;
  let parentheses = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (c === "(") parentheses += 1;
    if (c === ")") parentheses -= 1;
    if (parentheses > 0 || !"{};".includes(c)) continue;
    if (hidden > 0) {
      if (c === "{") hidden += 1;
      if (c === "}") hidden -= 1;
      if (hidden === 0) start = i + 1;
      continue;
    }
    const statement = squeeze(text.slice(start, i));
    start = i + 1;
    if (c === "}") {
      path.pop();
    } else if (c === "{" && isOpen(statement)) {
      if (statement) see(statement, path, text, i);
      path.push(statement);
    } else {
      if (statement) see(statement, path, text, i);
      if (c === "{") hidden = 1;
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------
// C

function cLines(root) {
  const lines = [];
  const headers = readdirSync(join(root, "include")).filter((name) => name.endsWith(".h"));
  for (const [file, kind] of [
    ...headers.map((name) => [name, "c"]),
    ["secondstack/layout.h", "linked"],
  ]) {
    const code = codeOf(join(root, "include", file));
    for (const [, name, parameters = "", body] of code.matchAll(
      /^#define (\w+)(\([^)]*\))?[ \t]*(.*)$/gm,
    )) {
      if (kind !== "c" || /_H$|^SS_VERSION/.test(name)) continue;
      // A constant's value counts; what a macro that is called does is the layout's and the functions' affair.
      lines.push(`c ${name}: #define ${name}${parameters || ` ${squeeze(body)}`}`);
    }
    const declarations = code.replace(/^#.*$/gm, "");
    walkStatements(
      declarations,
      (head) => head === 'extern "C"',
      (statement, _path, text, i) => {
        const isStruct = /^(typedef )?struct \w+$/.test(statement) && text[i] === "{";
        const name =
          /\(\*(?:const )?(\w+)\)/.exec(statement)?.[1] ??
          /(\w+)\(/.exec(
            statement.replace(/__attribute__\(\(.*?\)\)|SS__PRINTF\(.*?\)/g, ""),
          )?.[1] ??
          /(\w+)(?:\[.*\])?$/.exec(statement)?.[1];
        // The fields are in the layouts; `static` data is a translation unit's own.
        if (isStruct || /^\w+$|^extern "C"$/.test(statement)) return;
        if (kind === "c" && /^ss__/.test(name)) return;
        if (kind === "linked" && /^(typedef|SS__USED|struct)\b/.test(statement)) return;
        const text_ = statement.replace(/^(static inline|extern|SS__INLINE|SS__COLD) /, "");
        lines.push(`${kind} ${name}: ${text_}`);
      },
    );
  }
  return lines;
}

/** { name, fields } of each struct whose fields the headers declare. */
function structs(root) {
  const found = [];
  for (const file of ["secondstack.h", "secondstack/layout.h"]) {
    const code = codeOf(join(root, "include", file)).replace(/^#.*$/gm, "");
    for (const [, name, body] of code.matchAll(/\bstruct (\w+) \{([^}]*)\}/g)) {
      const fields = body
        .split(";")
        .map((field) => /\(\*(\w+)\)|(\w+)(?:\[[^\]]*\])?$/.exec(squeeze(field)))
        .filter(Boolean)
        .map(([, pointer, plain]) => pointer ?? plain);
      found.push({ name, fields });
    }
  }
  return found;
}

export const targets = {
  "x86-64": ["cc", "-m64"],
  wasm32: ["emcc"],
  wasm64: ["emcc", "-sMEMORY64=1", "-Wno-experimental"],
};

/** The layouts on a target, or undefined when no compiler for it is there. */
function layoutLines(root, target) {
  const folder = join(root, "build/api");
  mkdirSync(folder, { recursive: true });
  const source = join(folder, `layout-${target}.c`);
  const all = structs(root);
  // Plus 1: zeros look different from other numbers in assembly.
  const values = all.flatMap(({ name, fields }) => [
    `sizeof(struct ${name}) + 1`,
    `_Alignof(struct ${name}) + 1`,
    ...fields.map((field) => `offsetof(struct ${name}, ${field}) + 1`),
  ]);
  const program = `#include <secondstack.h>\nconst unsigned values[] = {\n${values.join(",\n")}};\n`;
  writeFileSync(source, program);
  const [compiler, ...flags] = targets[target];
  if (target === "x86-64" && process.arch !== "x64") return undefined;
  const compile = (path) =>
    spawnSync(compiler, [...flags, `-I${join(root, "include")}`, "-S", path, "-o", `${path}.s`], {
      encoding: "utf8",
    });
  const result = compile(source);
  if (result.error || result.status !== 0) {
    const probe = join(folder, `probe-${target}.c`);
    writeFileSync(probe, "int probe;\n");
    const probed = compile(probe);
    if (probed.error || probed.status !== 0) return undefined;
    throw new Error(`${compiler} does not compile ${source}:\n${result.stderr}`);
  }
  const text = readFileSync(`${source}.s`, "utf8");
  const numbers = [
    ...text.slice(text.indexOf("values:")).matchAll(/^\s*\.(?:long|int32|word|4byte)\s+(\d+)/gm),
  ].map(([, number]) => Number(number) - 1);
  if (numbers.length < values.length) throw new Error(`${source}.s: ${numbers.length} numbers`);
  return all.map(({ name, fields }) => {
    const [size, align] = numbers.splice(0, 2);
    const places = numbers.splice(0, fields.length).map((place, i) => `${fields[i]} ${place}`);
    return `layout ${target} ${name}: ${size} bytes, aligned to ${align}: ${places.join(", ")}`;
  });
}

// ---------------------------------------------------------------------------------------------------------------
// C++

function cppLines(root) {
  const lines = [];
  for (const file of readdirSync(join(root, "include")).filter((name) => name.endsWith(".hpp"))) {
    const code = codeOf(join(root, "include", file)).replace(/^#.*$/gm, "");
    let access = new Map();
    const isOpen = (head) =>
      /^(inline )?namespace (?!.*\bdetail\b)/.test(head) ||
      (/\b(class|struct)\b [^()]*$/.test(head.replace(/^template <.*?> (?=class|struct)/, "")) &&
        !/^(friend|using)/.test(head));
    walkStatements(code, isOpen, (statement, path) => {
      const within = path.filter((head) => !/namespace/.test(head));
      if (path.length === 0 || !/namespace ss/.test(path[0])) return;
      const key = path.join("/");
      let text = statement;
      for (
        let label;
        (label = /^(public|private|protected) ?: ?/.exec(text)) !== null;
        text = text.slice(label[0].length)
      ) {
        access.set(key, label[1]);
      }
      const isHidden = path.some((_head, i) => {
        const inner = path.slice(0, i + 1).join("/");
        const isClass = /\bclass\b/.test(path[i].replace(/template <.*?>/, ""));
        return (access.get(inner) ?? (isClass ? "private" : "public")) !== "public";
      });
      if (text === "" || isHidden || /namespace/.test(text)) return;
      const signature = squeeze(
        text.replace(/SS__CPP_INLINE /g, "").replace(/(\)(?: const| noexcept| &&?)*) : .*$/, "$1"), // a constructor's list
      );
      const owner = within
        .map(
          (head) =>
            /\b(?:class|struct) ([\w:]+)/.exec(
              head.replace(/template <.*?> (?=class|struct)/, ""),
            )?.[1],
        )
        .filter(Boolean)
        .join("::");
      lines.push(`cpp ss${owner ? `::${owner}` : ""}: ${signature}`);
    });
    access = new Map();
  }
  return lines;
}

// ---------------------------------------------------------------------------------------------------------------
// JavaScript

/** The names that a module exports, read from its text: what it imports may have to be built first. */
function exportedNames(path) {
  const code = codeOf(path);
  const names = [
    ...code.matchAll(/^export (?:async )?(?:function\*?|class|const|let) (\w+)/gm),
  ].map(([, name]) => name);
  for (const [, list] of code.matchAll(/^export \{([^}]*)\}/gm)) {
    for (const item of list.split(",")) {
      if (item.trim()) names.push(item.trim().split(" as ").pop());
    }
  }
  for (const [, from] of code.matchAll(/^export \* from "(.*?)"/gm)) {
    names.push(...exportedNames(join(dirname(path), from)));
  }
  return names;
}

function jsLines(root) {
  const lines = [];
  const manifest = JSON.parse(readFileSync(join(root, "web/package.json"), "utf8"));
  for (const [entry, target] of Object.entries(manifest.exports)) {
    lines.push(
      `js package.json ${entry === "." ? "exports" : entry.slice(2)}: ${JSON.stringify(target)}`,
    );
    const file = target.default ?? target;
    if (!file.endsWith(".mjs")) continue;
    for (const name of exportedNames(join(root, "web", file)))
      lines.push(`js ${file} ${name}: exported`);
    const types = codeOf(join(root, "web", target.types));
    walkStatements(
      types,
      (head) => /^export interface /.test(head),
      (statement, path) => {
        if (/^(import\b|from\b)/.test(statement)) return;
        const owner = path[0] && /interface (\w+)/.exec(path[0])[1];
        const name = /^export (?:declare )?(?:interface|type|function|const|class) (\w+)/.exec(
          statement,
        )?.[1];
        const member = /^(?:readonly )?(\w+|\[[\w.]+\])/.exec(statement)?.[1];
        lines.push(
          `ts ${target.types} ${owner ? `${owner}.${member}` : (name ?? "re-exports")}: ${statement}`,
        );
      },
    );
  }
  for (const file of readdirSync(join(root, "web")).filter((name) => name.endsWith(".c"))) {
    const code = codeOf(join(root, "web", file));
    for (const [, name, signature] of code.matchAll(/^EXPORT\((\w+)\)\s*([^{]*)\{/gm)) {
      lines.push(`wasm ${name}: ${squeeze(signature.replace(/(\w+)\(/, "("))}`);
    }
  }
  return lines;
}

/** { lines, missing }: all of it, sorted, and the targets for which there is no compiler here. */
export function readInterface(root) {
  const lines = [...cLines(root), ...cppLines(root), ...jsLines(root)];
  const missing = [];
  for (const target of Object.keys(targets)) {
    const layouts = layoutLines(root, target);
    if (layouts) lines.push(...layouts);
    else missing.push(target);
  }
  return { lines: [...new Set(lines)].sort(), missing };
}
