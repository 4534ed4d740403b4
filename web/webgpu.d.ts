// SPDX-License-Identifier: MIT

/** The method of a GPUQueue that `writeBuffer` calls. */
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
 * Writes a slice into a GPU buffer by `queue.writeBuffer`, which is given the stack's memory with an offset and a size, so
 * that nothing is copied before. Only where the engine refuses shared or resizable memory is the slice copied first.
 *
 * Shape: `view` is any typed array or DataView; an empty one writes nothing.
 * Units: `offset` is in bytes, a multiple of 4. A view's size that is no multiple of 4 is rounded up: the GPU buffer must
 *   have room for these up to three more bytes, whose values are unspecified.
 * Returns: how many bytes were written. The slice may be released then.
 * Errors: TypeError for arguments of the wrong kind and a view that is detached; RangeError for an offset that is no
 *   multiple of 4; and what `queue.writeBuffer` throws, such as OperationError. Later errors are reported to the device.
 */
export function writeBuffer<GPUBuffer extends object>(
  queue: WritableQueue<GPUBuffer>,
  buffer: GPUBuffer,
  offset: number,
  view: ArrayBufferView,
): number;
