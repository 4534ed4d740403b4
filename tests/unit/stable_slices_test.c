// SPDX-License-Identifier: MIT
// Promise 2: slices never move while their scope lives, and never overlap.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

enum { LEVELS = 40 };

// Makes a slice, goes deeper, and looks again. Sizes grow so that most levels need a new chunk.
static void nest(ss_stack *stack, int level)
{
  const size_t size = (size_t)(level + 1) * (size_t)(level + 1) * 50;
  SS_STACK_SCOPE(stack) {
    unsigned char *slice = ss_stack_uninit_slice(stack, unsigned char, size);
    memset(slice, level, size);
    if (level + 1 < LEVELS) nest(stack, level + 1);
    CHECK_FILLED(slice, level, size);
    // What was released above is free again; the slice is not touched by its reuse.
    memset(ss_stack_uninit_slice(stack, char, 2 * size), 0xff, 2 * size);
    CHECK_FILLED(slice, level, size);
  }
}

static void promise_2_growth_keeps_slices_of_outer_scopes(void)
{
  static counted_backing counted;
  const size_t room_factors[] = {1, 2, 8};
  for (size_t i = 0; i < 3; i += 1) {
    const ss_config config = {.initial_bytes = 512,
                              .backing = counted_begin(&counted, room_factors[i])};
    ss_stack *stack = ss_stack_new(&config);
    if (!CHECK(stack != NULL)) return;
    for (int frame = 0; frame < 3; frame += 1) {
      nest(stack, 0);
      CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
      CHECK_VALID(stack);
    }
    CHECK_LE_SIZE(4, counted.acquires);
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

static void promise_2_growth_keeps_slices_on_the_thread_stack(void)
{
  for (int frame = 0; frame < 3; frame += 1) nest(ss_thread_stack(), 0);
}

typedef struct live {
  unsigned char *data;
  size_t size;
  uint32_t seed;
} live;

static void fill(live slice)
{
  uint32_t seed = slice.seed;
  for (size_t i = 0; i < slice.size; i += 1) slice.data[i] = (unsigned char)random_next(&seed);
}

static bool is_as_filled(live slice)
{
  uint32_t seed = slice.seed;
  for (size_t i = 0; i < slice.size; i += 1) {
    if (slice.data[i] != (unsigned char)random_next(&seed)) return false;
  }
  return true;
}

static int by_address(const void *a, const void *b)
{
  const uintptr_t x = (uintptr_t)((const live *)a)->data;
  const uintptr_t y = (uintptr_t)((const live *)b)->data;
  return x < y ? -1 : x > y;
}

enum { LIVE_SLICES = 4000 };

static void promise_2_thousands_of_live_slices_do_not_overlap(void)
{
  static live slices[LIVE_SLICES];
  uint32_t seed = 2463534242u;
  SS_SCOPE {
    for (size_t i = 0; i < LIVE_SLICES; i += 1) {
      // Mostly small, now and then large, with larger alignments among them.
      const size_t limit = random_below(&seed, 50) == 0 ? 20000 : 200;
      slices[i].size = 1 + random_below(&seed, limit);
      slices[i].seed = random_next(&seed);
      slices[i].data = ss_alloc(slices[i].size, (size_t)1 << random_below(&seed, 8));
      fill(slices[i]);
    }
    size_t changed = 0;
    for (size_t i = 0; i < LIVE_SLICES; i += 1) changed += !is_as_filled(slices[i]);
    CHECK_EQ_SIZE(changed, 0);
    qsort(slices, LIVE_SLICES, sizeof slices[0], by_address);
    size_t overlaps = 0;
    for (size_t i = 1; i < LIVE_SLICES; i += 1) {
      overlaps += slices[i].data < slices[i - 1].data + slices[i - 1].size;
    }
    CHECK_EQ_SIZE(overlaps, 0);
    CHECK_VALID(ss_thread_stack());
  }
}

// Closed buffers and buffers' growth beside live slices: nothing but the open buffer moves.
static void promise_2_slices_and_closed_buffers_stay_while_buffers_grow(void)
{
  static live slices[300];
  uint32_t seed = 88172645u;
  for (int frame = 0; frame < 2; frame += 1) {
    SS_SCOPE {
      ss_buffer growing = ss_buffer_open();
      for (size_t i = 0; i < 300; i += 1) {
        slices[i].size = random_below(&seed, 3000);
        slices[i].seed = random_next(&seed);
        if (i % 3 == 0) {
          ss_buffer closed = ss_buffer_open();
          slices[i].data = ss_extend(unsigned char, &closed, slices[i].size);
          fill(slices[i]);
          ss_extend(unsigned char, &growing, 777)[0] = 1;
          CHECK_EQ_PTR(ss_buffer_close(&closed).data, slices[i].data);
        } else {
          slices[i].data = ss_uninit_slice(unsigned char, slices[i].size);
          fill(slices[i]);
        }
        memset(ss_extend(char, &growing, 1000), 0xee, 1000);
      }
      size_t changed = 0;
      for (size_t i = 0; i < 300; i += 1) changed += !is_as_filled(slices[i]);
      CHECK_EQ_SIZE(changed, 0);
      CHECK_EQ_SIZE(ss_buffer_close(&growing).size, 300 * 1000 + 100 * 777);
      CHECK_VALID(ss_thread_stack());
    }
  }
}

TEST_GROUP(stable_slices)
{
  RUN(promise_2_growth_keeps_slices_of_outer_scopes);
  RUN(promise_2_growth_keeps_slices_on_the_thread_stack);
  RUN(promise_2_thousands_of_live_slices_do_not_overlap);
  RUN(promise_2_slices_and_closed_buffers_stay_while_buffers_grow);
}
