// SPDX-License-Identifier: MIT
import type { SecondStack } from "./secondstack.js";

export interface MeasureOptions {
  /** The most entries that are left in the page's timeline, and that wait in memory for a flush. Default: 10,000. */
  limit?: number;
  /** The track's name in DevTools, in the group "secondstack". Default: "Scopes". */
  track?: string;
}

/** A measurement that `measure` has begun. */
export interface Measuring {
  /** Makes the entries of the scopes that have ended since the last flush. It happens by itself four times a second. */
  flush(): void;
  /** Makes the last entries and ends the measurement. Scopes are then as fast again as without it. */
  stop(): void;
}

/**
 * Writes the scopes of a stack into the browser's timeline, by performance.measure: DevTools' Performance panel shows
 * them as a track. Each entry says how many bytes the scope held at its end and, with `secondstack/debug`, where it was
 * opened. If the stack is that of a program compiled with SS_PROFILE=1, scopes and growths of its C code are on the track,
 * too; a trace that the program has begun by ss_try_trace is discarded then.
 *
 * Errors: TypeError when `stack` is not a SecondStack, and for options of the wrong type; RangeError for a limit of 0.
 */
export function measure(stack: SecondStack, options?: MeasureOptions): Measuring;
