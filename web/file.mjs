// SPDX-License-Identifier: MIT
// The entry for those who want the wasm as a file: a stack of one's own, for which it is fetched.
import { ownOptions, prepareOwn } from "./own.mjs";
import { instantiate, load } from "./wasm.mjs";

const call = "createSecondStack";

export async function createSecondStack(options) {
  const { memory, start } = prepareOwn(call, options, [...ownOptions, "wasm"]);
  const wasm = options?.wasm ?? new URL("./secondstack.wasm", import.meta.url);
  return start(await instantiate(await load(call, wasm), memory));
}
