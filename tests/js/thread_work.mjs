// What a worker does in thread_cases.mjs: much at once on a stack of its own, in a shared memory.

/**
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
      const slice = scope.slice(Uint32Array, 10 + round * 37).fill(id * 1000 + round);
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
