// SPDX-License-Identifier: MIT
// A backing allocator for tests: it counts its calls, refuses them on request, grows in place or
// not, fills new blocks with garbage, and checks at each call that the block has the size that is
// passed.
//
//   counted_backing counted;
//   const ss_config config = {.backing = counted_begin(&counted, 1)};
//   ss_stack *stack = ss_stack_new(&config);
//   ...
//   ss_stack_free(stack);
//   counted_end(&counted);  // everything was given back
#ifndef SS_TESTS_COUNTED_BACKING_H
#define SS_TESTS_COUNTED_BACKING_H

#include "check.h"

enum { COUNTED_BLOCKS = 256 };

// A larger block is refused without asking malloc, because sanitizers stop a program that asks
// malloc for so much. No test needs such a block.
#define COUNTED_LARGEST_BLOCK ((size_t)1 << 28)

typedef struct counted_block {
  char *data;  // NULL: this entry is free
  size_t size;
  size_t capacity;  // the size to which it can grow in place
} counted_block;

typedef struct counted_backing {
  ss_backing backing;
  size_t room_factor;  // a block can grow in place to this many times its first size; 1: never
  size_t acquires;     // the calls of acquire, including refused ones
  size_t resizes;
  size_t releases;
  size_t refusals;
  size_t last_acquire;  // bytes asked for by the last acquire
  size_t live_bytes;
  size_t most_bytes;
  size_t refuse_call;   // acquire and resize calls are numbered from 1; 0: refuse none
  bool is_refusing_on;  // refuse the calls after that one as well
  counted_block blocks[COUNTED_BLOCKS];
} counted_backing;

static inline size_t counted_calls(const counted_backing *counted)
{
  return counted->acquires + counted->resizes + counted->releases;
}

static inline bool counted_refuses(counted_backing *counted)
{
  const size_t call = counted->acquires + counted->resizes;
  const bool is_refused =
      counted->refuse_call != 0 &&
      (call == counted->refuse_call || (counted->is_refusing_on && call > counted->refuse_call));
  if (is_refused) counted->refusals += 1;
#if CHECK_FAULTS
  return is_refused || refusing_refuses();
#else
  return is_refused;
#endif
}

static inline counted_block *counted_find(counted_backing *counted, const void *data)
{
  for (size_t i = 0; i < COUNTED_BLOCKS; i += 1) {
    if (counted->blocks[i].data == data) return &counted->blocks[i];
  }
  return NULL;
}

static inline void *counted_acquire(void *context, size_t size_bytes)
{
  counted_backing *counted = context;
  counted->acquires += 1;
  counted->last_acquire = size_bytes;
  if (!CHECK(size_bytes != 0)) return NULL;
  if (counted_refuses(counted)) return NULL;
  counted_block *block = counted_find(counted, NULL);
  if (!CHECK(block != NULL) || size_bytes > COUNTED_LARGEST_BLOCK) return NULL;
  char *data = malloc(size_bytes * counted->room_factor);
  if (data == NULL) return NULL;
  memset(data, 0xa5, size_bytes);
  *block = (counted_block){data, size_bytes, size_bytes * counted->room_factor};
  counted->live_bytes += size_bytes;
  if (counted->live_bytes > counted->most_bytes) counted->most_bytes = counted->live_bytes;
  return data;
}

static inline bool counted_resize(void *context, void *data, size_t old_bytes, size_t new_bytes)
{
  counted_backing *counted = context;
  counted->resizes += 1;
  counted_block *block = counted_find(counted, data);
  if (!CHECK(data != NULL && block != NULL)) return false;
  CHECK_EQ_SIZE(old_bytes, block->size);
  CHECK(new_bytes != 0);
  if (counted_refuses(counted) || new_bytes > block->capacity) return false;
  if (new_bytes > old_bytes) memset(block->data + old_bytes, 0xa5, new_bytes - old_bytes);
  block->size = new_bytes;
  counted->live_bytes += new_bytes - old_bytes;
  if (counted->live_bytes > counted->most_bytes) counted->most_bytes = counted->live_bytes;
  return true;
}

static inline void counted_release(void *context, void *data, size_t size_bytes)
{
  counted_backing *counted = context;
  counted->releases += 1;
  counted_block *block = counted_find(counted, data);
  if (!CHECK(data != NULL && block != NULL)) return;
  CHECK_EQ_SIZE(size_bytes, block->size);
  counted->live_bytes -= block->size;
  free(block->data);
  *block = (counted_block){0};
}

// With a room_factor of 1 blocks never grow in place.
static inline const ss_backing *counted_begin(counted_backing *counted, size_t room_factor)
{
  memset(counted, 0, sizeof *counted);
  counted->room_factor = room_factor;
  counted->backing.acquire = counted_acquire;
  counted->backing.resize = room_factor > 1 ? counted_resize : NULL;
  counted->backing.release = counted_release;
  counted->backing.context = counted;
  return &counted->backing;
}

// Checks that every block was given back.
static inline void counted_end(counted_backing *counted)
{
  CHECK_EQ_SIZE(counted->live_bytes, 0);
  for (size_t i = 0; i < COUNTED_BLOCKS; i += 1) {
    CHECK_EQ_PTR(counted->blocks[i].data, NULL);
    free(counted->blocks[i].data);
  }
}

#endif
