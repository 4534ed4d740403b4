// SPDX-License-Identifier: MIT
// secondstack_gl: uploads slices to OpenGL ES 3 and WebGL2 buffers.
//
//   const ss_slice s = ss_buffer_close(&vertices);
//   glBindBuffer(GL_ARRAY_BUFFER, vbo);
//   ss_gl_buffer_data(GL_ARRAY_BUFFER, s, GL_STREAM_DRAW);   // copied: s may be released now
//
// Header only. GL has copied the bytes when a call returns, so a scope may end right after the
// upload. The functions query nothing and allocate nothing. With Emscripten, link with
// -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2 and leave MAXIMUM_MEMORY at 2 GiB or below: the
// heap's view is then handed to WebGL with an offset and a size. Otherwise each call makes a
// subarray.
//
// With another GL loader, include the loader's header before this one. Call the functions on the
// thread that owns the context.
#ifndef SECONDSTACK_GL_H
#define SECONDSTACK_GL_H

#include "secondstack.h"

#ifndef GL_ARRAY_BUFFER
#include <GLES3/gl3.h>
#endif

/// Replaces the contents of the buffer bound to `target` by a slice, or by what a closed buffer
/// holds. The GL buffer takes the slice's size.
/// Shape:   any slice; one of size 0 does nothing: the GL buffer keeps its size and contents.
/// Units:   slice.size in bytes, as glBufferData counts.
/// Errors:  those of glBufferData, through glGetError.
SS__INLINE void ss_gl_buffer_data(GLenum target, ss_slice slice, GLenum usage)
{
  // WebGL2 takes a size of 0 for "the rest of the array", which is the rest of the heap, and Emscripten up to
  // 3.1.9 passes it on (https://github.com/emscripten-core/emscripten/issues/16799).
  if (slice.size != 0) glBufferData(target, (GLsizeiptr)slice.size, slice.data, usage);
}

/// Overwrites a part of the buffer bound to `target` by a slice, beginning at `offset`.
/// Shape:   offset + slice.size must lie within the GL buffer; a slice of size 0 does nothing.
/// Units:   offset and slice.size in bytes.
/// Errors:  those of glBufferSubData, through glGetError.
SS__INLINE void ss_gl_buffer_sub_data(GLenum target, GLintptr offset, ss_slice slice)
{
  if (slice.size != 0) glBufferSubData(target, offset, (GLsizeiptr)slice.size, slice.data);
}

#endif
