// SPDX-License-Identifier: MIT
// Runs growth_bench, which measures one way of growing once in each process, for all ways in turn
// and in several rounds.
import { median, medianInterval } from "./statistics.mjs";

const LIMIT = "exact size malloc";
const WAYS = [
  LIMIT,
  "secondstack reserve",
  "secondstack push",
  "realloc-doubling",
  "std::vector",
  "limit again",
];
const COUNTS = [4 << 20, (4 << 20) + 1];

/**
 * @param {string} file the program
 * @param {import("./platforms.mjs").Platform} platform
 * @param {number} rounds
 * @returns {Promise<object[][]>} the rows of each case
 */
export async function measureGrowth(file, platform, rounds) {
  const cases = [];
  for (const count of COUNTS) {
    const runs = Object.fromEntries(WAYS.map((way) => [way, []]));
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < WAYS.length; i++) {
        const way = WAYS[(i + round) % WAYS.length];
        await platform.run(file, [way === "limit again" ? LIMIT : way, String(count)], (line) => {
          if (line.startsWith("{")) runs[way].push(JSON.parse(line));
        });
      }
    }
    cases.push(WAYS.map((way) => summarise(way, runs[way], runs[LIMIT])));
  }
  return cases;
}

function summarise(way, runs, limitRuns) {
  const ns = runs.map((run) => run.ns);
  const { ratio, low, high } = medianInterval(ns.map((time, i) => time / limitRuns[i].ns));
  const of = (name) => median(runs.map((run) => run[name]));
  return {
    case: runs[0].case,
    variant: way,
    size: runs[0].size,
    count: runs[0].count,
    threads: 1,
    ns_min: Math.min(...ns),
    ns_median: median(ns),
    ratio,
    ratio_low: low,
    ratio_high: high,
    heap_ratio: of("heap_ratio"),
    memory_ratio: of("memory_ratio"),
    copied_ratio: of("copied_ratio"),
    ns,
  };
}
