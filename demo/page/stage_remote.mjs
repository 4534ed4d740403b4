// SPDX-License-Identifier: MIT
// The page's side of a stage that a worker draws on (stage_worker.mjs): the methods and fields of Stage and Loop, by
// messages. Messages keep their order, so that what is asked for later sees what was asked for before. The figures of each
// frame come out of shared memory: while frames run, no message goes to or fro.
import { changeSettings, EngineError } from "../engine.mjs";
import { FiguresReader, makeFigures } from "./figures.mjs";

/** Once the worker runs, it answers at once; before that, its script must load. */
const READY_LIMIT_MS = 20_000;
/**
 * Making the engine takes a second or two. In Firefox 140 it may never end if it has threads (pickKind in engine.mjs).
 */
const OPEN_LIMIT_MS = 15_000;

/**
 * Why no worker can draw for this page, as far as the page can tell; "" if nothing is known against it.
 * @param {HTMLCanvasElement} canvas
 */
export function whyNoWorker(canvas) {
  if (location.protocol === "file:") return "a page opened from disk has no workers";
  if (typeof OffscreenCanvas !== "function" || !canvas.transferControlToOffscreen) {
    return "this browser has no OffscreenCanvas";
  }
  if (!globalThis.crossOriginIsolated || typeof SharedArrayBuffer !== "function") {
    return "the server does not isolate the page (COOP and COEP), so the worker cannot share its figures";
  }
  return "";
}

/** The loop in the worker. Its fields are the page's own copies, or of the last frame that was read. */
class RemoteLoop {
  #stage;
  #isPaused;
  #isBlocked = false;
  #isHidden = false;
  #request = 0;
  #hooks;

  /**
   * @param {RemoteStage} stage
   * @param {boolean} isPaused
   * @param {import("./stage.mjs").StageHooks} hooks
   */
  constructor(stage, isPaused, hooks) {
    this.#stage = stage;
    this.#isPaused = isPaused;
    this.#hooks = hooks;
  }

  get seconds() {
    return this.#stage.figures.seconds;
  }

  set seconds(value) {
    this.#stage.figures.seconds = value;
    this.#stage.call("setLoop", "seconds", value);
  }

  get frameCount() {
    return this.#stage.figures.frameCount;
  }

  get isPaused() {
    return this.#isPaused;
  }

  set isPaused(value) {
    this.#isPaused = value;
    this.#stage.call("setLoop", "isPaused", value);
    this.#watch();
    this.#hooks.onStateChange();
  }

  set isBlocked(value) {
    this.#isBlocked = value;
    this.#stage.call("setLoop", "isBlocked", value);
    this.#watch();
  }

  set isHidden(value) {
    this.#isHidden = value;
    this.#stage.call("setLoop", "isHidden", value);
    this.#watch();
  }

  draw() {
    return this.#shown(this.#stage.call("draw"));
  }

  /** @param {number} count */
  step(count = 1) {
    if (!this.#isPaused) this.isPaused = true;
    return this.#shown(this.#stage.call("step", count));
  }

  /** @param {number} seconds */
  seek(seconds) {
    this.isPaused = true;
    return this.#shown(this.#stage.call("seek", seconds));
  }

  start() {
    this.#watch();
    this.#hooks.onStateChange();
    return this.#shown(this.#stage.call("start"));
  }

  async #shown(/** @type {Promise<void>} */ done) {
    await done;
    this.#look();
  }

  #look() {
    if (this.#stage.figures.read()) this.#hooks.onFrame();
  }

  /** Looks for new frames as often as the page is shown, while there can be any. */
  #watch() {
    cancelAnimationFrame(this.#request);
    if (!this.#isPaused && !this.#isBlocked && !this.#isHidden) {
      this.#request = requestAnimationFrame(this.#onFrame);
    }
  }

  #onFrame = () => {
    this.#request = requestAnimationFrame(this.#onFrame);
    this.#look();
  };
}

/** What the page sees of the engine in the worker. */
class RemoteEngine {
  #figures;
  #opened;
  #settings;

  /**
   * @param {FiguresReader} figures
   * @param {any} opened what stage_worker.mjs's `open` returns
   */
  constructor(figures, opened) {
    this.#figures = figures;
    this.#opened = opened;
    this.#settings = opened.settings;
  }

  get kind() {
    return this.#opened.kind;
  }

  get reason() {
    return this.#opened.reason;
  }

  get maxWorkers() {
    return this.#opened.maxWorkers;
  }

  get settings() {
    return { ...this.#settings };
  }

  /** @param {Partial<import("../engine.mjs").Settings>} changes */
  change(changes) {
    this.#settings = changeSettings(this.#settings, changes, this.maxWorkers);
  }

  get record() {
    return this.#figures.record;
  }

  get stackCount() {
    return this.#figures.stackCount;
  }

  readStacks() {
    return this.#figures.readStacks();
  }
}

export class RemoteStage {
  /** @type {RemoteLoop} */
  loop;
  /** @type {RemoteEngine} */
  engine;
  figures;
  #worker;
  #hooks = /** @type {import("./stage.mjs").StageHooks} */ ({});
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #lastId = 0;
  #onProgress = (/** @type {number} */ _done, /** @type {number} */ _all) => {};
  #width = 0;
  #height = 0;

