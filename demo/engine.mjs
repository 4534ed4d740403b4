// SPDX-License-Identifier: MIT
// The engine: the only JavaScript that talks to the demo's WebAssembly. It loads the build that
// fits the page, passes settings down and reads the record of each frame.
//
// Nothing here makes garbage per frame: settings are numbers, and records are copied into memory
// that is allocated once. What is drawn, and from which memory, is decided in C.
import { attach } from "../web/attach.mjs";
import { findDevice, GpuRenderer } from "./gpu_renderer.mjs";
import { RECORD_FIELDS, SCENES, SOURCES } from "./lists.mjs";

export { RECORD_FIELDS, SCENES, SOURCES };

/**
 * @typedef {object} Settings
 * @property {string} scene a name in SCENES
 * @property {string} source a name in SOURCES
 * @property {number} triangles wanted per frame, 500 to 2,000,000; scenes whose sizes are unknown
 *   come near it on average. In the spike scene: between two spikes.
 * @property {number} uploads batches per frame, 1 to 4096; each is one upload per attribute. A
 *   scene may have less to share out.
 * @property {number} workers threads in the workers scene, 1 to `maxWorkers`
 * @property {number} seed any 32-bit number; each gives another arrangement
 * @property {boolean} trim whether the spike scene trims the stack after each spike
 */

/** @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({
  scene: "ribbons",
  source: "stack",
  triangles: 90_000,
  uploads: 63,
  workers: 1,
  seed: 7,
  trim: true,
});

/** The bounds of numeric settings, both ends allowed. */
export const LIMITS = Object.freeze({
  triangles: Object.freeze([500, 2_000_000]),
  uploads: Object.freeze([1, 4096]),
  workers: Object.freeze([1, 16]),
  seed: Object.freeze([0, 0xffffffff]),
});

/** What draws, in the order of renderer_api in renderer.h. */
export const APIS = Object.freeze(["webgl2", "webgpu"]);

/** "normal"; "discard": with rasterizer discard all calls are made but no pixel; "none": no draw calls. */
export const DRAW_MODES = Object.freeze(["normal", "discard", "none"]);

/** What createEngine and configure reject with. */
export class EngineError extends Error {
  /**
   * @param {"no-webgl2" | "no-webgpu" | "shaders" | "load" | "setting"} code
   *   no-webgl2, no-webgpu: the browser gives no context, or no device. shaders: it refuses the programs. load: the build is
   *   missing or does not start. setting: a value that no engine takes.
   * @param {string} message one line for people
   * @param {unknown} [cause]
   */
  constructor(code, message, cause) {
    super(message, { cause });
    this.name = "EngineError";
    this.code = code;
  }
}

/**
 * The record of the last frame. Each name in RECORD_FIELDS is a property; `values` has the same
 * numbers in the same order, in one array that lives as long as the engine.
 */
export class FrameRecord {
  constructor() {
    /** @readonly */
    this.values = new Float64Array(RECORD_FIELDS.length);
  }
}
RECORD_FIELDS.forEach((name, index) => {
  Object.defineProperty(FrameRecord.prototype, name, {
    enumerable: true,
    get() {
      return this.values[index];
    },
  });
});

// As in stacks.h.
const MAX_THREADS = 17;
const MAX_CHUNKS = 64;
const STACK_HEAD_WORDS = 8;
const CHUNK_WORDS = 8;
const STACK_WORDS = STACK_HEAD_WORDS + MAX_CHUNKS * CHUNK_WORDS;

/** How many doubles the rows of all threads' stacks are. */
export const STACKS_LENGTH = MAX_THREADS * STACK_WORDS;

/**
 * One thread's second stack where it was fullest in the last frame. Objects and arrays are used
 * again: read them at once.
 */
export class StackSnapshot {
  /** @param {number} thread */
  constructor(thread) {
    /** 0 is the GL thread; workers count from 1. @readonly */
    this.thread = thread;
    /** Bytes live at that moment. */
    this.used = 0;
    /** Bytes held from the backing. */
    this.reserved = 0;
    /** The high-water mark since the start or the last trim, in bytes. */
    this.peak = 0;
    /** How many entries of the arrays below are valid. Lane by lane, newest chunk first. */
    this.chunkCount = 0;
    /** Lane of each chunk, counted from 0. @readonly */
    this.lane = new Uint32Array(MAX_CHUNKS);
    /** 1 for the lane's newest chunk; the others are older and smaller. @readonly */
    this.isNewest = new Uint8Array(MAX_CHUNKS);
    /** 1 for the chunks of the lane in which slices are made. @readonly */
    this.isActive = new Uint8Array(MAX_CHUNKS);
    /** Bytes in use of each chunk. @readonly */
    this.usedBytes = new Float64Array(MAX_CHUNKS);
    /** Bytes each chunk can hold. @readonly */
    this.roomBytes = new Float64Array(MAX_CHUNKS);
    /** The high-water mark of each chunk's lane. @readonly */
    this.peakBytes = new Float64Array(MAX_CHUNKS);
  }
}

