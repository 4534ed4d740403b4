// SPDX-License-Identifier: MIT
/// <reference lib="esnext.disposable" />
import type { ConfigureOptions, Scope, Stats } from "./secondstack.js";

/** A ring of frames: what is made in a frame stays valid until the frame that comes `count` frames later begins. */
export interface Frames extends Disposable {
  /**
   * Begins the next frame. What was made `count` frames ago is released.
   *   const frame = frames.begin();
   *   const positions = frame.uninitSlice(Float32Array, 300);
   *
   * Returns: the frame's scope, in which slices and buffers are made. The ring releases it.
   * Errors: TypeError when a scope inside the oldest frame is still open: that frame has ended all the same, and the
   *   new one has begun. TypeError, too, when the ring has been released.
   */
  begin(): Scope;

  /**
   * The scope of the frame that began `ago` frames before the present one; 0 is the present one.
   *
   * Returns: null if that frame has ended, or if no such frame has begun.
   * Errors: TypeError when `ago` is not a whole number from 0 up.
   */
  frame(ago?: number): Scope | null;

  /** The statistics of the frames' stacks, one entry for each of the `count` stacks. */
  stats(): Stats[];

  /** Ends all frames and gives the memory of each stack back to the heap that it came from. */
  release(): void;
  /** What `using` calls: release. */
  [Symbol.dispose](): void;
}

/**
 * Makes a ring of `count` frames. Each has a memory of its own, so growth in one frame detaches no view of another. A
 * loop whose frames are alike makes no garbage except the scopes and the views, and its memory does not grow.
 *
 * Units: `initialBytes` and `maxBytes` hold for each frame by itself.
 * Errors: RangeError when `count` is not a whole number from 1 to 64; otherwise as `createSecondStack`.
 */
export function createFrames(count: number, options?: ConfigureOptions): Frames;
