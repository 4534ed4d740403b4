// SPDX-License-Identifier: MIT
// The cases of secondstack/layout: vertices that a layout's push writes, against the same vertices
// that stores into preallocated typed arrays write. An operation is a vertex.
//
// The stores by hand are what a program would have in place of push: an array for each kind of
// number, an index that counts on, and Uint8ClampedArray where a number becomes a unorm8, because it
// rounds and clamps. They check nothing and cannot grow.
import { layout } from "../../../web/layout.mjs";

const VERTICES = 100_000;
const UNIT = 1 / 255;

// Keeps results alive, so that no loop is removed.
let sink = 0;

/** The arrays over one block of memory that the stores by hand write to. */
function makeArrays() {
  const memory = new ArrayBuffer(64 * VERTICES);
  return {
    floats: new Float32Array(memory),
    clamped: new Uint8ClampedArray(memory),
    signed: new Int8Array(memory),
    shorts: new Uint16Array(memory),
    words: new Uint32Array(memory),
  };
}

// The loops are functions of their own, two of each by hand for the A/A twin, because V8 compiles a
// function once for all of its callers.

/** @type {Record<string, { attributes: any, byHand: Function[], byPush: Function }>} */
const SHAPES = {
  f32x2: {
    attributes: { position: "f32x2" },
    byHand: [
      ({ floats }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 2) {
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
        }
      },
      ({ floats }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 2) {
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
        }
      },
    ],
    byPush: (buffer) => {
      for (let i = 0; i < VERTICES; i++) buffer.push(i * 0.5, i * 0.25);
    },
  },
  f32x3: {
    attributes: { position: "f32x3" },
    byHand: [
      ({ floats }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 3) {
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          floats[w + 2] = i * 0.125;
        }
      },
      ({ floats }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 3) {
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          floats[w + 2] = i * 0.125;
        }
      },
    ],
    byPush: (buffer) => {
      for (let i = 0; i < VERTICES; i++) buffer.push(i * 0.5, i * 0.25, i * 0.125);
    },
  },
  "f32x3, f32x3, f32x2": {
    attributes: { position: "f32x3", normal: "f32x3", uv: "f32x2" },
    byHand: [
      ({ floats }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 8) {
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          floats[w + 2] = i * 0.125;
          floats[w + 3] = i * 0.1;
          floats[w + 4] = i * 0.2;
          floats[w + 5] = i * 0.3;
          floats[w + 6] = i * 0.4;
          floats[w + 7] = i * 0.6;
        }
      },
      ({ floats }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 8) {
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          floats[w + 2] = i * 0.125;
          floats[w + 3] = i * 0.1;
          floats[w + 4] = i * 0.2;
          floats[w + 5] = i * 0.3;
          floats[w + 6] = i * 0.4;
          floats[w + 7] = i * 0.6;
        }
      },
    ],
    byPush: (buffer) => {
      for (let i = 0; i < VERTICES; i++) {
        buffer.push(i * 0.5, i * 0.25, i * 0.125, i * 0.1, i * 0.2, i * 0.3, i * 0.4, i * 0.6);
      }
    },
  },
  "f32x2, unorm8x4": {
    attributes: { position: "f32x2", colour: "unorm8x4" },
    byHand: [
      ({ floats, clamped }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 3) {
          const c = (i & 255) * UNIT;
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          clamped[4 * w + 8] = c * 255;
          clamped[4 * w + 9] = (1 - c) * 255;
          clamped[4 * w + 10] = c * 0.5 * 255;
          clamped[4 * w + 11] = 255;
        }
      },
      ({ floats, clamped }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 3) {
          const c = (i & 255) * UNIT;
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          clamped[4 * w + 8] = c * 255;
          clamped[4 * w + 9] = (1 - c) * 255;
          clamped[4 * w + 10] = c * 0.5 * 255;
          clamped[4 * w + 11] = 255;
        }
      },
    ],
    byPush: (buffer) => {
      for (let i = 0; i < VERTICES; i++) {
        const c = (i & 255) * UNIT;
        buffer.push(i * 0.5, i * 0.25, c, 1 - c, c * 0.5, 1);
      }
    },
  },
  "f32x3, unorm8x4": {
    attributes: { position: "f32x3", colour: "unorm8x4" },
    byHand: [
      ({ floats, clamped }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 4) {
          const c = (i & 255) * UNIT;
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          floats[w + 2] = i * 0.125;
          clamped[4 * w + 12] = c * 255;
          clamped[4 * w + 13] = (1 - c) * 255;
          clamped[4 * w + 14] = c * 0.5 * 255;
          clamped[4 * w + 15] = 255;
        }
      },
      ({ floats, clamped }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 4) {
          const c = (i & 255) * UNIT;
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          floats[w + 2] = i * 0.125;
          clamped[4 * w + 12] = c * 255;
          clamped[4 * w + 13] = (1 - c) * 255;
          clamped[4 * w + 14] = c * 0.5 * 255;
          clamped[4 * w + 15] = 255;
        }
      },
    ],
    byPush: (buffer) => {
      for (let i = 0; i < VERTICES; i++) {
        const c = (i & 255) * UNIT;
        buffer.push(i * 0.5, i * 0.25, i * 0.125, c, 1 - c, c * 0.5, 1);
      }
    },
  },
  "f32x3, unorm8x4, f32x2": {
    attributes: { position: "f32x3", colour: "unorm8x4", uv: "f32x2" },
    byHand: [
      ({ floats, clamped }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 6) {
          const c = (i & 255) * UNIT;
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          floats[w + 2] = i * 0.125;
          clamped[4 * w + 12] = c * 255;
          clamped[4 * w + 13] = (1 - c) * 255;
          clamped[4 * w + 14] = c * 0.5 * 255;
          clamped[4 * w + 15] = 255;
          floats[w + 4] = c;
          floats[w + 5] = 1 - c;
        }
      },
      ({ floats, clamped }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 6) {
          const c = (i & 255) * UNIT;
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          floats[w + 2] = i * 0.125;
          clamped[4 * w + 12] = c * 255;
          clamped[4 * w + 13] = (1 - c) * 255;
          clamped[4 * w + 14] = c * 0.5 * 255;
          clamped[4 * w + 15] = 255;
          floats[w + 4] = c;
          floats[w + 5] = 1 - c;
        }
      },
    ],
    byPush: (buffer) => {
      for (let i = 0; i < VERTICES; i++) {
        const c = (i & 255) * UNIT;
        buffer.push(i * 0.5, i * 0.25, i * 0.125, c, 1 - c, c * 0.5, 1, c, 1 - c);
      }
    },
  },
  "f32x3, snorm8x4, unorm16x2": {
    attributes: { position: "f32x3", normal: "snorm8x4", uv: "unorm16x2" },
    byHand: [
      ({ floats, signed, shorts }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 5) {
          const c = (i & 255) * UNIT;
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          floats[w + 2] = i * 0.125;
          signed[4 * w + 12] = Math.round(c * 127);
          signed[4 * w + 13] = Math.round((1 - c) * 127);
          signed[4 * w + 14] = Math.round(c * 0.5 * 127);
          signed[4 * w + 15] = 0;
          shorts[2 * w + 8] = Math.round(c * 65535);
          shorts[2 * w + 9] = Math.round((1 - c) * 65535);
        }
      },
      ({ floats, signed, shorts }) => {
        for (let i = 0, w = 0; i < VERTICES; i++, w += 5) {
          const c = (i & 255) * UNIT;
          floats[w] = i * 0.5;
          floats[w + 1] = i * 0.25;
          floats[w + 2] = i * 0.125;
          signed[4 * w + 12] = Math.round(c * 127);
          signed[4 * w + 13] = Math.round((1 - c) * 127);
          signed[4 * w + 14] = Math.round(c * 0.5 * 127);
          signed[4 * w + 15] = 0;
          shorts[2 * w + 8] = Math.round(c * 65535);
          shorts[2 * w + 9] = Math.round((1 - c) * 65535);
        }
      },
    ],
    byPush: (buffer) => {
      for (let i = 0; i < VERTICES; i++) {
        const c = (i & 255) * UNIT;
        buffer.push(i * 0.5, i * 0.25, i * 0.125, c, 1 - c, c * 0.5, 0, c, 1 - c);
      }
    },
  },
};

