// SPDX-License-Identifier: MIT
// Promises 1 and 3: buffers that are still open when their scope is restored are dropped. (With
// SS_DEBUG=1 that is misuse, and misuse_test has it; longjmp_test has it in both.)
// Runs with SS_DEBUG: 0
#include "../counted_backing.h"

static void push_some(ss_buffer *buffer, uint32_t count)
{
  for (uint32_t i = 0; i < count; i += 1) *ss_push(uint32_t, buffer) = i;
}

static void promise_1_restore_drops_open_buffers(void)
{
  for (int frame = 0; frame < 5; frame += 1) {
    const ss_mark mark = ss_save();
    ss_buffer buffers[9];
    for (int i = 0; i < 9; i += 1) {
      buffers[i] = ss_buffer_open();
      push_some(&buffers[i], 2000);
    }
    // Some are closed, in no order; the rest is left.
    (void)ss_buffer_close(&buffers[3]);
    (void)ss_buffer_close(&buffers[7]);
    memset(ss_uninit_slice(char, 5000), 1, 5000);
    CHECK_VALID(ss_thread_stack());
    ss_restore(mark);
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
    CHECK_VALID(ss_thread_stack());
  }
}

static void promise_1_dropping_buffers_costs_nothing_once_warm(void)
{
  ss_stats warm = {0};
  for (int frame = 0; frame < 10; frame += 1) {
    if (frame == 4) warm = ss_thread_stats();
    SS_SCOPE {
      ss_buffer buffers[12];
      for (int i = 0; i < 12; i += 1) buffers[i] = ss_buffer_open();
      for (int i = 0; i < 12; i += 1) push_some(&buffers[i], CHECK_ROUNDS(3000, 1000));
    }
  }
  CHECK_EQ_SIZE(ss_thread_stats().backing_calls, warm.backing_calls);
  CHECK_EQ_SIZE(ss_thread_stats().bytes_copied, warm.bytes_copied);
}

// Only the buffers of the inner scope are dropped; the outer ones grow on.
static void promise_3_buffers_of_the_outer_scope_are_not_dropped(void)
{
  SS_SCOPE {
    ss_buffer first = ss_buffer_open();
    ss_buffer second = ss_buffer_open();
    char *slice = memset(ss_uninit_slice(char, 333), 0x13, 333);
    uint32_t count = 0;
    for (int turn = 0; turn < 20; turn += 1) {
      SS_SCOPE {
        ss_buffer dropped = ss_buffer_open();
        ss_buffer dropped_too = ss_buffer_open();
        for (uint32_t i = 0; i < 300; i += 1) {
          *ss_push(uint32_t, &first) = count + i;
          *ss_push(uint32_t, &dropped) = ~0u;
          *ss_push(uint32_t, &second) = ~(count + i);
          *ss_push(uint32_t, &dropped_too) = ~0u;
        }
        count += 300;
      }
      CHECK_VALID(ss_thread_stack());
    }
    const ss_slice a = ss_buffer_close(&first);
    const ss_slice b = ss_buffer_close(&second);
    if (!CHECK_EQ_SIZE(a.size, count * sizeof(uint32_t))) break;
    if (!CHECK_EQ_SIZE(b.size, count * sizeof(uint32_t))) break;
    size_t wrong = 0;
    for (uint32_t i = 0; i < count; i += 1) {
      wrong += ((uint32_t *)a.data)[i] != i || ((uint32_t *)b.data)[i] != ~i;
    }
    CHECK_EQ_SIZE(wrong, 0);
    CHECK_FILLED(slice, 0x13, 333);
  }
}

static int ran;

static void count_run(void *arg)
{
  ran += *(const int *)arg;
}

static void promise_1_destructors_between_dropped_buffers_run(void)
{
  static int one = 1;
  ran = 0;
  SS_SCOPE {
    for (int i = 0; i < 20; i += 1) {
      ss_buffer dropped = ss_buffer_open();
      push_some(&dropped, 500);
      ss_defer(count_run, &one);
    }
  }
  CHECK_EQ_INT(ran, 20);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void freeing_a_stack_drops_its_open_buffers(void)
{
  static counted_backing counted;
  const ss_config config = {.initial_bytes = 1024, .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  for (int i = 0; i < 15; i += 1) {
    ss_buffer dropped = ss_stack_buffer_open(stack);
    push_some(&dropped, 1000);
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

// A kept slice of a scope whose other buffers are dropped.
static void keeping_a_slice_drops_the_open_buffers(void)
{
  for (int frame = 0; frame < 4; frame += 1) {
    SS_SCOPE {
      const ss_mark mark = ss_save();
      ss_buffer dropped = ss_buffer_open();
      ss_buffer kept = ss_buffer_open();
      ss_buffer dropped_too = ss_buffer_open();
      for (uint32_t i = 0; i < 5000; i += 1) {
        *ss_push(uint32_t, &dropped) = 1;
        *ss_push(uint32_t, &kept) = i;
        *ss_push(uint32_t, &dropped_too) = 2;
      }
      const ss_slice s = ss_restore_keep(mark, ss_buffer_close(&kept));
      memset(ss_uninit_slice(char, 30000), 1, 30000);
      if (!CHECK_EQ_SIZE(s.size, 5000 * sizeof(uint32_t))) break;
      size_t wrong = 0;
      for (uint32_t i = 0; i < 5000; i += 1) wrong += ((uint32_t *)s.data)[i] != i;
      CHECK_EQ_SIZE(wrong, 0);
      CHECK_VALID(ss_thread_stack());
    }
  }
}

TEST_GROUP(abandoned)
{
  RUN(promise_1_restore_drops_open_buffers);
  RUN(promise_1_dropping_buffers_costs_nothing_once_warm);
  RUN(promise_3_buffers_of_the_outer_scope_are_not_dropped);
  RUN(promise_1_destructors_between_dropped_buffers_run);
  RUN(freeing_a_stack_drops_its_open_buffers);
  RUN(keeping_a_slice_drops_the_open_buffers);
}
