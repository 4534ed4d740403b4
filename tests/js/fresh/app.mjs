// SPDX-License-Identifier: MIT
// A page as a user writes it: bundled by Vite, webpack and esbuild in package.test.mjs.
import { createSecondStack, scope } from "secondstack";
import { createSecondStack as createFromFile } from "secondstack/file";
import { createSecondStack as createShared } from "secondstack/threads";

async function compute() {
  const atOnce = scope((s) => s.zeroedSlice(Int8Array, 5).length);
  const ss = await createSecondStack({ maxBytes: 64e6 });
  const fromFile = await createFromFile();
  fromFile.scope((s) => s.uninitSlice(Int8Array, atOnce));
  const total = ss.collect(Float64Array, new Set([1, 2, 3]), (view) =>
    view.reduce((a, b) => a + b),
  );
  const open = ss.scope();
  const triangles = open.buffer(Float32Array);
  for (let i = 0; i < 100_000; i++) triangles.push(i, i, i);
  const { length } = triangles.close();
  open.release();
  return { atOnce, total, length, used: ss.stats().used };
}

async function computeInWorker() {
  const ss = await createShared({ maxBytes: 16e6 });
  const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  worker.postMessage(ss.share());
  const { pointer, length } = await answer;
  return ss.view(Uint32Array, pointer, length).reduce((a, b) => a + b);
}

// Not with a top-level await: bundlers build for browsers that do not know it.
async function main() {
  try {
    window.result = { ...(await compute()), fromWorker: await computeInWorker() };
  } catch (error) {
    window.result = { error: String(error?.stack ?? error) };
  }
}

main();
