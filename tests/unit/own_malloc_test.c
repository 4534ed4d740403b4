// SPDX-License-Identifier: MIT
// A program that brings its own malloc, over Emscripten's: chunks are its blocks, which Emscripten's
// allocator does not know, so they never grow in place. Emscripten's threads free by the allocator's name
// what they took by malloc's.
// Runs as a program of its own
// Runs in: Emscripten without -pthread
// Runs with SS_DEBUG: 0 1
#include "../check.h"

void *emscripten_builtin_malloc(size_t size);
void emscripten_builtin_free(void *block);

// Before each block: its size, and what dlmalloc would read there as a huge block in use.
enum { HEADER_BYTES = 16 };
#define HUGE_BLOCK ((size_t)PTRDIFF_MAX - 0xFFFF + 3)

// Volatile, as a compiler takes it that a call of malloc changes no variable of the program.
static volatile size_t blocks_made;
static volatile size_t blocks_live;

// Not inlined, as a compiler takes it that nothing lies before what malloc returned.
__attribute__((noinline)) static bool is_own(void *block)
{
  return block != NULL && ((const size_t *)block)[-1] == HUGE_BLOCK;
}

void *malloc(size_t size)
{
  if (size > SIZE_MAX - HEADER_BYTES) return NULL;
  char *whole = emscripten_builtin_malloc(size + HEADER_BYTES);
  if (whole == NULL) return NULL;
  size_t *block = (size_t *)(whole + HEADER_BYTES);
  block[-1] = HUGE_BLOCK;
  block[-2] = size;
  blocks_made += 1;
  blocks_live += 1;
  return block;
}

void free(void *block)
{
  if (!is_own(block)) {
    emscripten_builtin_free(block);  // of memalign, say
    return;
  }
  ((size_t *)block)[-1] = 0;
  blocks_live -= 1;
  emscripten_builtin_free((char *)block - HEADER_BYTES);
}

void *calloc(size_t count, size_t size)
{
  if (size != 0 && count > SIZE_MAX / size) return NULL;
  const size_t bytes = count * size;
  void *block = malloc(bytes ? bytes : 1);
  return block ? memset(block, 0, bytes) : NULL;
}

void *realloc(void *block, size_t size)
{
  void *moved = malloc(size);
  if (moved == NULL || block == NULL) return moved;
  const size_t old_size = ((const size_t *)block)[-2];
  memcpy(moved, block, old_size < size ? old_size : size);
  free(block);
  return moved;
}

static void use_the_stack(void)
{
  SS_SCOPE {
    char *slice = memset(ss_uninit_slice(char, 1000), 1, 1000);
    char *neighbour = malloc(100000);
    if (!CHECK(neighbour != NULL)) continue;
    memset(neighbour, 2, 100000);
    ss_buffer buffer = ss_buffer_open();
    for (size_t i = 0; i < 1000000; i += 1) *ss_push(size_t, &buffer) = i;
    const ss_slice numbers = ss_buffer_close(&buffer);
    size_t wrong = 0;
    for (size_t i = 0; i < 1000000; i += 1) wrong += ((const size_t *)numbers.data)[i] != i;
    CHECK_EQ_SIZE(wrong, 0);
    CHECK_FILLED(slice, 1, 1000);
    CHECK_FILLED(neighbour, 2, 100000);
    free(neighbour);
  }
  ss_trim(0);
}

static void chunks_are_blocks_of_the_programs_own_malloc(void)
{
  use_the_stack();
  const size_t live = blocks_live;
  const size_t made = blocks_made;
  use_the_stack();
  CHECK_LE_SIZE(made + 3, blocks_made);
  CHECK_EQ_SIZE(blocks_live, live);
}

TEST_GROUP(own_malloc)
{
  RUN(chunks_are_blocks_of_the_programs_own_malloc);
}
