// SPDX-License-Identifier: MIT
// The module of malloc_in_place.c, and a scope with a slice.
#include "malloc_in_place.c"

#include <secondstack.h>

EMSCRIPTEN_KEEPALIVE void with_slice(size_t n)
{
  SS_SCOPE {
    float *slice = ss_uninit_slice(float, n);
    use(slice, n);
  }
}
