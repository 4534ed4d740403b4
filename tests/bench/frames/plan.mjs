// SPDX-License-Identifier: MIT
// The plan of a run: variants, scenes, sizes and lengths. 120 warm-up frames and 300 measured
// frames everywhere would take too long; the shorter lengths are listed here and recorded in
// frames.json.

/** The second stack's name among the sources, and the name of its second entry. */
export const OWN = "stack";
export const TWIN = "stack again";

/** The titles of the sources in tables and figures, in the order in which they appear there. */
export const SOURCE_TITLES = {
  stack: "second stack",
  malloc: "malloc+free",
  doubling: "realloc-doubling",
  array: "fresh JavaScript arrays",
  ring: "fixed ring",
  [TWIN]: "second stack again (A/A)",
};

/**
 * A scene's size in measurement A, whether its generator knows sizes before it writes, and whether a
 * few of its frames are much larger than the rest: then a block is represented by its mean instead
 * of its median.
 * @typedef {object} SceneSize
 * @property {number} triangles of the spike scene: between two spikes
 * @property {number} uploads
 * @property {number} workers
 * @property {boolean} isSizeKnown
 * @property {boolean} [hasSpikes]
 */

/** @type {Record<string, SceneSize>} */
export const SCENES = {
  storm: { triangles: 6000, uploads: 16, workers: 1, isSizeKnown: true },
  metaballs: { triangles: 6000, uploads: 16, workers: 1, isSizeKnown: false },
  ribbons: { triangles: 6000, uploads: 16, workers: 1, isSizeKnown: false },
  spike: { triangles: 2000, uploads: 16, workers: 1, isSizeKnown: false, hasSpikes: true },
  workers: { triangles: 6000, uploads: 16, workers: 2, isSizeKnown: true },
};

/**
 * The measurements, each with the size of the canvas and the share of a scene's triangles. B and C
 * have fewer triangles because software GL takes most of a frame there.
 */
export const MEASUREMENTS = {
  A: { title: "CPU phases", width: 256, height: 256, share: 1 },
  B: { title: "end to end", width: 256, height: 256, share: 0.5 },
  C: { title: "cadence", width: 256, height: 256, share: 0.5 },
};

/** Frames of one batch of measurement B, and between two waits for the GPU in A. */
export const BATCH_FRAMES = 8;

/**
 * The span of the scenes' time over which measured frames are spread. It is one cycle of the spike
 * scene, so that every block contains the same part of that scene.
 */
export const CYCLE_SECONDS = 4;

/**
 * The settings of the exact counters. Their frames are small, because counting does not need large
 * ones.
 */
export const COUNTERS = {
  triangles: 2000,
  uploads: 8,
  /** The clock's step: the warm-up of the second stack is two cycles. */
  secondsPerFrame: (2 * CYCLE_SECONDS) / 200,
  /** The frames of the second stack; those for the heap come last. */
  own: { warmFrames: 200, frames: 400, heapFrames: 2000 },
  /**
   * The frames of the other sources, whose allocations and garbage only have to be detected: one
   * cycle.
   */
  others: { warmFrames: 20, frames: 100, heapFrames: 100 },
  /**
   * The garbage of JavaScript comes from calls, whose number does not depend on the size of a
   * scene.
   */
  heapTriangles: 500,
  heapWarmFrames: 50,
  width: 64,
  height: 64,
  /**
   * Times of the frames whose checksums are compared, in seconds. They jump between calm and spike.
   */
  checksumTimes: [0, 0.02, 0.5, 2.2, 3.7, 4.1, 6.9, 1.3],
};

/**
 * A block is one variant's turn in a round: warm-up, gc(), then what is measured. In B, frames come in
 * batches of BATCH_FRAMES.
 * @typedef {{ rounds: number, warmFrames: number, frames: number }} Length
 * @typedef {{ replicates: number, A: Length, B: Length, C: Length }} Plan
 */

// With software GL on two cores, 120 and 300 frames in each block of 8 rounds would take hours.
/** @type {Record<"full" | "quick", Plan>} */
export const PLANS = {
  full: {
    replicates: 3,
    A: { rounds: 8, warmFrames: 64, frames: 152 },
    B: { rounds: 4, warmFrames: 8, frames: 32 },
    C: { rounds: 2, warmFrames: 15, frames: 45 },
  },
  quick: {
    replicates: 1,
    A: { rounds: 6, warmFrames: 24, frames: 48 },
    B: { rounds: 3, warmFrames: 8, frames: 16 },
    C: { rounds: 1, warmFrames: 10, frames: 30 },
  },
};

/** The variants of one scene: every source, and the second stack a second time. */
export function variantsOf(sources) {
  return [...sources, TWIN];
}

/** The engine's name of a variant's source. */
export function sourceOf(variant) {
  return variant === TWIN ? OWN : variant;
}
