// SPDX-License-Identifier: MIT
// The tables of ./run bench programs, in Markdown.
import { formatNumber } from "./report.mjs";

const KIB = 1024;
// A ratio that differs from 1 by less than this, or whose interval contains 1, is a tie.
const TIE = 0.1;

const inKib = (bytes) => `${Math.round(bytes / KIB).toLocaleString("en-US")}`;

/** The text of a ratio with its interval, which says if it is a tie. */
function ratioText(row) {
  if (!row) return "–";
  const holdsOne = row.ratio_low <= 1 && row.ratio_high >= 1;
  const text = `${formatNumber(row.ratio)} (${formatNumber(row.ratio_low)} to ${formatNumber(row.ratio_high)})`;
  return holdsOne || Math.abs(row.ratio - 1) <= TIE ? `${text}, a tie` : text;
}

function timeTable(rows, build) {
  const names = [...new Set(rows.map((row) => row.case))];
  const lines = names.map((name) => {
    const of = (variant) => rows.find((row) => row.case === name && row.variant === variant);
    const twin = of("limit again");
    const us = formatNumber(of("malloc").ns_median / 1e3);
    const texts = [us, ratioText(of("stack")), ratioText(of("pmr")), formatNumber(twin.ratio)];
    return `| ${name} | ${texts.join(" | ")} |`;
  });
  return [
    `**${build}**`,
    "",
    "| program | malloc, µs a frame | second stack | through std::pmr | malloc again |",
    "|---|---|---|---|---|",
    ...lines,
    "",
  ];
}

function frameTable(rows, build) {
  const names = [...new Set(rows.map((row) => row.case))];
  const lines = [];
  for (const name of names) {
    for (const variant of ["malloc", "stack"]) {
      const of = (kind) =>
        rows.find((row) => row.kind === kind && row.case === name && row.variant === variant);
      const pace = of("pace");
      const heap = of("heap");
      const calls = of("calls");
      const texts = [
        ...(calls ? [formatNumber(calls.calls)] : ["–"]),
        ...[pace.median_us, pace.p99_us, pace.worst_us].map(formatNumber),
        inKib(heap.heap_early),
        inKib(heap.heap_late),
      ];
      lines.push(`| ${name} | ${variant} | ${texts.join(" | ")} |`);
    }
  }
  const frames = rows.find((row) => row.kind === "heap").frames.toLocaleString("en-US");
  return [
    `**${build}**`,
    "",
    `| program | with | calls a frame | median µs | 99th percentile | worst | heap after 100 frames, KiB | after ${frames} |`,
    "|---|---|---|---|---|---|---|---|",
    ...lines,
    "",
  ];
}

/** @param {{ environment: object, rows: object[] }} result */
export function markdownReport({ environment, rows }) {
  const { versions, cpu, cores, commit, date, isQuick } = environment;
  const where = Object.values(versions).join("; ");
  const lines = [
    `${date}, commit ${commit}, ${cpu}, ${cores} cores; ${where}${isQuick ? "; a quick run" : ""}`,
    "",
    "# Time",
    "",
  ];
  const builds = [...new Set(rows.map((row) => row.build))];
  const of = (build) => rows.filter((row) => row.build === build);
  for (const build of builds) {
    lines.push(
      ...timeTable(
        of(build).filter((row) => row.kind === "time"),
        build,
      ),
    );
  }
  lines.push("# Calls, frames and heap", "");
  for (const build of builds) {
    if (of(build).some((row) => row.kind === "heap")) lines.push(...frameTable(of(build), build));
  }
  return `${lines.join("\n")}\n`;
}
