// SPDX-License-Identifier: MIT
// node text_of_wasm.cjs IN.wasm OUT.mjs: the wasm as text in a module.
const { readFileSync, writeFileSync } = require("node:fs");

const [wasm, out] = process.argv.slice(2);
const text = readFileSync(wasm).toString("base64");
writeFileSync(
  out,
  `// SPDX-License-Identifier: MIT\n// Made from secondstack.wasm.\nexport const wasmText = "${text}";\n`,
);
