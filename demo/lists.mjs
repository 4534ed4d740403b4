// SPDX-License-Identifier: MIT
// The scenes, the sources of vertices and the fields of a frame's record, written once: the page, the
// tests and the benchmarks import them from here, and C and CMake get them through lists_for_c.mjs.
// A new scene is a file in scenes/ and an entry here; a new source a file in sources/ and an entry.

/**
 * A scene. `triangles` and `uploads` are the settings that suit it, where the address has no others.
 * @typedef {object} SceneInfo
 * @property {string} name as in the address
 * @property {string} title for people
 * @property {string} text one sentence: what it shows
 * @property {number} triangles default budget per frame
 * @property {number} uploads default batches per frame
 */

/** @type {readonly SceneInfo[]} The page begins with the first. */
export const SCENES = Object.freeze([
  {
    name: "ribbons",
    title: "Ribbons",
    text: "Adaptive curves: scratch slices come and go while two buffers grow.",
    triangles: 90_000,
    uploads: 63,
  },
  {
    name: "storm",
    title: "Storm",
    text: "Thousands of small slices per frame; every size is known beforehand.",
    triangles: 90_000,
    uploads: 64,
  },
  {
    name: "metaballs",
    title: "Metaballs",
    text: "Marching cubes: four buffers grow at once, and nobody knows how far.",
    triangles: 60_000,
    uploads: 8,
  },
  {
    name: "spike",
    title: "Spike",
    text: "Ten times the geometry every 4 seconds: the stack grows, and is trimmed.",
    triangles: 20_000,
    uploads: 4,
  },
  {
    name: "workers",
    title: "Workers",
    text: "Each thread generates on its own second stack; uploads read it there, without a copy.",
    triangles: 90_000,
    uploads: 64,
  },
]);

/**
 * Where the vertices come from.
 * @typedef {object} SourceInfo
 * @property {string} name as in the address
 * @property {string} title for people
 * @property {string} text one sentence: what it does
 */

/** @type {readonly SourceInfo[]} */
export const SOURCES = Object.freeze([
  {
    name: "stack",
    title: "Second stack",
    text: "Slices and growing buffers on the thread's second stack, popped after the upload.",
  },
  {
    name: "malloc",
    title: "malloc + free",
    text: "Fresh blocks for every batch; growing is malloc, memcpy and free, as in std::vector.",
  },
  {
    name: "doubling",
    title: "realloc doubling",
    text: "Fresh vectors for every batch, doubled by realloc, then freed.",
  },
  {
    name: "array",
    title: "Fresh typed arrays",
    text: "Vectors in wasm, copied into new typed arrays and uploaded from there, as bindings do.",
  },
  {
    name: "ring",
    title: "Fixed ring",
    text: "Fixed memory for two frames. A batch that does not fit is not drawn, and is counted.",
  },
]);

/**
 * The fields of a frame's record, doubles in this order. Each is of the last frame and of all threads
 * together unless it says otherwise.
 *
 * - generateMs: making the vertices, allocating and releasing included; for the array source the
 *   copies too. Where workers generate: the time in which the GL thread had to wait for them.
 * - uploadMs: in glBufferData, or in queue.writeBuffer. drawMs: in all other GL or WebGPU calls.
 *   Neither waits for the GPU.
 * - workerMs: workers scene only: the busiest worker's time for generating and releasing.
 * - batches: batches drawn. uploads: calls of glBufferData or writeBuffer. bytesUploaded: their bytes.
 * - vertices, triangles: what was drawn.
 * - checksum: of all bytes uploaded, a 32-bit number; 0 while switched off. Equal scene, settings,
 *   time and canvas shape give an equal checksum with every source, in every build. (Workers colour
 *   what they make: there the number of workers counts too.)
 * - mallocs, frees: calls of malloc, calloc, realloc and free, whoever made them.
 * - arrays: typed arrays made in JavaScript.
 * - memoryGrows: memory.grow. memoryBytes: size of the wasm memory now.
 * - ringOverflows: times that the ring had no room. droppedDraws: batches not drawn because of that.
 * - used: bytes live on second stacks at the frame's end: 0, or something leaks.
 * - deepest: bytes live on second stacks where they were fullest, added up over threads.
 * - peak, reserved, chunks: as in ss_stats, now. growths, bytesCopied, backingCalls: as in
 *   ss_stats, but of this frame only.
 * - trims: ss_trim calls. level: the geometry's factor in the spike scene: 1, or 10; else 1.
 * - workers: threads that generated beside the GL thread.
 */
export const RECORD_FIELDS = Object.freeze([
  "generateMs",
  "uploadMs",
  "drawMs",
  "workerMs",
  "batches",
  "uploads",
  "bytesUploaded",
  "vertices",
  "triangles",
  "checksum",
  "mallocs",
  "frees",
  "arrays",
  "memoryGrows",
  "memoryBytes",
  "ringOverflows",
  "droppedDraws",
  "used",
  "deepest",
  "peak",
  "reserved",
  "chunks",
  "growths",
  "bytesCopied",
  "backingCalls",
  "trims",
  "level",
  "workers",
]);
