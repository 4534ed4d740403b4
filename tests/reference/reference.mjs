#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// The reference and the documents: secondstack.h holds public names only, each with a comment; what the documents
// say of names, files, promises and links is so. planted.mjs says whether this finds faults.
//
//   node tests/reference/reference.mjs [FOLDER]
//
// FOLDER is the project, if it is not the one that this file belongs to.
// Prints what failed, and in its last line: N passed, N failed.
import { declaredIn } from "./declarations.mjs";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), "../.."));
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
/** Of each section, which begins below a line of dashes, its names. @type {Map<string, Set<string>>} */
const sectionsOfHeader = new Map();
let section = "";
let isCovered = false;
for (const [index, line] of header.entries()) {
  if (/^\/\/ -{20,}$/.test(line)) {
    section = /^\/\/ (.+?)(?:[.:].*)?$/.exec(header[index + 1])[1];
    sectionsOfHeader.set(section, new Set());
  }
  if (line === "") isCovered = false;
  if (line.startsWith("///")) isCovered = true;
  const name = declaredIn(line);
  if (name === undefined || name === "SECONDSTACK_H") continue;
  const place = `include/secondstack.h:${index + 1}`;
  check(`${name} is public`, /^ss__|^SS__/.test(name) && `${place} declares a private name`);
  check(`${name} has a comment`, !isCovered && `${place} has no /// comment above it`);
  publicNames.add(name);
  sectionsOfHeader.get(section)?.add(name);
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
/** @type {Map<string, string[]>} */
const sectionsOfContents = new Map();
for (const [, title, names] of contents.matchAll(/^\/\/ {3}([A-Za-z ]{18})((?:ss|SS)_.*)$/gm)) {
  if (title.trim()) section = title.trim();
  sectionsOfContents.set(section, [
    ...(sectionsOfContents.get(section) ?? []),
    ...names.trim().split(/\s+/),
  ]);
}
check(
  "the contents have the header's sections, in its order",
  [...sectionsOfContents.keys()].join() !== [...sectionsOfHeader.keys()].join() &&
    `they are ${[...sectionsOfContents.keys()].join(", ")}; the header has ` +
      [...sectionsOfHeader.keys()].join(", "),
);
for (const [title, names] of sectionsOfContents) {
  for (const name of names) {
    check(
      `${name} is where the contents say`,
      !sectionsOfHeader.get(title)?.has(name) &&
        `the header's section ${title} does not declare it`,
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

// A name is known if the code of a header has it, and one that is private also if the code of the sources has it. That a
// comment mentions it is not enough.
const namesIn = (path) =>
  read(path)
    .replace(/\/\/.*/g, "")
    .match(/\b(?:ss|SS)_\w+/g) ?? [];
const filesOf = (folder, pattern) =>
  readdirSync(join(root, folder))
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}/${name}`);
const knownNames = new Set(
  [...filesOf("include", /\.h(?:pp)?$/), "web/bindings.c", "web/standalone.c"].flatMap(namesIn),
);
for (const path of [...filesOf("include/secondstack", /\.h$/), ...filesOf("src", /\.[ch]$/)]) {
  for (const name of namesIn(path)) if (/^(?:ss|SS)__/.test(name)) knownNames.add(name);
  // What the library reads in the environment.
  for (const [, name] of read(path).matchAll(/\bgetenv\("(\w+)"\)/g)) knownNames.add(name);
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
    if (anchor && there === "include/secondstack.h") {
      check(
        `${path}: the place ${target}`,
        ![...sectionsOfHeader.keys()].some((title) => slug(title) === anchor) &&
          `${there} has no section #${anchor}`,
      );
    }
    if (anchor && there.endsWith(".md") && existsSync(join(root, there))) {
      check(
        `${path}: the place ${target}`,
        !anchorsOf(there).has(anchor) && `${there} has no heading #${anchor}`,
      );
    }
  }
  if (path === "CHANGELOG.md") continue; // which names what was
  for (const name of new Set([...text.matchAll(/\b(?:ss|SS)_\w+/g)].map(([found]) => found))) {
    if (/_$|_x$/.test(name)) continue; // ss_try_, ss_x: families of names
    check(
      `${path}: ${name}`,
      !knownNames.has(name.replace(/_abi\d+$/, "")) && "no header declares this name",
    );
  }
}

// Blocks of code in C and C++ are compiled, and run, where tests/CMakeLists.txt lists the document.
const compiled = /foreach\(document IN ITEMS (.*)\)/
  .exec(read("tests/CMakeLists.txt"))[1]
  .split(" ");
for (const path of documents) {
  const isTried = compiled.includes(path.replace(/\.md$/, "")) || path === "docs/javascript.md";
  check(
    `${path}: its code is tried`,
    /^```(?:c|cpp)$/m.test(read(path)) && !isTried && "tests/CMakeLists.txt does not list it",
  );
}

// ---------------------------------------------------------------------------------------------------------------
// The questions, whose answers a reader finds in the header

const questions = read("docs/faq.md")
  .split(/^(?=\*\*\d+\. )/m)
  .slice(1);
check("there are twenty questions", questions.length !== 20 && `there are ${questions.length}`);
for (const [index, question] of questions.entries()) {
  const what = `question ${index + 1}`;
  check(
    `${what} has its number`,
    !question.startsWith(`**${index + 1}. `) && `it begins: ${question.slice(0, 20)}`,
  );
  const [, title, target, names] =
    /^\(In the header: \[(.*)\]\(\.\.\/include\/secondstack\.h#([\w-]+)\), (.*)\.\)$/m.exec(
      question,
    ) ?? [];
  check(
    `${what} names the section of its answer`,
    !(title && sectionsOfContents.has(title) && slug(title) === target) &&
      `"(In the header: ...)" is missing, or names no section of the header's contents`,
  );
  for (const [, name] of (names ?? "").matchAll(/`(\w+)`/g)) {
    check(
      `${what}: ${name}`,
      !sectionsOfHeader.get(title)?.has(name) && `the section ${title} does not declare it`,
    );
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
