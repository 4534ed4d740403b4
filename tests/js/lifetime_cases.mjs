// SPDX-License-Identifier: MIT
// When things end, how misuse is refused, and that refusing changes nothing. Runs in every
// environment, as slice_cases.mjs.
import { equal, ok, same, throws } from "./harness.mjs";
// For { debug: true }.
import "../../web/debug_scope.mjs";

export const cases = new Map();

/** Asserts that a call is refused and leaves the stack as it was. */
function refuses(ss, call, Type, message) {
  const before = JSON.stringify(ss.stats());
  throws(call, Type, message);
  equal(JSON.stringify(ss.stats()), before, `statistics after "${message}"`);
}

cases.set("bad_lengths_are_named_and_change_nothing", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    scope.uninitSlice(Uint8Array, 1);
    for (const call of ["uninitSlice", "zeroedSlice"]) {
      for (const [length, Type, text] of [
        [-1, RangeError, "-1"],
        [NaN, RangeError, "NaN"],
        [1.5, RangeError, "1\\.5"],
        [Infinity, RangeError, "Infinity"],
        [2 ** 53, RangeError, "9007199254740992"],
        ["3", TypeError, '"3"'],
        [3n, TypeError, "3n"],
        [undefined, TypeError, "undefined"],
        [null, TypeError, "null"],
        [{}, TypeError, "\\[object Object\\]"],
      ]) {
        const message = new RegExp(`^secondstack: ${call}: length is ${text}, not `);
        refuses(ss, () => scope[call](Float32Array, length), Type, message);
      }
    }
  });
});

cases.set("lengths_beyond_all_memory_are_refused", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    scope.uninitSlice(Uint8Array, 1);
    for (const length of [2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 53 - 1]) {
      const message = new RegExp(
        `^secondstack: uninitSlice: length ${length} of Float64Array takes \\d+ bytes: `,
      );
      refuses(ss, () => scope.uninitSlice(Float64Array, length), RangeError, message);
    }
  });
});

cases.set("bad_types_are_named_and_change_nothing", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    for (const [Type, text] of [
      [Array, "Array"],
      [undefined, "undefined"],
      [null, "null"],
      ["Float32Array", '"Float32Array"'],
      [new Float32Array(2), "\\[object Float32Array\\]"],
      [{ BYTES_PER_ELEMENT: 4 }, "\\[object Object\\]"],
      [ArrayBuffer, "ArrayBuffer"],
      [Object.getPrototypeOf(Uint8Array), "TypedArray"],
    ]) {
      for (const [name, call] of [
        ["uninitSlice", () => scope.uninitSlice(Type, 3)],
        ["zeroedSlice", () => scope.zeroedSlice(Type, 3)],
        ["buffer", () => scope.buffer(Type)],
        ["view", () => ss.view(Type, 16, 1)],
      ]) {
        const message = new RegExp(`^secondstack: ${name}: Type is ${text}, not a typed array`);
        refuses(ss, call, TypeError, message);
      }
    }
  });
});

cases.set("bad_options_are_named_and_change_nothing", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    for (const [alignment, Type] of [
      [0, RangeError],
      [3, RangeError],
      [-16, RangeError],
      [1.5, RangeError],
      [131072, RangeError],
      ["16", TypeError],
    ]) {
      refuses(
        ss,
        () => scope.uninitSlice(Int8Array, 1, { alignment }),
        Type,
        /uninitSlice: alignment is ["\d.-]+, /,
      );
    }
    refuses(
      ss,
      () => scope.uninitSlice(Int8Array, 1, { align: 16 }),
      TypeError,
      /uninitSlice: no option "align"/,
    );
    refuses(
      ss,
      () => scope.uninitSlice(Int8Array, 1, 16),
      TypeError,
      /uninitSlice: options is 16, not an object/,
    );
    refuses(
      ss,
      () => scope.buffer(Int8Array, { capacity: -1 }),
      RangeError,
      /buffer: capacity is -1/,
    );
    refuses(ss, () => scope.buffer(Int8Array, { size: 1 }), TypeError, /buffer: no option "size"/);
    refuses(ss, () => ss.scope(7), TypeError, /scope: use is 7, not a function/);
    refuses(ss, () => ss.collect(Int8Array, 7, () => 0), TypeError, /collect: iterable is 7/);
    refuses(ss, () => ss.collect(Int8Array, []), TypeError, /collect: use is undefined/);
  });
});

