// SPDX-License-Identifier: MIT
// Promise 10: ss_trim gives idle memory back, and what is live stays where it is.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

// Buffers in many lanes, slices beside them.
static void work(ss_stack *stack, int buffer_count, size_t bytes)
{
  SS_STACK_SCOPE(stack) {
    ss_buffer buffers[40];
    for (int i = 0; i < buffer_count; i += 1) buffers[i] = ss_stack_buffer_open(stack);
    for (int i = 0; i < buffer_count; i += 1) memset(ss_extend(char, &buffers[i], bytes), i, bytes);
    memset(ss_stack_uninit_slice(stack, char, bytes), 0x7f, bytes);
    for (int i = 0; i < buffer_count; i += 1) {
      CHECK_FILLED(ss_buffer_close(&buffers[i]).data, i, bytes);
    }
  }
}

static void promise_10_trim_0_leaves_an_idle_stack_with_nothing(void)
{
  for (int buffer_count = 0; buffer_count <= 40; buffer_count += 5) {
    work(ss_thread_stack(), buffer_count, 30000);
    CHECK_LE_SIZE(1, ss_thread_stats().reserved);
    ss_trim(0);
    CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
    CHECK_EQ_SIZE(ss_thread_stats().chunks, 0);
    CHECK_VALID(ss_thread_stack());
  }
}

