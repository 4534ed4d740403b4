// SPDX-License-Identifier: MIT
// Several threads on one shared memory, in Node.js and in browsers. `env.start` is thread_starter.mjs's.
import { equal, ok, same, throws } from "./harness.mjs";

export const cases = new Map();

cases.set("threads_work_at_once_in_one_memory", async ({ create, start }) => {
  const ss = await create({ maxBytes: 64 << 20 });
  const scope = ss.scope();
  const mine = scope.uninitSlice(Float32Array, 1000).fill(7);
  const workers = await Promise.all(
    [0, 1, 2, 3].map((id) => start({ id, rounds: 150 }, ss.share())),
  );
  for (const [id, { result }] of workers.entries()) {
    equal(result.errors, 0, `wrong elements in thread ${id}`);
    // Made in the worker, in memory that it may just have grown.
    const theirs = ss.view(Float64Array, result.pointer, result.length);
    ok(
      theirs.every((x, i) => x === i + id),
      `what thread ${id} made is not there`,
    );
  }
  ok(
    mine.every((x) => x === 7),
    "a worker wrote into the main thread's slice",
  );
  scope.release();
  await Promise.all(workers.map(({ end }) => end()));
});

// Growth is seen late by other threads, and a bare typed array of what lies there throws.
cases.set("a_slice_of_another_thread_can_be_viewed_at_once", async ({ create, start }) => {
  const ss = await create({ initialBytes: 1 << 20, maxBytes: 256 << 20 });
  const [turns, bytes] = [24, 4 << 20];
  const worker = await start({ turns, bytes }, ss.share());
  const words = ss.view(Int32Array, worker.result.pointer, 2);
  const until = performance.now() + 30_000;
  for (let i = 0; i < turns; i++) {
    while (Atomics.load(words, 0) !== 2 * i + 1) {
      ok(performance.now() < until, `slice ${i} is not handed over`);
    }
    const slice = ss.view(Uint8Array, words[1], bytes);
    ok(slice.length === bytes && slice.at(-1) === i + 1, `slice ${i}`);
    Atomics.store(words, 0, 2 * i + 2);
  }
  await worker.end();
});

cases.set("a_closed_thread_gives_its_memory_back", async ({ create, start }) => {
  const ss = await create({ maxBytes: 32 << 20 });
  const run = async () => {
    const worker = await start({ id: 1, rounds: 100 }, ss.share());
    await worker.end();
    return ss.memory.grow(0);
  };
  await run();
  const pages = await run();
  for (let i = 0; i < 5; i++) equal(await run(), pages, "pages of memory");
});

cases.set("a_closed_stack_refuses_everything", async ({ create }) => {
  const ss = await create({ maxBytes: 8 << 20 });
  const scope = ss.scope();
  throws(() => ss.close(), TypeError, /close: a scope is still open/);
  scope.release();
  ss.close();
  ss.close();
  for (const call of [() => ss.scope(), () => ss.stats(), () => ss.trim()]) {
    throws(call, TypeError, /the stack is closed/);
  }
});

cases.set("what_is_no_share_is_refused", async ({ create }) => {
  for (const shared of [7, {}, null, { memory: 1 }]) {
    let error;
    await create({ shared }).catch((e) => (error = e));
    ok(/createSecondStack: shared is .*, not what share\(\)/.test(error?.message), `${error}`);
  }
});

cases.set("two_stacks_on_one_thread", async ({ create }) => {
  const first = await create({ maxBytes: 8 << 20 });
  const second = await create({ shared: first.share() });
  const a = first.scope();
  const b = second.scope();
  const x = a.uninitSlice(Uint8Array, 100_000).fill(1);
  const y = b.uninitSlice(Uint8Array, 100_000).fill(2);
  ok(x.every((v) => v === 1) && y.every((v) => v === 2), "they overlap");
  a.release();
  same(b.copySlice(Uint8Array, [3]), [3]);
  b.release();
  second.close();
  first.close();
});
