// SPDX-License-Identifier: MIT
// Interleaved vertices: a layout says what an element is made of, and its buffers take numbers and
// write packed bytes.
//
// An attribute is a whole number of 32-bit words, so a vertex is a row of words. Each word is
// written in one of a few ways, and a push looks up only which one. (A function that is made from
// text would be faster, but a strict Content-Security-Policy refuses to make one.)
import { SliceBuffer } from "./buffers.mjs";
import { checkOptions, fail, refuse } from "./checks.mjs";
import { checkSource } from "./sources.mjs";

const F32 = 0;
const UNORM8 = 1;
const WORD = 2;
const SNORM8 = 3;
const INT8 = 4;
const UNORM16 = 5;
const SNORM16 = 6;
const INT16 = 7;
const F16 = 8;

/**
 * The formats by their short names: how a word is written, how many values it holds, the name of the
 * format in WebGPU, and the type in WebGL.
 * @type {Record<string, { kind: number, perWord: number, gpu: string, gl: number }>}
 */
const KINDS = {
  f32: { kind: F32, perWord: 1, gpu: "float32", gl: 0x1406 },
  u32: { kind: WORD, perWord: 1, gpu: "uint32", gl: 0x1405 },
  i32: { kind: WORD, perWord: 1, gpu: "sint32", gl: 0x1404 },
  f16: { kind: F16, perWord: 2, gpu: "float16", gl: 0x140b },
  u16: { kind: INT16, perWord: 2, gpu: "uint16", gl: 0x1403 },
  i16: { kind: INT16, perWord: 2, gpu: "sint16", gl: 0x1402 },
  unorm16: { kind: UNORM16, perWord: 2, gpu: "unorm16", gl: 0x1403 },
  snorm16: { kind: SNORM16, perWord: 2, gpu: "snorm16", gl: 0x1402 },
  u8: { kind: INT8, perWord: 4, gpu: "uint8", gl: 0x1401 },
  i8: { kind: INT8, perWord: 4, gpu: "sint8", gl: 0x1400 },
  unorm8: { kind: UNORM8, perWord: 4, gpu: "unorm8", gl: 0x1401 },
  snorm8: { kind: SNORM8, perWord: 4, gpu: "snorm8", gl: 0x1400 },
};

// The functions below take only integers, and an array with an index in place of a value, because
// an engine that does not inline a call allocates a box for every other number.

/** The value at k, times `most`, as the nearest whole number from `least` to `most`; a NaN is 0. */
function norm(values, k, least, most) {
  const x = values[k] * most;
  if (x >= most) return most;
  return x <= least ? least : (x < 0 ? x - 0.5 : x + 0.5) | 0;
}

/** @returns {number} a word of one of the rarer kinds, from the values at k and behind */
function packWord(kind, values, k) {
  switch (kind) {
    case SNORM8:
      return (
        (norm(values, k, -127, 127) & 255) |
        ((norm(values, k + 1, -127, 127) & 255) << 8) |
        ((norm(values, k + 2, -127, 127) & 255) << 16) |
        (norm(values, k + 3, -127, 127) << 24)
      );
    case INT8:
      return (
        (values[k] & 255) |
        ((values[k + 1] & 255) << 8) |
        ((values[k + 2] & 255) << 16) |
        (values[k + 3] << 24)
      );
    case UNORM16:
      return norm(values, k, 0, 65535) | (norm(values, k + 1, 0, 65535) << 16);
    case SNORM16:
      return (norm(values, k, -32767, 32767) & 65535) | (norm(values, k + 1, -32767, 32767) << 16);
    case INT16:
      return (values[k] & 65535) | (values[k + 1] << 16);
    case F16:
      return toHalf(values, k) | (toHalf(values, k + 1) << 16);
    default:
      return values[k];
  }
}

const halfFloat = new Float32Array(1);
const halfBits = new Uint32Array(halfFloat.buffer);

/** @returns {number} the bits of the nearest half-precision number; ties round to even */
function toHalf(values, k) {
  const x = values[k];
  halfFloat[0] = x;
  const bits = halfBits[0];
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00;
  if (size >= 0x477ff000) return sign | 0x7c00;
  if (size >= 0x38800000) {
    const rounded = size - 0x38000000 + 0xfff + ((size >>> 13) & 1);
    return sign | (rounded >>> 13);
  }
  // A subnormal half: a multiple of the smallest one. The addition rounds to even.
  halfFloat[0] = Math.abs(x) * 2 ** 24 + 2 ** 23;
  return sign | (halfBits[0] & 0x7fffff);
}

