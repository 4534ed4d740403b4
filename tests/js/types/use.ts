// SPDX-License-Identifier: MIT
// What a program in TypeScript relies on. Compiled by types.test.mjs, never run: tsc must accept all
// of it, and refuse what follows a @ts-expect-error.
import { attach, createSecondStack } from "secondstack";
import { collect, configure, scope as open, sharedStack } from "secondstack";
import type { Scope, SecondStack, SliceBuffer, SliceHandle, Stats } from "secondstack";
import { createSecondStack as createFromFile } from "secondstack/file";
import "secondstack/debug";
import { createFrames } from "secondstack/frames";
import { layout } from "secondstack/layout";
import { measure } from "secondstack/measure";
import type { StackReading } from "secondstack/panel";
import { createSecondStack as createShared } from "secondstack/threads";
import { writeBuffer } from "secondstack/webgpu";

type Same<A, B> = [A, B] extends [B, A] ? true : never;
function is<A, B>(_same: Same<A, B>): void {}

declare const gl: WebGL2RenderingContext;
// As @webgpu/types has them; TypeScript's own library has not.
interface GPUBuffer {
  readonly size: number;
}
interface GPUQueue {
  writeBuffer(
    buffer: GPUBuffer,
    bufferOffset: number,
    data: ArrayBuffer | ArrayBufferView | SharedArrayBuffer,
    dataOffset?: number,
    size?: number,
  ): undefined;
}
declare const gpu: { queue: GPUQueue; buffer: GPUBuffer };

