// SPDX-License-Identifier: MIT
// The cases, which are the same in Node.js and in Chrome. A case is a list of variants that do the
// same work. The others are compared with the first variant, which is in the list twice (A/A).
//
// A variant is a function that does `count` operations. Each variant has a loop of its own, so that
// V8's type feedback from one variant does not affect another. All variants of a case write the
// same values.
import { createSecondStack } from "../../../web/secondstack.mjs";

const FRAME_BYTES = 1_000_000;
export const FRAMES = 2000;

// Keeps results alive, so that no loop is removed.
let sink = 0;

/** Compares new Float32Array on a memory with a scope and a slice. */
function sliceCase(ss, length) {
  const { memory } = ss;
  const offset = 65536;
  const bare = (count) => {
    for (let i = 0; i < count; i++) {
      const view = new Float32Array(memory.buffer, offset, length);
      view[0] = i;
      sink += view[0];
    }
  };
  const bareAgain = (count) => {
    for (let i = 0; i < count; i++) {
      const view = new Float32Array(memory.buffer, offset, length);
      view[0] = i;
      sink += view[0];
    }
  };
  const scope = (count) => {
    for (let i = 0; i < count; i++) {
      const scope = ss.scope();
      const view = scope.uninitSlice(Float32Array, length);
      view[0] = i;
      sink += view[0];
      scope.release();
    }
  };
  const use = (scope) => {
    const view = scope.uninitSlice(Float32Array, length);
    view[0] = 1;
    sink += view[0];
  };
  const callback = (count) => {
    for (let i = 0; i < count; i++) ss.scope(use);
  };
  return {
    name: `scope with a slice of ${length}`,
    variants: {
      "new Float32Array(memory.buffer, …)": bare,
      "A/A": bareAgain,
      "scope, slice, release": scope,
      "scope(callback)": callback,
    },
  };
}

/** Compares filling a fresh typed array with filling a slice. */
function freshCase(ss, length) {
  const fresh = (count) => {
    for (let i = 0; i < count; i++) {
      const view = new Float32Array(length).fill(i);
      sink += view[length - 1];
    }
  };
  const freshAgain = (count) => {
    for (let i = 0; i < count; i++) {
      const view = new Float32Array(length).fill(i);
      sink += view[length - 1];
    }
  };
  const slice = (count) => {
    for (let i = 0; i < count; i++) {
      const scope = ss.scope();
      const view = scope.uninitSlice(Float32Array, length).fill(i);
      sink += view[length - 1];
      scope.release();
    }
  };
  return {
    name: `${length} elements, filled`,
    variants: { "new Float32Array(n)": fresh, "A/A": freshAgain, slice },
  };
}

/** Appends items one after the other. An operation is one float. */
function pushCase(ss, items, name) {
  const ready = new Float32Array(items);
  // Each fill is a function of its own, because V8 makes the inner loop twice as fast there as
  // within another loop.
  const fill = (target) => {
    for (let i = 0; i < items; i++) target[i] = i * 0.5;
  };
  const fillAgain = (target) => {
    for (let i = 0; i < items; i++) target[i] = i * 0.5;
  };
  const fillBlock = (target) => {
    for (let i = 0; i < items; i++) target[i] = i * 0.5;
  };
  const written = (count) => {
    for (let done = 0; done < count; done += items) {
      fill(ready);
      sink += ready[items - 1];
    }
  };
  const writtenAgain = (count) => {
    for (let done = 0; done < count; done += items) {
      fillAgain(ready);
      sink += ready[items - 1];
    }
  };
  const block = (count) => {
    for (let done = 0; done < count; done += items) {
      const scope = ss.scope();
      const buffer = scope.buffer(Float32Array);
      fillBlock(buffer.extend(items));
      sink += buffer.close()[items - 1];
      scope.release();
    }
  };
  const threes = (count) => {
    for (let done = 0; done < count; done += items) {
      const scope = ss.scope();
      const buffer = scope.buffer(Float32Array);
      for (let i = 0; i < items; i += 3) buffer.push(i * 0.5, (i + 1) * 0.5, (i + 2) * 0.5);
      sink += buffer.close()[items - 1];
      scope.release();
    }
  };
  const ones = (count) => {
    for (let done = 0; done < count; done += items) {
      const scope = ss.scope();
      const buffer = scope.buffer(Float32Array);
      for (let i = 0; i < items; i++) buffer.push(i * 0.5);
      sink += buffer.close()[items - 1];
      scope.release();
    }
  };
  const array = (count) => {
    for (let done = 0; done < count; done += items) {
      const list = [];
      for (let i = 0; i < items; i++) list.push(i * 0.5);
      sink += new Float32Array(list)[items - 1];
    }
  };
  const arrayOfThrees = (count) => {
    for (let done = 0; done < count; done += items) {
      const list = [];
      for (let i = 0; i < items; i += 3) list.push(i * 0.5, (i + 1) * 0.5, (i + 2) * 0.5);
      sink += new Float32Array(list)[items - 1];
    }
  };
  return {
    name,
    step: items,
    variants: {
      "preallocated Float32Array": written,
      "A/A": writtenAgain,
      "extend(n), filled": block,
      "push(x, y, z)": threes,
      "push(x)": ones,
      "array.push(x), new Float32Array": array,
      "array.push(x, y, z), new Float32Array": arrayOfThrees,
    },
  };
}

