// SPDX-License-Identifier: MIT
// node text_of_wasm.cjs IN.wasm OUT.mjs: the wasm as text in a module, which inline.mjs decodes.
//
// Most bytes are one character, and equal bytes are equal characters wherever they lie, so that
// what a server compresses becomes a fifth shorter than base64 does.
const { readFileSync, writeFileSync } = require("node:fs");

// A digit is an ASCII character that a string in double quotes, and a page, may hold as it is: from
// # on, but neither < nor \. The last two of the 90 digits say that the next one is of a later page.
const PAGE = 88;
const digits = Array.from({ length: 92 }, (_, i) => String.fromCharCode(35 + i)).filter(
  (character) => character !== "<" && character !== "\\",
);

/** The text with `shift` added to every byte; its first digit is the shift. */
function encode(bytes, shift) {
  let text = digits[shift];
  for (const byte of bytes) {
    const sum = (byte + shift) % 256;
    const page = Math.floor(sum / PAGE);
    text += (page > 0 ? digits[PAGE - 1 + page] : "") + digits[sum % PAGE];
  }
  return text;
}

const [wasm, out] = process.argv.slice(2);
const bytes = readFileSync(wasm);
let text = encode(bytes, 0);
for (let shift = 1; shift < PAGE; shift++) {
  const other = encode(bytes, shift);
  if (other.length < text.length) text = other;
}
writeFileSync(
  out,
  `// SPDX-License-Identifier: MIT\n// Made from secondstack.wasm.\nexport const wasmText =\n  "${text}";\n`,
);