static void promise_10_trim_keeps_at_most_what_it_is_told(void)
{
  for (size_t room_factor = 1; room_factor <= 4; room_factor += 3) {
    static counted_backing counted;
    const ss_config config = {.initial_bytes = 1000,
                              .backing = counted_begin(&counted, room_factor)};
    ss_stack *stack = ss_stack_new(&config);
    if (!CHECK(stack != NULL)) return;
    for (size_t keep = 3000000; keep > 4000; keep = CHECK_ROUNDS(keep * 2 / 3, keep / 8)) {
      work(stack, 20, 40000);
      const size_t reserved = ss_stack_stats(stack).reserved;
      ss_stack_trim(stack, keep);
      CHECK_LE_SIZE(ss_stack_stats(stack).reserved, keep);
      CHECK_LE_SIZE(counted.live_bytes, keep + sizeof(ss_stack));
      // It is no excuse to give everything back.
      CHECK_LE_SIZE((reserved < keep ? reserved : keep) / 4, ss_stack_stats(stack).reserved);
      CHECK_VALID(stack);
    }
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

static void promise_10_trim_moves_nothing_that_is_live(void)
{
  SS_SCOPE {
    char *slices[30];
    ss_slice closed[6];
    ss_buffer buffers[6];
    work(ss_thread_stack(), 10, 200000);
    for (int i = 0; i < 6; i += 1) buffers[i] = ss_buffer_open();
    for (int i = 0; i < 30; i += 1) {
      const size_t size = 100 + (size_t)i * 997;
      slices[i] = memset(ss_uninit_slice(char, size), i, size);
      memset(ss_extend(char, &buffers[i % 6], size), i % 6, size);
    }
    for (int i = 0; i < 4; i += 1) closed[i] = ss_buffer_close(&buffers[i]);
    work(ss_thread_stack(), 10, 400000);
    const size_t used = ss_thread_stats().used;
    const size_t reserved = ss_thread_stats().reserved;
    const void *open_at = ss_buffer_at(char, &buffers[4], 0);
    ss_trim(0);
    CHECK_VALID(ss_thread_stack());
    CHECK_EQ_SIZE(ss_thread_stats().used, used);
    CHECK_LE_SIZE(ss_thread_stats().reserved, reserved - 1);
    for (int turn = 0; turn < 2; turn += 1) {
      for (int i = 0; i < 30; i += 1) CHECK_FILLED(slices[i], i, 100 + (size_t)i * 997);
      for (int i = 0; i < 4; i += 1) CHECK_FILLED(closed[i].data, i, closed[i].size);
      work(ss_thread_stack(), 10, 100000);
    }
    CHECK_EQ_PTR(ss_buffer_at(char, &buffers[4], 0), open_at);
    for (int i = 4; i < 6; i += 1) {
      memset(ss_extend(char, &buffers[i], 300000), i, 300000);
      ss_trim(0);
      closed[i] = ss_buffer_close(&buffers[i]);
      CHECK_LE_SIZE(300000, closed[i].size);
      CHECK_FILLED(closed[i].data, i, closed[i].size);
    }
  }
}

static void promise_10_one_spike_does_not_pin_memory(void)
{
  const size_t keep = 400000;
  size_t calls = 0;
  for (int frame = 0; frame < CHECK_ROUNDS(60, 26); frame += 1) {
    work(ss_thread_stack(), 2, 20000);
    if (frame == 20) work(ss_thread_stack(), 5, 3000000);
    ss_trim(keep);
    CHECK_LE_SIZE(ss_thread_stats().reserved, keep);
    if (frame == 4 || frame == 24) calls = ss_thread_stats().backing_calls;
    // Frames that fit into what is kept are warm, before the spike and soon after it.
    if (frame == 19 || frame == 59) CHECK_EQ_SIZE(ss_thread_stats().backing_calls, calls);
  }
}

static void frames_that_do_not_fit_what_is_kept_still_work(void)
{
  for (int frame = 0; frame < CHECK_ROUNDS(30, 4); frame += 1) {
    work(ss_thread_stack(), 5, 50000);
    ss_trim((size_t)frame * 1000);
    CHECK_LE_SIZE(ss_thread_stats().reserved, (size_t)frame * 1000);
    CHECK_VALID(ss_thread_stack());
  }
}

static void a_trim_to_more_than_there_is_does_nothing(void)
{
  work(ss_thread_stack(), 3, 100000);
  const ss_stats before = ss_thread_stats();
  ss_trim(SIZE_MAX);
  CHECK_SAME_STATS(ss_thread_stats(), before);
  CHECK_EQ_SIZE(ss_thread_stats().backing_calls, before.backing_calls);
}

static void the_peak_after_a_trim_begins_with_what_is_in_use(void)
{
  counted_backing counted;
  const ss_config config = {.initial_bytes = 65536, .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  SS_STACK_SCOPE(stack) {
    (void)ss_stack_alloc(stack, 5000, 1);
    ss_stack_trim(stack, 65536);
  }
  CHECK_LE_SIZE(5000, ss_stack_stats(stack).peak);
  SS_STACK_SCOPE(stack) {
    ss_buffer b = ss_stack_buffer_open(stack);
    ss_reserve(&b, 9000);
    ss_stack_trim(stack, 65536);
    (void)ss_extend(char, &b, 9000);  // within the room that it has
    (void)ss_buffer_close(&b);
  }
  CHECK_LE_SIZE(9000, ss_stack_stats(stack).peak);
  ss_stack_free(stack);
  counted_end(&counted);
}

static void a_trim_starts_a_new_measurement_of_the_peak(void)
{
  SS_SCOPE {
    memset(ss_uninit_slice(char, 500000), 1, 500000);
  }
  CHECK_LE_SIZE(500000, ss_thread_stats().peak);
  ss_trim(SIZE_MAX);
  CHECK_LE_SIZE(ss_thread_stats().peak, 4 * 256);
  SS_SCOPE {
    memset(ss_uninit_slice(char, 100000), 1, 100000);
  }
  CHECK_LE_SIZE(100000, ss_thread_stats().peak);
  CHECK_LE_SIZE(ss_thread_stats().peak, 120000);
}

TEST_GROUP(trim)
{
  RUN(promise_10_trim_0_leaves_an_idle_stack_with_nothing);
  RUN(promise_10_trim_keeps_at_most_what_it_is_told);
  RUN(promise_10_trim_moves_nothing_that_is_live);
  RUN(promise_10_one_spike_does_not_pin_memory);
  RUN(frames_that_do_not_fit_what_is_kept_still_work);
  RUN(a_trim_to_more_than_there_is_does_nothing);
  RUN(a_trim_starts_a_new_measurement_of_the_peak);
  RUN(the_peak_after_a_trim_begins_with_what_is_in_use);
}
