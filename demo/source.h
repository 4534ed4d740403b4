// SPDX-License-Identifier: MIT
// A vertex source, seen from a scene: where slices and growing buffers come from. CMake compiles
// each scene once per source and names the source with SOURCE_NAME and SOURCE_HEADER.
//
// A scene calls the library by its own names:
//
//   ss_save, ss_restore                                     around scratch
//   ss_uninit_slice                                         a size that is known
//   ss_buffer_open, ss_push, ss_extend, ss_buffer_close     a size that is not known
//
// For the second stack these are the library's calls, with nothing in between. The header of
// another source gives the same names to what that way of managing memory does, so that all of
// them are inlined into the same loops. Some of them need more, which are calls of their own:
//
//   source_begin(out, streams...), source_end(out)   around the making of a batch. The streams are
//                                  those of its slices and buffers outside any scope, in order: the
//                                  ring's memory is divided up beforehand
//   source_release(batch)          gives the batch's memory back after its upload
//   source_give(slice)             ends a scratch slice, the last one taken first: malloc's is freed
//   source_drop(slice)             ends a scratch buffer
//
// In the ring a slice can be NULL: there is no room, give up the batch.
#ifndef SOURCE_H
#define SOURCE_H

#include "scene.h"

#define SOURCE_INLINE static inline __attribute__((always_inline, unused))

#include SOURCE_HEADER

/// Defines the scene's functions for this source under the name that scenes.c looks for.
#define SCENE_DEFINE(name) SCENE_DEFINE_(name, SOURCE_NAME)
#define SCENE_DEFINE_(name, source) SCENE_DEFINE__(name, source)
#define SCENE_DEFINE__(name, source)              \
  extern const scene_ops scene_##name##_##source; \
  const scene_ops scene_##name##_##source = {begin, generate, source_release}

#endif
