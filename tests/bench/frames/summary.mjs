// SPDX-License-Identifier: MIT
// The output for people: frames.json as Markdown tables, and the lines at the end of a run.
import {
  invalidRounds,
  lateFrames,
  MAIN_PHASE,
  percentiles,
  ratios,
  roundsOf,
  scenesIn,
  variantsIn,
} from "./analysis.mjs";
import { allGates, countedGates, ratioGates, targetRows } from "./gates.mjs";
import { BATCH_FRAMES, MEASUREMENTS, OWN, SCENES, SOURCE_TITLES, TWIN } from "./plan.mjs";

// With a larger share of invalid rounds the results of a run mean nothing.
const MAX_INVALID_SHARE = 0.25;

const isDisturbed = (result) => invalidRounds(result).share > MAX_INVALID_SHARE;

/**
 * @param {object} result what frames.json holds
 * @returns {0 | 1 | 3} the exit status of the run, which --help explains
 */
export function exitStatus(result) {
  const has = (gates, wanted) => gates.some(({ verdict }) => verdict === wanted);
  if (has(countedGates(result), "fails")) return 1;
  if (isDisturbed(result)) return 3;
  const timed = ratioGates(result);
  if (has(timed, "fails")) return 1;
  return has(timed, "open") ? 3 : 0;
}

const ms = (value) => value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
const interval = ({ ratio, low, high }) =>
  `${ratio.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/**
 * The title of a variant's ratio: the second stack is divided by the other variants, and the twin
 * by the second stack.
 */
export function ratioTitle(variant) {
  return variant === TWIN
    ? "second stack / itself (A/A)"
    : `second stack / ${SOURCE_TITLES[variant]}`;
}

function percentileTable(result, scene, measurement, phase) {
  const rounds = roundsOf(result, measurement, scene);
  const hasLate = measurement === "C";
  const head = [`${phase}, ms`, "p50", "p95", "p99", "worst", hasLate ? "late" : "ratio (95%)"];
  const rows = variantsIn(result).map((variant) => {
    const found = percentiles(rounds, measurement, phase, variant);
    if (found === null) return [SOURCE_TITLES[variant], "-", "-", "-", "-", "no valid round"];
    const { p50, p95, p99, worst } = found;
    const { late, count } = hasLate ? lateFrames(rounds, variant) : {};
    const last = hasLate
      ? `${late} of ${count}`
      : variant === OWN
        ? "1"
        : interval(ratios(rounds, measurement, phase, variant));
    return [SOURCE_TITLES[variant], ...[p50, p95, p99, worst].map(ms), last];
  });
  return table(head, rows);
}

function phaseShares(result) {
  const rows = scenesIn(result).map((scene) => {
    const rounds = roundsOf(result, "A", scene);
    if (rounds.length === 0) return [scene, "-", "-", "-", "no valid round"];
    const p50 = (phase) => percentiles(rounds, "A", phase, OWN).p50;
    const total = p50("total");
    const share = (phase) => `${ms(p50(phase))} (${Math.round((100 * p50(phase)) / total)}%)`;
    return [scene, share("generate"), share("upload"), share("draw"), ms(total)];
  });
  return table(["second stack, ms", "generate", "upload", "draw", "all three"], rows);
}

function lengthText(plan) {
  return Object.keys(MEASUREMENTS)
    .map((name) => {
      const { rounds, warmFrames, frames } = plan[name];
      return `- ${name}: ${plan.replicates} × ${rounds} rounds; in each block ${warmFrames} frames to warm up and ${frames} measured`;
    })
    .join("\n");
}

/** @param {object} result what frames.json holds */
export function markdownSummary(result) {
  const { environment, plan } = result;
  const { versions, flags } = environment;
  const invalid = invalidRounds(result);
  const parts = [
    "# Frame benchmark",
    [
      `- ${environment.cpu}, ${environment.cores} cores; ${environment.date}; commit ${environment.commit}`,
      ...Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`),
      ...Object.entries(flags).map(([name, text]) => `- ${name}: \`${text}\``),
      lengthText(plan),
      ...(environment.isQuick ? ["- quick: short blocks, one browser, wide intervals"] : []),
      `- invalid rounds, left out: ${invalid.count} of ${invalid.total}`,
      ...invalid.reasons.map((reason) => `  - ${reason}`),
    ].join("\n"),
    "Ratios are the second stack's time to the other's within one round, each its block's median (in the spike scene its mean without the longest twentieth); " +
      "under 1 the second stack is faster. Shown are the median over rounds and its bootstrap 95% interval. In the workers " +
      "scene, generating is the busiest worker's time.",
    "## Gates",
    table(
      ["gate", "measured", ""],
      allGates(result).map(({ name, verdict, text }) => [
        name,
        text,
        verdict === "fails" ? "FAILS" : verdict,
      ]),
    ),
    "## Figures to reach",
    table(
      ["figure", "at most", "measured", ""],
      targetRows(result).map(({ title, limit, ratio, holds }) => [
        title,
        String(limit),
        ratio === null ? "-" : ratio.toFixed(3),
        holds === null ? "not measured" : holds ? "holds" : "misses",
      ]),
    ),
    "## A frame's phases",
    phaseShares(result),
  ];
  for (const [measurement, { title, width, height, share }] of Object.entries(MEASUREMENTS)) {
    const batch = measurement === "B" ? `, batches of ${BATCH_FRAMES} frames, time per frame` : "";
    const discard = measurement === "A" ? ", RASTERIZER_DISCARD" : "";
    parts.push(`## ${measurement}: ${title} (${width}×${height}${discard}${batch})`);
    for (const scene of scenesIn(result)) {
      const { isSizeKnown } = SCENES[scene];
      const triangles = SCENES[scene].triangles * share;
      parts.push(
        `### ${scene}, about ${triangles.toLocaleString("en-US")} triangles, ` +
          `sizes ${isSizeKnown ? "known" : "unknown"} beforehand`,
        percentileTable(result, scene, measurement, MAIN_PHASE[measurement]),
      );
      if (measurement === "A") parts.push(percentileTable(result, scene, "A", "upload"));
    }
  }
  return `${parts.join("\n\n")}\n`;
}

