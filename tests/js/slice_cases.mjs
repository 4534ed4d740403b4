// SPDX-License-Identifier: MIT
// What slices, buffers and collecting promise. Runs in every environment; `env.create(options)` makes
// a stack in a memory that can grow.
import { equal, ok, same, throws, Skip } from "./harness.mjs";

export const cases = new Map();

export const KINDS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];
if (typeof Float16Array !== "undefined") KINDS.push(Float16Array);

const isBig = (Type) => Type === BigInt64Array || Type === BigUint64Array;
const element = (Type, i) => (isBig(Type) ? BigInt(i) : i);

cases.set("every_kind_is_sliced_zeroed_and_copied", async ({ create }) => {
  const ss = await create();
  for (const Type of KINDS) {
    ss.scope((scope) => {
      const dirt = scope.uninitSlice(Type, 100).fill(element(Type, 77));
      equal(dirt.constructor, Type, "constructor");
      equal(dirt.length, 100, "length");
      equal(dirt.byteOffset % 16, 0, "alignment");
      equal(dirt.buffer, ss.memory.buffer, "memory");
    });
    ss.scope((scope) => {
      const zeros = scope.zeroedSlice(Type, 100);
      ok(
        zeros.every((x) => x === element(Type, 0)),
        `${Type.name} is not zeroed`,
      );
      const source = Type.from([1, 2, 3], (i) => element(Type, i));
      const copy = scope.copySlice(source);
      equal(copy.constructor, Type, "constructor of the copy");
      same(copy, source);
      same(scope.copySlice(Type, [...source]), source);
      same(scope.copySlice(Type, source), source);
    });
  }
  equal(ss.stats().used, 0, "used");
});

cases.set("data_views_count_bytes", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    const view = scope.zeroedSlice(DataView, 12);
    ok(view instanceof DataView, "no DataView");
    equal(view.byteLength, 12, "bytes");
    view.setFloat64(4, 0.5, true);
    const copy = scope.copySlice(view);
    ok(copy instanceof DataView && copy.byteOffset !== view.byteOffset, "no copy");
    equal(copy.getFloat64(4, true), 0.5);
    const buffer = scope.buffer(DataView);
    buffer.push(1, 2, 3, 4, 5);
    buffer.append(view);
    equal(buffer.view().byteLength, 17, "bytes of the buffer");
    equal(buffer.close().getUint8(4), 5);
  });
});

cases.set("a_float16_slice_where_the_engine_has_it", async ({ create }) => {
  if (typeof Float16Array === "undefined") throw new Skip("this engine has no Float16Array");
  const ss = await create();
  ss.scope((scope) => same(scope.copySlice(Float16Array, [0.5, 65504]), [0.5, 65504]));
});

cases.set("alignment_is_kept_and_16_at_least", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    for (const alignment of [1, 2, 16, 32, 64, 256, 4096, 65536]) {
      scope.uninitSlice(Uint8Array, 3);
      for (const call of ["uninitSlice", "zeroedSlice"]) {
        const view = scope[call](Float64Array, 5, { alignment });
        equal(view.byteOffset % Math.max(alignment, 16), 0, `${call} aligned to ${alignment}`);
      }
      equal(
        scope.handle(scope.uninitSlice(Float64Array, 5, { alignment })).pointer % alignment,
        0,
        "handle",
      );
      equal(
        scope.copySlice([1].length ? new Uint8Array(3) : 0, { alignment }).byteOffset % alignment,
        0,
      );
    }
  });
});

cases.set("empty_slices_are_views_too", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    for (const view of [
      scope.uninitSlice(Float32Array, 0),
      scope.zeroedSlice(Float32Array, 0),
      scope.copySlice(new Float32Array(0)),
      scope.buffer(Float32Array).close(),
      scope.handle(scope.uninitSlice(Float32Array, 0)).view(),
      ss.collect(Float32Array, [], (view) => view),
    ]) {
      ok(view instanceof Float32Array && view.length === 0, "not an empty Float32Array");
    }
  });
});

cases.set("slices_do_not_overlap", async ({ create }) => {
  const ss = await create();
  let seed = 12345;
  const random = (n) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n;
  for (let round = 0; round < 50; round++) {
    ss.scope((scope) => {
      const handles = Array.from({ length: 20 }, (_, i) => {
        const handle = scope.handle(scope.uninitSlice(Uint8Array, random(5000)));
        handle.view().fill(i);
        return handle;
      });
      handles.forEach((handle, i) =>
        ok(
          handle.view().every((x) => x === i),
          `slice ${i} of round ${round} is overwritten`,
        ),
      );
    });
  }
});

cases.set("memory_is_used_again_after_a_scope", async ({ create }) => {
  const ss = await create();
  const place = () => ss.scope((scope) => scope.uninitSlice(Float32Array, 100).byteOffset);
  place();
  equal(place(), place(), "address");
  const before = ss.stats();
  for (let i = 0; i < 1000; i++) place();
  equal(ss.stats().backingCalls, before.backingCalls, "backing calls");
});

cases.set("buffers_of_every_kind_grow_from_nothing", async ({ create }) => {
  const ss = await create();
  for (const Type of KINDS) {
    ss.scope((scope) => {
      const buffer = scope.buffer(Type);
      for (let i = 0; i < 3000; i++) equal(buffer.push(element(Type, i % 100)), i + 1, "length");
      const view = buffer.close();
      equal(view.constructor, Type, "constructor");
      equal(view.length, 3000, "length");
      ok(
        view.every((x, i) => x === element(Type, i % 100)),
        `${Type.name}: wrong elements`,
      );
    });
  }
});

