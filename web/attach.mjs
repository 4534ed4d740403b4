// SPDX-License-Identifier: MIT
// The stack of an Emscripten program, which JavaScript and the C code of the program share.
import { checkOptions, fail, refuse } from "./checks.mjs";
import { scopeKindFor, SecondStack } from "./scopes.mjs";

// SS_ABI of secondstack.h. It must agree, because scopes.mjs reads the words of a stack as the C
// fast path does.
const ABI = 1;

/** What a program that includes secondstack_attach.h exports. */
const attachExports = [
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

// Programs that were built with an older version lack these, and some are only there with SS_PROFILE=1.
const moreExports = [
  "_ss_js_chunk",
  "_ss_js_report",
  "_ss_js_text_free",
  "_ss_js_trace",
  "_ss_js_trace_begin",
];

// One SecondStack for each module: scopes end last first, whoever has opened them, so all who
// attach to a module must share one list of open scopes.
const attached = new WeakMap();

export function attach(Module, options) {
  const { debug } = checkOptions("attach", options, ["debug"]);
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
      `Module lacks ${list}: #include <secondstack_attach.h> in a C file of the program, and link with -lsecondstack`,
    );
  }
  const ScopeKind = scopeKindFor("attach", debug);
  Module._ss_js_attach();
  const memory = Module.ss_js_memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    fail("attach", "Module is not the object that the program runs with, only a copy of it");
  }
  if (Module.ss_js_abi !== ABI) {
    const versions = `SS_ABI ${Module.ss_js_abi}, and this module is of ${ABI}`;
    fail("attach", `the program's secondstack is of ${versions}: take both from one version`);
  }
  const names = [...attachExports, ...moreExports];
  const calls = Object.fromEntries(names.map((name) => [name.slice(1), Module[name]]));
  const isShared = !(memory.buffer instanceof ArrayBuffer);
  const stack = new SecondStack({
    memory,
    calls,
    stack: calls.ss_js_stack(isShared),
    ScopeKind,
    isOwn: false,
  });
  attached.set(Module, stack);
  return stack;
}
