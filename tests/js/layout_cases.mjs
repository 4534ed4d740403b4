// SPDX-License-Identifier: MIT
// Layouts and buffers of vertices, against a DataView that is written by hand.
import { equal, ok, same, throws } from "./harness.mjs";
// For inBothWays.
import "../../web/compile.mjs";
// For { debug: true }.
import "../../web/debug_scope.mjs";
import { compiling } from "../../web/formats.mjs";
import { layout } from "../../web/layout.mjs";

export const cases = new Map();

const { classFor } = compiling;
compiling.classFor = undefined;

/**
 * Runs a test with layouts as they are by default, and with layouts as secondstack/compile makes
 * them, whose pushes have exactly as many parameters as a vertex has values.
 */
function inBothWays(use) {
  for (const way of [undefined, classFor]) {
    compiling.classFor = way;
    try {
      use((scope, vertex, options) => {
        const buffer = vertex.buffer(scope, options);
        if (way) equal(buffer.push.length, vertex.valueCount, `parameters of push for ${vertex}`);
        return buffer;
      });
    } finally {
      compiling.classFor = undefined;
    }
  }
}

/** Writes a value of a format as the specifications say. */
const writers = {
  f32: [4, (view, at, x) => view.setFloat32(at, x, true)],
  u32: [4, (view, at, x) => view.setUint32(at, x, true)],
  i32: [4, (view, at, x) => view.setInt32(at, x, true)],
  u16: [2, (view, at, x) => view.setUint16(at, x, true)],
  i16: [2, (view, at, x) => view.setInt16(at, x, true)],
  u8: [1, (view, at, x) => view.setUint8(at, x)],
  i8: [1, (view, at, x) => view.setInt8(at, x)],
  unorm16: [2, (view, at, x) => view.setUint16(at, rounded(x, 0, 65535), true)],
  snorm16: [2, (view, at, x) => view.setInt16(at, rounded(x, -1, 32767), true)],
  unorm8: [1, (view, at, x) => view.setUint8(at, rounded(x, 0, 255))],
  snorm8: [1, (view, at, x) => view.setInt8(at, rounded(x, -1, 127))],
};

function rounded(x, least, most) {
  const scaled = Math.min(Math.max(x, least), 1) * most;
  return Math.sign(scaled) * Math.round(Math.abs(scaled));
}

const FORMATS = [
  ...["f32", "u32", "i32"].flatMap((kind) => ["", "x2", "x3", "x4"].map((times) => kind + times)),
  ...["u16", "i16", "unorm16", "snorm16"].flatMap((kind) => [`${kind}x2`, `${kind}x4`]),
  ...["u8", "i8", "unorm8", "snorm8"].map((kind) => `${kind}x4`),
];

function randomNumbers(seed) {
  return () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed / 2 ** 32;
  };
}

/** A value that fits a format; a norm's may be out of range, and never in the middle of two. */
function valueFor(kind, random) {
  if (kind.includes("norm")) return random() * 3 - 1.5;
  if (kind === "f32") return random() * 200 - 100;
  const bits = Number(kind.slice(1));
  return Math.floor(random() * 2 ** bits) - (kind[0] === "i" ? 2 ** (bits - 1) : 0);
}

/** Vertices of a layout by push and by hand. */
function compare(ss, open, formats, count, random) {
  const attributes = Object.fromEntries(formats.map((format, i) => [`a${i}`, format]));
  const vertex = layout(attributes);
  const expected = new DataView(new ArrayBuffer(vertex.stride * count));
  ss.scope((scope) => {
    const buffer = open(scope, vertex);
    let at = 0;
    for (let v = 0; v < count; v++) {
      const values = [];
      for (const format of formats) {
        const [, kind, times = 1] = /^([a-z]+\d+)(?:x(\d))?$/.exec(format);
        const [size, write] = writers[kind];
        for (let i = 0; i < times; i++, at += size) {
          values.push(valueFor(kind, random));
          write(expected, at, values.at(-1));
        }
      }
      equal(values.length, vertex.valueCount, "values");
      equal(buffer.push(...values), v + 1, "length");
    }
    equal(at, vertex.stride * count, "bytes");
    const view = buffer.close();
    ok(view instanceof Uint8Array, "no bytes");
    const wanted = new Uint8Array(expected.buffer);
    const wrong = view.findIndex((byte, i) => byte !== wanted[i]);
    equal(view.length, wanted.length, `bytes of ${formats}`);
    equal(wrong, -1, `the first wrong byte of ${formats}`);
  });
}

cases.set("vertices_are_packed_as_by_hand", async ({ create }) => {
  const ss = await create();
  inBothWays((open) => comparePacked(ss, open));
  equal(ss.stats().used, 0, "used");
});