cases.set("bad_sources_are_named_and_change_nothing", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    const bigs = new BigInt64Array(2);
    scope.uninitSlice(Uint8Array, 1);
    for (const [call, message] of [
      [() => scope.copySlice(Float32Array, 5), /copySlice: source is 5, not an array/],
      [() => scope.copySlice(Float32Array, "12"), /copySlice: source is "12", not an array/],
      [
        () => scope.copySlice(Float32Array, new Set([1])),
        /copySlice: source is \[object Set\], not an array/,
      ],
      [
        () => scope.copySlice(Float32Array, bigs),
        /copySlice: source is \[object BigInt64Array\], not fit/,
      ],
      [() => scope.copySlice(BigInt64Array, [1n, 2]), /BigInt|bigint/i],
      [() => scope.copySlice([1, 2]), /copySlice: Type is \[object Array\]/],
    ]) {
      refuses(ss, call, TypeError, message);
    }
    const buffer = scope.buffer(Float32Array);
    buffer.push(1, 2);
    throws(() => buffer.append(bigs), TypeError, /append: source is \[object BigInt64Array\]/);
    throws(() => buffer.append(7), TypeError, /append: source is 7, not an array/);
    same(buffer.close(), [1, 2], "what the buffer holds");
    const plain = scope.uninitSlice(Float32Array, 4);
    const before = ss.memory.buffer;
    ss.memory.grow(1);
    if (before.byteLength === 0) {
      throws(() => scope.copySlice(plain), TypeError, /copySlice: source is detached/);
    }
  });
});

cases.set("what_is_not_a_number_is_not_pushed", async ({ create }) => {
  for (const debug of [false, true]) {
    const ss = await create({ debug });
    ss.scope((scope) => {
      const buffer = scope.buffer(Float32Array);
      buffer.push(1, 2);
      for (const [values, text] of [
        [[[1, 2, 3]], "value 1 is \\[object Array\\], not a number \\(append takes arrays\\)"],
        [[new Float32Array(3)], "value 1 is \\[object Float32Array\\], not a number"],
        [[undefined], "value 1 is undefined, not a number"],
        [[null], "value 1 is null, not a number"],
        [["x"], 'value 1 is "x", not a number'],
        [[true], "value 1 is true, not a number"],
        [[3, 4n], "value 2 is 4n, not a number"],
        [[3, undefined], "value 2 is undefined, not a number"],
        [[3, 4, "5"], 'value 3 is "5", not a number'],
        [[3, 4, 5, 6, 7n], "value 5 is 7n, not a number"],
      ]) {
        const message = new RegExp(`^secondstack: push: ${text}`);
        refuses(ss, () => buffer.push(...values), TypeError, message);
      }
      same(buffer.close(), [1, 2], "what the buffer holds");
      for (const Type of [
        Int8Array,
        Uint8Array,
        Uint16Array,
        Uint32Array,
        Float64Array,
        DataView,
      ]) {
        const other = scope.buffer(Type);
        refuses(ss, () => other.push("1"), TypeError, /push: value 1 is "1", not a number/);
        equal(other.push(NaN, 1.5, 2), 3, "any number will do");
        other.close();
      }
      const bigs = scope.buffer(BigInt64Array);
      refuses(ss, () => bigs.push(1), TypeError, /BigInt|bigint/i);
      refuses(ss, () => bigs.push("1"), TypeError, /push: value 1 is "1", not a bigint/);
      equal(bigs.push(), 0, "nothing is pushed");
      same(bigs.close(), []);
    });
  }
});

