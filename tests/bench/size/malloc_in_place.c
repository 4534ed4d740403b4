// SPDX-License-Identifier: MIT
// The module of malloc_only.c, and what else of the allocator the library uses: growing in place. What is
// added to this is the library's own.
#include "malloc_only.c"

void *realloc_in_place(void *block, size_t size) __attribute__((weak));

EMSCRIPTEN_KEEPALIVE int with_growth(void *block, size_t n)
{
  return realloc_in_place && realloc_in_place(block, n) != NULL;
}
