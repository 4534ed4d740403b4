// SPDX-License-Identifier: MIT
// esbuild leaves `new URL(…, import.meta.url)` as it is. This has it carry the wasm along instead.
import { createSecondStack } from "secondstack/file";
import wasm from "secondstack/secondstack.wasm";

const ss = await createSecondStack({ wasm });
const total = ss.scope((scope) => scope.copySlice(Float64Array, [1, 2, 3]).reduce((a, b) => a + b));
console.log(JSON.stringify({ total }));
