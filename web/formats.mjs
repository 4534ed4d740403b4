// SPDX-License-Identifier: MIT
// The formats of attributes: how many values a 32-bit word of each holds, and how a word is made.

export const F32 = 0;
export const UNORM8 = 1;
export const WORD = 2;
export const SNORM8 = 3;
export const INT8 = 4;
export const UNORM16 = 5;
export const SNORM16 = 6;
export const INT16 = 7;
export const F16 = 8;

/**
 * The formats by their short names: how a word is written, how many values it holds, the name of the
 * format in WebGPU, and the type in WebGL.
 * @type {Record<string, { kind: number, perWord: number, gpu: string, gl: number }>}
 */
export const KINDS = {
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

/** Writes word w of a row of words: one of the rarer kinds, from the values at k and behind. */
export function writeWord(words, w, kind, values, k) {
  switch (kind) {
    case SNORM8:
      words[w] =
        (norm(values, k, -127, 127) & 255) |
        ((norm(values, k + 1, -127, 127) & 255) << 8) |
        ((norm(values, k + 2, -127, 127) & 255) << 16) |
        (norm(values, k + 3, -127, 127) << 24);
      break;
    case INT8:
      words[w] =
        (values[k] & 255) |
        ((values[k + 1] & 255) << 8) |
        ((values[k + 2] & 255) << 16) |
        (values[k + 3] << 24);
      break;
    case UNORM16:
      words[w] = norm(values, k, 0, 65535) | (norm(values, k + 1, 0, 65535) << 16);
      break;
    case SNORM16:
      words[w] =
        (norm(values, k, -32767, 32767) & 65535) | (norm(values, k + 1, -32767, 32767) << 16);
      break;
    case INT16:
      words[w] = (values[k] & 65535) | (values[k + 1] << 16);
      break;
    case F16:
      words[w] = toHalf(values, k) | (toHalf(values, k + 1) << 16);
      break;
    default:
      words[w] = values[k];
  }
}

const halfFloat = new Float32Array(1);
const halfBits = new Uint32Array(halfFloat.buffer);

/** @returns {number} the bits of the nearest half-precision number; ties round to even */
export function toHalf(values, k) {
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

// How many values a word of each kind holds.
/** @type {number[]} */
export const VALUES = [];
for (const { kind, perWord } of Object.values(KINDS)) VALUES[kind] = perWord;

/**
 * Set by compile.mjs when it is loaded: the class of buffers for a vertex whose words have these
 * kinds, or undefined where code must not be made from text.
 * @type {{ classFor?: (Base: any, kinds: number[]) => any }}
 */
export const compiling = {};
