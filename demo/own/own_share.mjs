// SPDX-License-Identifier: MIT
// A scene's code in the address: compressed, in the part behind the #, which no server sees.

const KEY = "#own=";
// 12 times the length of the longest preset. A longer text is not a scene but is meant to exhaust memory.
const MAX_BYTES = 20_000;

/** @param {Uint8Array} bytes @param {GenericTransformStream} transform */
async function through(bytes, transform) {
  const reader = new Blob([/** @type {any} */ (bytes)]).stream().pipeThrough(transform).getReader();
  const parts = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    size += part.value.length;
    if (size > MAX_BYTES) {
      await reader.cancel();
      throw new RangeError(`A scene has ${MAX_BYTES} bytes at the most.`);
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** @param {string} hash as in location.hash */
export function hasCode(hash) {
  return hash.startsWith(KEY);
}

/**
 * @param {string} code
 * @returns {Promise<string>} for location.hash
 */
export async function writeCode(code) {
  const bytes = new TextEncoder().encode(code);
  if (bytes.length > MAX_BYTES) throw new RangeError(`A scene has ${MAX_BYTES} bytes at the most.`);
  const packed = await through(bytes, new CompressionStream("deflate"));
  const text = btoa(String.fromCharCode(...packed));
  return KEY + text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {string} hash
 * @returns {Promise<string>} the code; rejects when the text is damaged
 */
export async function readCode(hash) {
  const text = hash.slice(KEY.length).replaceAll("-", "+").replaceAll("_", "/");
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(await through(packed, new DecompressionStream("deflate")));
}
