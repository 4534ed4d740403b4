// SPDX-License-Identifier: MIT
// Promise 4: a repeated frame makes no backing call and copies nothing, whatever its sizes.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

static counted_backing counted;

static ss_stack *new_stack(size_t initial_bytes, size_t room_factor)
{
  const ss_config config = {.initial_bytes = initial_bytes,
                            .backing = counted_begin(&counted, room_factor)};
  return ss_stack_new(&config);
}

static void nothing(void *arg)
{
  (void)arg;
}

// Slices, buffers, scopes and destructors of random sizes, the same for the same seed.
static void mixed_work(ss_stack *stack, uint32_t *seed, int depth)
{
  SS_STACK_SCOPE(stack) {
    ss_buffer first = ss_stack_buffer_open(stack);
    ss_buffer second = ss_stack_buffer_open(stack);
    for (int step = 0; step < 60; step += 1) {
      const size_t size = random_below(seed, 900);
      switch (random_below(seed, 6)) {
        case 0:
          memset(ss_stack_uninit_slice(stack, char, size), step, size);
          break;
        case 1:
          memset(ss_extend(char, &first, size), step, size);
          break;
        case 2:
          memset(ss_extend(char, &second, size), step, size);
          break;
        case 3:
          ss_stack_defer(stack, nothing, NULL);
          break;
        case 4:
          memset(ss_stack_alloc(stack, size, 64), step, size);
          break;
        case 5:
          if (depth > 0) mixed_work(stack, seed, depth - 1);
          break;
      }
    }
    const bool is_first = random_below(seed, 2) == 0;
    (void)ss_buffer_close(is_first ? &first : &second);
    memset(ss_stack_uninit_slice(stack, char, 3000), 1, 3000);
    (void)ss_buffer_close(is_first ? &second : &first);
  }
}

