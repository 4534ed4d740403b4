// SPDX-License-Identifier: MIT
import type { SecondStack } from "./secondstack.js";

export interface MeasureOptions {
  /** Of the scopes and growths, so many entries are left in the page's timeline, and in the memory. Default: 10,000. */
  limit?: number;
  /** The track's name in DevTools, in the group "secondstack". Default: "Scopes". */
  track?: string;
}

/** What `measure` has begun. */
export interface Measuring {
  /** Makes the entries of what has ended. It happens by itself four times a second. */
  flush(): void;
  /** Makes the last entries, and ends. Scopes are then as fast as before. */
  stop(): void;
}

/**
 * Writes the scopes of a stack into the browser's timeline, by performance.measure: DevTools' Performance panel shows
 * them as a track. Each entry says how many bytes the scope held at its end; with `secondstack/debug` where it was opened.
 * Of a program compiled with SS_PROFILE=1 scopes and growths of C are among them; a trace that it has begun by
 * ss_try_trace is dropped.
 *
 * Errors: TypeError for what is no stack, and for options of the wrong type; RangeError for a limit of 0.
 */
export function measure(stack: SecondStack, options?: MeasureOptions): Measuring;
