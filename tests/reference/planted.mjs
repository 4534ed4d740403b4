#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// Whether reference.mjs finds what it looks for: the faults of the list below are planted in a copy of the project, and
// reference.mjs must name each of them.
//
//   node tests/reference/planted.mjs
//
// Prints what was not found, and in its last line: N passed, N failed.
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const HEADER = "include/secondstack.h";
// The last call with its comment, whatever that says.
const LAST_CALL = /(?:^\/\/\/.*\n)+(?=.*\bss_version\(void\);)/m;

/** A declaration of its own in the header, in front of the last one. */
const declare = (declaration) => (text) => text.replace(LAST_CALL, `${declaration}\n\n$&`);
const append = (line) => (text) => `${text}\n${line}\n`;

/**
 * What is planted in which file, and the complaint that must come of it, which names this fault and no other.
 * @type {{ what: string, file: string, change: (text: string) => string, complaint: string }[]}
 */
const faults = [
  {
    what: "a private function among the public ones",
    file: HEADER,
    change: declare("/// Does something.\nstatic inline void ss__planted(void);"),
    complaint: "FAILED ss__planted is public",
  },
  {
    what: "a private macro among the public ones",
    file: HEADER,
    change: declare("/// Is something.\n#define SS__PLANTED 1"),
    complaint: "FAILED SS__PLANTED is public",
  },
  {
    what: "a private type among the public ones",
    file: HEADER,
    change: declare("/// Holds something.\ntypedef struct ss__type ss__type;"),
    complaint: "FAILED ss__type is public",
  },
  {
    what: "a public function without a comment",
    file: HEADER,
    change: declare("void ss_bare(void);"),
    complaint: "FAILED ss_bare has a comment",
  },
  {
    what: "a public macro whose comment does not belong to the reference",
    file: HEADER,
    change: declare("// Does something.\n#define ss_bare_macro(T) ((T *)0)"),
    complaint: "FAILED ss_bare_macro has a comment",
  },
  {
    what: "a public function that the header's contents do not name",
    file: HEADER,
    change: declare("/// Does something.\nvoid ss_unlisted(void);"),
    complaint: "FAILED the contents name ss_unlisted",
  },
  {
    what: "a name in the header's contents that is not declared",
    file: HEADER,
    change: (text) => text.replace("ss_set_fatal  ss_version", "$&  ss_undeclared"),
    complaint: "FAILED ss_undeclared of the contents exists",
  },
  {
    what: "a name in the header's contents that another section declares",
    file: HEADER,
    change: (text) => text.replace("ss_set_fatal  ss_version", "$&  ss_trim"),
    complaint: "FAILED ss_trim is where the contents say",
  },
  {
    what: "a section that the header's contents do not name",
    file: HEADER,
    change: (text) => text.replace("\n// Statistics\n", "\n// Figures\n"),
    complaint: "FAILED the contents have the header's sections, in its order",
  },
  {
    what: "a document's word that no header declares",
    file: "docs/c.md",
    change: append("`ss_planted(int, 3)` is a call."),
    complaint: "FAILED docs/c.md: ss_planted",
  },
  {
    what: "a document's word that only a comment of the header has",
    file: "docs/c.md",
    change: append("`ss_remarked` is a call."),
    complaint: "FAILED docs/c.md: ss_remarked",
  },
  {
    what: "a comment that has that word",
    file: HEADER,
    change: declare("// See ss_remarked."),
    complaint: "FAILED docs/c.md: ss_remarked",
  },
  {
    what: "a link to a file that is not there",
    file: "README.md",
    change: append("See [here](docs/planted.md)."),
    complaint: "FAILED README.md: the link docs/planted.md",
  },
  {
    what: "a link to a heading that is not there",
    file: "README.md",
    change: append("See [here](docs/c.md#planted)."),
    complaint: "FAILED README.md: the place docs/c.md#planted",
  },
  {
    what: "a link to a section of the header that is not there",
    file: "README.md",
    change: append("See [here](include/secondstack.h#planted)."),
    complaint: "FAILED README.md: the place include/secondstack.h#planted",
  },
  {
    what: "code in a document whose code is not tried",
    file: "docs/design.md",
    change: append("```c\nint planted;\n```"),
    complaint: "FAILED docs/design.md: its code is tried",
  },
  {
    what: "a question whose answer is said to be at a call of another section",
    file: "docs/faq.md",
    change: (text) => text.replace("`SS_SCOPE` and", "`ss_push` and"),
    complaint: "FAILED question 1: ss_push",
  },
  {
    what: "a question that does not say where its answer is",
    file: "docs/faq.md",
    change: (text) => text.replace("(In the header: [Failure]", "(In the header: ["),
    complaint: "FAILED question 15 names the section of its answer",
  },
  {
    what: "a promise's test that docs/promises.md does not list",
    file: "tests/unit/frames_test.c",
    change: append("static void promise_12_planted(void)\n{\n}"),
    complaint: "FAILED promise 12 lists frames_test.c",
  },
];

/** Links to all that the project has, so that a fault takes the place of one link. */
function linkAll(folder, from = root) {
  mkdirSync(folder);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (/^(?:\.git|build|node_modules)$/.test(entry.name)) continue;
    const [to, source] = [join(folder, entry.name), join(from, entry.name)];
    if (entry.isDirectory()) linkAll(to, source);
    else symlinkSync(source, to);
  }
}

const scratch = mkdtempSync(join(tmpdir(), "secondstack-planted-"));
const copy = join(scratch, "copy");
const look = () =>
  spawnSync(process.execPath, [join(copy, "tests/reference/reference.mjs"), copy], {
    encoding: "utf8",
  }).stdout;
let passed = 0;
let failed = 0;
function check(what, problem) {
  if (problem) {
    failed += 1;
    console.log(`FAILED ${what}\n  ${problem}\n  to repeat: node tests/reference/planted.mjs`);
  } else {
    passed += 1;
  }
}

try {
  linkAll(copy);
  const before = look();
  check("the copy as it is", /^FAILED/m.test(before) && before);
  // All at once, because each look takes half a second.
  for (const { what, file, change } of faults) {
    const place = join(copy, file);
    const text = readFileSync(place, "utf8");
    const planted = change(text);
    check(`planted: ${what}`, planted === text && `${file} no longer has what is changed`);
    unlinkSync(place);
    writeFileSync(place, planted);
  }
  const after = look().split("\n");
  for (const { what, complaint } of faults) {
    check(`found: ${what}`, !after.includes(complaint) && `no line says "${complaint}"`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
