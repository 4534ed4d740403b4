// SPDX-License-Identifier: MIT
// The items that buffer_bench.c, three_buffers.c and growth_bench.c append, and declarations of
// their variants with std::vector.
#ifndef VERTICES_H
#define VERTICES_H

#include "bench.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { BLOCK_ITEMS = 64, MOST_ITEMS = 1000 * 1000, ITEM_COUNTS = 3 };

/// How many items the cases append.
static const size_t item_counts[ITEM_COUNTS] = {100, 10 * 1000, MOST_ITEMS};

/// The largest multiple of a block's size that is not above `count`.
static inline size_t whole_blocks(size_t count)
{
  return count / BLOCK_ITEMS * BLOCK_ITEMS;
}

#define REPEAT(repeat) for (size_t left_ = (repeat); left_ != 0; left_--)

/// A vertex as a renderer would have it: 16 bytes.
typedef struct vertex {
  uint32_t x, y, z, colour;
} vertex;

/// The items of three buffers that grow together, of 12, 4 and 4 bytes.
typedef struct position {
  uint32_t x, y, z;
} position;

// Always makes the same four stores with hardly any arithmetic, so that appending is what is
// measured.
static inline void set_vertex(vertex *at, size_t i)
{
  const uint32_t n = (uint32_t)i;
  at->x = n;
  at->y = n + 1;
  at->z = n + 2;
  at->colour = n ^ 0xff00ffu;
}

static inline void set_position(position *at, size_t i)
{
  const uint32_t n = (uint32_t)i;
  at->x = n;
  at->y = n + 1;
  at->z = n + 2;
}

/// An iterator over `left` items.
typedef struct counter {
  size_t i;
  size_t left;
} counter;

static inline bool next_item(void *iterator, void *at)
{
  counter *c = (counter *)iterator;
  if (c->left == 0) return false;
  c->left--;
  set_vertex((vertex *)at, c->i++);
  return true;
}

bench_fn append_vector_fresh, append_vector_reused;
bench_fn block_vector_fresh, block_vector_reused;
bench_fn blocks_vector_reused;
bench_fn three_vectors_fresh, three_vectors_reused;
bench_fn collect_vector_fresh;

/// Runs the cases of three_buffers.c; false if memory ended.
bool bench_three_buffers(void);

/// Fills a new std::vector, without reserving; returns how many bytes its growth copied.
size_t growth_build_vector(size_t count);

#ifdef __cplusplus
}
#endif

#endif
