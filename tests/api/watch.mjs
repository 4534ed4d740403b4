#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// Watches what other people's code relies on: compares it with released.txt, the list of the last release.
//
//   node tests/api/watch.mjs            compares; its last line: N passed, N failed[, N skipped]
//   node tests/api/watch.mjs --write    writes the list anew
//
// Where they differ, a user has to be told: the version goes up, SS_ABI too if a layout or a function that the
// inline ones call is another, and CHANGELOG.md has a line that names the thing. Until a version is released
// its list is just written anew. `./run release` wants the list to be the release's own.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readInterface } from "./interface.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const listPath = join(root, "tests/api/released.txt");
const command = "node tests/api/watch.mjs --write";
const repeat = "node tests/api/watch.mjs";

const numberOf = (name) =>
  Number(
    new RegExp(`^#define ${name} (\\d+)$`, "m").exec(
      readFileSync(join(root, "include/secondstack.h"), "utf8"),
    )[1],
  );
const versionText = (number) =>
  [Math.floor(number / 10000), Math.floor(number / 100) % 100, number % 100].join(".");

function parseList(text) {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const [, version, abi] = /^release (\d+) abi (\d+)$/.exec(lines.shift());
  return { version: Number(version), abi: Number(abi), lines };
}

/** The section of a version, and whether it says that it is not released yet. */
function sectionOf(changelog, version) {
  const section = changelog
    .split(/^(?=## )/m)
    .find(
      (text) =>
        text.startsWith(`## ${versionText(version)}`) &&
        !/^\d/.test(text.slice(3 + versionText(version).length)),
    );
  if (section === undefined) return { text: "", isReleased: false, isThere: false };
  return { text: section, isReleased: !/^.*not yet released/.test(section), isThere: true };
}

/** The word by which a changelog would name the thing of a line. */
function wordOf(line) {
  const name = /^\w+ (?:[\w./-]+ )*?(\S+?):(?: |$)/.exec(line)?.[1] ?? "";
  return name
    .replace(/[[\]]/g, "")
    .split(/::|\.(?=\w)/)
    .pop();
}

/**
 * What there is to complain about, a text for each.
 * `released`, `now`: { version, abi, lines }; `changelog`: its text; `missing`: targets without a compiler.
 */
export function judge(released, now, changelog, missing = []) {
  const isKnown = (line) => !missing.some((target) => line.startsWith(`layout ${target} `));
  const before = new Set(released.lines.filter(isKnown));
  const after = new Set(now.lines);
  const gone = [...before].filter((line) => !after.has(line));
  const come = [...after].filter((line) => !before.has(line));
  if (gone.length + come.length === 0 && released.abi === now.abi) return [];
  const shown = [...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)].map(
    (line) => line.slice(0, 200),
  );
  const section = sectionOf(changelog, now.version);
  const old = versionText(released.version);
  if (now.version === released.version && !section.isReleased) {
    return [`${old} is not released yet, so write the list anew: ${command}`, ...shown];
  }
  const problems = [];
  if (Math.floor(now.version / 100) <= Math.floor(released.version / 100)) {
    problems.push(
      `the interface is not that of ${old}, so SS_VERSION must be another minor or major version than ${versionText(now.version)}`,
    );
  }
  const isBinary = (line) => /^(layout|linked) /.test(line) && !/^layout \S+ ss_stats/.test(line);
  if (gone.some(isBinary) && now.abi <= released.abi) {
    problems.push(`what compiled code knows has changed, so SS_ABI must be above ${released.abi}`);
  }
  if (!section.isThere) problems.push(`CHANGELOG.md has no section ${versionText(now.version)}`);
  const words = new Set(
    [...gone, ...come].filter((line) => !/^(layout|linked) \S*/.test(line)).map(wordOf),
  );
  for (const word of words) {
    if (!section.text.includes(word)) {
      problems.push(`CHANGELOG.md does not name ${word} under ${versionText(now.version)}`);
    }
  }
  return problems.length > 0 ? [...problems, ...shown] : [];
}

// ---------------------------------------------------------------------------------------------------------------

/** Does the watch notice? Changes to what is there now, and a word of the complaint that each must get. */
function examine(now) {
  const changelog = `## ${versionText(now.version)}, 1 January\n`;
  const call = now.lines.findIndex((line) => line.startsWith("c ss_alloc:"));
  const layout = now.lines.findIndex(
    (line) => line.startsWith("layout ") && / ss_stack:/.test(line),
  );
  const without = (index) => ({ ...now, lines: now.lines.filter((_line, i) => i !== index) });
  const changed = (index) => ({
    ...now,
    lines: now.lines.map((line, i) => (i === index ? `${line} changed` : line)),
  });
  const later = { version: now.version + 100 };
  const told = `${changelog}## ${versionText(now.version + 100)}\n- \`ss_alloc\` is gone.\n`;
  return [
    ["nothing is said of the same", judge(now, now, changelog), /^$/],
    ["a call that is gone wants a version", judge(now, without(call), changelog), /SS_VERSION/],
    ["a call that has come wants a version", judge(without(call), now, changelog), /SS_VERSION/],
    ["and a line", judge(now, { ...without(call), ...later }, changelog), /does not name ss_alloc/],
    ["and no more", judge(now, { ...without(call), ...later }, told), /^$/],
    ["a layout wants an ABI", judge(now, { ...changed(layout), ...later }, told), /SS_ABI/],
    ["and no more", judge(now, { ...changed(layout), ...later, abi: now.abi + 1 }, told), /^$/],
    [
      "before the release it wants the list",
      judge(now, without(call), changelog.replace(",", ", not yet released,")),
      /write the list anew/,
    ],
  ].map(([what, problems, pattern]) => [
    `the watch notices: ${what}`,
    pattern.test(problems.join("\n")) ? [] : [`it said: ${problems.join("\n") || "nothing"}`],
  ]);
}

const { lines, missing } = readInterface(root);
const now = { version: numberOf("SS_VERSION"), abi: numberOf("SS_ABI"), lines };
const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
const released = existsSync(listPath) ? parseList(readFileSync(listPath, "utf8")) : undefined;

if (process.argv[2] === "--write") {
  if (missing.length > 0) {
    console.error(
      `watch.mjs: no compiler for ${missing.join(", ")} is here, so the list cannot be written`,
    );
    process.exit(2);
  }
  if (released?.version === now.version && sectionOf(changelog, now.version).isReleased) {
    console.error(`watch.mjs: ${versionText(now.version)} is released; its list stays as it is`);
    process.exit(2);
  }
  const head = `# What other people's code relies on, in the last release. Made by: ${command}\n`;
  writeFileSync(listPath, `${head}release ${now.version} abi ${now.abi}\n${lines.join("\n")}\n`);
  console.log(`${listPath}: ${lines.length} lines`);
} else {
  let failed = 0;
  const counts = new Map();
  for (const line of lines)
    counts.set(line.split(" ")[0], (counts.get(line.split(" ")[0]) ?? 0) + 1);
  const least = { c: 90, cpp: 80, js: 8, layout: 12, linked: 20, ts: 40, wasm: 10 };
  const checks = [
    ["the list of the last release is there", released ? [] : [`there is none: ${command}`]],
    [
      "the interface is that of the last release",
      released ? judge(released, now, changelog, missing) : [],
    ],
    ...Object.entries(least).map(([kind, count]) => [
      `the sources' things of kind ${kind} are found`,
      (counts.get(kind) ?? 0) >= count ? [] : [`only ${counts.get(kind) ?? 0}, not ${count}`],
    ]),
    ["each thing has a name", lines.filter((line) => wordOf(line) === "")],
    ...examine(now),
  ];
  for (const [what, problems] of checks) {
    if (problems.length === 0) continue;
    failed += 1;
    console.log(`FAILED ${what}\n  ${problems.join("\n  ")}\n  to repeat: ${repeat}`);
  }
  for (const target of missing) console.log(`skipped: no compiler for the layouts of ${target}`);
  const skipped = missing.length > 0 ? `, ${missing.length} skipped` : "";
  console.log(`${checks.length - failed} passed, ${failed} failed${skipped}`);
  process.exitCode = failed > 0 ? 1 : 0;
}
