// SPDX-License-Identifier: MIT
// malloc and its kin are defined here, in front of those of Emscripten's dlmalloc, which are weak
// and have second names. The linker's --wrap sends calls of emscripten_resize_heap here.
#include "memory.h"

#include <emscripten/console.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local memory_counts counts;
static atomic_size_t grow_count;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);
int __real_emscripten_resize_heap(size_t size);
int __wrap_emscripten_resize_heap(size_t size);

void *malloc(size_t size)
{
  counts.mallocs++;
  return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
  counts.mallocs++;
  return __libc_calloc(n, size);
}

void *realloc(void *block, size_t size)
{
  counts.mallocs++;
  return __libc_realloc(block, size);
}

void free(void *block)
{
  counts.frees += block != NULL;
  __libc_free(block);
}

// sbrk calls this function in all versions of Emscripten.
int __wrap_emscripten_resize_heap(size_t size)
{
  atomic_fetch_add_explicit(&grow_count, 1, memory_order_relaxed);
  return __real_emscripten_resize_heap(size);
}

memory_counts memory_counts_of_thread(void)
{
  return counts;
}

size_t memory_grow_count(void)
{
  return atomic_load_explicit(&grow_count, memory_order_relaxed);
}

size_t memory_in_use(void)
{
  // NOLINTNEXTLINE(concurrency-mt-unsafe): Emscripten's mallinfo takes the allocator's lock
  return (size_t)mallinfo().uordblks;
}

void memory_ended(size_t size_bytes)
{
  char line[64];
  (void)snprintf(line, sizeof line, "demo: no memory for %zu bytes", size_bytes);
  emscripten_console_error(line);
  abort();
}