cases.set("using_ends_a_scope", async ({ create }) => {
  const ss = await create();
  // What a `using` declaration does; engines that know the word are tested with it elsewhere.
  const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
  const scope = ss.scope();
  scope.uninitSlice(Float32Array, 10);
  scope[dispose]();
  equal(ss.stats().used, 0, "used");
  // After a release by hand it does nothing.
  const other = ss.scope();
  other.release();
  other[dispose]();
  equal(ss.stats().used, 0, "used");
});

cases.set("exceptions_end_the_scopes_they_leave", async ({ create }) => {
  const ss = await create();
  const leave = () =>
    ss.scope((scope) => {
      scope.uninitSlice(Float32Array, 10);
      ss.scope().buffer(Float32Array).push(1);
      throw new SyntaxError("mine");
    });
  throws(leave, SyntaxError, /mine/);
  equal(ss.stats().used, 0, "used");
  equal(
    ss.scope(() => 5),
    5,
    "the stack works on",
  );
});

cases.set("a_released_scope_refuses_everything", async ({ create }) => {
  const ss = await create();
  const scope = ss.scope();
  const handle = scope.handle(scope.uninitSlice(Float32Array, 3));
  const open = scope.buffer(Float32Array);
  open.push(1);
  const closed = scope.buffer(Float32Array);
  closed.close();
  scope.release();
  for (const call of [
    () => scope.uninitSlice(Float32Array, 1),
    () => scope.zeroedSlice(Float32Array, 1),
    () => scope.copySlice(new Float32Array(1)),
    () => scope.handle(scope.uninitSlice(Float32Array, 1)),
    () => scope.buffer(Float32Array),
    () => scope.release(),
    () => handle.view(),
    () => open.push(1),
    () => open.append([1]),
    () => open.extend(1),
    () => open.reserve(1),
    () => open.at(0),
    () => open.pop(),
    () => open.truncate(0),
    () => open.view(),
    () => open.close(),
    () => closed.view(),
    () => closed.push(1),
  ]) {
    refuses(ss, call, TypeError, /scope has been released/);
  }
});

cases.set("a_handle_is_of_a_view_of_this_memory", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    scope.uninitSlice(Uint8Array, 1);
    for (const [view, text] of [
      [undefined, "view is undefined, not a typed array or DataView"],
      [[1, 2], "view is \\[object Array\\], not a typed array or DataView"],
      [new Float32Array(3), "view is detached, or not in the memory of this stack"],
      [new DataView(new ArrayBuffer(8)), "view is detached, or not in the memory of this stack"],
    ]) {
      refuses(ss, () => scope.handle(view), TypeError, new RegExp(`^secondstack: handle: ${text}`));
    }
    const buffer = scope.buffer(Uint32Array);
    buffer.push(7, 8, 9);
    const handles = [
      scope.handle(scope.copySlice(Float64Array, [1, 2, 3])),
      scope.handle(scope.zeroedSlice(DataView, 16)),
      scope.handle(buffer.close()),
    ];
    equal(handles[0].view()[2], 3);
    equal(handles[1].view().getUint8(15), 0);
    same(handles[2].view(), [7, 8, 9]);
    const detached = scope.uninitSlice(Uint8Array, 10);
    ss.memory.grow(1);
    if (detached.length === 0) {
      refuses(ss, () => scope.handle(detached), TypeError, /handle: view is detached/);
    } else {
      equal(scope.handle(detached).length, 10, "of shared memory");
    }
    same(handles[2].view(), [7, 8, 9]);
  });
});

cases.set("a_closed_buffer_refuses_more", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => {
    const buffer = scope.buffer(Float32Array);
    buffer.push(1, 2);
    buffer.close();
    for (const call of [
      () => buffer.push(1),
      () => buffer.push(1, 2, 3, 4, 5),
      () => buffer.append([1]),
      () => buffer.extend(1),
      () => buffer.extend(0),
      () => buffer.reserve(1),
      () => buffer.pop(),
      () => buffer.truncate(0),
      () => buffer.close(),
    ]) {
      refuses(ss, call, TypeError, /the buffer is closed/);
    }
    same(buffer.view(), [1, 2]);
    equal(buffer.at(-1), 2, "an element");
    equal(buffer.length, 2, "length");
  });
});

