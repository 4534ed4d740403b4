// SPDX-License-Identifier: MIT
// The entry `secondstack`: one stack that all JavaScript of a realm shares and that is there at
// once. Beside it there are stacks of one's own, and the stack of an Emscripten program. Importing
// this module has no effect of its own, so a server that renders pages may import it, too.
import { checkOptions, fail } from "./checks.mjs";
import { compileText } from "./inline.mjs";
import { wasmText } from "./inline_wasm.mjs";
import { ownOptions, prepareOwn } from "./own.mjs";
import { instantiate, load } from "./wasm.mjs";

export { attach } from "./attach.mjs";

// All copies of this package with the same major and minor version share one stack, because a patch
// does not change the calls.
const LINE = "0.1";
const KEY = Symbol.for(`secondstack ${LINE}`);

/** @type {import("./scopes.mjs").SecondStack | undefined} */
let shared;

function start(call, options) {
  if (typeof WebAssembly === "undefined") fail(call, "this engine has no WebAssembly", Error);
  const { memory, start } = prepareOwn(call, options, ownOptions);
  const instance = new WebAssembly.Instance(compileText(wasmText), { env: { memory } });
  shared = start(instance.exports);
  Object.defineProperty(globalThis, KEY, { value: shared });
  return shared;
}

/** The realm's stack, whichever copy of this module has created it. */
function find(call) {
  return (shared = globalThis[KEY] ?? start(call));
}

export function configure(options) {
  checkOptions("configure", options, ownOptions);
  if (globalThis[KEY]) fail("configure", "the stack is in use already: configure it first");
  start("configure", options);
}

export function sharedStack() {
  return shared ?? find("sharedStack");
}

export function scope(use) {
  return (shared ?? find("scope")).scope(use);
}

export function collect(Type, iterable, use, options) {
  return (shared ?? find("collect")).collect(Type, iterable, use, options);
}

const call = "createSecondStack";

export async function createSecondStack(options) {
  const { memory, start } = prepareOwn(call, options, [...ownOptions, "wasm"]);
  const module = options?.wasm ? await load(call, options.wasm) : compileText(wasmText);
  return start(await instantiate(module, memory));
}
