// SPDX-License-Identifier: MIT
// A stack in a memory of its own: limits, options, where the wasm comes from. `env.create` is a
// createSecondStack.
import { equal, ok, rejects, throws } from "./harness.mjs";
import { saidIn } from "./lifetime_cases.mjs";

export const cases = new Map();

cases.set("initial_bytes_fit_without_growth", async ({ create }) => {
  for (const initialBytes of [1000, 65536, 1_000_000, 10_000_000]) {
    const ss = await create({ initialBytes });
    const before = ss.memory.buffer.byteLength;
    ss.scope((scope) => {
      for (let used = 0; used + 1024 <= initialBytes; used += 1024)
        scope.uninitSlice(Uint8Array, 1024);
    });
    ss.scope((scope) => {
      const buffer = scope.buffer(Uint8Array);
      const block = new Uint8Array(1000);
      while (buffer.length + 1000 + 4096 <= initialBytes) buffer.append(block);
    });
    equal(ss.memory.buffer.byteLength, before, `memory for initialBytes ${initialBytes}`);
  }
});

cases.set("max_bytes_is_a_limit_that_changes_nothing", async ({ create }) => {
  const maxBytes = 2_000_000;
  const ss = await create({ maxBytes, initialBytes: 0 });
  ss.scope((scope) => {
    scope.uninitSlice(Uint8Array, 1000);
    const before = ss.stats().used;
    throws(
      () => scope.uninitSlice(Float64Array, 5_000_000),
      RangeError,
      /^secondstack: uninitSlice: length 5000000 of Float64Array takes 40000000 bytes: maxBytes is 2000000, 1\d+ are in use and \d+ reserved$/,
    );
    equal(ss.stats().used, before, "used");
    const buffer = scope.buffer(Uint32Array);
    throws(
      () => {
        for (;;) buffer.push(buffer.length);
      },
      RangeError,
      /^secondstack: push: 1 more of Uint32Array, on top of \d+, takes 4 bytes: maxBytes is 2000000/,
    );
    const held = buffer.length;
    ok(held > 100_000, `only ${held} elements fit`);
    throws(
      () => buffer.append(new Uint32Array(1e6)),
      RangeError,
      /^secondstack: append: 1000000 more/,
    );
    equal(buffer.length, held, "length after a refusal");
    const view = buffer.close();
    ok(view.length === held && view.every((x, i) => x === i), "the buffer has lost elements");
    ok(ss.stats().reserved <= maxBytes + 131072, `${ss.stats().reserved} bytes reserved`);
  });
  equal(ss.stats().used, 0, "used");
  ss.scope((scope) => scope.uninitSlice(Uint8Array, 1_000_000).fill(1));
});

cases.set("a_tiny_limit_fails_from_the_first_slice", async ({ create }) => {
  const ss = await create({ maxBytes: 65536, initialBytes: 0 });
  ss.scope((scope) => {
    throws(() => scope.uninitSlice(Uint8Array, 1e7), RangeError, /maxBytes is 65536/);
    throws(
      () => {
        for (let i = 0; i < 1000; i++) scope.uninitSlice(Uint8Array, 1000);
      },
      RangeError,
      /maxBytes is 65536/,
    );
    throws(
      () => {
        for (let i = 0; i < 1000; i++) scope.buffer(Uint8Array);
      },
      RangeError,
      /buffer: opening it takes \d+ bytes: maxBytes is 65536/,
    );
  });
  equal(ss.stats().used, 0, "used");
});

