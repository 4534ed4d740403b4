// SPDX-License-Identifier: MIT
// secondstack_webgpu: uploads slices to WebGPU buffers.
//
//   const ss_slice s = ss_buffer_close(&indices);
//   ss_wgpu_write_buffer(queue, buffer, 0, s);   // copied: s may be released now
//
// Header only. The queue has copied the bytes when the call returns. Nothing is allocated here; but
// Emscripten's port emdawnwebgpu makes a view of the heap for each wgpuQueueWriteBuffer, while
// -sUSE_WEBGPU=1 of Emscripten before 4.0 does not. With another WebGPU header, include that header
// before this one.
#ifndef SECONDSTACK_WEBGPU_H
#define SECONDSTACK_WEBGPU_H

#include "secondstack.h"

#ifndef WEBGPU_H_
#include <webgpu/webgpu.h>
#endif

/// Writes a slice, or what a closed buffer holds, into a GPU buffer, at `offset`.
/// Shape:   any slice; one of size 0 does nothing. WebGPU writes whole words of 4 bytes: behind a size
///          that is no multiple of 4 follow zeros, for which the GPU buffer must have room.
/// Units:   offset and slice.size in bytes; offset is a multiple of 4.
/// Errors:  those of wgpuQueueWriteBuffer, which the device reports.
SS__INLINE void ss_wgpu_write_buffer(WGPUQueue queue, WGPUBuffer buffer, uint64_t offset,
                                     ss_slice slice)
{
  const size_t rest = slice.size % 4;
  const size_t whole = slice.size - rest;
  if (whole != 0) wgpuQueueWriteBuffer(queue, buffer, offset, slice.data, whole);
  if (rest != 0) {
    // The bytes behind the slice must not be read: they may be poisoned, or lie outside any
    // allocation.
    unsigned char word[4] = {0, 0, 0, 0};
    memcpy(word, (const unsigned char *)slice.data + whole, rest);
    wgpuQueueWriteBuffer(queue, buffer, offset + whole, word, sizeof word);
  }
}

#endif
