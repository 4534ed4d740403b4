// SPDX-License-Identifier: MIT
/// <reference lib="esnext.disposable" />
import type { ConfigureOptions, Scope, Stats } from "./secondstack.js";

/** A ring of frames: what is made in a frame lives until the frame begins that comes `count` frames later. */
export interface Frames extends Disposable {
  /**
   * Begins the next frame. What was made `count` frames ago is released.
   *   const frame = frames.begin();
   *   const positions = frame.uninitSlice(Float32Array, 300);
   *
   * Returns: the frame's scope, in which slices and buffers are made. It need not be released.
   * Errors: TypeError when a scope is still open in the frame that ends, which has ended then and the new one
   *   begun; and when the frames have been released.
   */
  begin(): Scope;

  /**
   * The scope of the frame that began `ago` frames before the present one; 0 is the present one.
   *
   * Returns: null if it has ended, or there was none.
   * Errors: TypeError when `ago` is no count.
   */
  frame(ago?: number): Scope | null;

  /** What each frame's stack holds and has cost. */
  stats(): Stats[];

  /** Ends all frames and gives their memory back to their heaps. */
  release(): void;
  /** What `using` calls: release. */
  [Symbol.dispose](): void;
}

/**
 * Makes a ring of `count` frames, each with a memory of its own: the growth of one detaches no view of another. A loop
 * that repeats itself makes no garbage but the views and takes no more memory.
 *
 * Units: `initialBytes` and `maxBytes` are those of one frame.
 * Errors: RangeError for a count that is not from 1 to 64; else as `createSecondStack`.
 */
export function createFrames(count: number, options?: ConfigureOptions): Frames;