// The number of values for which push has parameters.
const MOST = 12;

// How many values a word of each kind holds.
const VALUES = [];
for (const { kind, perWord } of Object.values(KINDS)) VALUES[kind] = perWord;

const NO_FLOATS = new Float32Array(0);

/** A buffer of vertices. Its `length` is their number. */
class VertexBuffer extends SliceBuffer {
  constructor(scope, layout, options) {
    super(scope, Uint32Array, options, layout.stride);
    this._layout = layout;
    this._kinds = layout._kinds;
    this._valueCount = layout.valueCount;
    this._values = new Float64Array(Math.max(layout.valueCount, MOST));
  }

  push(a, b, c, d, e, f, g, h, i, j, k, l) {
    const count = arguments.length;
    // This holds also when growth of the memory has detached the room, or when the buffer is
    // closed.
    if (this.length >= this._probe.length) this._makeRoom("push", 1);
    if (count !== this._valueCount || count > MOST) return this._pushMany(arguments);
    if (
      typeof a !== "number" ||
      (count > 1 && typeof b !== "number") ||
      (count > 2 && typeof c !== "number") ||
      (count > 3 && typeof d !== "number") ||
      (count > 4 && typeof e !== "number") ||
      (count > 5 && typeof f !== "number") ||
      (count > 6 && typeof g !== "number") ||
      (count > 7 && typeof h !== "number") ||
      (count > 8 && typeof i !== "number") ||
      (count > 9 && typeof j !== "number") ||
      (count > 10 && typeof k !== "number") ||
      (count > 11 && typeof l !== "number")
    ) {
      this._checkValues(arguments);
    }
    // The values go through an array, because a call with them as arguments would allocate a box
    // for each.
    const values = this._values;
    values[0] = a;
    if (count > 1) values[1] = b;
    if (count > 2) values[2] = c;
    if (count > 3) values[3] = d;
    if (count > 4) values[4] = e;
    if (count > 5) values[5] = f;
    if (count > 6) values[6] = g;
    if (count > 7) values[7] = h;
    if (count > 8) values[8] = i;
    if (count > 9) values[9] = j;
    if (count > 10) values[10] = k;
    if (count > 11) values[11] = l;
    return this._pack();
  }

  /** Pushes more values than push has parameters for, or refuses a wrong number of values. */
  _pushMany(values) {
    const { valueCount } = this._layout;
    if (values.length !== valueCount) {
      fail("push", `${values.length} values, but a vertex has ${valueCount}: ${this._layout}`);
    }
    this._checkValues(values);
    this._values.set(values);
    return this._pack();
  }

  /** Writes the gathered values as the next vertex. */
  _pack() {
    const values = this._values;
    const floats = this._floats;
    const clamped = this._clamped;
    const kinds = this._kinds;
    let w = this.length * kinds.length;
    for (let i = 0, k = 0; i < kinds.length; i++, w++) {
      if (kinds[i] === F32) {
        floats[w] = values[k++];
      } else if (kinds[i] === UNORM8) {
        // An Uint8ClampedArray rounds, and clamps to 0 and 255.
        clamped[4 * w] = values[k] * 255;
        clamped[4 * w + 1] = values[k + 1] * 255;
        clamped[4 * w + 2] = values[k + 2] * 255;
        clamped[4 * w + 3] = values[k + 3] * 255;
        k += 4;
      } else {
        this._room[w] = packWord(kinds[i], values, k);
        k += VALUES[kinds[i]];
      }
    }
    return ++this.length;
  }

  append(source) {
    this._checkOpen("append");
    if (!ArrayBuffer.isView(source))
      refuse("append", "source", source, "a typed array of vertices");
    const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    const items = checkSource("append", Uint8Array, bytes, this._owner.memory);
    const count = items.length / this._elementBytes;
    if (!Number.isInteger(count)) {
      const problem = `source has ${items.length} bytes, which are no vertices of ${this._elementBytes}`;
      fail("append", problem, RangeError);
    }
    return this._put(source, items, Uint8Array, count);
  }

  _checkValues(values) {
    for (let i = 0; i < values.length; i++) {
      if (typeof values[i] === "number") continue;
      let first = 0;
      for (const { name, size } of this._layout.attributes) {
        const inside = i - first;
        if (inside < size) refuse("push", `${name}[${inside}]`, values[i], "a number");
        first += size;
      }
    }
    return true;
  }

