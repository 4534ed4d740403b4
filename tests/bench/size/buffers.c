// SPDX-License-Identifier: MIT
// The module of slices.c, and a buffer that grows.
#include "slices.c"

EMSCRIPTEN_KEEPALIVE void with_buffer(size_t n)
{
  SS_SCOPE {
    ss_buffer buffer = ss_buffer_open();
    for (size_t i = 0; i < n; i++) *ss_push(float, &buffer) = (float)i;
    const ss_slice slice = ss_buffer_close(&buffer);
    use(slice.data, slice.size);
  }
}
