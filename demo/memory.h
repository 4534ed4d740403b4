// SPDX-License-Identifier: MIT
// What the program asks of its allocator and of the wasm memory, counted where it happens, so that
// nobody's calls are missed: not the library's, nor those of Emscripten's JavaScript.
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

typedef struct memory_counts {
  size_t mallocs;  // malloc, calloc and realloc
  size_t frees;
} memory_counts;

/// What the calling thread has asked for so far.
memory_counts memory_counts_of_thread(void);

/// How often the wasm memory was grown, by any thread.
size_t memory_grow_count(void);

/// Bytes of all blocks that malloc has given out and not got back. It visits each of them.
size_t memory_in_use(void);

/// Reports that `size_bytes` more could not be allocated, and aborts.
_Noreturn void memory_ended(size_t size_bytes);

#endif
