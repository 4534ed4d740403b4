// SPDX-License-Identifier: MIT
// Memory from Emscripten's malloc, with any of its allocators. The block at the top of the heap is
// grown in place.
//
// realloc does not extend a block into the free memory above it, so this file does it in two steps.
// It allocates the missing bytes and frees them again, which leaves the free memory at the top of
// the heap that much larger, since Emscripten's allocators never trim it. Then it asks the
// allocator to extend the block into that memory. The allocators' functions for this are weak
// references, because a program links only one allocator, or mimalloc, which is layered over
// emmalloc. If another thread takes the memory at the top between the two steps, the block does not
// grow.
#include "internal.h"

#if defined(__EMSCRIPTEN__)
#include <emscripten/console.h>
#include <malloc.h>
#include <stdlib.h>

// dlmalloc's function. It takes and returns a block, or returns NULL if it could not resize in
// place.
void *realloc_in_place(void *block, size_t size_bytes) __attribute__((weak));
// The malloc of Emscripten's allocator, by a name that programs do not define themselves.
void *emscripten_builtin_malloc(size_t size_bytes) __attribute__((weak));
// emmalloc's malloc.
void *emmalloc_malloc(size_t size_bytes) __attribute__((weak));
void *emmalloc_realloc_try(void *block, size_t size_bytes) __attribute__((weak));
void emmalloc_free(void *block) __attribute__((weak));

// emmalloc adds to the size and passes the sum to sbrk, which takes a signed number: for a size
// just below 2 GiB the sum would be negative, and the heap would shrink.
#define MOST_BYTES ((size_t)PTRDIFF_MAX - 0xFFFF)

#if SS__IS_DYNAMIC
// Stand-ins for the allocator that is not linked.
void *realloc_in_place(void *block, size_t size_bytes)
{
  (void)block;
  (void)size_bytes;
  return NULL;
}

void *emmalloc_malloc(size_t size_bytes)
{
  return malloc(size_bytes);
}

void *emmalloc_realloc_try(void *block, size_t size_bytes)
{
  (void)block;
  (void)size_bytes;
  return NULL;
}

void emmalloc_free(void *block)
{
  free(block);
}
#endif

// False also where dlmalloc is linked but malloc is the program's own, or AddressSanitizer's: dlmalloc
// does not know those blocks.
static bool is_dlmalloc(void)
{
  return realloc_in_place && (!emscripten_builtin_malloc || emscripten_builtin_malloc == malloc);
}

static void *take(size_t size_bytes)
{
  if (size_bytes > MOST_BYTES) return NULL;
  return emmalloc_malloc ? emmalloc_malloc(size_bytes) : malloc(size_bytes);
}

static void put(void *block)
{
  if (emmalloc_free) {
    emmalloc_free(block);
  } else {
    free(block);
  }
}

static bool in_place(void *block, size_t size_bytes)
{
  if (emmalloc_realloc_try && emmalloc_realloc_try(block, size_bytes) != NULL) return true;
  return is_dlmalloc() && realloc_in_place(block, size_bytes) != NULL;
}

static void *acquire(void *context, size_t size_bytes)
{
  (void)context;
  return take(size_bytes);
}

static bool resize(void *context, void *block, size_t old_bytes, size_t new_bytes)
{
  (void)context;
  if (new_bytes > MOST_BYTES) return false;
  if (in_place(block, new_bytes)) return true;
  if (new_bytes < old_bytes || (!is_dlmalloc() && !emmalloc_realloc_try)) return false;
  void *missing = take(new_bytes - old_bytes);
  if (missing == NULL) return false;
  put(missing);
  return in_place(block, new_bytes);
}

static void release(void *context, void *block, size_t size_bytes)
{
  (void)context;
  (void)size_bytes;
  put(block);
}

const ss_backing ss__platform_backing = {acquire, resize, release, NULL};

void ss__platform_print(const char *message)
{
  emscripten_console_error(message);
}

#endif
