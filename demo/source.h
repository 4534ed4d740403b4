// SPDX-License-Identifier: MIT
// A vertex source, seen from a scene: where slices and growing buffers come from. CMake compiles
// each scene once per source and names the source with SOURCE_NAME and SOURCE_HEADER.
//
// Every source has the same few functions, all inlined into the scene's loops, and each does what
// that way of managing memory must do: malloc frees its scratch, the stack restores its mark.
//
//   source_begin(out), source_end(out)   around the making of a batch
//   source_release(batch)                gives the batch's memory back after its upload
//   source_enter(), source_leave(scope)  around scratch
//   source_take(stream, size)            a slice of a size that is known; NULL: the ring has no
//                                        room, give up the batch
//   source_give(slice)                   ends a scratch slice; the last one taken first
//   source_open(stream), source_extend(&buffer, size), source_close(&buffer), source_drop(slice)
//                                        a buffer whose size is not known; drop ends a scratch one
//
// The stream says what the bytes are for; only the ring, whose memory is divided up beforehand,
// needs to know.
#ifndef SOURCE_H
#define SOURCE_H

#include "scene.h"

#define SOURCE_INLINE static inline __attribute__((always_inline, unused))

#include SOURCE_HEADER

/// n elements of type T, uninitialised.
#define source_slice(T, stream, n) ((T *)source_take((stream), (size_t)(n) * sizeof(T)))
/// Room for n more elements at the end of a buffer.
#define source_more(T, buffer, n) ((T *)source_extend((buffer), (size_t)(n) * sizeof(T)))
/// Room for one more.
#define source_push(T, buffer) source_more(T, buffer, 1)

/// Defines the scene's functions for this source under the name that scenes.c looks for.
#define SCENE_DEFINE(name) SCENE_DEFINE_(name, SOURCE_NAME)
#define SCENE_DEFINE_(name, source) SCENE_DEFINE__(name, source)
#define SCENE_DEFINE__(name, source)              \
  extern const scene_ops scene_##name##_##source; \
  const scene_ops scene_##name##_##source = {begin, generate, source_release}

#endif
