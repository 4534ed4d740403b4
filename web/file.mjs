// SPDX-License-Identifier: MIT
// The entry `secondstack/file`, for programs that want the WebAssembly as a file of its own: it
// makes a stack, for which the file is fetched.
import { ownOptions, prepareOwn } from "./own.mjs";
import { instantiate, load } from "./wasm.mjs";

const call = "createSecondStack";

export async function createSecondStack(options) {
  const { memory, start } = prepareOwn(call, options, [...ownOptions, "wasm"]);
  const wasm = options?.wasm ?? new URL("./secondstack.wasm", import.meta.url);
  return start(await instantiate(await load(call, wasm), memory));
}