/** Refuses a shape of which push and the stores by hand write different bytes. */
function compareBytes(name, vertex, mine, byHand, view) {
  const { clamped } = mine;
  byHand(mine);
  const size = vertex.stride * VERTICES;
  for (let i = 0; i < size; i++) {
    if (view[i] !== clamped[i])
      throw new Error(`${name}: byte ${i}: ${view[i]}, not ${clamped[i]}`);
  }
}

/** @param {import("../../../web/secondstack.js").SecondStack} ss */
function vertexCase(ss, name, suffix, { attributes, byHand: [first, second], byPush }) {
  const vertex = layout(attributes);
  const arrays = makeArrays();
  const pushed = (count) => {
    for (let done = 0; done < count; done += VERTICES) {
      const scope = ss.scope();
      const buffer = vertex.buffer(scope);
      byPush(buffer);
      sink += buffer.close()[0];
      scope.release();
    }
  };
  const written = (fill) => (count) => {
    for (let done = 0; done < count; done += VERTICES) {
      fill(arrays);
      sink += arrays.floats[0];
    }
  };
  const scope = ss.scope();
  const buffer = vertex.buffer(scope);
  byPush(buffer);
  compareBytes(name, vertex, arrays, first, buffer.close());
  scope.release();
  return {
    name: `vertices of ${name}${suffix}`,
    step: VERTICES,
    variants: { "stores by hand": written(first), "A/A": written(second), push: pushed },
  };
}

/** @returns {{ name: string, step: number, variants: object }[]} */
export function makeVertexCases(ss, suffix) {
  return Object.entries(SHAPES).map(([name, shape]) => vertexCase(ss, name, suffix, shape));
}