cases.set("bad_options_are_refused", async ({ create }) => {
  for (const [options, Type, message] of [
    [7, TypeError, /createSecondStack: options is 7, not an object/],
    [null, TypeError, /options is null/],
    [{ initialSize: 1 }, TypeError, /no option "initialSize"; there is: initialBytes, maxBytes/],
    [{ initialBytes: -1 }, RangeError, /initialBytes is -1, not a whole number/],
    [{ initialBytes: "1" }, TypeError, /initialBytes is "1", not a number/],
    [{ maxBytes: 1.5 }, RangeError, /maxBytes is 1\.5/],
    [{ maxBytes: NaN }, RangeError, /maxBytes is NaN/],
    [{ initialBytes: 2000, maxBytes: 1000 }, RangeError, /initialBytes is 2000, not at most/],
    [{ initialBytes: 2 ** 33 }, RangeError, /initialBytes is 8589934592, not/],
    [{ wasm: 7 }, TypeError, /wasm is 7, not a URL, bytes or a WebAssembly\.Module/],
  ]) {
    await rejects(create(options), Type, message);
  }
});

cases.set("the_wasm_is_taken_from_where_it_is_said", async ({ create, wasmUrl, readWasm }) => {
  const bytes = await readWasm();
  for (const wasm of [
    wasmUrl,
    wasmUrl.href,
    bytes,
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    await WebAssembly.compile(bytes),
  ]) {
    const ss = await create({ wasm });
    equal(
      ss.scope((scope) => scope.copySlice(Int8Array, [5])[0]),
      5,
    );
  }
});

cases.set("stacks_are_independent", async ({ create }) => {
  const [a, b] = [await create(), await create()];
  const outer = a.scope();
  const inner = b.scope();
  ok(a.memory !== b.memory, "they share a memory");
  outer.uninitSlice(Int8Array, 100);
  outer.release();
  inner.release();
});

cases.set("memory_grown_by_others_is_not_used", async ({ create }) => {
  const ss = await create({ initialBytes: 0 });
  const theirs = ss.memory.grow(2) * 65536;
  ss.view(Uint8Array, theirs, 131072).fill(0xaa);
  ss.scope((scope) => {
    for (let i = 0; i < 100; i++) scope.uninitSlice(Uint8Array, 30_000).fill(i);
    scope.uninitSlice(Uint8Array, 5_000_000).fill(1);
  });
  ss.trim();
  ss.scope((scope) => scope.uninitSlice(Uint8Array, 9_000_000).fill(2));
  ok(
    ss.view(Uint8Array, theirs, 131072).every((x) => x === 0xaa),
    "it is overwritten",
  );
});

cases.set("debug_names_writes_to_what_was_released", async ({ create }) => {
  const ss = await create({ debug: true });
  let slice;
  let written;
  const make = () =>
    ss.scope((scope) => {
      slice = scope.uninitSlice(Uint8Array, 100).fill(1);
      scope.zeroedSlice(Uint8Array, 1000);
      const buffer = scope.buffer(Float32Array);
      buffer.push(1, 2, 3);
      written = buffer.close();
    });
  make(); // the first one takes memory
  for (const [what, write, place] of [
    ["a slice", () => (slice[7] = 5), "byte 7 of 100 \\(made .*own_cases\\.mjs"],
    ["a buffer", () => written.fill(2), "byte 0 of 12 \\(made .*own_cases\\.mjs"],
  ]) {
    for (const [when, then] of [
      ["after the turn", () => {}],
      ["in the next scope", () => ss.scope((scope) => scope.uninitSlice(Uint8Array, 200).fill(3))],
    ]) {
      const said = await saidIn(() => {
        make();
        write();
        then();
      });
      equal(said.length, 1, `lines for ${what}, ${when}`);
      const text = `^secondstack: a view was written to after its scope had been released, ${place}`;
      ok(new RegExp(text).test(said[0]), said[0]);
    }
  }
  const quiet = await saidIn(() => {
    for (let i = 0; i < 3; i++) make();
    ss.scope((outer) => {
      const all = outer.buffer(Uint8Array);
      for (let i = 0; i < 100; i++) {
        ss.scope((inner) => inner.uninitSlice(Uint8Array, 1000).fill(i));
        all.extend(1000).fill(i);
      }
      outer.uninitSlice(Uint8Array, 100_000).fill(1);
      all.close();
    });
    ss.trim();
    make();
  });
  equal(quiet.join(), "", "said of what is right");
});