function comparePacked(ss, open) {
  const random = randomNumbers(5);
  for (const format of FORMATS) compare(ss, open, [format], 100, random);
  for (const formats of [
    // Those with a push of their own, and their neighbours.
    ["f32x3", "unorm8x4"],
    ["f32x3", "unorm8x4", "f32x2"],
    ["f32x2", "f32", "unorm8x4", "f32", "f32"],
    ["f32x3", "unorm8x4", "f32"],
    ["f32x2", "unorm8x4"],
    ["unorm8x4", "f32x3"],
    // Of 13 and 16 values.
    ["f32x3", "snorm8x4", "snorm8x4", "unorm16x2"],
    ["f32x4", "i16x4", "u8x4", "snorm16x4"],
    ...Array.from({ length: 18 }, (_, i) => Array(i + 1).fill("f32")),
  ]) {
    compare(ss, open, formats, 300, random);
  }
  for (let round = 0; round < 60; round++) {
    const pick = () => FORMATS[Math.floor(random() * FORMATS.length)];
    compare(ss, open, Array.from({ length: 1 + Math.floor(random() * 5) }, pick), 50, random);
  }
  // It moves meanwhile.
  compare(ss, open, ["f32x3", "unorm8x4"], 30_000, random);
}

cases.set("halves_are_rounded_to_the_nearest", async ({ create }) => {
  const ss = await create();
  const known = [
    ...[
      [0, 0],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [0.5, 0x3800],
      [65504, 0x7bff],
    ],
    ...[
      [65519, 0x7bff],
      [65520, 0x7c00],
      [1e9, 0x7c00],
      [-Infinity, 0xfc00],
      [NaN, 0x7e00],
    ],
    // Even where two are as near; the smallest, and what is half of it.
    ...[
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [2 ** -24, 1],
      [2 ** -25, 0],
    ],
    ...[
      [3 * 2 ** -25, 2],
      [2 ** -14, 0x400],
      [2 ** -14 - 2 ** -24, 0x3ff],
      [-(2 ** -24), 0x8001],
    ],
  ];
  inBothWays((open) => {
    const vertex = layout({ uv: "f16x2" });
    ss.scope((scope) => {
      const buffer = open(scope, vertex);
      for (const [x] of known) buffer.push(x, 1);
      const halves = new Uint16Array(buffer.close().slice().buffer);
      known.forEach(([x, bits], i) => {
        equal(halves[2 * i], bits, `half of ${x}`);
        equal(halves[2 * i + 1], 0x3c00, "half of 1");
      });
    });
  });
});

cases.set("numbers_out_of_range_and_nans_become_the_same_in_both_ways", async ({ create }) => {
  const ss = await create();
  const numbers = [NaN, Infinity, -Infinity, -0, 1e300, -1e300, 2, -2, 0.5, -0.5, 2 ** 32 + 5, -7];
  for (const kind of Object.keys(writers).concat("f16")) {
    const times = { 32: 1, 16: 2, 8: 4 }[/\d+$/.exec(kind)[0]];
    const rows = [];
    inBothWays((open) => {
      // Another attribute keeps it from being one of the usual layouts.
      const vertex = layout({ some: times === 1 ? kind : `${kind}x${times}`, id: "u32" });
      ss.scope((scope) => {
        const buffer = open(scope, vertex);
        for (const x of numbers) buffer.push(...Array(times).fill(x), 1);
        rows.push(buffer.close().join());
      });
    });
    equal(rows[1], rows[0], `bytes of ${kind}`);
  }
});

cases.set("a_layout_says_where_everything_is", () => {
  const vertex = layout({ position: "f32x3", colour: "unorm8x4", joints: "u8x4", uv: "f16x2" });
  equal(vertex.stride, 24, "stride");
  equal(vertex.valueCount, 13, "values");
  same(
    vertex.attributes.map(
      (a) => `${a.name} ${a.format} ${a.offset} ${a.size} ${a.type.toString(16)}`,
    ),
    [
      "position float32x3 0 3 1406",
      "colour unorm8x4 12 4 1401",
      "joints uint8x4 16 4 1401",
      "uv float16x2 20 2 140b",
    ],
  );
  const calls = [];
  const gl = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...values) =>
          calls.push(`${name} ${values}`),
    },
  );
  vertex.point(gl, { position: 0, colour: -1, joints: 2, uv: 1 }, 100);
  same(calls, [
    "enableVertexAttribArray 0",
    "vertexAttribPointer 0,3,5126,false,24,100",
    "enableVertexAttribArray 2",
    "vertexAttribIPointer 2,4,5121,24,116",
    "enableVertexAttribArray 1",
    "vertexAttribPointer 1,2,5131,false,24,120",
  ]);
  const gpu = vertex.webgpu({ uv: 1, position: 0 }, { stepMode: "instance" });
  equal(
    JSON.stringify(gpu),
    '{"arrayStride":24,"stepMode":"instance","attributes":[' +
      '{"format":"float16x2","offset":20,"shaderLocation":1},' +
      '{"format":"float32x3","offset":0,"shaderLocation":0}]}',
  );
  equal(vertex.webgpu({}).stepMode, "vertex");
});