cases.set("scopes_end_last_first", async ({ create }) => {
  const ss = await create();
  const outer = ss.scope();
  const inner = ss.scope();
  const innermost = ss.scope();
  refuses(ss, () => outer.release(), TypeError, /release: not the innermost scope: 2 opened in it/);
  refuses(ss, () => inner.release(), TypeError, /release: not the innermost scope: 1 opened in it/);
  refuses(
    ss,
    () => outer.uninitSlice(Int8Array, 1),
    TypeError,
    /uninitSlice: not the innermost scope/,
  );
  refuses(ss, () => outer.buffer(Int8Array), TypeError, /buffer: not the innermost scope/);
  innermost.release();
  inner.release();
  outer.uninitSlice(Int8Array, 1);
  outer.release();
  equal(ss.stats().used, 0, "used");
});

cases.set("a_promise_from_a_scope_is_refused", async ({ create }) => {
  const ss = await create();
  ss.scope((scope) => scope.buffer(Int8Array).push(1));
  refuses(
    ss,
    () => ss.scope(async () => 1),
    TypeError,
    /scope: use returned a promise; .*across await/,
  );
  refuses(ss, () => ss.collect(Int8Array, [1], async () => 1), TypeError, /across await/);
});

cases.set("a_scope_held_across_await_is_found_by_the_one_around_it", async ({ create }) => {
  const ss = await create();
  let late;
  let go;
  const paused = new Promise((resolve) => (go = resolve));
  async function hold() {
    const scope = ss.scope();
    await paused;
    try {
      scope.uninitSlice(Float32Array, 1);
    } catch (error) {
      late = error;
    }
  }
  let held;
  throws(
    () =>
      ss.scope(() => {
        held = hold();
      }),
    TypeError,
    /the scope ended while one opened in it was still open.*across await/,
  );
  equal(ss.stats().used, 0, "used");
  go();
  await held;
  ok(/uninitSlice: the scope has been released/.test(late?.message), `no error later: ${late}`);
});

cases.set("scopes_interleaved_by_await_are_refused", async ({ create }) => {
  const ss = await create();
  const first = ss.scope();
  await null;
  const second = ss.scope();
  refuses(
    ss,
    () => first.uninitSlice(Int8Array, 1),
    TypeError,
    /1 opened in it and not ended.*across await/,
  );
  refuses(ss, () => first.release(), TypeError, /across await/);
  second.release();
  first.release();
});

cases.set("handles_survive_growth", async ({ create }) => {
  const ss = await create({ initialBytes: 0 });
  ss.scope((scope) => {
    const handle = scope.handle(scope.uninitSlice(Float32Array, 1000));
    handle.view().fill(5);
    const before = ss.memory.buffer;
    const buffer = scope.buffer(Float32Array);
    while (ss.memory.buffer === before) buffer.push(1, 2, 3);
    buffer.push(1, 2, 3);
    ok(handle.view().length === 1000 && handle.view().every((x) => x === 5), "the slice is lost");
    equal(handle.view(), handle.view(), "made anew without need");
    const view = buffer.close();
    ok(view.length === buffer.length && view.every((x, i) => x === (i % 3) + 1), "pushes are lost");
  });
});

