// SPDX-License-Identifier: MIT
// Every function of secondstack_gl.h once, in the common language of C and C++. It is compiled,
// never run.
#include "secondstack_gl.h"

void upload(ss_slice slice);

void upload(ss_slice slice)
{
  ss_gl_buffer_data(GL_ARRAY_BUFFER, slice, GL_STREAM_DRAW);
  ss_gl_buffer_sub_data(GL_ARRAY_BUFFER, 16, slice);
}