cases.set("a_vertex_buffer_is_a_buffer", async ({ create }) => {
  for (const debug of [false, true]) {
    const ss = await create({ debug });
    inBothWays((open) => {
      const vertex = layout({ position: "f32x2", id: "u32" });
      ss.scope((scope) => {
        const buffer = open(scope, vertex, { capacity: 3 });
        buffer.push(1, 2, 3);
        const block = buffer.extend(2);
        equal(block.length, 24, "bytes of two");
        block.set(buffer.view().subarray(0, 12), 12);
        equal(buffer.append(buffer.view()), 6, "length");
        equal(buffer.append(scope.copySlice(new Uint32Array(6))), 8, "length");
        buffer.reserve(1000);
        buffer.truncate(7);
        equal(buffer.push(4, 5, 6), 8, "length");
        equal(buffer.at, undefined, "a vertex is no number");
        const floats = new Float32Array(buffer.view().slice().buffer);
        same([floats[0], floats[6], floats[9], floats[15], floats[21]], [1, 1, 1, 1, 4]);
        ss.memory.grow(1);
        equal(buffer.push(7, 8, 9), 9, "length after growth by others");
        const words = new Uint32Array(buffer.close().slice().buffer);
        same([words[23], words[26]], [6, 9]);
        for (const call of [() => buffer.push(1, 2, 3), () => buffer.append(new Uint8Array(12))]) {
          throws(call, TypeError, /the buffer is closed/);
        }
      });
    });
    equal(ss.stats().used, 0, "used");
  }
});

cases.set("bad_vertices_and_layouts_are_named", async ({ create }) => {
  for (const [attributes, text] of [
    [undefined, "attributes is undefined, not an object"],
    [{}, "there are no attributes"],
    [{ colour: "unorm8x3" }, 'colour is "unorm8x3", not a format of whole 32-bit words'],
    [{ a: "f32", b: "f64x2" }, 'b is "f64x2", not a format'],
    [{ a: "toString" }, 'a is "toString", not a format'],
    [{ a: 3 }, "a is 3, not a format"],
    [{ a: "u16x3" }, 'a is "u16x3"'],
  ]) {
    throws(() => layout(attributes), TypeError, new RegExp(`^secondstack: layout: ${text}`));
  }
  const ss = await create();
  inBothWays((open) => nameBadVertices(ss, open));
});

function nameBadVertices(ss, open) {
  for (const formats of [
    { position: "f32x3", colour: "unorm8x4" },
    { position: "f32x3", uv: "f32x4" },
    { position: "f32x3", joints: "u8x4" },
    { position: "f32x3", rest: "f32x4", more: "f32x4", most: "f32x4" },
  ]) {
    const vertex = layout(formats);
    ss.scope((scope) => {
      const buffer = open(scope, vertex);
      const right = Array(vertex.valueCount).fill(0.5);
      buffer.push(...right);
      for (const count of [0, 1, vertex.valueCount - 1, vertex.valueCount + 1]) {
        throws(
          () => buffer.push(...Array(count).fill(1)),
          TypeError,
          new RegExp(
            `^secondstack: push: ${count} values, but a vertex has ${vertex.valueCount}: `,
          ),
        );
      }
      for (const [i, name] of [
        [0, "position\\[0\\]"],
        [2, "position\\[2\\]"],
        [3, `${vertex.attributes[1].name}\\[0\\]`],
        [6, `${vertex.attributes[1].name}\\[3\\]`],
      ]) {
        for (const [value, text] of [
          ["1", '"1"'],
          [undefined, "undefined"],
          [[1], "\\[object Array\\]"],
          [1n, "1n"],
        ]) {
          const message = new RegExp(`^secondstack: push: ${name} is ${text}, not a number$`);
          throws(() => buffer.push(...right.with(i, value)), TypeError, message);
        }
      }
      for (let i = 0; i < vertex.valueCount; i++) {
        const call = () => buffer.push(...right.with(i, undefined));
        throws(call, TypeError, / is undefined, not a number$/);
      }
      throws(
        () => buffer.append([1]),
        TypeError,
        /append: source is \[object Array\], not a typed/,
      );
      throws(
        () => buffer.append(new Uint8Array(5)),
        RangeError,
        /^secondstack: append: source has 5 bytes, which are no vertices of \d+$/,
      );
      equal(buffer.length, 1, "length");
      buffer.close();
    });
    throws(() => vertex.buffer(7), TypeError, /^secondstack: buffer: scope is 7, not a scope/);
    throws(
      () => vertex.webgpu({ other: 1 }),
      TypeError,
      /webgpu: no attribute other in position: /,
    );
  }
}
