// SPDX-License-Identifier: MIT
// Three buffers that grow together: positions, colours and indices, of 12, 4 and 4 bytes an item.
//
// One item to each in turn, or 64 to each in turn. The limit is three arrays that are large enough and
// known to be. Times are per item of all three.
#include "doubling.h"
#include "vertices.h"

#include <secondstack.h>

// The limit's arrays. Global: where they are is not known to the compiler.
struct {
  position *positions;
  uint32_t *colours, *indices;
} fixed_three;

// --- One by one

static void three_fixed(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    position *positions = fixed_three.positions;
    uint32_t *colours = fixed_three.colours, *indices = fixed_three.indices;
    for (size_t i = 0; i < count; i++) {
      set_position(&positions[i], i);
      colours[i] = (uint32_t)i ^ 0xff00ffu;
      indices[i] = (uint32_t)i;
    }
    BENCH_ESCAPE(positions);
    BENCH_ESCAPE(colours);
    BENCH_ESCAPE(indices);
  }
}

// The shortest three arrays that can grow: a compare and a cold call for each, over which the tops of
// the others live. What the compiler makes of that is the bound of every checked buffer.
struct {
  char *data, *limit;
} growing[3];

BENCH_NOINLINE __attribute__((cold)) static char *more_room(size_t which, char *top)
{
  const size_t used = (size_t)(top - growing[which].data);
  const size_t room = used ? 2 * used : 1024;
  char *data = (char *)realloc(growing[which].data, room);
  if (data == NULL) abort();
  growing[which].data = data;
  growing[which].limit = data + room;
  return data + used;
}

#define CHECKED(top, which, size)                                             \
  if (__builtin_expect((size) > (size_t)(growing[which].limit - (top)), 0)) { \
    (top) = more_room(which, top);                                            \
  }

static void three_growing(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    char *position_top = growing[0].data;
    char *colour_top = growing[1].data, *index_top = growing[2].data;
    for (size_t i = 0; i < count; i++) {
      CHECKED(position_top, 0, sizeof(position))
      set_position((position *)(void *)position_top, i);
      position_top += sizeof(position);
      CHECKED(colour_top, 1, sizeof(uint32_t))
      *(uint32_t *)(void *)colour_top = (uint32_t)i ^ 0xff00ffu;
      colour_top += sizeof(uint32_t);
      CHECKED(index_top, 2, sizeof(uint32_t))
      *(uint32_t *)(void *)index_top = (uint32_t)i;
      index_top += sizeof(uint32_t);
    }
    BENCH_ESCAPE(position_top);
    BENCH_ESCAPE(colour_top);
    BENCH_ESCAPE(index_top);
  }
}

static void three_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    const ss_mark mark = ss_save();
    ss_buffer positions = ss_buffer_open();
    ss_buffer colours = ss_buffer_open();
    ss_buffer indices = ss_buffer_open();
    for (size_t i = 0; i < count; i++) {
      set_position(ss_push(position, &positions), i);
      *ss_push(uint32_t, &colours) = (uint32_t)i ^ 0xff00ffu;
      *ss_push(uint32_t, &indices) = (uint32_t)i;
    }
    const ss_slice p = ss_buffer_close(&positions);
    const ss_slice c = ss_buffer_close(&colours);
    const ss_slice n = ss_buffer_close(&indices);
    BENCH_ESCAPE(p.data);
    BENCH_ESCAPE(c.data);
    BENCH_ESCAPE(n.data);
    ss_restore(mark);
  }
}

static void three_realloc(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    doubling positions = {NULL, 0, 0}, colours = {NULL, 0, 0}, indices = {NULL, 0, 0};
    for (size_t i = 0; i < count; i++) {
      set_position((position *)doubling_extend(&positions, sizeof(position)), i);
      *(uint32_t *)doubling_extend(&colours, sizeof(uint32_t)) = (uint32_t)i ^ 0xff00ffu;
      *(uint32_t *)doubling_extend(&indices, sizeof(uint32_t)) = (uint32_t)i;
    }
    BENCH_ESCAPE(positions.data);
    BENCH_ESCAPE(colours.data);
    BENCH_ESCAPE(indices.data);
    free(positions.data);
    free(colours.data);
    free(indices.data);
  }
}

// --- In blocks

