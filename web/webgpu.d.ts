// SPDX-License-Identifier: MIT

/** What is called of a GPUQueue. */
export interface WritableQueue<GPUBuffer> {
  writeBuffer(
    buffer: GPUBuffer,
    bufferOffset: number,
    data: any,
    dataOffset: number,
    size: number,
  ): void;
}

/**
 * Writes a slice into a GPU buffer, as `queue.writeBuffer` does, from where it lies: the memory is handed over with an
 * offset and a size. Where the engine refuses a memory that is shared or resizable, it is copied first.
 *
 * Shape: any typed array or DataView; an empty one writes nothing.
 * Units: `offset` in bytes, a multiple of 4. A size that is none is rounded up, for which the GPU buffer must have room:
 *   what the up to three bytes more hold is not said.
 * Returns: the bytes written. The slice may be released then.
 * Errors: TypeError for arguments of the wrong kind and a view that is detached; RangeError for the offset; what
 *   `queue.writeBuffer` throws, OperationError for one. What it finds later it tells the device.
 */
export function writeBuffer<GPUBuffer extends object>(
  queue: WritableQueue<GPUBuffer>,
  buffer: GPUBuffer,
  offset: number,
  view: ArrayBufferView,
): number;