cases.set("growth_by_others_is_noticed", async ({ create }) => {
  const ss = await create();
  const scope = ss.scope();
  const handle = scope.handle(scope.uninitSlice(Uint32Array, 10));
  handle.view().fill(3);
  const open = scope.buffer(Uint32Array);
  open.push(1);
  const closed = scope.buffer(Uint32Array);
  closed.push(7);
  closed.close();
  const grow = () => ss.memory.grow(1);
  // Each of these is the first to meet a memory that has grown behind its back.
  for (const [what, use] of [
    ["view of a handle", () => same(handle.view(), new Array(10).fill(3))],
    ["push", () => open.push(2)],
    ["view of an open buffer", () => same(open.view(), [1, 2])],
    ["append", () => open.append([3])],
    ["at of an open buffer", () => equal(open.at(2), 3)],
    ["extend by nothing", () => equal(open.extend(0).length, 0)],
    ["extend", () => open.extend(1).set([4])],
    ["pop", () => equal(open.pop(), 4)],
    ["reserve", () => open.reserve(1000)],
    ["at of a closed buffer", () => equal(closed.at(0), 7)],
    ["view of a closed buffer", () => same(closed.view(), [7])],
    ["uninitSlice", () => scope.uninitSlice(Uint32Array, 4).fill(1)],
    ["zeroedSlice", () => same(scope.zeroedSlice(Uint32Array, 2), [0, 0])],
    ["copySlice", () => same(scope.copySlice(new Uint32Array([5])), [5])],
    ["from the stack itself", () => same(scope.copySlice(handle.view()), new Array(10).fill(3))],
    ["inner scope", () => ss.scope((inner) => inner.uninitSlice(Uint32Array, 4).fill(1))],
    ["statistics", () => ok(ss.stats().used > 0, "nothing used")],
    ["view", () => same(ss.view(Uint32Array, handle.pointer, 1), [3])],
  ]) {
    grow();
    try {
      use();
    } catch (error) {
      throw new Error(`${what}: ${error.message}`, { cause: error });
    }
  }
  same(open.close(), [1, 2, 3]);
  grow();
  scope.release();
  equal(ss.stats().used, 0, "used");
});

cases.set("sources_on_the_stack_survive_the_growth_they_cause", async ({ create }) => {
  const ss = await create({ initialBytes: 0 });
  ss.scope((scope) => {
    // Each copy is twice as long, so that making room for it grows the memory now and then.
    let half = scope.buffer(Uint32Array);
    half.push(1, 2, 3, 4);
    let growths = 0;
    for (let i = 0; i < 21; i++) {
      const { memory } = ss;
      let before = memory.buffer;
      const copy = scope.copySlice(half.view());
      if (memory.buffer !== before) growths++;
      same(copy.subarray(-4), [1, 2, 3, 4], "copy");
      const twice = scope.buffer(Uint32Array);
      twice.append(half.view());
      before = memory.buffer;
      twice.append(half.view());
      if (memory.buffer !== before) growths++;
      half.close();
      half = twice;
    }
    ok(growths > 0, "nothing grew: the test shows nothing");
    equal(half.length, 4 << 21, "length");
    ok(
      half.view().every((x, i) => x === (i % 4) + 1),
      "wrong elements",
    );
  });
});

cases.set("debug_fills_what_is_released", async ({ create }) => {
  const ss = await create({ debug: true });
  let kept;
  let written;
  ss.scope((outer) => {
    outer.uninitSlice(Uint8Array, 16).fill(9);
    ss.scope((scope) => {
      kept = scope.uninitSlice(Uint8Array, 100).fill(1);
      const buffer = scope.buffer(Uint8Array);
      buffer.push(1, 2, 3);
      written = buffer.close();
    });
    ok(
      kept.every((x) => x === 0xdd),
      `kept: ${kept}`,
    );
    ok(
      written.every((x) => x === 0xdd),
      `written: ${written}`,
    );
    equal(outer.copySlice(Uint8Array, [4])[0], 4);
  });
});

cases.set("debug_names_the_places", async ({ create }) => {
  const ss = await create({ debug: true });
  const outer = ss.scope();
  const inner = ss.scope();
  throws(() => outer.release(), TypeError, /not the innermost.*\(opened .*\d+:\d+.*\)/);
  inner.release();
  outer.release();
  throws(
    () => outer.uninitSlice(Int8Array, 1),
    TypeError,
    /has been released \(opened .*\d+:\d+.*\)/,
  );
});

