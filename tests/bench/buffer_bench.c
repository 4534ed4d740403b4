// SPDX-License-Identifier: MIT
// Buffers: appending items whose number nobody knows beforehand.
//
// The limit is an array that is large enough and known to be. Times are per item. One by one; as one
// block; in blocks of 64; three buffers at once, of 12, 4 and 4 bytes an vertex; from an iterator; and a
// scope with one short buffer, against a scope alone.
#include "doubling.h"
#include "vertices.h"

#include <secondstack.h>
#include <stdlib.h>

#ifdef __GLIBC__
#include <obstack.h>
#define obstack_chunk_alloc malloc
#define obstack_chunk_free free
struct obstack obstack;
#endif

enum { SHORT_ITEMS = 16 };

// The limit's array. Global: where it is is not known to the compiler.
struct {
  vertex *items;
} fixed;

// --- One by one

static void append_fixed(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    vertex *items = fixed.items;
    for (size_t i = 0; i < count; i++) set_vertex(&items[i], i);
    BENCH_ESCAPE(items);
  }
}

static void append_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    const ss_mark mark = ss_save();
    ss_buffer items = ss_buffer_open();
    for (size_t i = 0; i < count; i++) set_vertex(ss_push(vertex, &items), i);
    const ss_slice slice = ss_buffer_close(&items);
    BENCH_ESCAPE(slice.data);
    ss_restore(mark);
  }
}

static void append_realloc(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    doubling items = {NULL, 0, 0};
    for (size_t i = 0; i < count; i++)
      set_vertex((vertex *)doubling_extend(&items, sizeof(vertex)), i);
    BENCH_ESCAPE(items.data);
    free(items.data);
  }
}

#ifdef __GLIBC__
static void append_obstack(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    for (size_t i = 0; i < count; i++) {
      obstack_blank(&obstack, (int)sizeof(vertex));
      set_vertex((vertex *)obstack_next_free(&obstack) - 1, i);
    }
    void *items = obstack_finish(&obstack);
    BENCH_ESCAPE(items);
    obstack_free(&obstack, items);
  }
}
#endif

// --- As one block

static void block_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    const ss_mark mark = ss_save();
    ss_buffer buffer = ss_buffer_open();
    vertex *items = ss_extend(vertex, &buffer, count);
    for (size_t i = 0; i < count; i++) set_vertex(&items[i], i);
    const ss_slice slice = ss_buffer_close(&buffer);
    BENCH_ESCAPE(slice.data);
    ss_restore(mark);
  }
}

static void block_malloc(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    vertex *items = (vertex *)malloc(count * sizeof *items);
    for (size_t i = 0; i < count; i++) set_vertex(&items[i], i);
    BENCH_ESCAPE(items);
    free(items);
  }
}

// --- In blocks of 64; count is a multiple

static void blocks_fixed(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    for (size_t begin = 0; begin < count; begin += BLOCK_ITEMS) {
      vertex *items = fixed.items + begin;
      for (size_t i = 0; i < BLOCK_ITEMS; i++) set_vertex(&items[i], begin + i);
    }
    BENCH_ESCAPE(fixed.items);
  }
}

static void blocks_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    const ss_mark mark = ss_save();
    ss_buffer buffer = ss_buffer_open();
    for (size_t begin = 0; begin < count; begin += BLOCK_ITEMS) {
      vertex *items = ss_extend(vertex, &buffer, BLOCK_ITEMS);
      for (size_t i = 0; i < BLOCK_ITEMS; i++) set_vertex(&items[i], begin + i);
    }
    const ss_slice slice = ss_buffer_close(&buffer);
    BENCH_ESCAPE(slice.data);
    ss_restore(mark);
  }
}

static void blocks_realloc(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    doubling all = {NULL, 0, 0};
    for (size_t begin = 0; begin < count; begin += BLOCK_ITEMS) {
      vertex *items = (vertex *)doubling_extend(&all, BLOCK_ITEMS * sizeof(vertex));
      for (size_t i = 0; i < BLOCK_ITEMS; i++) set_vertex(&items[i], begin + i);
    }
    BENCH_ESCAPE(all.data);
    free(all.data);
  }
}

// --- From an iterator

static void collect_fixed(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    counter c = {0, count};
    vertex *end = fixed.items;
    while (next_item(&c, end)) end++;
    BENCH_ESCAPE(end);
  }
}

static void collect_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    const ss_mark mark = ss_save();
    counter c = {0, count};
    const ss_slice slice = ss_collect(vertex, next_item, &c, 0);
    BENCH_ESCAPE(slice.data);
    ss_restore(mark);
  }
}

static void collect_realloc(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    counter c = {0, count};
    doubling items = {NULL, 0, 0};
    while (next_item(&c, doubling_extend(&items, sizeof(vertex)))) {
    }
    BENCH_ESCAPE(items.data);
    free(items.data);
  }
}

// --- A scope with a short buffer

