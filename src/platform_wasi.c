// SPDX-License-Identifier: MIT
// Memory from malloc in WebAssembly without Emscripten, where the C library is WASI's or another.
// Its malloc cannot be asked to grow a block in place, so a buffer that outgrows its chunk gets a
// new one and is copied.
#include "platform.h"

#if defined(__wasm__) && !defined(__EMSCRIPTEN__)
#include <stdlib.h>
#include <unistd.h>

static void *acquire(void *context, size_t size_bytes)
{
  (void)context;
  return size_bytes <= PTRDIFF_MAX ? malloc(size_bytes) : NULL;
}

static void release(void *context, void *block, size_t size_bytes)
{
  (void)context;
  (void)size_bytes;
  free(block);
}

const ss_backing ss__platform_backing = {acquire, NULL, release, NULL};

void ss__platform_print(const char *message)
{
  (void)!write(STDERR_FILENO, message, strlen(message));
  (void)!write(STDERR_FILENO, "\n", 1);
}

#endif