  _viewOf(first, count) {
    return super._viewOf(first, count * this._elementBytes, Uint8Array);
  }

  _look() {
    super._look();
    const words = (this._capacity * this._elementBytes) / 4;
    this._room = new Uint32Array(this._owner._buffer, this._pointer, words);
    this._floats = new Float32Array(this._owner._buffer, this._pointer, words);
    this._clamped = new Uint8ClampedArray(this._owner._buffer, this._pointer, 4 * words);
  }

  _drop() {
    super._drop();
    this._floats = NO_FLOATS;
  }
}

// The usual layouts have a push of their own. It is small enough to be inlined, and takes half the
// time, or less, of the general one, which looks up the kind of each word.

/** Vertices of 2 to 12 f32 and nothing else. */
class FloatVertices extends VertexBuffer {
  push(a, b, c, d, e, f, g, h, i, j, k, l) {
    const count = arguments.length;
    const at = this.length;
    if (at >= this._probe.length) this._makeRoom("push", 1);
    if (count !== this._valueCount) return this._pushMany(arguments);
    if (
      typeof a !== "number" ||
      (count > 1 && typeof b !== "number") ||
      (count > 2 && typeof c !== "number") ||
      (count > 3 && typeof d !== "number") ||
      (count > 4 && typeof e !== "number") ||
      (count > 5 && typeof f !== "number") ||
      (count > 6 && typeof g !== "number") ||
      (count > 7 && typeof h !== "number") ||
      (count > 8 && typeof i !== "number") ||
      (count > 9 && typeof j !== "number") ||
      (count > 10 && typeof k !== "number") ||
      (count > 11 && typeof l !== "number")
    ) {
      this._checkValues(arguments);
    }
    const floats = this._floats;
    const w = at * count;
    floats[w] = a;
    floats[w + 1] = b;
    if (count > 2) floats[w + 2] = c;
    if (count > 3) floats[w + 3] = d;
    if (count > 4) floats[w + 4] = e;
    if (count > 5) floats[w + 5] = f;
    if (count > 6) floats[w + 6] = g;
    if (count > 7) floats[w + 7] = h;
    if (count > 8) {
      floats[w + 8] = i;
      if (count > 9) floats[w + 9] = j;
      if (count > 10) floats[w + 10] = k;
      if (count > 11) floats[w + 11] = l;
    }
    return (this.length = at + 1);
  }
}

/** Vertices of three f32, a unorm8x4 and perhaps two f32: position, colour, texture coordinates. */
class ColouredVertices extends VertexBuffer {
  push(a, b, c, d, e, f, g, h, i) {
    const count = arguments.length;
    const at = this.length;
    if (at >= this._probe.length) this._makeRoom("push", 1);
    if (count !== this._valueCount) return this._pushMany(arguments);
    if (
      typeof a !== "number" ||
      (count > 1 && typeof b !== "number") ||
      (count > 2 && typeof c !== "number") ||
      (count > 3 && typeof d !== "number") ||
      (count > 4 && typeof e !== "number") ||
      (count > 5 && typeof f !== "number") ||
      (count > 6 && typeof g !== "number") ||
      (count > 7 && typeof h !== "number") ||
      (count > 8 && typeof i !== "number")
    ) {
      this._checkValues(arguments);
    }
    const floats = this._floats;
    const clamped = this._clamped;
    const w = at * (count - 3);
    floats[w] = a;
    floats[w + 1] = b;
    floats[w + 2] = c;
    const byte = 4 * w + 12;
    clamped[byte] = d * 255;
    clamped[byte + 1] = e * 255;
    clamped[byte + 2] = f * 255;
    clamped[byte + 3] = g * 255;
    if (count > 7) {
      floats[w + 4] = h;
      floats[w + 5] = i;
    }
    return (this.length = at + 1);
  }
}

/**
 * For vertices of 13 to 16 values, as many as one with a normal map has. An arguments object from which the values are
 * gathered takes five times as long.
 */