/** Uses every kind of array, so that V8 does not optimise for the only kind that it has seen. */
function useAllKinds(ss) {
  const kinds = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array];
  for (let round = 0; round < 300; round++) {
    for (const Type of [...kinds, Float32Array, Float64Array, Uint8ClampedArray]) {
      const scope = ss.scope();
      sink += scope.uninitSlice(Type, 10).length;
      const buffer = scope.buffer(Type);
      for (let i = 0; i < 100; i++) buffer.push(i, i, i);
      for (let i = 0; i < 100; i++) buffer.push(i);
      sink += buffer.close().length;
      scope.release();
    }
  }
}

/**
 * The cases of vertices with layouts as they are by default, and again with those that
 * secondstack/compile makes. The module of the cases is loaded twice, because a loop that has seen
 * buffers of both ways is slow with either.
 */
async function makeAllVertexCases(ss) {
  const plain = await import("./vertex_cases.mjs?plain");
  const cases = plain.makeVertexCases(ss, "");
  await import("../../../web/compile.mjs");
  const compiled = await import("./vertex_cases.mjs?compiled");
  return [...cases, ...compiled.makeVertexCases(ss, ", compiled")];
}

const ROOM_BYTES = 32 << 20;
const MILLION = 999_999; // divisible by three

/** @returns {Promise<{ name: string, prepare?: () => void, step?: number, variants: object }[]>} */
export async function makeCases() {
  const ss = await createSecondStack({ initialBytes: ROOM_BYTES });
  const mixed = sliceCase(ss, 1000);
  return [
    ...[16, 1000, 30_000].map((length) => sliceCase(ss, length)),
    ...[4096, 30_000, 262_144].map((length) => freshCase(ss, length)),
    pushCase(ss, MILLION, "1 M floats"),
    {
      ...pushCase(ss, MILLION, "1 M floats, after all kinds were used"),
      prepare: () => useAllKinds(ss),
    },
    { ...mixed, name: `${mixed.name}, after all kinds were used` },
    ...(await makeAllVertexCases(ss)),
  ];
}

/**
 * Returns a function that runs frames, each of which fills 1 MB, either of a slice and a growing
 * buffer or of fresh typed arrays.
 */
export async function makeFrames() {
  const ss = await createSecondStack();
  const half = FRAME_BYTES / 8;
  const block = new Float32Array(1000).fill(0.5);
  const work = {
    secondstack(frame) {
      const scope = ss.scope();
      const slice = scope.uninitSlice(Float32Array, half).fill(frame);
      const buffer = scope.buffer(Float32Array);
      for (let i = 0; i < half; i += block.length) buffer.append(block);
      sink += slice[0] + buffer.close()[half - 1];
      scope.release();
    },
    fresh(frame) {
      const slice = new Float32Array(half).fill(frame);
      const grown = new Float32Array(half);
      for (let i = 0; i < half; i += block.length) grown.set(block, i);
      sink += slice[0] + grown[half - 1];
    },
  };
  const run = (name, frames) => {
    for (let frame = 0; frame < frames; frame++) work[name](frame);
  };
  run("secondstack", 10);
  run("fresh", 10);
  return run;
}