// The three inner loops are the same in all variants.
static inline void set_blocks(position *positions, uint32_t *colours, uint32_t *indices,
                              size_t begin)
{
  for (size_t i = 0; i < BLOCK_ITEMS; i++) set_position(&positions[i], begin + i);
  for (size_t i = 0; i < BLOCK_ITEMS; i++) colours[i] = (uint32_t)(begin + i) ^ 0xff00ffu;
  for (size_t i = 0; i < BLOCK_ITEMS; i++) indices[i] = (uint32_t)(begin + i);
}

static void three_blocks_fixed(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    for (size_t i = 0; i < count; i += BLOCK_ITEMS) {
      set_blocks(fixed_three.positions + i, fixed_three.colours + i, fixed_three.indices + i, i);
    }
    BENCH_FENCE();
  }
}

static void three_blocks_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    const ss_mark mark = ss_save();
    ss_buffer positions = ss_buffer_open();
    ss_buffer colours = ss_buffer_open();
    ss_buffer indices = ss_buffer_open();
    for (size_t i = 0; i < count; i += BLOCK_ITEMS) {
      set_blocks(ss_extend(position, &positions, BLOCK_ITEMS),
                 ss_extend(uint32_t, &colours, BLOCK_ITEMS),
                 ss_extend(uint32_t, &indices, BLOCK_ITEMS), i);
    }
    const ss_slice p = ss_buffer_close(&positions);
    const ss_slice c = ss_buffer_close(&colours);
    const ss_slice n = ss_buffer_close(&indices);
    BENCH_ESCAPE(p.data);
    BENCH_ESCAPE(c.data);
    BENCH_ESCAPE(n.data);
    ss_restore(mark);
  }
}

static void three_blocks_realloc(size_t repeat, size_t size, size_t count)
{
  (void)size;
  REPEAT(repeat)
  {
    doubling positions = {NULL, 0, 0}, colours = {NULL, 0, 0}, indices = {NULL, 0, 0};
    for (size_t i = 0; i < count; i += BLOCK_ITEMS) {
      position *p = (position *)doubling_extend(&positions, BLOCK_ITEMS * sizeof(position));
      uint32_t *c = (uint32_t *)doubling_extend(&colours, BLOCK_ITEMS * sizeof(uint32_t));
      set_blocks(p, c, (uint32_t *)doubling_extend(&indices, BLOCK_ITEMS * sizeof(uint32_t)), i);
    }
    BENCH_ESCAPE(positions.data);
    BENCH_ESCAPE(colours.data);
    BENCH_ESCAPE(indices.data);
    free(positions.data);
    free(colours.data);
    free(indices.data);
  }
}

// --- The cases

static void bench_cases(void)
{
  static const bench_variant one_by_one[] = {{"fixed arrays", three_fixed},
                                             {"growing arrays", three_growing},
                                             {"secondstack push", three_secondstack},
                                             {"realloc-doubling", three_realloc},
                                             {"std::vector fresh", three_vectors_fresh},
                                             {"std::vector reused", three_vectors_reused},
                                             {NULL, NULL}};
  static const bench_variant blocks[] = {{"fixed arrays", three_blocks_fixed},
                                         {"secondstack extend", three_blocks_secondstack},
                                         {"realloc-doubling", three_blocks_realloc},
                                         {NULL, NULL}};
  for (size_t i = 0; i < ITEM_COUNTS; i++) {
    bench_case c = {.name = "three one by one",
                    .size = 20,
                    .count = item_counts[i],
                    .operations = item_counts[i],
                    .variants = one_by_one};
    bench_run(&c);
    c.name = "three in blocks of 64";
    c.variants = blocks;
    c.count = c.operations = whole_blocks(item_counts[i]);
    bench_run(&c);
  }
}

// A repeated frame must not call the backing.
static void bench_backing_calls(void)
{
  const char *name = "backing calls";
  if (!bench_is_chosen(name)) return;
  three_secondstack(2, 0, 10 * 1000);
  const size_t before = ss_thread_stats().backing_calls;
  three_secondstack(100, 0, 10 * 1000);
  bench_number(name, "backing calls of 100 scopes with three buffers",
               (double)(ss_thread_stats().backing_calls - before));
}

bool bench_three_buffers(void)
{
  fixed_three.positions = (position *)malloc(MOST_ITEMS * sizeof *fixed_three.positions);
  fixed_three.colours = (uint32_t *)malloc(MOST_ITEMS * sizeof *fixed_three.colours);
  fixed_three.indices = (uint32_t *)malloc(MOST_ITEMS * sizeof *fixed_three.indices);
  if (!fixed_three.positions || !fixed_three.colours || !fixed_three.indices) return false;
  bench_cases();
  bench_backing_calls();
  return true;
}