/** The line that is printed after a round. */
export function roundLine(done, total, round) {
  const { measurement, scene, replicate, round: number, invalid } = round;
  const phase = MAIN_PHASE[measurement];
  const where = `[${done}/${total}] ${measurement} ${scene}, browser ${replicate + 1}, round ${number + 1}`;
  if (invalid) return `${where}: invalid, ${invalid}`;
  if (measurement === "C") {
    const late = round.order.map((variant) => {
      const { late: count, count: all } = lateFrames([round], variant);
      return `${variant === TWIN ? "A/A" : variant} ${count} of ${all}`;
    });
    return `${where}: late frames ${late.join(", ")}`;
  }
  const texts = round.order
    .filter((variant) => variant !== OWN)
    .map((variant) => {
      const { ratio } = ratios([round], measurement, phase, variant);
      return `${variant === TWIN ? "A/A" : variant} ${ratio.toFixed(2)}`;
    });
  const p50 = percentiles([round], measurement, phase, OWN).p50;
  return `${where}: ${phase} ${ms(p50)} ms, stack / ${texts.join(", ")}`;
}

/** The last lines of a run: each gate, the aims, and whether the run's results mean anything. */
export function endLines(result) {
  const gates = allGates(result);
  const heldCount = gates.filter(({ verdict }) => verdict === "holds").length;
  const words = { holds: "holds ", open: "open  ", fails: "FAILED" };
  const invalid = invalidRounds(result);
  const lines = targetRows(result)
    .filter(({ ratio }) => ratio !== null)
    .map(
      ({ title, limit, ratio, holds }) =>
        `  ${holds ? "holds " : "misses"} ${title}: ${ratio.toFixed(3)} (at most ${limit})`,
    );
  lines.push(
    ...gates.map(({ name, verdict, text }) => `  ${words[verdict]} gate: ${name}: ${text}`),
    `  ${heldCount} of ${gates.length} gates hold`,
  );
  lines.push(`  ${invalid.count} of ${invalid.total} rounds were disturbed and do not count`);
  if (exitStatus(result) === 3) lines.push("  inconclusive: run it again on a machine at rest");
  return lines.join("\n");
}