cases.set("push_takes_any_number_of_values", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    const buffer = scope.buffer(Float32Array);
    const expected = [];
    for (let count = 0; count < 12; count++) {
      const values = Array.from({ length: count }, (_, i) => count * 100 + i);
      expected.push(...values);
      equal(buffer.push(...values), expected.length, "length");
    }
    same(buffer.view(), expected);
    same(buffer.close(), expected);
  });
});

cases.set("append_takes_arrays_views_and_itself", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    const buffer = scope.buffer(Float32Array);
    buffer.append([1, 2]);
    buffer.append(new Uint8Array([3]));
    buffer.append(scope.copySlice(Float64Array, [4.5]));
    buffer.append([]);
    buffer.append({ length: 2, 0: 6, 1: 7 });
    same(buffer.view(), [1, 2, 3, 4.5, 6, 7]);
    // Itself, over and over: it moves meanwhile.
    for (let i = 0; i < 16; i++) buffer.append(buffer.view());
    const view = buffer.view();
    equal(view.length, 6 << 16, "length");
    ok(
      view.every((x, i) => x === [1, 2, 3, 4.5, 6, 7][i % 6]),
      "wrong elements",
    );
  });
});

cases.set("several_buffers_grow_at_once", async ({ create }) => {
  const ss = await create();
  for (let round = 0; round < 3; round++) {
    const before = ss.stats();
    ss.scope((scope) => {
      const buffers = Array.from({ length: 6 }, () => scope.buffer(Uint32Array));
      const slices = [];
      for (let i = 0; i < 20_000; i++) {
        buffers.forEach((buffer, b) => buffer.push(i * 10 + b));
        if (i % 1000 === 0) {
          slices.push(scope.handle(scope.uninitSlice(Uint32Array, 50)));
          slices.at(-1).view().fill(i);
        }
      }
      // In another order than they were opened in.
      for (const b of [3, 0, 5, 1, 4, 2]) {
        const view = buffers[b].close();
        equal(view.length, 20_000, "length");
        ok(
          view.every((x, i) => x === i * 10 + b),
          `buffer ${b} is wrong`,
        );
      }
      slices.forEach((slice, i) =>
        ok(
          slice.view().every((x) => x === i * 1000),
          "a slice is wrong",
        ),
      );
    });
    if (round > 0) equal(ss.stats().bytesCopied, before.bytesCopied, "bytes copied once warm");
  }
  equal(ss.stats().used, 0, "used");
});

cases.set("outer_buffers_grow_inside_inner_scopes", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    const all = scope.buffer(Float32Array);
    for (let i = 0; i < 300; i++) {
      ss.scope((inner) => {
        const scratch = inner.uninitSlice(Float32Array, 500).fill(i);
        const some = inner.buffer(Float32Array);
        some.append(scratch);
        all.append(some.close());
      });
    }
    const view = all.close();
    equal(view.length, 150_000, "length");
    ok(
      view.every((x, i) => x === Math.floor(i / 500)),
      "wrong elements",
    );
  });
});

cases.set("collect_takes_any_iterable", async ({ create }) => {
  const ss = await create();
  function* squares() {
    for (let i = 0; i < 1000; i++) {
      // A generator may use the stack itself.
      yield ss.scope((scope) => scope.uninitSlice(Float64Array, 10).fill(i * i)[3]);
    }
  }
  const expected = Array.from({ length: 1000 }, (_, i) => i * i);
  same(
    ss.collect(Float64Array, squares(), (view) => [...view]),
    expected,
  );
  same(
    ss.collect(Float64Array, new Set([3, 1]), (view) => [...view]),
    [3, 1],
  );
  same(
    ss.collect(Uint8Array, new Map([[1, 2]]).keys(), (view) => [...view]),
    [1],
  );
  same(
    ss.collect(Uint8Array, [1, 2], (view) => [...view], { capacity: 2 }),
    [1, 2],
  );
  same(
    ss.collect(BigInt64Array, new BigInt64Array([5n]), (view) => [...view]),
    [5n],
  );
  throws(
    () =>
      ss.collect(Float64Array, squares(), () => {
        throw new SyntaxError("from use");
      }),
    SyntaxError,
    /from use/,
  );
  equal(ss.stats().used, 0, "used");
});

cases.set("a_capacity_is_only_a_guess", async ({ create }) => {
  const ss = await create();
  for (const capacity of [0, 1, 1000, 2 ** 40]) {
    ss.scope((scope) => {
      const buffer = scope.buffer(Uint8Array, { capacity });
      for (let i = 0; i < 3000; i++) buffer.push(i);
      equal(buffer.close().length, 3000, `length with capacity ${capacity}`);
    });
  }
});

cases.set("a_view_of_what_is_elsewhere", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    const there = scope.copySlice(new Float32Array([1, 2, 3]));
    same(ss.view(Float32Array, there.byteOffset + 4, 2), [2, 3]);
    throws(
      () => ss.view(Float32Array, there.byteOffset + 1, 1),
      RangeError,
      /view: pointer is \d+/,
    );
    throws(() => ss.view(Float32Array, 2 ** 33, 1), RangeError, /view: length is 1, not within/);
    throws(() => ss.view(Float32Array, -4, 1), RangeError, /view: pointer is -4/);
    equal(there.length, 3, "length of a view made before");
  });
});

cases.set("trim_gives_idle_memory_back", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => scope.uninitSlice(Uint8Array, 5_000_000));
  ok(ss.stats().reserved >= 5_000_000, "nothing reserved");
  ss.trim(1_000_000);
  ok(ss.stats().reserved <= 1_000_000, `${ss.stats().reserved} bytes still reserved`);
  ss.trim();
  equal(ss.stats().reserved, 0, "reserved");
  ss.scope((scope) => scope.uninitSlice(Uint8Array, 100).fill(1));
  throws(() => ss.trim(-1), RangeError, /trim: keepBytes is -1/);
});
