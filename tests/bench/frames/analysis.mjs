// SPDX-License-Identifier: MIT
// Computes figures from rounds: percentiles of each variant, and ratios formed within a round.
import { median, medianInterval, quantile } from "../statistics.mjs";
import { MEASUREMENTS, OWN, SCENES, SOURCE_TITLES, TWIN } from "./plan.mjs";

/**
 * The times that are taken from a block's samples. In measurement A these are one of the three
 * phases or their sum; in B and C the samples are the times.
 */
export const PHASES = {
  A: {
    generate: (us, i) => us[3 * i],
    upload: (us, i) => us[3 * i + 1],
    draw: (us, i) => us[3 * i + 2],
    total: (us, i) => us[3 * i] + us[3 * i + 1] + us[3 * i + 2],
  },
  B: { frame: (us, i) => us[i] },
  C: { interval: (us, i) => us[i] },
};
const VALUES_PER_FRAME = { A: 3, B: 1, C: 1 };
// An interval that is longer than this many medians is a late frame.
const LATE = 1.5;

/** One phase's times in a block, in milliseconds. */
export function phaseMs(block, measurement, phase) {
  const { samplesUs } = block;
  const count = samplesUs.length / VALUES_PER_FRAME[measurement];
  const pick = PHASES[measurement][phase];
  return Array.from({ length: count }, (_, i) => pick(samplesUs, i) / 1000);
}

const blockOf = (round, variant) => round.blocks.find((block) => block.variant === variant);

/** The valid rounds of one measurement of one scene. */
export function roundsOf(result, measurement, scene) {
  return result.rounds.filter(
    (round) => round.measurement === measurement && round.scene === scene && !round.invalid,
  );
}

/**
 * Percentiles of one variant, over all of its frames.
 * @returns {{ p5: number, p25: number, p50: number, p75: number, p95: number, p99: number, worst: number } | null}
 */
export function percentiles(rounds, measurement, phase, variant) {
  const all = rounds.flatMap((round) => phaseMs(blockOf(round, variant), measurement, phase));
  if (all.length === 0) return null;
  all.sort((a, b) => a - b);
  const at = (share) => quantile(all, share);
  return {
    p5: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    p99: at(0.99),
    worst: all.at(-1),
  };
}

/**
 * The mean without the longest twentieth, since other programs on the machine cause those times.
 */
function shortenedMean(values) {
  const kept = [...values].sort((a, b) => a - b).slice(0, Math.ceil(0.95 * values.length));
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/**
 * The ratios of the second stack's time to another variant's, one for each round, and the median of
 * the ratios with its interval. A variant's time is the median of its block, or in a scene with
 * spikes the block's shortened mean. For the twin it is the ratio of the twin's time to the second
 * stack's.
 * @param {number} [coverage]
 */
export function ratios(rounds, measurement, phase, variant, coverage) {
  if (rounds.length === 0) return null;
  const middle = SCENES[rounds[0].scene].hasSpikes ? shortenedMean : median;
  const centre = (round, name) => middle(phaseMs(blockOf(round, name), measurement, phase));
  const values = rounds.map((round) =>
    variant === TWIN
      ? centre(round, TWIN) / centre(round, OWN)
      : centre(round, OWN) / centre(round, variant),
  );
  return { values, ...medianInterval(values, coverage) };
}

/** Late frames of measurement C: their number, and the number of all frames. */
export function lateFrames(rounds, variant) {
  let late = 0;
  let count = 0;
  for (const round of rounds) {
    const intervals = phaseMs(blockOf(round, variant), "C", "interval");
    const limit = LATE * median(intervals);
    late += intervals.filter((interval) => interval > limit).length;
    count += intervals.length;
  }
  return { late, count };
}

/** The number of invalid rounds, with the reasons. */
export function invalidRounds(result) {
  const invalid = result.rounds.filter((round) => round.invalid);
  return {
    count: invalid.length,
    total: result.rounds.length,
    share: result.rounds.length ? invalid.length / result.rounds.length : 1,
    reasons: invalid.map(
      ({ measurement, scene, replicate, round, invalid: why }) =>
        `${measurement} ${scene}, replicate ${replicate + 1}, round ${round + 1}: ${why}`,
    ),
  };
}

/** The variants of a result, the second stack first and its twin last. */
export function variantsIn(result) {
  const names = [...new Set(result.rounds.flatMap((round) => round.order))];
  return Object.keys(SOURCE_TITLES).filter((name) => names.includes(name));
}

export function scenesIn(result) {
  return [...new Set(result.rounds.map((round) => round.scene))];
}

/** The main phase of each measurement, which is its first. */
export const MAIN_PHASE = Object.fromEntries(
  Object.keys(MEASUREMENTS).map((name) => [name, Object.keys(PHASES[name])[0]]),
);
