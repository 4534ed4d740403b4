// SPDX-License-Identifier: MIT
// Prints a table in Markdown from a micro.json: the README's table, or with --targets the table of
// tests/bench/README.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectFolder } from "./build.mjs";
import { formatNumber } from "./report.mjs";
import { targetTable } from "./targets.mjs";

const USAGE = `Usage: node tests/bench/table.mjs [--targets] [--write] [FILE]

  FILE        default: build/bench/micro.json
  --targets   the figures to reach instead of the README's table
  --write     put both where they stand: in README.md and in tests/bench/README.md`;

// An alternative that takes at most a tenth longer than the second stack counts as no slower.
const NO_SLOWER = 1.1;

/**
 * The README's rows: a title, the case, the second stack's variant, and the alternatives that
 * people use.
 */
const ROWS = [
  {
    title: "take 256 bytes, give them back",
    where: { case: "slice", size: 256 },
    own: "secondstack",
    others: ["malloc+free", "alloca"],
  },
  {
    title: "take 64 MiB, give them back",
    where: { case: "slice", size: 64 << 20 },
    own: "secondstack",
    others: ["malloc+free"],
  },
  {
    title: "take 256 bytes in 2 threads at once",
    where: { case: "threads", threads: 2, hasThreads: true },
    own: "secondstack",
    others: ["malloc+free"],
  },
  {
    title: "append 10,000 items, one by one",
    where: { case: "append one by one", count: 10_000 },
    own: "secondstack push",
    others: ["realloc-doubling", "std::vector fresh", "std::vector reused"],
  },
  {
    title: "write 10,000 items as one block, their number known",
    where: { case: "append as a block", count: 10_000 },
    own: "secondstack extend",
    others: ["malloc+free", "std::vector fresh", "std::vector reused"],
  },
  {
    title: "append to three buffers in turn, 10,000 items each",
    where: { case: "three one by one", count: 10_000 },
    own: "secondstack push",
    others: ["realloc-doubling", "std::vector fresh", "std::vector reused"],
  },
  {
    title: "a scope with one buffer of 16 items",
    where: { case: "scope with 16 items" },
    own: "secondstack buffer",
    others: ["malloc+free", "realloc-doubling", "std::vector fresh"],
  },
  {
    title: "a scope with a destructor",
    where: { case: "destructor" },
    own: "secondstack",
    others: ["malloc+free"],
  },
];

/**
 * Where a row has several of Emscripten's allocators, the fastest one counts, each in its own
 * build.
 */
function fastestOf(rows, row, variant) {
  const matches = rows.filter(
    (r) =>
      r.platform === "node" &&
      r.variant === variant &&
      Object.entries({ hasThreads: false, ...row.where }).every(([key, value]) => r[key] === value),
  );
  matches.sort((a, b) => a.ratio - b.ratio);
  return matches[0];
}

/** @param {object} result what micro.json holds */
function readmeTable({ rows, environment }) {
  const lines = ["| work, in Node.js | secondstack | instead | no slower |", "|---|---|---|---|"];
  for (const row of ROWS) {
    const own = rows.find(
      (r) =>
        r.platform === "node" &&
        r.allocator === "dlmalloc" &&
        r.variant === row.own &&
        Object.entries({ hasThreads: false, ...row.where }).every(
          ([key, value]) => r[key] === value,
        ),
    );
    if (own === undefined) continue;
    const others = row.others.map((variant) => fastestOf(rows, row, variant)).filter(Boolean);
    const text = (other) => {
      const allocator = /alloca|reused/.test(other.variant) ? "" : ` (${other.allocator})`;
      return `${other.variant}${allocator} ${formatNumber(other.ratio)}`;
    };
    const asGood = others.filter((other) => other.ratio <= own.ratio * NO_SLOWER);
    const names = asGood.map(({ variant }) => variant).join(", ") || "-";
    const instead = others.map(text).join(", ");
    lines.push(`| ${row.title} | ${formatNumber(own.ratio)} | ${instead} | ${names} |`);
  }
  const growth = (variant) =>
    rows.find(
      (r) => r.build === "node dlmalloc" && r.case === "first growth" && r.variant === variant,
    );
  const cold = growth("secondstack push");
  if (cold) {
    const others = ["realloc-doubling", "std::vector"].map(
      (name) => `${name} ${formatNumber(growth(name).heap_ratio)}`,
    );
    const exact = `exact size known ${formatNumber(growth("exact size malloc").heap_ratio)}`;
    const title = "heap taken by a first growth to 64 MiB, per byte of data";
    lines.push(
      `| ${title} | ${formatNumber(cold.heap_ratio)} | ${[...others, exact].join(", ")} | exact size known |`,
    );
  }
  const { versions, cpu, isQuick } = environment;
  lines.push(
    "",
    "Times are ratios to the limit, medians: an unchecked static bump for slices, a fixed array that is large " +
      `enough for items. Emscripten ${versions.emscripten}, ${versions.node}, ${cpu}${isQuick ? ", a quick run" : ""}. ` +
      "Repeat it with `./run bench micro`, then `node tests/bench/table.mjs`.",
  );
  return lines.join("\n");
}

/** Replaces the text between two marks in a file. */
function replaceBetween(file, name, text) {
  const path = join(projectFolder, file);
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const whole = readFileSync(path, "utf8");
  const [from, to] = [whole.indexOf(begin), whole.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no ${begin.trim()} ... ${end}`);
  writeFileSync(path, `${whole.slice(0, from)}${begin}${text}\n${whole.slice(to)}`);
}

const { values, positionals } = parseArgs({
  options: {
    targets: { type: "boolean" },
    write: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  },
  allowPositionals: true,
});
if (values.help || positionals.length > 1) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}
const result = JSON.parse(readFileSync(positionals[0] ?? "build/bench/micro.json", "utf8"));
if (values.write) {
  replaceBetween("README.md", "performance", readmeTable(result));
  replaceBetween("tests/bench/README.md", "targets", targetTable(result));
} else {
  console.log(values.targets ? targetTable(result) : readmeTable(result));
}
