// SPDX-License-Identifier: MIT
// Medians and their confidence intervals. The method is the one of bench.c; it is repeated here for
// ratios that only the scripts can form, because their two times come from different rows.

const RESAMPLES = 2000;

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * A quantile: the value that the given share of the values does not exceed, interpolated linearly
 * between two of them.
 * @param {ArrayLike<number>} sorted ascending
 * @param {number} share from 0 to 1
 */
export function quantile(sorted, share) {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/**
 * Returns a function that returns pseudo-random numbers from 0 to 1, the same sequence in every run
 * (mulberry32).
 */
function seededRandom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * The median and its bootstrap interval: the middle 95%, or the given coverage, of the medians of
 * samples drawn with replacement.
 * @param {number[]} values
 * @param {number} [coverage] the share of the medians within the interval, from 0 to 1
 * @returns {{ ratio: number, low: number, high: number }}
 */
export function medianInterval(values, coverage = 0.95) {
  const random = seededRandom(1);
  const medians = [];
  for (let i = 0; i < RESAMPLES; i++) {
    medians.push(median(values.map(() => values[Math.floor(random() * values.length)])));
  }
  medians.sort((a, b) => a - b);
  return {
    ratio: median(values),
    low: medians[Math.floor((RESAMPLES * (1 - coverage)) / 2)],
    high: medians[Math.ceil((RESAMPLES * (1 + coverage)) / 2) - 1],
  };
}

/**
 * The ratio of two variants' times, formed within each round. Both must be rows of the same case.
 * @param {{ ns: number[] }} row
 * @param {{ ns: number[] }} base
 */
export function pairedRatio(row, base) {
  return medianInterval(row.ns.map((ns, round) => ns / base.ns[round]));
}
