// SPDX-License-Identifier: MIT
// What the others are compared with: a module that has malloc already.
#include "work.h"

EMSCRIPTEN_KEEPALIVE void with_malloc(size_t n)
{
  char *block = (char *)malloc(n);
  use(block, n);
  free(block);
}
