// SPDX-License-Identifier: MIT
// The WebAssembly as base64 text inside the module, so that there is no file to find and nothing to
// wait for.

/** @type {Map<string, WebAssembly.Module>} */
const compiled = new Map();

/** @param {string} text in base64. It is decoded here because an AudioWorklet has no atob. */
function decode(text) {
  const bytes = new Uint8Array((text.length / 4) * 3 - (text.match(/=*$/)?.[0].length ?? 0));
  let held = 0;
  for (let i = 0, at = 0, bits = 0; at < bytes.length; i++) {
    const c = text.charCodeAt(i);
    const digit = c > 96 ? c - 71 : c > 64 ? c - 65 : c > 47 ? c + 4 : c === 43 ? 62 : 63;
    held = (held << 6) | digit;
    bits += 6;
    if (bits >= 8) bytes[at++] = held >> (bits -= 8);
  }
  return bytes;
}

/** Compiles a text once and remembers the module. @param {string} text @returns {WebAssembly.Module} */
export function compileText(text) {
  let module = compiled.get(text);
  if (!module) compiled.set(text, (module = new WebAssembly.Module(decode(text))));
  return module;
}
