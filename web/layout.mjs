// SPDX-License-Identifier: MIT
// Interleaved vertices: a layout says what an element is made of, and its buffers take numbers and
// write packed bytes.
//
// An attribute is a whole number of 32-bit words, so a vertex is a row of words. Each word is
// written in one of a few ways, and a push looks up only which one. (A function that is made from
// text is faster, but a strict Content-Security-Policy refuses to make one, so that compile.mjs is
// imported by those who want it.)
import { SliceBuffer } from "./buffers.mjs";
import { checkOptions, fail, refuse } from "./checks.mjs";
import { compiling, F32, KINDS, UNORM8, VALUES, writeWord } from "./formats.mjs";
import { checkSource } from "./sources.mjs";

// The number of values for which the push of VertexBuffer, and that of LongVertices, has parameters.
const MOST = 9;
const MOST_OF_LONG = 16;

const NO_FLOATS = new Float32Array(0);

/** A buffer of vertices. Its `length` is their number. */
class VertexBuffer extends SliceBuffer {
  constructor(scope, layout, options) {
    super(scope, Uint32Array, options, layout.stride);
    this._layout = layout;
    this._kinds = layout._kinds;
    this._valueCount = layout.valueCount;
    this._values = new Float64Array(Math.max(layout.valueCount, MOST_OF_LONG));
  }

  // The values go through an array, because a call with them as arguments would allocate a box for
  // each. Keep this function short: an engine does not inline a long one, and calling it allocates
  // the boxes.
  push(a, b, c, d, e, f, g, h, i) {
    // This holds also when growth of the memory has detached the room, or when the buffer is
    // closed.
    if (this.length >= this._probe.length) this._makeRoom("push", 1);
    const values = this._values;
    let given = 0;
    if (typeof a === "number") {
      values[0] = a;
      given++;
    }
    if (typeof b === "number") {
      values[1] = b;
      given++;
    }
    if (typeof c === "number") {
      values[2] = c;
      given++;
    }
    if (typeof d === "number") {
      values[3] = d;
      given++;
    }
    if (typeof e === "number") {
      values[4] = e;
      given++;
    }
    if (typeof f === "number") {
      values[5] = f;
      given++;
    }
    if (typeof g === "number") {
      values[6] = g;
      given++;
    }
    if (typeof h === "number") {
      values[7] = h;
      given++;
    }
    if (typeof i === "number") {
      values[8] = i;
      given++;
    }
    if (given !== this._valueCount || given !== arguments.length) return this._pushMany(arguments);
    return this._pack();
  }

  /** Pushes more values than push has parameters for, or refuses what is wrong with the values. */
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
        writeWord(this._room, w, kinds[i], values, k);
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
 * For vertices of 10 to 16 values, as many as one with a normal map has. An arguments object from which the values are
 * gathered takes five times as long.
 */
class LongVertices extends VertexBuffer {
  push(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) {
    // This holds also when growth of the memory has detached the room, or when the buffer is
    // closed.
    if (this.length >= this._probe.length) this._makeRoom("push", 1);
    const values = this._values;
    let given = 0;
    if (typeof a === "number") {
      values[0] = a;
      given++;
    }
    if (typeof b === "number") {
      values[1] = b;
      given++;
    }
    if (typeof c === "number") {
      values[2] = c;
      given++;
    }
    if (typeof d === "number") {
      values[3] = d;
      given++;
    }
    if (typeof e === "number") {
      values[4] = e;
      given++;
    }
    if (typeof f === "number") {
      values[5] = f;
      given++;
    }
    if (typeof g === "number") {
      values[6] = g;
      given++;
    }
    if (typeof h === "number") {
      values[7] = h;
      given++;
    }
    if (typeof i === "number") {
      values[8] = i;
      given++;
    }
    if (typeof j === "number") {
      values[9] = j;
      given++;
    }
    if (typeof k === "number") {
      values[10] = k;
      given++;
    }
    if (typeof l === "number") {
      values[11] = l;
      given++;
    }
    if (typeof m === "number") {
      values[12] = m;
      given++;
    }
    if (typeof n === "number") {
      values[13] = n;
      given++;
    }
    if (typeof o === "number") {
      values[14] = o;
      given++;
    }
    if (typeof p === "number") {
      values[15] = p;
      given++;
    }
    if (given !== this._valueCount || given !== arguments.length) return this._pushMany(arguments);
    return this._pack();
  }
}

/** The class of buffers for a vertex whose words have these kinds and hold so many values. */
function bufferKindFor(kinds, valueCount) {
  const row = kinds.join("");
  if (/^0{2,12}$/.test(row)) return FloatVertices;
  if (row === "0001" || row === "000100") return ColouredVertices;
  return valueCount > MOST && valueCount <= MOST_OF_LONG ? LongVertices : VertexBuffer;
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
    this._Buffer =
      compiling.classFor?.(VertexBuffer, kinds) ?? bufferKindFor(kinds, this.valueCount);
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
