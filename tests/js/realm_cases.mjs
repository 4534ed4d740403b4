// SPDX-License-Identifier: MIT
// The front door: one stack for a realm, there at once. `env.copy` is the entry of another copy of the
// package.
import { equal, ok, same, throws } from "./harness.mjs";
import * as front from "../../web/secondstack.mjs";

export const cases = new Map();

cases.set("a_scope_is_there_at_once", () => {
  const sum = front.scope((scope) => {
    const buffer = scope.buffer(Float64Array);
    for (let i = 0; i < 10_000; i++) buffer.push(i);
    return buffer.close().reduce((a, b) => a + b);
  });
  equal(sum, 49_995_000);
  const scope = front.scope();
  same(scope.copySlice(Uint8Array, [1, 2]), [1, 2]);
  scope.release();
  same(
    front.collect(Int16Array, new Set([3, 4]), (view) => [...view]),
    [3, 4],
  );
  equal(front.sharedStack().stats().used, 0, "used");
  throws(() => front.scope(7), TypeError, /^secondstack: scope: use is 7, not a function$/);
});

cases.set("two_copies_of_the_package_share_a_stack", async ({ copy }) => {
  const other = await import(copy);
  ok(other.scope !== front.scope, "it is not another copy");
  equal(other.sharedStack(), front.sharedStack(), "the stack");
  front.scope((outer) => {
    const first = outer.copySlice(Uint8Array, [1]);
    other.scope((inner) => {
      const second = inner.copySlice(Uint8Array, [2]);
      equal(second.buffer, first.buffer, "memory");
      ok(second.byteOffset > first.byteOffset, "they overlap");
      throws(() => outer.uninitSlice(Uint8Array, 1), TypeError, /not the innermost scope/);
    });
    same(first, [1]);
  });
  throws(() => other.configure({}), TypeError, /configure: the stack is in use already/);
});

cases.set("a_stack_of_ones_own_is_another_one", async ({ copy }) => {
  for (const { createSecondStack } of [front, await import(copy)]) {
    const own = await createSecondStack({ initialBytes: 0, maxBytes: 1e6 });
    ok(own.memory !== front.sharedStack().memory, "they share a memory");
    const outer = own.scope();
    front.scope((scope) => scope.uninitSlice(Uint8Array, 10));
    outer.release();
  }
});

cases.set("configuring_comes_before_use", () => {
  front.scope(() => 0);
  const before = front.sharedStack();
  throws(
    () => front.configure({}),
    TypeError,
    /^secondstack: configure: the stack is in use already/,
  );
  throws(
    () => front.configure({ size: 1 }),
    TypeError,
    /^secondstack: configure: no option "size"/,
  );
  throws(
    () => front.configure(7),
    TypeError,
    /^secondstack: configure: options is 7, not an object/,
  );
  equal(front.sharedStack(), before, "the stack");
});
