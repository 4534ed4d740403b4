// SPDX-License-Identifier: MIT
// Promise 7: zero elements are fine everywhere: a pointer that is not NULL, and nothing is done.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

static void must_not_run(void *arg)
{
  (void)arg;
  CHECK_UNREACHED("called for no element");
}

static bool ends_at_once(void *iterator, void *item)
{
  (void)item;
  *(int *)iterator += 1;
  return false;
}

// Every call with nothing in it.
static void ask_for_nothing(ss_stack *stack)
{
  CHECK_ALIGNED(ss_stack_alloc(stack, 0, 1), 16);
  CHECK_ALIGNED(ss_stack_try_alloc(stack, 0, 1), 16);
  CHECK_ALIGNED(ss_stack_alloc(stack, 0, 256), 256);
  CHECK_ALIGNED(ss_stack_uninit_slice(stack, double, 0), 16);
  CHECK_ALIGNED(ss_stack_try_uninit_slice(stack, double, 0), 16);
  CHECK_ALIGNED(ss_stack_zeroed_slice(stack, double, 0), 16);
  CHECK_ALIGNED(ss_stack_try_zeroed_slice(stack, double, 0), 16);
  const double value = 1;
  CHECK_ALIGNED(ss_stack_copy_slice(stack, double, &value, 0), 16);
  CHECK_ALIGNED(ss_stack_copy_slice(stack, double, NULL, 0), 16);
  CHECK_ALIGNED(ss_stack_try_copy_slice(stack, double, NULL, 0), 16);
  CHECK_STR(ss_stack_format(stack, "%s", ""), "");
  ss_stack_defer_each(stack, double, NULL, 0, must_not_run);
  CHECK(ss_stack_try_defer_each(stack, double, NULL, 0, must_not_run));
}

static void promise_7_nothing_may_be_asked_of_an_empty_stack(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  if (!CHECK(stack != NULL)) return;
  SS_STACK_SCOPE(stack) {
    CHECK_ALIGNED(ss_stack_alloc(stack, 0, 1), 16);
    CHECK_ALIGNED(ss_stack_copy_slice(stack, int, NULL, 0), 16);
    ask_for_nothing(stack);
  }
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  ss_stack_free(stack);
}

static void promise_7_nothing_may_be_asked_of_a_stack_in_use(void)
{
  for (size_t below = 16; below < 400; below += 16) {
    SS_SCOPE {
      unsigned char *outer = memset(ss_uninit_slice(unsigned char, below), 0x6b, below);
      for (int i = 0; i < 20; i += 1) ask_for_nothing(ss_thread_stack());
      CHECK_FILLED(outer, 0x6b, below);
      CHECK_FILLED(memset(ss_uninit_slice(char, 32), 1, 32), 1, 32);
      CHECK_FILLED(outer, 0x6b, below);
    }
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

// An empty slice at the end of a full chunk needs no room.
static void promise_7_nothing_may_be_asked_of_a_full_chunk(void)
{
  SS_SCOPE {
    char *first = ss_uninit_slice(char, 16);
    memset(first, 0x17, 16);
    for (int i = 0; i < 3000; i += 1) {
      (void)ss_uninit_slice(char, 16);
      CHECK_ALIGNED(ss_uninit_slice(int, 0), 16);
    }
    CHECK_FILLED(first, 0x17, 16);
  }
}

static void promise_7_buffers_may_stay_empty(void)
{
  for (int frame = 0; frame < 2; frame += 1) {
    SS_SCOPE {
      ss_buffer b = ss_buffer_open();
      CHECK_EQ_SIZE(ss_buffer_count(int, &b), 0);
      CHECK(ss_extend(int, &b, 0) != NULL);
      CHECK(ss_try_extend(int, &b, 0) != NULL);
      CHECK(ss_append(&b, NULL, 0) != NULL);
      CHECK(ss_try_append(&b, NULL, 0) != NULL);
      ss_reserve(&b, 0);
      CHECK(ss_try_reserve(&b, 0));
      CHECK_EQ_SIZE(ss_buffer_count(int, &b), 0);
      const ss_slice s = ss_buffer_close(&b);
      CHECK_ALIGNED(s.data, 16);
      CHECK_EQ_SIZE(s.size, 0);
      ss_buffer never_touched = ss_buffer_open();
      const ss_slice t = ss_buffer_close(&never_touched);
      CHECK_ALIGNED(t.data, 16);
      CHECK_EQ_SIZE(t.size, 0);
    }
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

static void promise_7_collecting_nothing_gives_an_empty_slice(void)
{
  SS_SCOPE {
    int calls = 0;
    const size_t hints[] = {0, 1, 1000};
    for (size_t i = 0; i < 3; i += 1) {
      const ss_slice s = ss_collect(int, ends_at_once, &calls, hints[i]);
      CHECK_ALIGNED(s.data, 16);
      CHECK_EQ_SIZE(s.size, 0);
      CHECK_ALIGNED(ss_try_collect(int, ends_at_once, &calls, hints[i]).data, 16);
    }
    CHECK_EQ_INT(calls, 6);
  }
}

static void promise_7_keeping_nothing_gives_an_empty_slice(void)
{
  const ss_mark outermost = ss_save();
  const ss_slice nowhere = ss_restore_keep(ss_save(), (ss_slice){ss_uninit_slice(char, 0), 0});
  CHECK_ALIGNED(nowhere.data, 16);
  CHECK_EQ_SIZE(nowhere.size, 0);
  char *outer = memset(ss_uninit_slice(char, 40), 0x2c, 40);
  const ss_mark mark = ss_save();
  memset(ss_uninit_slice(char, 4000), 1, 4000);
  const ss_slice kept = ss_restore_keep(mark, (ss_slice){ss_uninit_slice(char, 0), 0});
  CHECK_ALIGNED(kept.data, 16);
  CHECK_EQ_SIZE(kept.size, 0);
  CHECK_FILLED(outer, 0x2c, 40);
  ss_restore(outermost);
}

static void a_trim_of_an_empty_stack_does_nothing(void)
{
  ss_trim(0);
  ss_trim(SIZE_MAX);
  ss_thread_free();
  ss_thread_free();
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
  CHECK_EQ_SIZE(ss_thread_stats().chunks, 0);
}

TEST_GROUP(zero)
{
  RUN(promise_7_nothing_may_be_asked_of_an_empty_stack);
  RUN(promise_7_nothing_may_be_asked_of_a_stack_in_use);
  RUN(promise_7_nothing_may_be_asked_of_a_full_chunk);
  RUN(promise_7_buffers_may_stay_empty);
  RUN(promise_7_collecting_nothing_gives_an_empty_slice);
  RUN(promise_7_keeping_nothing_gives_an_empty_slice);
  RUN(a_trim_of_an_empty_stack_does_nothing);
}