export async function use(): Promise<void> {
  const ss = await createSecondStack({ initialBytes: 1 << 20, maxBytes: 1 << 24, debug: true });
  is<typeof ss, SecondStack>(true);
  using scope = ss.scope();
  is<typeof scope, Scope>(true);

  const f32 = scope.uninitSlice(Float32Array, 3);
  is<typeof f32, Float32Array>(true);
  is<typeof f32, Float64Array>(
    // @ts-expect-error: one kind is not another
    true,
  );
  const i64 = scope.zeroedSlice(BigInt64Array, 3, { alignment: 64 });
  is<typeof i64, BigInt64Array>(true);
  const f16 = scope.uninitSlice(Float16Array, 3);
  is<typeof f16, Float16Array>(true);
  const bytes = scope.uninitSlice(DataView, 12);
  is<typeof bytes, DataView>(true);
  is<ReturnType<typeof copyOf>, Uint16Array<ArrayBuffer>>(true);
  function copyOf() {
    return scope.copySlice(new Uint16Array([1, 2]));
  }
  const converted = scope.copySlice(Float64Array, [1, 2, 3]);
  is<typeof converted, Float64Array>(true);

  const slice = scope.handle(scope.uninitSlice(Uint8ClampedArray, 4));
  is<typeof slice, SliceHandle<Uint8ClampedArray>>(true);
  is<ReturnType<typeof slice.view>, Uint8ClampedArray>(true);

  const tri = scope.buffer(Float32Array, { capacity: 9 });
  is<typeof tri, SliceBuffer<Float32Array>>(true);
  const count: number = tri.push(1, 2, 3);
  tri.append(f32);
  tri.append([count]);
  is<ReturnType<typeof tri.extend>, Float32Array>(true);
  tri.extend(3).set([1, 2, 3]);
  tri.reserve(100);
  const last: number | undefined = tri.at(-1) ?? tri.pop();
  tri.truncate(last ?? 0);
  // @ts-expect-error: an array is not pushed but appended
  tri.push([1, 2, 3]);
  gl.bufferData(gl.ARRAY_BUFFER, tri.close(), gl.STREAM_DRAW);

  const bigs = scope.buffer(BigUint64Array);
  bigs.push(1n);
  const big: bigint | undefined = bigs.pop();
  bigs.push(big ?? 2n);
  // @ts-expect-error: a number is no bigint
  bigs.push(1);
  // @ts-expect-error: a bigint is no number
  tri.push(1n);

  const sum: number = ss.collect(Float32Array, [1, 2].values(), (view) => {
    is<typeof view, Float32Array>(true);
    return view.length;
  });
  const inner: string = ss.scope((s) => s.uninitSlice(Int8Array, sum).join());
  const asynchronous = ss.scope(async () => inner);
  is<typeof asynchronous, never>(true);

  // @ts-expect-error: not a typed array
  scope.uninitSlice(Array, 3);
  // @ts-expect-error: an instance is no constructor
  scope.uninitSlice(f32, 3);
  // @ts-expect-error: a length is a number
  scope.uninitSlice(Float32Array, "3");
  // @ts-expect-error: no such option
  scope.uninitSlice(Float32Array, 3, { align: 16 });
  // @ts-expect-error: no such option
  await createSecondStack({ initial: 3 });

  const stats: Stats = ss.stats();
  ss.trim(stats.used);
  is<typeof ss.memory, WebAssembly.Memory>(true);
  const elsewhere = ss.view(Uint32Array, 16, 4);
  is<typeof elsewhere, Uint32Array>(true);

  is<ReturnType<typeof attach>, SecondStack>(true);
  attach({}, { debug: stats.used > 0 });

  configure({ initialBytes: 1 << 20, debug: true });
  // @ts-expect-error: the wasm is inside
  configure({ wasm: new URL("file:///secondstack.wasm") });
  is<ReturnType<typeof sharedStack>, SecondStack>(true);
  const length: number = open((s) => s.uninitSlice(Int8Array, sum).length);
  using front = open();
  is<typeof front, Scope>(true);
  collect(Float32Array, [length], (view) => is<typeof view, Float32Array>(true));
  const vertex = layout({ position: "f32x3", colour: "unorm8x4" });
  // @ts-expect-error: not whole words
  layout({ colour: "unorm8x3" });
  const vertices = vertex.buffer(front, { capacity: 3 });
  const count3: number = vertices.push(1, 2, 3, 1, 0.5, 0, 1);
  // @ts-expect-error: a vertex is no number
  vertices.pop();
  vertex.point(gl, { position: 0, colour: count3 }, vertex.stride);
  // @ts-expect-error: no such attribute
  vertex.point(gl, { normal: 0 });
  gl.bufferData(gl.ARRAY_BUFFER, vertices.close(), gl.STREAM_DRAW);
  is<ReturnType<typeof vertex.webgpu>["stepMode"], "vertex" | "instance">(true);

  const written: number = writeBuffer(gpu.queue, gpu.buffer, 0, vertices.view());
  // @ts-expect-error: a buffer, not its size
  writeBuffer(gpu.queue, written, 0, vertices.view());

  const apart = await createFromFile({ wasm: new URL("file:///secondstack.wasm") });
  is<typeof apart, SecondStack>(true);

  const shared = await createShared({ maxBytes: 1 << 24 });
  const other = await createShared({ shared: shared.share() });
  other.close();
}

export function show(): void {
  const measuring = measure(sharedStack(), { limit: 100, track: "mine" });
  measuring.flush();
  measuring.stop();
  const panel = document.createElement("secondstack-panel");
  panel.sources = [sharedStack(), { name: "own", stack: sharedStack() }];
  panel.sources = [{ read: (reading: StackReading) => (reading.lane[0] = reading.used = 0) }];
  panel.paused = panel.sources.length === 0;
  // @ts-expect-error: a stack's figures are no stack
  panel.sources = [sharedStack().stats()];
}

function framesGivePreciseTypes(): number {
  const frames = createFrames(2, { maxBytes: 1 << 20 });
  const floats: Float32Array = frames.begin().uninitSlice(Float32Array, 3);
  const before: Scope | null = frames.frame(1);
  // @ts-expect-error a count is a number
  createFrames("2");
  return floats.length + frames.stats().length + (before ? 1 : 0);
}
void framesGivePreciseTypes;
