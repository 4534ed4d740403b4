// SPDX-License-Identifier: MIT
// What workers do in thread_cases.mjs, each on a stack of its own in a shared memory.

/**
 * Makes slices and hands each over as soon as it is there, in turns with a thread that waits without
 * returning to its event loop.
 * @param {Function} createSecondStack of the threads entry
 * @param {{ turns: number, bytes: number }} work
 * @param {any} shared
 * @returns {Promise<{ result: { pointer: number }, end: () => void }>} of two words: whose turn it is, and
 *     the slice's address
 */
export async function handOver(createSecondStack, { turns, bytes }, shared) {
  const ss = await createSecondStack({ shared });
  const scope = ss.scope();
  const words = scope.zeroedSlice(Int32Array, 2);
  const take = () => {
    for (let i = 0; i < turns; i++) {
      const slice = scope.uninitSlice(Uint8Array, bytes);
      slice[bytes - 1] = i + 1;
      words[1] = slice.byteOffset;
      Atomics.store(words, 0, 2 * i + 1);
      while (Atomics.load(words, 0) !== 2 * i + 2);
    }
  };
  setTimeout(take, 0);
  const end = () => {
    scope.release();
    ss.close();
  };
  return { result: { pointer: words.byteOffset }, end };
}

/**
 * Much at once.
 * @param {Function} createSecondStack of the threads entry
 * @param {{ id: number, rounds: number }} work
 * @param {any} shared
 * @returns {Promise<{ result: { errors: number, pointer: number, length: number }, end: () => void }>}
 */
export async function doWork(createSecondStack, { id, rounds }, shared) {
  const ss = await createSecondStack({ shared });
  let errors = 0;
  for (let round = 0; round < rounds; round++) {
    ss.scope((scope) => {
      const slice = scope.uninitSlice(Uint32Array, 10 + round * 37).fill(id * 1000 + round);
      const buffer = scope.buffer(Uint32Array);
      for (let i = 0; i < round * 200; i++) buffer.push(i ^ id);
      buffer.close().forEach((x, i) => (errors += x !== (i ^ id)));
      slice.forEach((x) => (errors += x !== id * 1000 + round));
    });
    if (round % 20 === 0) ss.trim();
  }
  const scope = ss.scope();
  const made = scope.buffer(Float64Array);
  for (let i = 0; i < 100_000; i++) made.push(i + id);
  const { byteOffset, length } = made.close();
  const end = () => {
    scope.release();
    ss.close();
  };
  return { result: { errors, pointer: byteOffset, length }, end };
}