cases.set("debug_reports_a_scope_held_across_await", async ({ create }) => {
  const ss = await create({ debug: true });
  const said = [];
  const before = console.error;
  console.error = (text) => said.push(text);
  try {
    ss.scope(() => 0);
    const scope = ss.scope();
    await null;
    await null;
    scope.release();
    await null;
  } finally {
    console.error = before;
  }
  equal(said.length, 1, "lines");
  ok(/still open after its turn \(opened .*\).*across await/.test(said[0]), said[0]);
});

/** @returns {string[]} what is said on the console while `use` runs and after its turn */
export async function saidIn(use) {
  const said = [];
  const before = console.error;
  console.error = (text) => said.push(text);
  try {
    await use();
    await null;
  } finally {
    console.error = before;
  }
  return said;
}

cases.set("debug_names_a_buffer_that_is_left_open", async ({ create }) => {
  const ss = await create({ debug: true });
  const said = await saidIn(() => {
    ss.scope((scope) => {
      scope.buffer(Uint8Array).close();
      scope.buffer(Float32Array).push(1, 2, 3);
    });
    // An exception has an own word, and nothing could close it.
    const leave = () =>
      ss.scope((scope) => {
        scope.buffer(Uint8Array);
        throw new SyntaxError("mine");
      });
    throws(leave, SyntaxError, /mine/);
  });
  equal(said.length, 1, "lines");
  const message =
    /^secondstack: scope: a buffer of Float32Array with 3 elements was left open \(opened .*lifetime_cases\.mjs.*\) \(opened .*lifetime_cases\.mjs.*\)$/;
  ok(message.test(said[0]), said[0]);
});

cases.set("debug_refuses_views_that_are_too_old", async ({ create }) => {
  const ss = await create({ debug: true });
  const stale = [];
  ss.scope((scope) => {
    stale.push(scope.uninitSlice(Float32Array, 4), scope.copySlice(Float32Array, [1]));
    const buffer = scope.buffer(Float32Array);
    stale.push(buffer.extend(3), buffer.view(), buffer.close());
  });
  ss.scope((scope) => {
    const buffer = scope.buffer(Float32Array);
    for (const view of stale) {
      for (const [name, call] of [
        ["append", () => buffer.append(view)],
        ["copySlice", () => scope.copySlice(view)],
        ["handle", () => scope.handle(view)],
      ]) {
        const message = `^secondstack: ${name}: the view is of a scope that has been released \\(made .*lifetime_cases\\.mjs.*\\)$`;
        refuses(ss, call, TypeError, new RegExp(message));
      }
    }
    const moving = scope.buffer(Uint8Array);
    const early = moving.extend(10);
    const { byteOffset } = early;
    const other = scope.buffer(Uint8Array);
    for (let i = 0; i < 1000 && moving.view().byteOffset === byteOffset; i++) {
      moving.extend(4000).fill(1);
      other.extend(4000).fill(2);
    }
    if (moving.view().byteOffset !== byteOffset && early.length > 0) {
      throws(
        () => buffer.append(early),
        TypeError,
        /append: the view is of a buffer that has grown and moved since \(made /,
      );
    }
    for (const open of [buffer, moving, other]) open.close();
  });
});

cases.set("debug_refuses_arrays_of_what_is_not_a_number", async ({ create }) => {
  const ss = await create({ debug: true });
  ss.scope((scope) => {
    const buffer = scope.buffer(Float32Array);
    for (const [name, call] of [
      ["append", (list) => buffer.append(list)],
      ["copySlice", (list) => scope.copySlice(Float32Array, list)],
    ]) {
      for (const [list, text] of [
        [[1, [2]], "source\\[1\\] is \\[object Array\\]"],
        [[undefined], "source\\[0\\] is undefined"],
        [["1"], 'source\\[0\\] is "1"'],
      ]) {
        const message = new RegExp(`^secondstack: ${name}: ${text}, not a number$`);
        refuses(ss, () => call(list), TypeError, message);
      }
    }
    buffer.append([1, NaN]);
    same(buffer.close(), [1, NaN]);
    same(scope.copySlice(BigInt64Array, [1n]), [1n]);
  });
});