/**
 * Reads the rows of the second stacks, as stacks.h draws them, into snapshots.
 * @param {Float64Array} words
 * @param {number} count how many rows there are
 * @param {readonly StackSnapshot[]} stacks
 */
export function readStackRows(words, count, stacks) {
  for (let thread = 0; thread < count; thread++) {
    const stack = stacks[thread];
    let at = thread * STACK_WORDS;
    stack.used = words[at];
    stack.reserved = words[at + 1];
    stack.peak = words[at + 2];
    stack.chunkCount = words[at + 3];
    at += STACK_HEAD_WORDS;
    for (let i = 0; i < stack.chunkCount; i++, at += CHUNK_WORDS) {
      stack.lane[i] = words[at];
      stack.isNewest[i] = words[at + 1];
      stack.isActive[i] = words[at + 2];
      stack.usedBytes[i] = words[at + 3];
      stack.roomBytes[i] = words[at + 4];
      stack.peakBytes[i] = words[at + 5];
    }
  }
}

/** Snapshots for all threads that there can be. @returns {StackSnapshot[]} */
export function makeSnapshots() {
  return Array.from({ length: MAX_THREADS }, (_, thread) => new StackSnapshot(thread));
}

/**
 * Picks the build that this page can run.
 * @param {string} wanted "auto", "file", "single" or "threads"
 * @returns {{ kind: "file" | "single" | "threads", reason: string }} the reason is one sentence
 *   for people
 */
export function pickKind(wanted = "auto") {
  const isFile = location.protocol === "file:";
  if (isFile || wanted === "file") {
    const reason = isFile
      ? "One file, one thread: opened from disk, where browsers load neither modules nor threads."
      : "One file, one thread: asked for.";
    return { kind: "file", reason };
  }
  const canShare = globalThis.crossOriginIsolated && typeof SharedArrayBuffer === "function";
  if (wanted === "single") return { kind: "single", reason: "One thread: asked for." };
  // Firefox 140: new Worker in a worker does not return, in about one load of six here, and nothing tells of it.
  const isInWorker = typeof document === "undefined";
  if (canShare && wanted === "auto" && isInWorker && navigator.userAgent.includes("Firefox/")) {
    const reason = "One thread: in Firefox, a worker cannot rely on starting more workers.";
    return { kind: "single", reason };
  }
  if (canShare) return { kind: "threads", reason: "Threads: the page is cross-origin isolated." };
  const reason =
    "One thread: the server does not isolate the page (COOP and COEP), so memory cannot be shared.";
  return { kind: "single", reason };
}

