// SPDX-License-Identifier: MIT
import type { CommonOptions, CreateOptions, SecondStack } from "./secondstack.js";
export type * from "./secondstack.js";

/** What another thread needs to use the same memory. It can be sent by postMessage and as workerData. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly maxBytes: number;
}

/** A thread's second stack in a memory that threads share. */
export interface ThreadStack extends SecondStack {
  share(): Shared;
  /**
   * Gives back all memory that this thread holds. A worker calls this last. Errors: TypeError while
   * a scope is open.
   */
  close(): void;
}

/** Makes a shared memory and this thread's stack in it. maxBytes bounds the memory; default 256 MiB. */
export function createSecondStack(options?: CreateOptions): Promise<ThreadStack>;
/** Makes this thread's stack in a memory that another thread shares. */
export function createSecondStack(
  options: CommonOptions & { shared: Shared },
): Promise<ThreadStack>;
