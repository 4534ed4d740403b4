#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The reference and the documents: secondstack.h holds public names only, each with a comment; what the documents
// say of names, files, promises and links is so.
//
//   node tests/reference/reference.mjs
//
// Prints what failed, and in its last line: N passed, N failed.
import { declaredIn } from "./declarations.mjs";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const read = (path) => readFileSync(join(root, path), "utf8");
let passed = 0;
let failed = 0;

function check(what, problem) {
  if (problem) {
    failed += 1;
    console.log(`FAILED ${what}\n  ${problem}\n  to repeat: node tests/reference/reference.mjs`);
  } else {
    passed += 1;
  }
}

// ---------------------------------------------------------------------------------------------------------------
// secondstack.h

const header = read("include/secondstack.h").split("\n");

// A comment covers the declarations behind it up to the next empty line: the four forms of a call.
const publicNames = new Set();
let isCovered = false;
for (const [index, line] of header.entries()) {
  if (line === "") isCovered = false;
  if (line.startsWith("///")) isCovered = true;
  const name = declaredIn(line);
  if (name === undefined || name === "SECONDSTACK_H") continue;
  const place = `include/secondstack.h:${index + 1}`;
  check(`${name} is public`, /^ss__|^SS__/.test(name) && `${place} declares a private name`);
  check(`${name} has a comment`, !isCovered && `${place} has no /// comment above it`);
  publicNames.add(name);
}
check(
  "the header declares its calls",
  publicNames.size < 90 && `only ${publicNames.size} public names were found`,
);

// The contents name every call in its first form.
const contents = header.slice(0, header.indexOf("#ifndef SECONDSTACK_H")).join("\n");
for (const name of publicNames) {
  if (/^ss_(?!try_|stack_)/.test(name) && !/_fn$|_t$/.test(name)) {
    const isType = /^typedef/.test(header.find((line) => declaredIn(line) === name) ?? "");
    if (!isType)
      check(
        `the contents name ${name}`,
        !new RegExp(`\\b${name}\\b`).test(contents) && "they do not",
      );
  }
}
for (const [name] of contents.matchAll(/\b(?:ss|SS)_[a-z_A-Z]+\b/g)) {
  if (/_x$/.test(name) || name === "ss_try_" || name === "ss_stack_") continue;
  check(
    `${name} of the contents exists`,
    !publicNames.has(name) && "the header declares no such name",
  );
}

// secondstack_adapt.h, whose private part comes last.
const adapt = read("include/secondstack_adapt.h").split("\n");
const adaptContents = adapt.slice(0, adapt.indexOf("#ifndef SECONDSTACK_ADAPT_H")).join("\n");
const adaptEnd = adapt.indexOf("// Private: the bodies.");
check("secondstack_adapt.h has a private part", adaptEnd < 0 && "no line says where it begins");
isCovered = false;
for (const [index, line] of adapt.slice(0, adaptEnd).entries()) {
  if (line === "") isCovered = false;
  if (line.startsWith("///")) isCovered = true;
  const name = declaredIn(line);
  if (name === undefined || name === "SECONDSTACK_ADAPT_H") continue;
  const place = `include/secondstack_adapt.h:${index + 1}`;
  check(`${name} has a comment`, !isCovered && `${place} has no /// comment above it`);
  check(
    `the contents name ${name}`,
    !new RegExp(`\\b${name}\\b`).test(adaptContents) && `${place}: they do not`,
  );
}

// ---------------------------------------------------------------------------------------------------------------
// The documents

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "docs/site/README.md",
  "src/README.md",
  "src/package/recipes/README.md",
  "examples/README.md",
  "tests/README.md",
]
  .concat(["tests/bench/README.md", "web/README.md"].filter((path) => existsSync(join(root, path))))
  .concat(
    readdirSync(join(root, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  );

const slug = (title) =>
  title
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
const anchorsOf = (path) =>
  new Set(
    read(path)
      .split("\n")
      .filter((line) => /^#+ /.test(line))
      .map((line) => slug(line.replace(/^#+ /, ""))),
  );

const headers = [
  "secondstack.h",
  "secondstack_gl.h",
  "secondstack_text.h",
  "secondstack_region.h",
  "secondstack_adapt.h",
  "secondstack.hpp",
  "secondstack_slice.hpp",
  "secondstack_buffer.hpp",
  "secondstack_allocator.hpp",
  ...readdirSync(join(root, "include/secondstack")).map((name) => `secondstack/${name}`),
]
  .map((name) => read(`include/${name}`))
  .join("\n");
const knownNames = new Set([...headers.matchAll(/\b(?:ss|SS)_\w+\b/g)].map(([name]) => name));
for (const path of ["web/bindings.c", "web/standalone.c", "src/internal.h", "src/platform.h"]) {
  for (const [name] of read(path).matchAll(/\bss_\w+\b/g)) knownNames.add(name);
}

for (const path of documents) {
  const text = read(path);
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file, anchor] = target.split("#");
    const there = file === "" ? path : join(dirname(path), file);
    check(
      `${path}: the link ${target}`,
      !existsSync(join(root, there)) && `${there} does not exist`,
    );
    if (anchor && there.endsWith(".md") && existsSync(join(root, there))) {
      check(
        `${path}: the place ${target}`,
        !anchorsOf(there).has(anchor) && `${there} has no heading #${anchor}`,
      );
    }
  }
  if (path === "CHANGELOG.md") continue; // which names what was
  for (const name of new Set([...text.matchAll(/\b(?:ss|SS)_\w+/g)].map(([found]) => found))) {
    if (/_$|_x$|_\w*x\b$/.test(name)) continue; // ss_try_, ss_x: families of names
    check(`${path}: ${name}`, !knownNames.has(name) && "no header knows this name");
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Every file that people read says its licence at its top.

const { stdout } = spawnSync("git", ["ls-files"], { cwd: root, encoding: "utf8" });
const sources = stdout
  .split("\n")
  .filter((path) => /\.(c|h|hpp|cpp|mjs|cjs|js|ts|sh|py|cmake)$/.test(path));
if (sources.length === 0) console.log("not checked: licence lines, as this is no checkout of git");
for (const path of sources) {
  const top = read(path).split("\n").slice(0, 2).join("\n");
  check(
    `${path} has a licence line`,
    !/SPDX-License-Identifier: MIT/.test(top) && "its first lines have none",
  );
}

// ---------------------------------------------------------------------------------------------------------------
// The promises and their tests

const sections = read("docs/promises.md").split(/^## /m).slice(1);
check("there are twelve promises", sections.length !== 12 && `there are ${sections.length}`);
const unitTests = readdirSync(join(root, "tests/unit")).filter((name) =>
  /_test\.c(pp)?$/.test(name),
);
for (const [index, section] of sections.entries()) {
  const number = index + 1;
  check(
    `promise ${number} has its number`,
    !section.startsWith(`${number}. `) && `it begins: ${section.slice(0, 20)}`,
  );
  const listed = new Set([...section.matchAll(/`(\w+_test\.c(?:pp)?)`/g)].map(([, name]) => name));
  for (const name of unitTests) {
    const hasTest = new RegExp(`\\bpromise_${number}_`).test(read(`tests/unit/${name}`));
    if (hasTest) check(`promise ${number} lists ${name}`, !listed.has(name) && "it does not");
    if (listed.has(name))
      check(
        `${name} tests promise ${number}`,
        !hasTest && `it has no test named promise_${number}_`,
      );
  }
  for (const name of listed) check(`${name} exists`, !unitTests.includes(name) && "it does not");
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