class LongVertices extends VertexBuffer {
  push(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) {
    const count = arguments.length;
    if (this.length >= this._probe.length) this._makeRoom("push", 1);
    if (count !== this._valueCount) return this._pushMany(arguments);
    if (
      typeof a !== "number" ||
      typeof b !== "number" ||
      typeof c !== "number" ||
      typeof d !== "number" ||
      typeof e !== "number" ||
      typeof f !== "number" ||
      typeof g !== "number" ||
      typeof h !== "number" ||
      typeof i !== "number" ||
      typeof j !== "number" ||
      typeof k !== "number" ||
      typeof l !== "number" ||
      typeof m !== "number" ||
      (count > 13 && typeof n !== "number") ||
      (count > 14 && typeof o !== "number") ||
      (count > 15 && typeof p !== "number")
    ) {
      this._checkValues(arguments);
    }
    const values = this._values;
    values[0] = a;
    values[1] = b;
    values[2] = c;
    values[3] = d;
    values[4] = e;
    values[5] = f;
    values[6] = g;
    values[7] = h;
    values[8] = i;
    values[9] = j;
    values[10] = k;
    values[11] = l;
    values[12] = m;
    if (count > 13) values[13] = n;
    if (count > 14) values[14] = o;
    if (count > 15) values[15] = p;
    return this._pack();
  }
}

/** The class of buffers for a vertex whose words have these kinds and hold so many values. */
function bufferKindFor(kinds, valueCount) {
  const row = kinds.join("");
  if (/^0{2,12}$/.test(row)) return FloatVertices;
  if (row === "0001" || row === "000100") return ColouredVertices;
  return valueCount > MOST && valueCount <= 16 ? LongVertices : VertexBuffer;
}

// These return a number in a SliceBuffer, which a vertex is not.
Object.assign(VertexBuffer.prototype, { at: undefined, pop: undefined });

class Layout {
  constructor(attributes) {
    if (typeof attributes !== "object" || attributes === null) {
      refuse("layout", "attributes", attributes, "an object");
    }
    const kinds = [];
    const list = [];
    for (const [name, format] of Object.entries(attributes)) {
      const [, short, times = "1"] = /^([a-z]+\d+)(?:x([234]))?$/.exec(String(format)) ?? [];
      const known = Object.hasOwn(KINDS, short) ? KINDS[short] : undefined;
      const size = Number(times);
      if (typeof format !== "string" || !known || size % known.perWord !== 0) {
        const some = "a format of whole 32-bit words, such as f32x3, unorm8x4 or i16x2";
        refuse("layout", name, format, some);
      }
      const { kind, perWord, gpu, gl } = known;
      list.push(
        Object.freeze({
          name,
          format: size === 1 ? gpu : `${gpu}x${size}`,
          offset: kinds.length * 4,
          size,
          type: gl,
          normalized: short.includes("norm"),
          isInteger: /^[ui]\d/.test(short),
        }),
      );
      for (let i = 0; i < size; i += perWord) kinds.push(kind);
    }
    if (kinds.length === 0) fail("layout", "there are no attributes");
    this._kinds = Uint8Array.from(kinds);
    this.attributes = Object.freeze(list);
    this.stride = kinds.length * 4;
    this.valueCount = list.reduce((sum, { size }) => sum + size, 0);
    this._Buffer = bufferKindFor(kinds, this.valueCount);
  }

  buffer(scope, options) {
    if (typeof scope?._checkInnermost !== "function") refuse("buffer", "scope", scope, "a scope");
    scope._checkInnermost("buffer");
    return new this._Buffer(scope, this, options);
  }

  point(gl, locations, offset = 0) {
    for (const [attribute, location] of this._located("point", locations)) {
      const { size, type, normalized, isInteger, offset: inside } = attribute;
      gl.enableVertexAttribArray(location);
      const at = offset + inside;
      if (isInteger) gl.vertexAttribIPointer(location, size, type, this.stride, at);
      else gl.vertexAttribPointer(location, size, type, normalized, this.stride, at);
    }
  }

  webgpu(locations, options) {
    const { stepMode = "vertex" } = checkOptions("webgpu", options, ["stepMode"]);
    const attributes = [...this._located("webgpu", locations)].map(
      ([{ format, offset }, shaderLocation]) => ({ format, offset, shaderLocation }),
    );
    return { arrayStride: this.stride, stepMode, attributes };
  }

  /** The attributes that have a location in the shader, which need not use all of them. */
  *_located(call, locations) {
    for (const [name, location] of Object.entries(locations)) {
      const attribute = this.attributes.find((some) => some.name === name);
      if (!attribute) fail(call, `no attribute ${name} in ${this}`);
      // getAttribLocation returns -1 for an attribute that the shader does not use.
      if (location !== -1) yield [attribute, location];
    }
  }

  toString() {
    return this.attributes.map(({ name, format }) => `${name}: ${format}`).join(", ");
  }
}

export function layout(attributes) {
  return new Layout(attributes);
}
