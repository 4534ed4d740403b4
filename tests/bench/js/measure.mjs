// SPDX-License-Identifier: MIT
// Measures in rounds, in which the variants take turns. This code runs where the cases run: in
// Node.js or in the page.
import { makeCases } from "./cases.mjs";

const now = () => performance.now();

/** The number of operations that take about `targetMs`, found while V8 warms up. */
function calibrate(run, step, targetMs, warmMs) {
  let count = step;
  const start = now();
  for (;;) {
    const before = now();
    run(count);
    const elapsed = now() - before;
    if (now() - start > warmMs && elapsed >= targetMs / 2) {
      return Math.max(step, Math.round((count * targetMs) / elapsed / step) * step);
    }
    if (elapsed < targetMs) count *= 2;
  }
}

/**
 * Measures all cases and passes a row for each variant to `onRow`: nanoseconds per operation, by
 * round.
 * @param {{ isQuick: boolean, only: string }} options
 * @param {(row: { case: string, variant: string, ns: number[] }) => void} onRow
 */
export async function measure({ isQuick, only }, onRow) {
  const [rounds, pieceMs, warmMs] = isQuick ? [5, 4, 100] : [9, 10, 400];
  const pieces = 4;
  for (const { name, prepare, step = 1000, variants } of await makeCases()) {
    if (!name.includes(only)) continue;
    prepare?.();
    const entries = Object.entries(variants).map(([variant, run]) => ({
      variant,
      run,
      count: calibrate(run, step, pieceMs, warmMs),
      ns: [],
    }));
    for (let round = 0; round < rounds; round++) {
      for (const entry of entries) entry.ns.push(Infinity);
      for (let piece = 0; piece < pieces; piece++) {
        for (let i = 0; i < entries.length; i++) {
          const entry = entries[(i + round + piece) % entries.length];
          const before = now();
          entry.run(entry.count);
          const ns = ((now() - before) * 1e6) / entry.count;
          // The shortest time counts, because other programs on the machine can only make it
          // longer.
          entry.ns[round] = Math.min(entry.ns[round], ns);
        }
      }
    }
    for (const { variant, ns } of entries) onRow({ case: name, variant, ns });
  }
}