  /**
   * Use openRemoteStage.
   * @param {Worker} worker
   * @param {SharedArrayBuffer} memory
   */
  constructor(worker, memory) {
    this.#worker = worker;
    this.figures = new FiguresReader(memory);
    this.timings = this.figures.timings;
    worker.onmessage = ({ data }) => this.#take(data);
  }

  /**
   * Calls a method of the worker. What fails there is an error here.
   * @param {string} name
   * @param {...any} values
   * @returns {Promise<any>}
   */
  call(name, ...values) {
    return this.#send(name, values, []);
  }

  /** @param {any} request @param {OffscreenCanvas} canvas */
  async open(request, canvas) {
    const opened = await this.#send("open", [{ ...request, canvas }], [canvas]);
    this.engine = new RemoteEngine(this.figures, opened);
    this.environment = opened.environment;
  }

  #send(name, values, transfer) {
    const id = ++this.#lastId;
    this.#worker.postMessage({ id, name, values }, transfer);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #take({ id, value, error, event, values }) {
    if (event === "progress") this.#onProgress(values[0], values[1]);
    if (event === "lost") this.#hooks.onContextLost();
    if (event === "back") this.#hooks.onContextBack(values[0]);
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    if (!error) waiting.resolve(value);
    else
      waiting.reject(
        error.code ? new EngineError(error.code, error.message) : new Error(error.message),
      );
  }

  /** @param {boolean} isPaused @param {import("./stage.mjs").StageHooks} hooks */
  begin(isPaused, hooks) {
    this.#hooks = hooks;
    this.loop = new RemoteLoop(this, isPaused, hooks);
  }

  /** @param {Partial<import("../engine.mjs").Settings>} changes */
  configure(changes) {
    this.engine.change(changes);
    return this.call("configure", changes);
  }

  setSize(/** @type {number} */ width, /** @type {number} */ height) {
    if (width === this.#width && height === this.#height) return false;
    this.#width = width;
    this.#height = height;
    this.call("setSize", width, height);
    return true;
  }

  trim() {
    return this.call("trim");
  }

  /** @returns {Promise<Record<string, number>>} */
  stats() {
    return this.call("stats");
  }

  /** @returns {Promise<Blob | null>} */
  picture() {
    return this.call("picture");
  }

  /** @returns {Promise<boolean>} */
  loseContext() {
    return this.call("loseContext");
  }

  /** @param {(done: number, all: number) => void} onProgress */
  compare(onProgress) {
    this.#onProgress = onProgress;
    return this.call("compare");
  }
}

/** Resolves with what the worker says first: why it cannot draw, or "". */
function whenReady(/** @type {Worker} */ worker) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve("the worker does not answer"), READY_LIMIT_MS);
    const settle = (/** @type {string} */ why) => {
      clearTimeout(timer);
      resolve(why);
    };
    worker.onmessage = ({ data }) => data.event === "ready" && settle(data.values[0]);
    worker.onerror = () => settle("its script does not load");
  });
}

/**
 * Whether the promise is kept in time. If it is broken in time, this is, too.
 * @param {number} limitMs
 * @param {Promise<unknown>} promise
 * @returns {Promise<boolean>}
 */
function endsWithin(limitMs, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), limitMs);
    promise.then(() => resolve(true), reject).finally(() => clearTimeout(timer));
  });
}

/**
 * Starts the worker and hands it the canvas, if it can draw.
 * @param {object} options
 * @param {HTMLCanvasElement} options.canvas
 * @param {object} options.engine what createEngine takes, but for the canvas
 * @param {boolean} options.isPaused
 * @param {boolean} options.isBench only makes the engine
 * @returns {Promise<{ stage: RemoteStage | null, why: string, whyNoWebGpu: string, canvas: HTMLCanvasElement }>} if there
 *   is no stage, `canvas` is as it was, or a new one in its place; where WebGPU is asked for and there is none, WebGL2 draws
 * @throws {EngineError} when the worker has the canvas, and fails
 */
export async function openRemoteStage({ canvas, engine, isPaused, isBench }) {
  const known = whyNoWorker(canvas);
  if (known) return { stage: null, why: known, whyNoWebGpu: "", canvas };
  const base = new URL("dist/", document.baseURI).href;
  const worker = new Worker(new URL("stage_worker.js", base));
  const why = await whenReady(worker);
  if (why) {
    worker.terminate();
    return { stage: null, why, whyNoWebGpu: "", canvas };
  }
  const memory = makeFigures();
  const stage = new RemoteStage(worker, memory);
  worker.onerror = (event) => {
    throw new Error(`The worker that draws: ${event.message}`);
  };
  const whyNoWebGpu = engine.api === "webgpu" ? await stage.call("whyNoWebGpu") : "";
  const api = whyNoWebGpu ? "webgl2" : engine.api;
  const opened = stage.open(
    { figures: memory, isPaused, isBench, options: { ...engine, api, base } },
    canvas.transferControlToOffscreen(),
  );
  if (!(await endsWithin(OPEN_LIMIT_MS, opened))) {
    worker.terminate();
    // A canvas that was handed over does not come back.
    const fresh = /** @type {HTMLCanvasElement} */ (canvas.cloneNode(true));
    canvas.replaceWith(fresh);
    return {
      stage: null,
      why: "the worker has got the canvas, and does not answer",
      whyNoWebGpu: "",
      canvas: fresh,
    };
  }
  return { stage, why: "", whyNoWebGpu, canvas };
}