static void short_bare(size_t repeat, size_t size, size_t count)
{
  (void)count;
  REPEAT(repeat)
  {
    const ss_mark mark = ss_save();
    char *slice = ss_uninit_slice(char, size);
    *slice = 1;
    BENCH_ESCAPE(slice);
    ss_restore(mark);
    BENCH_FENCE();
  }
}

static void short_empty(size_t repeat, size_t size, size_t count)
{
  (void)size, (void)count;
  REPEAT(repeat)
  {
    const ss_mark mark = ss_save();
    ss_buffer items = ss_buffer_open();
    const ss_slice slice = ss_buffer_close(&items);
    BENCH_ESCAPE(slice.data);
    ss_restore(mark);
    BENCH_FENCE();
  }
}

static void short_slice(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    const ss_mark mark = ss_save();
    vertex *items = ss_uninit_slice(vertex, count);
    for (size_t i = 0; i < count; i++) set_vertex(&items[i], i);
    BENCH_ESCAPE(items);
    ss_restore(mark);
    BENCH_FENCE();
  }
}

// --- The cases

#ifdef __GLIBC__
#define OBSTACK(function) {"obstack", function},
#else
#define OBSTACK(function)
#endif

static void bench_one(void)
{
  static const bench_variant one_by_one[] = {{"fixed array", append_fixed},
                                             {"secondstack push", append_secondstack},
                                             {"realloc-doubling", append_realloc},
                                             {"std::vector fresh", append_vector_fresh},
                                             {"std::vector reused", append_vector_reused},
                                             OBSTACK(append_obstack){NULL, NULL}};
  static const bench_variant block[] = {{"fixed array", append_fixed},
                                        {"secondstack extend", block_secondstack},
                                        {"malloc+free", block_malloc},
                                        {"std::vector fresh", block_vector_fresh},
                                        {"std::vector reused", block_vector_reused},
                                        {NULL, NULL}};
  static const bench_variant blocks[] = {{"fixed array", blocks_fixed},
                                         {"secondstack extend", blocks_secondstack},
                                         {"realloc-doubling", blocks_realloc},
                                         {"std::vector reused", blocks_vector_reused},
                                         {NULL, NULL}};
  for (size_t i = 0; i < ITEM_COUNTS; i++) {
    bench_case c = {.name = "append one by one",
                    .size = sizeof(vertex),
                    .count = item_counts[i],
                    .operations = item_counts[i],
                    .variants = one_by_one};
    bench_run(&c);
    c.name = "append as a block";
    c.variants = block;
    bench_run(&c);
    c.name = "append in blocks of 64";
    c.variants = blocks;
    c.count = c.operations = whole_blocks(item_counts[i]);
    bench_run(&c);
  }
}

static void bench_others(void)
{
  static const bench_variant collect[] = {{"fixed array", collect_fixed},
                                          {"secondstack", collect_secondstack},
                                          {"realloc-doubling", collect_realloc},
                                          {"std::vector fresh", collect_vector_fresh},
                                          {NULL, NULL}};
  bench_run(&(bench_case){.name = "collect",
                          .size = sizeof(vertex),
                          .count = 10 * 1000,
                          .operations = 10 * 1000,
                          .variants = collect});

  // Times are per scope here.
  static const bench_variant brief[] = {{"fixed array", append_fixed},
                                        {"secondstack bare scope", short_bare},
                                        {"secondstack empty buffer", short_empty},
                                        {"secondstack slice", short_slice},
                                        {"secondstack buffer", append_secondstack},
                                        {"malloc+free", block_malloc},
                                        {"realloc-doubling", append_realloc},
                                        {"std::vector fresh", append_vector_fresh},
                                        {NULL, NULL}};
  const size_t size = SHORT_ITEMS * sizeof(vertex);
  bench_run(&(bench_case){.name = "scope with 16 items",
                          .size = size,
                          .count = SHORT_ITEMS,
                          .operations = 1,
                          .variants = brief});
}

// A repeated frame must not call the backing, whatever came before.
static void bench_backing_calls(void)
{
  const char *name = "backing calls";
  if (!bench_is_chosen(name)) return;
  append_secondstack(1, 0, MOST_ITEMS);
  append_secondstack(1, 0, SHORT_ITEMS);
  size_t before = ss_thread_stats().backing_calls;
  append_secondstack(1000, 0, SHORT_ITEMS);
  bench_number(name, "backing calls of 1000 scopes with 16 items",
               (double)(ss_thread_stats().backing_calls - before));
}

int main(int argc, char **argv)
{
  bench_begin(argc, argv);
  fixed.items = (vertex *)malloc(MOST_ITEMS * sizeof *fixed.items);
  if (fixed.items == NULL) return 1;
#ifdef __GLIBC__
  obstack_init(&obstack);
#endif
  bench_one();
  if (!bench_three_buffers()) return 1;
  bench_others();
  bench_backing_calls();
  return 0;
}
