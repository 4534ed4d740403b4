// SPDX-License-Identifier: MIT
// The output for people: a line for each case during the run, tables in Markdown, and the summary
// at the end.
import { targetRows, targetTable } from "./targets.mjs";

const MIB = 1 << 20;

/** @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes >= MIB) return `${bytes / MIB} MiB`;
  if (bytes >= 1024) return `${bytes / 1024} KiB`;
  return `${bytes} B`;
}

/** Formats a number with three significant digits and without an exponent. */
export function formatNumber(value) {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

/** The title of a case, with its size or count. */
export function caseTitle({ case: name, size, count, threads }) {
  if (name === "slice") return `slice of ${formatBytes(size)}`;
  if (name === "threads")
    return `slice of ${formatBytes(size)}, ${threads} thread${threads > 1 ? "s" : ""}`;
  if (/append|three|collect|growth/.test(name))
    return `${name}, ${count.toLocaleString("en-US")} items`;
  return name;
}

const interval = (row) => `${formatNumber(row.ratio_low)} to ${formatNumber(row.ratio_high)}`;

/** @param {object[]} rows of one case, the limit first */
export function caseLine(rows) {
  const [limit, ...others] = rows;
  const texts = others.map((row) => {
    const name = row.variant === "limit again" ? "A/A" : row.variant;
    const heap = row.heap_ratio === undefined ? "" : `, heap ${formatNumber(row.heap_ratio)}`;
    return `${name} ${formatNumber(row.ratio)}x${heap}`;
  });
  return `${caseTitle(limit)}: ${limit.variant} ${formatNumber(limit.ns_median)} ns; ${texts.join("; ")}`;
}

/** Splits rows into cases; the rows of a case follow one another and end with the A/A twin. */
export function casesOf(rows) {
  const cases = [];
  let current = [];
  for (const row of rows.filter((row) => row.number === undefined)) {
    current.push(row);
    if (row.variant !== "limit again") continue;
    cases.push(current);
    current = [];
  }
  return cases;
}

function caseTable(rows) {
  const hasHeap = rows.some((row) => row.heap_ratio !== undefined);
  const lines = [
    `| ${caseTitle(rows[0])} | min ns | median ns | ratio | 95% |${hasHeap ? " heap / data | copied / data |" : ""}`,
    `|---|---|---|---|---|${hasHeap ? "---|---|" : ""}`,
  ];
  for (const row of rows) {
    const cells = [
      row.variant,
      formatNumber(row.ns_min),
      formatNumber(row.ns_median),
      formatNumber(row.ratio),
      interval(row),
    ];
    if (hasHeap) cells.push(formatNumber(row.heap_ratio), formatNumber(row.copied_ratio));
    lines.push(`| ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

/** The text of the A/A ratio, of two equal variants. It shows the noise of all other ratios. */
export function twinText(rows) {
  const twins = rows.filter((row) => row.variant === "limit again");
  const holding = twins.filter((row) => row.ratio_low <= 1 && row.ratio_high >= 1).length;
  const offs = twins.map((row) => Math.abs(row.ratio - 1)).sort((a, b) => a - b);
  const at = (share) => offs[Math.min(offs.length - 1, Math.floor(share * offs.length))] * 100;
  return (
    `A/A: the limit against itself. ${holding} of ${twins.length} intervals hold 1; the median is off ` +
    `by ${at(0.5).toFixed(1)}% in half of the cases, by ${at(0.9).toFixed(1)}% in nine of ten.`
  );
}

/** @param {object} result what micro.json holds */
export function summary(result) {
  const targets = targetRows(result);
  const measured = targets.filter(({ verdict }) => verdict !== "missing");
  const lines = measured.map(
    ({ name, limit, measured, verdict }) =>
      `  ${verdict.padEnd(8)} ${name}: ${measured} (at most ${limit})`,
  );
  const missing = targets.length - measured.length;
  if (missing > 0) lines.push(`  ${missing} other targets are about builds left out of this run`);
  return `${lines.join("\n")}\n\n${twinText(result.rows)}`;
}

/** @param {object} result what micro.json holds */
export function markdownReport(result) {
  const { environment, exact, rows } = result;
  const { versions, flags } = environment;
  const parts = [
    "# Micro benchmarks",
    "Ratios are to the first line of each table, the limit, within one round; the time is that of one " +
      "operation (of one item, where a case has items).",
    [
      `- ${environment.cpu}, ${environment.cores} cores; ${environment.date}; commit ${environment.commit}`,
      ...Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`),
      ...Object.entries(flags).map(([name, text]) => `- ${name}: \`${text}\``),
      ...(environment.isQuick ? ["- quick: short rounds, wide intervals"] : []),
    ].join("\n"),
    twinText(rows),
    "## Targets",
    targetTable(result),
    "## Exact figures",
    [
      "| figure | value | at most |",
      "|---|---|---|",
      ...exact.checks.map(
        ({ name, value, limit }) => `| ${name} | ${formatNumber(value)} | ${limit} |`,
      ),
    ].join("\n"),
  ];
  for (const build of [...new Set(rows.map((row) => row.build))]) {
    parts.push(`## ${build}`);
    for (const some of casesOf(rows.filter((row) => row.build === build)))
      parts.push(caseTable(some));
  }
  return `${parts.join("\n\n")}\n`;
}
