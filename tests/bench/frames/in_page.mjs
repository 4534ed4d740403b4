// SPDX-License-Identifier: MIT
// The part of the benchmark that runs inside the page, or inside the worker that draws for it: it
// measures one block of one variant, the state of the machine before and after it, and the exact
// counters. Samples are written to memory that was allocated beforehand and nothing is printed, so
// that measuring makes no garbage.
//
// It is added to demo/index.html?bench=1 as a module, or run by the worker of ?bench=1&thread=worker;
// runner.mjs calls the functions that it puts into `frameBench`.

const MAX_SAMPLES = 3 * 2048;
const SPIN_STEPS = 3_000_000;
const SPIN_REPEATS = 7;
const NO_FRAME_MS = 3000;

const { engine } = globalThis.demo;
const { canvas, gl } = engine;
const isInPage = typeof document === "object";
const samples = new Float64Array(MAX_SAMPLES);
let hiddenCount = 0;
let lossCount = 0;
if (isInPage) document.addEventListener("visibilitychange", () => document.hidden && hiddenCount++);
canvas.addEventListener("webglcontextlost", () => lossCount++);

// Sums over one block, and the maximum of `used`. The numbers of a block must be equal for all
// sources.
const sums = {
  triangles: 0,
  uploads: 0,
  bytesUploaded: 0,
  mallocs: 0,
  memoryGrows: 0,
  backingCalls: 0,
  droppedDraws: 0,
  ringOverflows: 0,
  used: 0,
};

function clearSums() {
  for (const name in sums) sums[name] = 0;
}

function addRecord() {
  const { record } = engine;
  sums.triangles += record.triangles;
  sums.uploads += record.uploads;
  sums.bytesUploaded += record.bytesUploaded;
  sums.mallocs += record.mallocs;
  sums.memoryGrows += record.memoryGrows;
  sums.backingCalls += record.backingCalls;
  sums.droppedDraws += record.droppedDraws;
  sums.ringOverflows += record.ringOverflows;
  sums.used = Math.max(sums.used, record.used);
}

// Lets the page handle its events between two batches, without the delay of a timer.
const channel = new MessageChannel();
let goOn = () => {};
channel.port1.onmessage = () => goOn();
function nextTask() {
  return new Promise((resolve) => {
    goOn = resolve;
    channel.port2.postMessage(0);
  });
}

function collectGarbage() {
  if (typeof globalThis.gc !== "function") throw new Error("Chrome runs without --expose-gc");
  globalThis.gc();
}

// It is returned with the times, so that the loop is not optimised away.
let spinResult = 0;

/**
 * The time that a fixed piece of arithmetic takes. The best of a few runs counts, because other
 * programs can only make a run longer.
 */
function spin() {
  let best = Infinity;
  for (let repeat = 0; repeat < SPIN_REPEATS; repeat++) {
    const start = performance.now();
    let value = repeat;
    for (let i = 0; i < SPIN_STEPS; i++) value = (Math.imul(value, 1664525) + 1013904223) | 0;
    best = Math.min(best, performance.now() - start);
    spinResult = value;
  }
  return best;
}

// The first run takes longer, because V8 has not compiled the loop yet.
spin();

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Calls `each` in `count` animation frames; resolves early, with false, if no frame comes. */
function inAnimationFrames(count, each) {
  return new Promise((resolve) => {
    let index = 0;
    let timer = setTimeout(() => resolve(false), NO_FRAME_MS);
    const onFrame = (now) => {
      each(now, index++);
      if (index < count) {
        requestAnimationFrame(onFrame);
        return;
      }
      clearTimeout(timer);
      resolve(true);
    };
    // The limit is for the first frame only: later ones may take long.
    requestAnimationFrame((now) => {
      clearTimeout(timer);
      timer = 0;
      onFrame(now);
    });
  });
}

/** The state of page and machine, before and after a round. */
async function conditions(emptyFrames) {
  const spinMs = spin();
  const times = [];
  await inAnimationFrames(emptyFrames + 1, (now) => times.push(now));
  const intervals = times.slice(1).map((time, i) => time - times[i]);
  const extension = gl.getExtension("WEBGL_debug_renderer_info");
  return {
    isHidden: isInPage && document.hidden,
    hiddenCount,
    lossCount,
    isContextLost: gl.isContextLost(),
    renderer: gl.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : gl.RENDERER),
    rafMedianMs: intervals.length > 0 ? median(intervals) : null,
    spinMs,
    spinResult,
  };
}

// Where threads generate the vertices, this is the busiest thread's time; the page's thread only
// waits for it.
function generateMsOf(record) {
  return record.workers > 0 ? record.workerMs : record.generateMs;
}

/**
 * Measurement A: the cost of the calls on the page's thread, with RASTERIZER_DISCARD. Waits for the
 * GPU lie between the frames.
 */
async function measurePhases(length) {
  const { warmFrames, frames, batchFrames, secondsPerFrame, width, height } = length;
  for (let i = 0; i < warmFrames + frames; i++) {
    if (i === warmFrames) {
      clearSums();
      collectGarbage();
    }
    engine.frame(i * secondsPerFrame, width, height);
    if (i >= warmFrames) {
      const { record } = engine;
      const at = 3 * (i - warmFrames);
      samples[at] = generateMsOf(record);
      samples[at + 1] = record.uploadMs;
      samples[at + 2] = record.drawMs;
      addRecord();
    }
    if (i % batchFrames === batchFrames - 1) {
      engine.finish();
      await nextTask();
    }
  }
  return 3 * frames;
}

