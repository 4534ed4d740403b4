// SPDX-License-Identifier: MIT
// The entry `secondstack/threads`: every worker has an instance of the wasm, and all of them share
// one memory. Each worker has a stack of its own, so making a slice takes no lock. Only the heap
// from which chunks come has a lock.
import { checkCount, checkOptions, fail, refuse } from "./checks.mjs";
import { GROWTH, instantiate, load, pagesFor } from "./wasm.mjs";
import { scopeKindFor, SecondStack } from "./scopes.mjs";

const INITIAL_BYTES = 1024 * 1024;
const MAX_BYTES = 256 * 1024 * 1024;
const CALL_STACK_BYTES = 16 * 1024;
const call = "createSecondStack";

/** Calls `use` while this thread alone uses the call stack that all instances begin with. */
function onBootStack(exports, memory, use) {
  const lock = new Int32Array(memory.buffer, exports.ss_js_boot_lock.value, 1);
  // This spins, because a browser's main thread may not wait, and the lock is held only for a
  // moment.
  while (Atomics.compareExchange(lock, 0, 0, 1) !== 0);
  try {
    return use();
  } finally {
    Atomics.store(lock, 0, 0);
  }
}

class ClosedScope {
  constructor() {
    fail("scope", "the stack is closed");
  }
}

class ThreadStack extends SecondStack {
  constructor(binding) {
    super(binding);
    this._module = binding.module;
    this._block = binding.block;
    this._bootPointer = binding.bootPointer;
  }

  share() {
    return { module: this._module, memory: this.memory, maxBytes: this._maxBytes };
  }

  close() {
    if (this._innermost) fail("close", "a scope is still open");
    const calls = this._calls;
    if (this._block === 0) return;
    calls.ss_js_thread_free();
    onBootStack(calls, this.memory, () => {
      calls.__stack_pointer.value = this._bootPointer;
      calls.ss_js_thread_close(this._block);
    });
    this._block = 0;
    this._Scope = /** @type {any} */ (ClosedScope);
    const refuseAll = { get: () => () => fail("a call", "the stack is closed") };
    this._calls = new Proxy({}, refuseAll);
  }
}

async function makeShared(options) {
  const { initialBytes = INITIAL_BYTES, maxBytes = MAX_BYTES, wasm } = options;
  checkCount(call, "initialBytes", initialBytes);
  checkCount(call, "maxBytes", maxBytes);
  if (initialBytes > maxBytes) {
    refuse(call, "initialBytes", initialBytes, `at most maxBytes, ${maxBytes}`, RangeError);
  }
  if (globalThis.crossOriginIsolated === false) {
    fail(
      call,
      "threads need shared memory, which a page has that is served with the headers " +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
      Error,
    );
  }
  const maximum = pagesFor(call, "maxBytes", maxBytes);
  const initial = Math.min(pagesFor(call, "initialBytes", initialBytes, GROWTH), maximum);
  const url = wasm ?? new URL("./secondstack-threads.wasm", import.meta.url);
  const module = await load(call, url);
  return { module, memory: new WebAssembly.Memory({ initial, maximum, shared: true }), maxBytes };
}

export async function createSecondStack(options) {
  const known = ["initialBytes", "maxBytes", "debug", "wasm", "shared"];
  const given = checkOptions(call, options, known);
  const { debug, shared } = given;
  const ScopeKind = scopeKindFor(call, debug);
  if (shared !== undefined && !(shared?.memory instanceof WebAssembly.Memory)) {
    refuse(call, "shared", shared, "what share() of another thread's stack returned");
  }
  const { module, memory, maxBytes } = shared ?? (await makeShared(given));
  const calls = await instantiate(module, memory);
  const size = CALL_STACK_BYTES + calls.__tls_size.value;
  const bootPointer = calls.__stack_pointer.value;
  const block = onBootStack(calls, memory, () => {
    const block = calls.ss_js_thread_open(size) >>> 0;
    if (block !== 0) calls.__stack_pointer.value = block + CALL_STACK_BYTES;
    return block;
  });
  if (block === 0) fail(call, `a thread takes ${size} bytes: maxBytes is ${maxBytes}`, RangeError);
  calls.__wasm_init_tls(block + CALL_STACK_BYTES);
  const stack = calls.ss_js_stack(1);
  return new ThreadStack({ memory, calls, stack, maxBytes, ScopeKind, module, block, bootPointer });
}