/** Loads a classic script, which works from disk too. */
function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${url} does not load`));
    document.head.append(script);
  });
}

/** Returns the function that makes the WebAssembly module of one kind. */
async function loadFactory(kind, base) {
  if (kind === "file") {
    if (!globalThis.createSecondstackDemo) await loadScript(new URL("engine-file.js", base).href);
    return globalThis.createSecondstackDemo;
  }
  return (await import(new URL(`engine-${kind}.mjs`, base).href)).default;
}

/** @param {readonly {name: string}[]} list */
function indexOfName(list, name, what) {
  const index = list.findIndex((entry) => entry.name === name);
  if (index >= 0) return index;
  const names = list.map((entry) => entry.name).join(", ");
  throw new EngineError("setting", `${what} "${name}" is none of ${names}`);
}

function checkNumber(name, value, [min, max]) {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new EngineError("setting", `${name} wants a whole number from ${min} to ${max}`);
}

/**
 * Settings with changes, once all of them are found to be right.
 * @param {Settings} settings
 * @param {Partial<Settings>} changes those not named stay
 * @param {number} maxWorkers
 * @returns {Settings}
 * @throws {EngineError} code "setting"
 */
export function changeSettings(settings, changes, maxWorkers) {
  const next = { ...settings };
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in DEFAULTS)) throw new EngineError("setting", `there is no setting "${name}"`);
    if (value !== undefined) next[name] = value;
  }
  indexOfName(SCENES, next.scene, "scene");
  indexOfName(SOURCES, next.source, "source");
  checkNumber("triangles", next.triangles, LIMITS.triangles);
  checkNumber("uploads", next.uploads, LIMITS.uploads);
  checkNumber("workers", next.workers, [1, maxWorkers]);
  checkNumber("seed", next.seed, LIMITS.seed);
  return next;
}

/** The engine behind one canvas. Made by createEngine. */
export class Engine {
  #module;
  #stack;
  #settings = { ...DEFAULTS };
  #record = new FrameRecord();
  #stacks = makeSnapshots();
  // Views of the wasm memory; stale once it has grown.
  #recordView = new Float64Array(0);
  #stacksView = new Float64Array(0);
  #isDisposed = false;

  /** Use createEngine. */
  constructor(module, canvas, { gl, gpu }, kind, reason) {
    this.#module = module;
    // The stack's views of the program's memory, which stay right when the memory grows.
    this.#stack = attach(module);
    /** @readonly @type {HTMLCanvasElement | OffscreenCanvas} */
    this.canvas = canvas;
    /** The canvas's context; null with WebGPU. @readonly @type {WebGL2RenderingContext | null} */
    this.gl = gl;
    /** The renderer with WebGPU; null with WebGL2. @readonly @type {GpuRenderer | null} */
    this.gpu = gpu;
    /** Which build runs: "file", "single" or "threads". @readonly */
    this.kind = kind;
    /** Why this build was picked: one sentence for people. @readonly */
    this.reason = reason;
    /** Whether the workers scene runs on threads of its own. @readonly */
    this.hasThreads = kind === "threads";
    /** The most workers that `configure` accepts; 1 without threads. @readonly */
    this.maxWorkers = module._engine_max_workers();
    // One worker for each core. Without threads maxWorkers is 1.
    const cores = navigator.hardwareConcurrency || 1;
    this.#settings.workers = Math.min(cores, this.maxWorkers);
  }

  /** The settings in force: a copy. @returns {Settings} */
  get settings() {
    return { ...this.#settings };
  }

  /** The record of the last frame: always the same object. */
  get record() {
    return this.#record;
  }

  /**
   * Changes settings; those not named stay. The scene starts anew: stacks and rings are empty and
   * give their memory back, so that equal settings and times give equal frames and equal growth.
   * (The wasm memory itself does not shrink.)
   * @param {Partial<Settings>} [changes]
   * @throws {EngineError} code "setting", with nothing changed; also for more workers than maxWorkers
   */
  configure(changes = {}) {
    const next = changeSettings(this.#settings, changes, this.maxWorkers);
    this.#module._engine_configure(
      indexOfName(SCENES, next.scene, "scene"),
      indexOfName(SOURCES, next.source, "source"),
      next.triangles,
      next.uploads,
      next.workers,
      next.seed,
      next.trim ? 1 : 0,
    );
    this.#settings = next;
  }

  /**
   * Generates, uploads and draws the scene as it is at a time, and fills `record`.
   * @param {number} timeSeconds
   * @param {number} width of the drawing buffer in pixels
   * @param {number} height of the drawing buffer in pixels
   */
  frame(timeSeconds, width, height) {
    this.#module._engine_frame(timeSeconds, width, height);
    if (this.#recordView.length === 0) {
      this.#recordView = this.#view(this.#module._engine_record(), RECORD_FIELDS.length);
    }
    this.#record.values.set(this.#recordView);
  }

  /**
   * Sets how the next frames draw.
   * @param {"normal" | "discard" | "none"} mode see DRAW_MODES
   * @throws {EngineError} code "setting"
   */
  setDraw(mode) {
    const index = DRAW_MODES.indexOf(mode);
    if (index < 0) {
      throw new EngineError("setting", `draw "${mode}" is none of ${DRAW_MODES.join(", ")}`);
    }
    this.#module._engine_set_draw(index);
  }

  /** Switches `record.checksum`. It reads every byte uploaded, outside the timed phases. */
  setChecksum(isOn) {
    this.#module._engine_set_checksum(isOn ? 1 : 0);
  }

  /**
   * The second stacks of the threads that take part, the GL thread's first. The workers scene adds
   * one for each worker. Always the same objects; call it after a frame.
   * @returns {readonly StackSnapshot[]} all 17; only the first `stackCount` are filled
   */
  readStacks() {
    this.#fitStacksView();
    readStackRows(this.#stacksView, this.stackCount, this.#stacks);
    return this.#stacks;
  }

  /**
   * Copies the rows that readStacks reads, for another thread.
   * @param {Float64Array} target STACKS_LENGTH doubles
   */
  copyStackRows(target) {
    this.#fitStacksView();
    const length = this.stackCount * STACK_WORDS;
    // A loop, because a view of the part that counts would be garbage.
    for (let i = 0; i < length; i++) target[i] = this.#stacksView[i];
  }

  /** The GL thread's second stack, for JavaScript. */
  get stack() {
    return this.#stack;
  }

  /** How many stacks readStacks fills. */
  get stackCount() {
    return this.#module._engine_stack_count();
  }

  /** GL errors since the engine was made. It waits for the GPU process, so do not call it in every frame. */
  glErrors() {
    return this.#module._engine_gl_errors();
  }

  /** Bytes that malloc has given out and not got back, the stacks' chunks among them. */
  heapBytes() {
    return this.#module._engine_heap_bytes();
  }

  /**
   * Waits until the GPU has drawn everything: reads one pixel back, since gl.finish does not wait
   * in all browsers. With WebGPU nothing waits, and the promise that is returned says when.
   * @returns {Promise<void> | undefined}
   */
  finish() {
    this.#module._engine_finish();
    return this.gpu?.finish();
  }

  /**
   * Gives idle stack memory back, on every thread.
   * @param {number} [keepBytes] what may stay reserved for each thread
   */
  trim(keepBytes = 0) {
    this.#module._engine_trim(keepBytes);
  }

  /**
   * Makes the GL objects anew. Call it on "webglcontextrestored" (and call preventDefault on
   * "webglcontextlost", or that event never comes). Frames drawn while the context is lost do no harm.
   * @throws {EngineError} code "shaders"
   */
  restoreContext() {
    if (!this.#module._engine_restore_context()) {
      throw new EngineError(
        "shaders",
        "The graphics context came back, but its shaders do not build.",
      );
    }
  }

  /** Ends the threads, frees all stack memory and gives up the context. Call no method afterwards. */
  dispose() {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#module._engine_dispose();
    this.gpu?.dispose();
  }

  #fitStacksView() {
    if (this.#stacksView.length > 0) return;
    this.#stacksView = this.#view(this.#module._engine_stacks(), STACKS_LENGTH);
  }

  /** A view of `length` doubles. Once unshared memory grows, its length is 0. */
  #view(address, length) {
    return this.#stack.view(Float64Array, address, length);
  }
}

/** Makes the renderer with WebGPU. Before there is a device, the canvas is not touched. */
async function makeGpuRenderer(canvas) {
  const { device, name, why } = await findDevice();
  if (!device) throw new EngineError("no-webgpu", `There is no WebGPU: ${why}.`);
  const gpu = new GpuRenderer(canvas, name);
  await gpu.open(device);
  return gpu;
}

/**
 * Loads the build that fits, makes a context on the canvas and applies the settings.
 * @param {object} options any of Settings; the others are as in DEFAULTS (workers: one for each core). And:
 * @param {HTMLCanvasElement | OffscreenCanvas} options.canvas has no context yet; the latter in a worker
 * @param {"auto" | "file" | "single" | "threads"} [options.kind]
 * @param {"webgl2" | "webgpu"} [options.api]
 * @param {string | URL} [options.base] where the built files are; default dist/ beside the page
 * @returns {Promise<Engine>}
 * @throws {EngineError} see its codes
 */
export async function createEngine({
  canvas,
  kind: wanted = "auto",
  api = "webgl2",
  base,
  ...settings
}) {
  const { kind, reason } = pickKind(wanted);
  const gpu = api === "webgpu" ? await makeGpuRenderer(canvas) : null;
  let module;
  try {
    const factory = await loadFactory(kind, base ?? new URL("dist/", document.baseURI));
    // By this name renderer_webgpu.c finds it.
    module = await factory({ canvas, demoGpu: gpu });
  } catch (error) {
    throw new EngineError("load", `The demo's WebAssembly does not load: ${error.message}`, error);
  }
  if (module._engine_record_count() !== RECORD_FIELDS.length) {
    throw new EngineError("load", "engine.mjs is of another build than the WebAssembly.");
  }
  let gl = /** @type {WebGL2RenderingContext | null} */ (null);
  // Emscripten looks here for the selector before it asks the document, which a worker does not have. The context is
  // kept, because in a worker Firefox gives it once and then throws.
  module.specialHTMLTargets["#canvas"] = {
    getContext: (kind, attributes) => (gl = canvas.getContext(kind, attributes)),
  };
  const status = module._engine_start(APIS.indexOf(api));
  if (status === 1) throw new EngineError("no-webgl2", "This browser gives the page no WebGL2.");
  if (status !== 0) throw new EngineError("shaders", "This browser refuses the demo's shaders.");
  const engine = new Engine(module, canvas, { gl, gpu }, kind, reason);
  try {
    engine.configure(settings);
  } catch (error) {
    engine.dispose();
    throw error;
  }
  return engine;
}
