// SPDX-License-Identifier: MIT
// The WebAssembly as text inside the module, so that there is no file to find and nothing to wait
// for. The text is decoded here because an AudioWorklet has no atob, and base64 would be longer.

/** @type {Map<string, WebAssembly.Module>} */
const compiled = new Map();

const PAGE = 88;

/** @param {string} text as text_of_wasm.cjs makes it */
function decode(text) {
  const bytes = new Uint8Array(text.length);
  let at = 0;
  let shift = 0;
  let page = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const digit = c - (c > 92 ? 37 : c > 60 ? 36 : 35);
    if (i === 0) shift = digit;
    else if (digit >= PAGE) page = (digit - PAGE + 1) * PAGE;
    else {
      bytes[at++] = digit + page - shift;
      page = 0;
    }
  }
  return bytes.subarray(0, at);
}

/** Compiles a text once and remembers the module. @param {string} text @returns {WebAssembly.Module} */
export function compileText(text) {
  let module = compiled.get(text);
  if (!module) compiled.set(text, (module = new WebAssembly.Module(decode(text))));
  return module;
}
