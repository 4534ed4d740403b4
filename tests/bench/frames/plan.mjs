// What is run: variants, scenes, sizes and lengths. Where the time does not suffice for 120 warm-up and
// 300 measured frames everywhere, what is shorter stands here and in frames.json.

/** The second stack's own name among the sources, and what its second entry is called. */
export const OWN = "stack";
export const TWIN = "stack again";

/** What the sources are called in tables and figures, in their order there. */
export const SOURCE_TITLES = {
  stack: "second stack",
  malloc: "malloc+free",
  doubling: "realloc-doubling",
  array: "fresh JavaScript arrays",
  ring: "fixed ring",
  [TWIN]: "second stack again (A/A)",
};

/**
 * The scenes: how large they are, and whether a generator knows its sizes before it writes.
 * @type {Record<string, { triangles: number, isSizeKnown: boolean }>}
 */
export const SCENES = {
  storm: { triangles: 12_000, isSizeKnown: true },
  metaballs: { triangles: 12_000, isSizeKnown: false },
  ribbons: { triangles: 12_000, isSizeKnown: false },
  spike: { triangles: 4_000, isSizeKnown: false },
  workers: { triangles: 12_000, isSizeKnown: true },
};

export const MEASUREMENTS = {
  A: { title: "CPU phases", width: 256, height: 256, unit: "frame" },
  B: { title: "end to end", width: 640, height: 360, unit: "frame, of batches of 8" },
  C: { title: "cadence", width: 640, height: 360, unit: "interval" },
};

/** Frames of one batch of measurement B, and between two waits for the GPU in A. */
export const BATCH_FRAMES = 8;

/** Frames of the exact counters' run; 2,000 of them for the JavaScript heap. */
export const HEAP_FRAMES = 2000;

/**
 * A block is one variant's turn in a round: warm-up, gc(), then what is measured. In B, frames come in
 * batches of BATCH_FRAMES.
 * @typedef {{ rounds: number, warmFrames: number, frames: number }} Length
 * @typedef {{ replicates: number, A: Length, B: Length, C: Length }} Plan
 */

/** @type {Record<"full" | "quick", Plan>} */
export const PLANS = {
  full: {
    replicates: 3,
    A: { rounds: 8, warmFrames: 120, frames: 300 },
    B: { rounds: 4, warmFrames: 24, frames: 64 },
    C: { rounds: 2, warmFrames: 30, frames: 60 },
  },
  quick: {
    replicates: 1,
    A: { rounds: 6, warmFrames: 40, frames: 80 },
    B: { rounds: 6, warmFrames: 8, frames: 32 },
    C: { rounds: 1, warmFrames: 15, frames: 45 },
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
