// SPDX-License-Identifier: MIT
// The module's entry: a second stack in a memory of its own, or that of an Emscripten program.
import { checkCount, checkOptions, fail, refuse } from "./checks.mjs";
import { GROWTH, instantiate, load, pagesFor } from "./wasm.mjs";
import { DebugScope } from "./debug.mjs";
import { Scope, SecondStack } from "./scopes.mjs";

// Memory that is not used yet costs next to nothing, and growth detaches every view.
const INITIAL_BYTES = 16 * 1024 * 1024;
const FIRST_CHUNK_BYTES = 64 * 1024;

const call = "createSecondStack";

// SS_ABI of secondstack.h: scopes.mjs reads a stack's words, as the C fast path does.
const ABI = 1;

/** What a program built with emcc must export for attach(). */
export const attachExports = [
  "_ss_js_attach",
  "_ss_js_stack",
  "_ss_js_alloc",
  "_ss_js_restore",
  "_ss_js_buffer_open",
  "_ss_js_buffer_room",
  "_ss_js_buffer_close",
  "_ss_js_trim",
  "_ss_js_stat",
];

const kindFor = (debug) => (debug ? DebugScope : Scope);

export async function createSecondStack(options) {
  const given = checkOptions(call, options, ["initialBytes", "maxBytes", "debug", "wasm"]);
  const {
    maxBytes = 0,
    debug = false,
    wasm = new URL("./secondstack.wasm", import.meta.url),
  } = given;
  checkCount(call, "maxBytes", maxBytes);
  const { initialBytes = maxBytes ? Math.min(INITIAL_BYTES, maxBytes) : INITIAL_BYTES } = given;
  checkCount(call, "initialBytes", initialBytes);
  if (maxBytes && initialBytes > maxBytes) {
    refuse(call, "initialBytes", initialBytes, `at most maxBytes, ${maxBytes}`, RangeError);
  }
  const initial = pagesFor(call, "initialBytes", initialBytes, GROWTH);
  const module = await load(call, wasm);
  const memory = new WebAssembly.Memory({ initial });
  const calls = await instantiate(module, memory);
  // A limit beyond the address space is none.
  const limit = maxBytes < 2 ** 32 ? maxBytes : 0;
  calls.ss_js_configure(Math.min(initialBytes, FIRST_CHUNK_BYTES), limit);
  return new SecondStack({
    memory,
    calls,
    stack: calls.ss_js_stack(0),
    maxBytes,
    ScopeKind: kindFor(debug),
  });
}

// One for each module: scopes end last first, whoever has opened them.
const attached = new WeakMap();

export function attach(Module, options) {
  const { debug = false } = checkOptions("attach", options, ["debug"]);
  if (typeof Module !== "object" || Module === null) {
    refuse("attach", "Module", Module, "an Emscripten module that has started");
  }
  const known = attached.get(Module);
  if (known) return known;
  const missing = attachExports.filter((name) => typeof Module[name] !== "function");
  if (missing.length > 0) {
    const list = missing.join(",");
    fail(
      "attach",
      `Module lacks ${list}: link with -lsecondstack -sEXPORTED_FUNCTIONS=...,${list}`,
    );
  }
  Module._ss_js_attach();
  const memory = Module.ss_js_memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    fail("attach", "Module is not the object that the program runs with, only a copy of it");
  }
  if (Module.ss_js_abi !== ABI) {
    const versions = `SS_ABI ${Module.ss_js_abi}, and this module is of ${ABI}`;
    fail("attach", `the program's secondstack is of ${versions}: take both from one version`);
  }
  const calls = Object.fromEntries(attachExports.map((name) => [name.slice(1), Module[name]]));
  const isShared = !(memory.buffer instanceof ArrayBuffer);
  const stack = new SecondStack({
    memory,
    calls,
    stack: calls.ss_js_stack(isShared),
    ScopeKind: kindFor(debug),
    isOwn: false,
  });
  attached.set(Module, stack);
  return stack;
}