static void promise_4_a_repeated_frame_makes_no_backing_call(void)
{
  for (size_t room_factor = 1; room_factor <= 4; room_factor += 3) {
    ss_stack *stack = new_stack(1024, room_factor);
    if (!CHECK(stack != NULL)) return;
    size_t calls = 0;
    size_t copied = 0;
    for (int frame = 0; frame < CHECK_ROUNDS(30, 6); frame += 1) {
      uint32_t seed = 521288629u;
      mixed_work(stack, &seed, 2);
      if (frame == 3) {
        calls = counted_calls(&counted);
        copied = ss_stack_stats(stack).bytes_copied;
      }
      CHECK_VALID(stack);
    }
    CHECK_EQ_SIZE(counted_calls(&counted), calls);
    CHECK_EQ_SIZE(ss_stack_stats(stack).backing_calls, calls - 1);  // one for the stack's own words
    CHECK_EQ_SIZE(ss_stack_stats(stack).bytes_copied, copied);
    CHECK_LE_SIZE(1, calls);
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

// A frame of one scope around `count` slices of `size`.
static void frame_of(ss_stack *stack, size_t count, size_t size)
{
  SS_STACK_SCOPE(stack) {
    for (size_t i = 0; i < count; i += 1) memset(ss_stack_alloc(stack, size, 1), 1, size);
  }
}

static void promise_4_sizes_below_the_largest_seen_cost_nothing(void)
{
  ss_stack *stack = new_stack(0, 1);
  if (!CHECK(stack != NULL)) return;
  frame_of(stack, 1, 3000000);
  frame_of(stack, 1, 3000000);
  const size_t calls = counted_calls(&counted);
  for (size_t size = 2999999; size > 0; size = size * 2 / 3) frame_of(stack, 1, size);
  for (size_t size = 1; size < 3000000; size = size * 3 / 2 + 1) frame_of(stack, 1, size);
  frame_of(stack, 100, 29000);
  CHECK_EQ_SIZE(counted_calls(&counted), calls);
  ss_stack_free(stack);
  counted_end(&counted);
}

// For each amount that lies below, an inner scope crosses the chunk's edge again and again.
static void promise_4_no_thrash_at_a_chunks_edge(void)
{
  for (size_t below = 0; below <= 1100; below += 16) {
    ss_stack *stack = new_stack(1024, 1);
    if (!CHECK(stack != NULL)) return;
    SS_STACK_SCOPE(stack) {
      memset(ss_stack_alloc(stack, below, 1), 1, below);
      for (int warming = 0; warming < 2; warming += 1) frame_of(stack, 2, 160);
      const size_t calls = counted_calls(&counted);
      for (int frame = 0; frame < 20; frame += 1) frame_of(stack, 2, 160);
      CHECK_EQ_SIZE(counted_calls(&counted), calls);
    }
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

// The same with a buffer: opened near the chunk's end, grown past it.
static void promise_4_no_thrash_at_a_chunks_edge_with_a_buffer(void)
{
  for (size_t below = 0; below <= 1100; below += CHECK_ROUNDS(16, 112)) {
    ss_stack *stack = new_stack(1024, 1);
    if (!CHECK(stack != NULL)) return;
    SS_STACK_SCOPE(stack) {
      memset(ss_stack_alloc(stack, below, 1), 1, below);
      size_t calls = 0;
      size_t copied = 0;
      for (int frame = 0; frame < CHECK_ROUNDS(20, 6); frame += 1) {
        SS_STACK_SCOPE(stack) {
          ss_buffer b = ss_stack_buffer_open(stack);
          for (int i = 0; i < 100; i += 1) *ss_push(int, &b) = i;
          memset(ss_stack_alloc(stack, 200, 1), 1, 200);
          CHECK_EQ_SIZE(ss_buffer_close(&b).size, 400);
        }
        if (frame == 3) {
          calls = counted_calls(&counted);
          copied = ss_stack_stats(stack).bytes_copied;
        }
      }
      CHECK_EQ_SIZE(counted_calls(&counted), calls);
      CHECK_EQ_SIZE(ss_stack_stats(stack).bytes_copied, copied);
    }
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

static void promise_4_a_warm_thread_stack_calls_no_backing(void)
{
  size_t calls = 0;
  for (int frame = 0; frame < 20; frame += 1) {
    uint32_t seed = 362436069u;
    mixed_work(ss_thread_stack(), &seed, 2);
    frame_of(ss_thread_stack(), 10, 100000);
    if (frame == 3) calls = ss_thread_stats().backing_calls;
  }
  CHECK_EQ_SIZE(ss_thread_stats().backing_calls, calls);
}

// A result that was made beside an open buffer, and so in another lane.
static ss_slice make_result(ss_stack *stack, size_t size, size_t align)
{
  const ss_mark mark = ss_stack_save(stack);
  ss_buffer scratch = ss_stack_buffer_open(stack);
  *ss_push(int, &scratch) = 1;
  const ss_slice result = {memset(ss_stack_alloc(stack, size, align), 7, size), size};
  (void)ss_buffer_close(&scratch);
  return ss_stack_restore_keep_aligned(stack, mark, result, align);
}

static void promise_4_keeping_a_result_calls_no_backing_once_warm(void)
{
  static const size_t sizes[] = {100, 3000, 30000, 1000000};
  for (size_t room_factor = 1; room_factor <= 3; room_factor += 2) {
    for (size_t below = 0; below < 4; below += CHECK_ROUNDS(1, 2)) {
      for (size_t kept = 0; kept < 4; kept += CHECK_ROUNDS(1, 3)) {
        ss_stack *stack = new_stack(4096, room_factor);
        if (!CHECK(stack != NULL)) return;
        size_t calls = 0;
        for (int frame = 0; frame < 8; frame += 1) {
          if (frame == 4) calls = ss_stack_stats(stack).backing_calls;
          SS_STACK_SCOPE(stack) {
            memset(ss_stack_uninit_slice(stack, char, sizes[below]), 1, sizes[below]);
            const ss_slice one = make_result(stack, sizes[kept], 16);
            const ss_slice two = make_result(stack, sizes[kept] / 2, 256);
            memset(ss_stack_uninit_slice(stack, char, 5000), 2, 5000);
            CHECK_FILLED(one.data, 7, one.size);
            CHECK_FILLED(two.data, 7, two.size);
          }
        }
        CHECK_EQ_SIZE(ss_stack_stats(stack).backing_calls, calls);
        ss_stack_free(stack);
        counted_end(&counted);
      }
    }
  }
}

TEST_GROUP(warm)
{
  RUN(promise_4_a_repeated_frame_makes_no_backing_call);
  RUN(promise_4_sizes_below_the_largest_seen_cost_nothing);
  RUN(promise_4_no_thrash_at_a_chunks_edge);
  RUN(promise_4_no_thrash_at_a_chunks_edge_with_a_buffer);
  RUN(promise_4_keeping_a_result_calls_no_backing_once_warm);
  RUN(promise_4_a_warm_thread_stack_calls_no_backing);
}
