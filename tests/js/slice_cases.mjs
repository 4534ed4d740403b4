// SPDX-License-Identifier: MIT
// What slices, buffers and collecting promise. Runs in every environment; `env.create(options)` makes
// a stack in a memory that can grow.
import { equal, ok, same, throws, Skip } from "./harness.mjs";
// For { debug: true }.
import "../../web/debug_scope.mjs";

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

cases.set("extend_gives_room_to_fill", async ({ create }) => {
  for (const debug of [false, true]) {
    const ss = await create({ debug });
    for (const Type of KINDS) {
      ss.scope((scope) => {
        const buffer = scope.buffer(Type);
        const expected = [];
        for (const count of [3, 0, 1, 5000, 7, 40_000, 0]) {
          const value = element(Type, expected.length % 100);
          const view = buffer.extend(count);
          equal(view.constructor, Type, "constructor");
          equal(view.length, count, "length of the view");
          view.fill(value);
          for (let i = 0; i < count; i++) expected.push(value);
          equal(buffer.length, expected.length, "length of the buffer");
        }
        buffer.push(element(Type, 9));
        expected.push(element(Type, 9));
        const view = buffer.close();
        equal(view.length, expected.length, "length");
        ok(
          view.every((x, i) => x === expected[i]),
          `${Type.name}: wrong elements`,
        );
      });
    }
    ss.scope((scope) => {
      const bytes = scope.buffer(DataView);
      bytes.extend(8).setFloat64(0, 0.5, true);
      const second = bytes.extend(4);
      ok(second instanceof DataView && second.byteLength === 4, "no DataView of 4 bytes");
      second.setInt32(0, -1);
      const view = bytes.close();
      equal(view.getFloat64(0, true), 0.5);
      equal(view.getInt32(8), -1);
    });
  }
});

cases.set("reserve_is_room_without_growth", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    const buffer = scope.buffer(Float64Array);
    buffer.push(1);
    buffer.reserve(1_000_000);
    equal(buffer.length, 1, "length");
    const before = ss.stats();
    const place = buffer.view().byteOffset;
    const { buffer: memory } = ss.memory;
    for (let i = 0; i < 1_000_000; i++) buffer.push(i);
    equal(buffer.view().byteOffset, place, "address");
    equal(ss.memory.buffer, memory, "memory");
    for (const name of ["bytesCopied", "backingCalls", "growths"]) {
      equal(ss.stats()[name], before[name], name);
    }
    buffer.reserve(0);
    equal(buffer.close().length, 1_000_001, "length");
  });
});

cases.set("at_reads_as_a_typed_array_does", async ({ create }) => {
  const ss = await create();
  for (const Type of KINDS) {
    ss.scope((scope) => {
      const buffer = scope.buffer(Type);
      equal(buffer.at(0), undefined, "of an empty buffer");
      for (let i = 0; i < 3; i++) buffer.push(element(Type, i + 1));
      const like = Type.from([1, 2, 3], (i) => element(Type, i));
      for (let round = 0; round < 2; round++) {
        for (const i of [0, 1, 2, 3, 1000, -1, -2, -3, -4]) {
          equal(buffer.at(i), like.at(i), `${Type.name}, element ${i}`);
        }
        if (round === 0) buffer.close();
      }
      throws(() => buffer.at("0"), TypeError, /^secondstack: at: index is "0", not a number$/);
      throws(
        () => buffer.at(0.5),
        RangeError,
        /^secondstack: at: index is 0\.5, not a whole number/,
      );
    });
  }
});

cases.set("truncate_and_pop_take_the_end_off", async ({ create }) => {
  for (const debug of [false, true]) {
    const ss = await create({ debug });
    ss.scope((scope) => {
      const buffer = scope.buffer(Uint16Array);
      const model = [];
      let seed = 7;
      const random = (n) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n;
      const slices = [];
      for (let i = 0; i < 3000; i++) {
        const count = random(300);
        switch (random(5)) {
          case 0:
            model.length = Math.max(0, model.length - count);
            buffer.truncate(model.length);
            break;
          case 1:
            equal(buffer.pop(), model.pop(), "the last");
            break;
          case 2:
            // Its memory is another's: what was taken off is not the buffer's when it moves.
            if (i % 10 === 0) slices.push(scope.handle(scope.copySlice(Uint16Array, [i])));
            buffer.push(i);
            model.push(i);
            break;
          case 3:
            buffer.reserve(count);
            break;
          default:
            buffer.extend(count).fill(i);
            for (let k = 0; k < count; k++) model.push(i);
        }
        equal(buffer.length, model.length, "length");
      }
      same(buffer.view(), model);
      buffer.truncate(2);
      buffer.truncate(2);
      throws(
        () => buffer.truncate(3),
        RangeError,
        /^secondstack: truncate: length is 3, not at most 2, the buffer's$/,
      );
      throws(() => buffer.truncate(-1), RangeError, /^secondstack: truncate: length is -1/);
      throws(() => buffer.truncate("1"), TypeError, /^secondstack: truncate: length is "1"/);
      same(buffer.close(), model.slice(0, 2));
      // What was taken off has gone back to the stack.
      const next = scope.uninitSlice(Uint16Array, 1).fill(77);
      same(buffer.view(), model.slice(0, 2));
      equal(next[0], 77);
      slices.forEach((slice) => ok(slice.view()[0] % 10 === 0, "a slice is overwritten"));
    });
    equal(ss.stats().used, 0, "used");
    ss.scope((scope) => {
      const buffer = scope.buffer(Float32Array);
      equal(buffer.pop(), undefined, "of an empty buffer");
      buffer.truncate(0);
      buffer.extend(100_000).fill(1);
      buffer.truncate(10);
      const held = ss.stats().used;
      buffer.close();
      ok(ss.stats().used < 2000, `${ss.stats().used} bytes in use of ${held}`);
    });
  }
});

cases.set("bad_counts_are_named_and_change_nothing", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    const buffer = scope.buffer(Float32Array);
    buffer.push(1, 2, 3);
    for (const call of ["extend", "reserve"]) {
      for (const [count, Type, text] of [
        [-1, RangeError, "count is -1, not a whole number"],
        [0.5, RangeError, "count is 0\\.5"],
        [NaN, RangeError, "count is NaN"],
        ["3", TypeError, 'count is "3", not a number'],
        [undefined, TypeError, "count is undefined"],
        [2 ** 40, RangeError, "1099511627776 more of Float32Array, on top of 3, takes"],
      ]) {
        throws(() => buffer[call](count), Type, new RegExp(`^secondstack: ${call}: ${text}`));
        equal(buffer.length, 3, "length");
      }
    }
    same(buffer.close(), [1, 2, 3]);
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
