// SPDX-License-Identifier: MIT
// How a figure drifts over time, and how sure that is.

const Z_95 = 1.96;

/** @typedef {{ perMinute: number, low: number, high: number }} Slope */

/**
 * The Theil-Sen slope: the median of the slopes of all pairs, which a few odd samples do not move,
 * with Sen's 95% interval. Of few samples that is all that any pair says.
 * @param {readonly { minutes: number, value: number }[]} samples in the order of time, two at least
 * @returns {Slope}
 */
export function slopeOf(samples) {
  const slopes = [];
  for (let later = 1; later < samples.length; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      const minutes = samples[later].minutes - samples[earlier].minutes;
      slopes.push((samples[later].value - samples[earlier].value) / minutes);
    }
  }
  slopes.sort((a, b) => a - b);
  const n = samples.length;
  const spread = Z_95 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const last = slopes.length - 1;
  const low = Math.max(0, Math.floor((slopes.length - spread) / 2));
  const high = Math.min(last, Math.ceil((slopes.length + spread) / 2));
  const middle = slopes.length >> 1;
  return {
    perMinute: slopes.length % 2 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2,
    low: slopes[low],
    high: slopes[high],
  };
}