/** Measurement B: the time of whole batches, from the first call until the GPU process is done. */
async function measureBatches(length) {
  const { warmFrames, frames, batchFrames, secondsPerFrame, width, height } = length;
  const warmBatches = Math.ceil(warmFrames / batchFrames);
  const batches = Math.ceil(frames / batchFrames);
  for (let batch = 0, index = 0; batch < warmBatches + batches; batch++) {
    if (batch === warmBatches) {
      clearSums();
      collectGarbage();
    }
    const start = performance.now();
    for (let i = 0; i < batchFrames; i++, index++) {
      engine.frame(index * secondsPerFrame, width, height);
      if (batch >= warmBatches) addRecord();
    }
    engine.finish();
    if (batch >= warmBatches) {
      samples[batch - warmBatches] = (performance.now() - start) / batchFrames;
    }
    await nextTask();
  }
  return batches;
}

/** Measurement C: the time from one animation frame to the next. */
async function measureCadence({ warmFrames, frames, secondsPerFrame, width, height }) {
  let last = 0;
  const isDone = await inAnimationFrames(warmFrames + frames, (now, index) => {
    if (index === warmFrames) {
      clearSums();
      collectGarbage();
    }
    engine.frame(index * secondsPerFrame, width, height);
    if (index < warmFrames) return;
    // The first interval contains the garbage collection, and is not counted.
    if (index > warmFrames) samples[index - warmFrames - 1] = now - last;
    last = now;
    addRecord();
  });
  return isDone ? frames - 1 : 0;
}

const measures = { A: measurePhases, B: measureBatches, C: measureCadence };

/** Measures one block: returns its samples in microseconds, and its sums. */
async function block({ measurement, settings, length }) {
  setSize(length);
  engine.configure(settings);
  engine.setDraw(measurement === "A" ? "discard" : "normal");
  const count = await measures[measurement](length);
  return {
    samplesUs: Array.from(samples.subarray(0, count), (ms) => Math.round(ms * 1000)),
    sums: { ...sums, glErrors: engine.glErrors() },
  };
}

function setSize({ width, height }) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** Checksums of all bytes that go to the GPU, in some frames whose times jump back and forth. */
function checksums({ settings, times, width, height }) {
  setSize({ width, height });
  engine.configure(settings);
  engine.setDraw("normal");
  engine.setChecksum(true);
  const found = times.map((seconds) => {
    engine.frame(seconds, width, height);
    const { checksum, bytesUploaded, uploads, triangles } = engine.record;
    return { checksum, bytesUploaded, uploads, triangles };
  });
  engine.setChecksum(false);
  return found;
}

/**
 * The bytes of the JavaScript heap. Chrome tells them to a page, but to no worker: there runner.mjs answers,
 * which asks Chrome from outside.
 */
function readHeap() {
  if (isInPage) return performance.memory.usedJSHeapSize;
  return new Promise((resolve) => {
    globalThis.frameBench.answerHeap = resolve;
    globalThis.askHeap("");
  });
}

/**
 * The growth of the JavaScript heap while `each` runs `frames` times. The heap is read every few
 * frames and only increases are added up, so that a collection cannot hide what was allocated
 * before it.
 */
async function heapGained(frames, each) {
  // The question of a worker leaves some garbage itself, so it is asked less often.
  const every = isInPage ? 50 : 200;
  collectGarbage();
  let last = await readHeap();
  let gained = 0;
  for (let i = 0; i < frames; i++) {
    each(i);
    if (i % every !== every - 1 && i !== frames - 1) continue;
    const now = await readHeap();
    gained += Math.max(0, now - last);
    last = now;
  }
  return gained / frames;
}

/**
 * Counts in warm frames: allocations, memory, and what is left on the stack. The JavaScript heap is
 * measured in further frames, because reading the records would show in it.
 */
async function exactCounters({ settings, heapSettings, length }) {
  const { warmFrames, frames, heapWarmFrames, heapFrames, batchFrames, secondsPerFrame } = length;
  const { width, height } = length;
  setSize(length);
  engine.configure(settings);
  engine.setDraw("discard");
  let index = 0;
  const drawNext = () => {
    engine.frame(index * secondsPerFrame, width, height);
    index++;
    if (index % batchFrames === 0) engine.finish();
  };
  while (index < warmFrames) drawNext();
  await nextTask();
  clearSums();
  for (let i = 0; i < frames; i++) {
    drawNext();
    addRecord();
  }
  engine.configure(heapSettings);
  for (let i = 0; i < heapWarmFrames; i++) drawNext();
  const heapBytesPerFrame = await heapGained(heapFrames, drawNext);
  return { frames, heapFrames, ...sums, heapBytesPerFrame, glErrors: engine.glErrors() };
}

/**
 * Measures the heap over frames that each leave an array of the given size, which the measure must
 * detect. The least of three results counts, because a page that has just been loaded makes garbage
 * of its own.
 */
async function heapControl({ frames, bytes }) {
  const kept = { last: null };
  const doubles = Array.from({ length: bytes / 8 }, (_, i) => i + 0.5);
  const gained = [];
  for (let i = 0; i < 3; i++) {
    gained.push(
      await heapGained(frames, () => {
        kept.last = doubles.slice();
      }),
    );
  }
  return Math.min(...gained);
}

globalThis.frameBench = { block, conditions, checksums, exactCounters, heapControl };
