// SPDX-License-Identifier: MIT
// JavaScript and C on one thread stack. `env.start()` makes an instance of attach_program.c.
import { attach } from "../../web/secondstack.mjs";
import { equal, ok, same, throws } from "./harness.mjs";

export const cases = new Map();

cases.set("javascript_and_c_use_the_same_stack", async ({ start }) => {
  const Module = await start();
  const ss = attach(Module);
  equal(Module._used(), 0, "used at first");
  const scope = ss.scope();
  const mine = scope.uninitSlice(Float32Array, 1000).fill(1);
  equal(Module._used(), ss.stats().used, "used");
  ok(Module._used() >= 4000, "C does not see the slice");
  const theirs = ss.view(Float32Array, Module._make_ramp(1000) >>> 0, 1000);
  ok(Module._used() >= 8000, "JavaScript does not see C's slice");
  ok(theirs.byteOffset >= mine.byteOffset + 4000, "C's slice lies elsewhere");
  equal(theirs[999], 999);
  equal(Module._sum(theirs.byteOffset, 1000), 499500, "sum by C");
  equal(Module._sum(mine.byteOffset, 1000), 1000, "sum by C");
  scope.release();
  equal(Module._used(), 0, "used in the end");
});

cases.set("c_works_while_buffers_of_javascript_grow", async ({ start }) => {
  const Module = await start();
  const ss = attach(Module);
  ss.scope((scope) => {
    const buffer = scope.buffer(Float32Array);
    for (let i = 0; i < 200; i++) {
      ss.scope((inner) => {
        const some = inner.copySlice(Float32Array, [i, i, i]);
        equal(Module._sum(some.byteOffset, 3), 3 * i, "sum by C");
      });
      for (let k = 0; k < 500; k++) buffer.push(i);
    }
    const view = buffer.close();
    ok(
      view.length === 100_000 && view.every((x, i) => x === Math.floor(i / 500)),
      "wrong elements",
    );
    equal(Module._sum(view.byteOffset, view.length), 500 * 19900, "sum by C");
  });
  equal(Module._used(), 0, "used in the end");
});

cases.set("growth_by_c_is_noticed", async ({ start }) => {
  const Module = await start();
  const ss = attach(Module);
  ss.scope((scope) => {
    const handle = scope.handle(scope.uninitSlice(Float32Array, 10));
    handle.view().fill(2);
    const buffer = scope.buffer(Float32Array);
    buffer.push(1);
    const before = ss.memory.buffer.byteLength;
    Module._grow_here(before + 1_000_000);
    ok(ss.memory.buffer.byteLength > before, "the memory has not grown");
    buffer.push(2);
    same(handle.view(), new Array(10).fill(2));
    same(buffer.close(), [1, 2]);
    equal(Module._sum(handle.pointer, 10), 20, "sum by C");
  });
});

cases.set("a_program_is_attached_to_once", async ({ start }) => {
  const Module = await start();
  const ss = attach(Module);
  const scope = ss.scope();
  ok(attach(Module) === ss, "another stack that knows nothing of the scope");
  scope.release();
});

cases.set("what_is_missing_is_named", async ({ start }) => {
  const Module = await start();
  for (const [wrong, message] of [
    [undefined, /attach: Module is undefined, not an Emscripten module/],
    [7, /attach: Module is 7/],
    [{}, /Module lacks _ss_js_attach,.*_ss_js_stat: #include <secondstack_attach\.h> in/],
    [{ ...Module, _ss_js_trim: undefined }, /attach: Module lacks _ss_js_trim: #include/],
    [{ ...Module, ss_js_memory: undefined }, /attach: Module is not the object/],
  ]) {
    throws(() => attach(wrong), TypeError, message);
  }
  throws(() => attach(Module, { maxBytes: 1 }), TypeError, /attach: no option "maxBytes"/);
});

cases.set("a_program_of_another_abi_is_refused", async ({ start }) => {
  const Module = await start();
  const other = { ...Module, _ss_js_attach: () => {}, ss_js_abi: 1000 };
  Module._ss_js_attach();
  other.ss_js_memory = Module.ss_js_memory;
  throws(
    () => attach(other),
    TypeError,
    /attach: the program's secondstack is of SS_ABI 1000, and/,
  );
  ok(attach(Module).memory === Module.ss_js_memory, "another memory");
});

/** Where the program has threads. */
export const threadCases = new Map();

threadCases.set("growth_by_a_thread_is_noticed", async ({ start }) => {
  const Module = await start();
  const ss = attach(Module);
  const scope = ss.scope();
  const buffer = scope.buffer(Float32Array);
  buffer.push(1);
  const before = ss.memory.buffer.byteLength;
  equal(Module._grow_in_a_thread(before + 1_000_000), 0, "pthread_create");
  const deadline = Date.now() + 30_000;
  while (!Module._is_done()) {
    ok(Date.now() < deadline, "the thread has not ended within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // Takes its chunk from behind what the thread has grown.
  const far = scope.uninitSlice(Uint8Array, before);
  far.fill(9);
  ok(far.length === before && far.at(-1) === 9, "no whole view");
  buffer.push(2);
  same(buffer.close(), [1, 2]);
  ok(ss.memory.buffer.byteLength > before, "the memory has not grown");
  scope.release();
  equal(Module._used(), 0, "used in the end");
});
