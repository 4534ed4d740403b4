// SPDX-License-Identifier: MIT
// Marks at awkward moments: before the first chunk, at a chunk's edge, in a chunk that is replaced.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

static void a_mark_before_the_first_chunk_works(void)
{
  const ss_mark before = ss_save();
  const size_t used = ss_thread_stats().used;  // with SS_DEBUG the mark has a record of its own
  for (int i = 0; i < 3; i += 1) {
    const ss_mark mark = ss_save();
    memset(ss_uninit_slice(char, 1000000), i, 1000000);
    ss_restore(mark);
    CHECK_EQ_SIZE(ss_thread_stats().used, used);
    CHECK_VALID(ss_thread_stack());
  }
  memset(ss_uninit_slice(char, 10), 1, 10);
  ss_restore(before);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void nested_marks_before_the_first_chunk_work(void)
{
  const ss_mark first = ss_save();
  const ss_mark second = ss_save();
  const ss_mark third = ss_save();
  memset(ss_uninit_slice(char, 100), 3, 100);
  ss_restore(third);
  memset(ss_uninit_slice(char, 200000), 2, 200000);
  ss_restore(second);
  ss_buffer b = ss_buffer_open();
  *ss_push(int, &b) = 1;
  (void)ss_buffer_close(&b);
  ss_restore(first);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  CHECK_VALID(ss_thread_stack());
}

#if !SS_DEBUG  // where a mark has a record of its own
static void a_scope_that_does_nothing_reserves_nothing(void)
{
  SS_SCOPE {
    SS_SCOPE {
    }
  }
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
}
#endif

// The mark points into an empty chunk; by the time it is restored, that chunk is gone.
static void a_mark_into_an_empty_chunk_that_was_replaced_works(void)
{
  static counted_backing counted;
  const ss_config config = {.initial_bytes = 1024, .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  const ss_mark bottom = ss_stack_save(stack);
  memset(ss_stack_alloc(stack, 100, 1), 1, 100);
  ss_stack_restore(stack, bottom);  // an empty chunk stays
  CHECK_EQ_SIZE(ss_stack_stats(stack).chunks, 1);

  const ss_mark first = ss_stack_save(stack);
  const size_t used = ss_stack_stats(stack).used;  // with SS_DEBUG a mark has a record
  for (size_t size = 10000; size < 2000000; size *= 3) {
    const ss_mark second = ss_stack_save(stack);
    char *large = ss_stack_alloc(stack, size, 1);
    memset(large, 2, size);
    // The empty one was not kept (with SS_DEBUG the first mark's record lies in it).
    CHECK_LE_SIZE(ss_stack_stats(stack).chunks, SS_DEBUG ? 3 : 1);
    char *small = memset(ss_stack_alloc(stack, 100, 1), 3, 100);
    CHECK_FILLED(large, 2, size);
    CHECK_FILLED(small, 3, 100);
    ss_stack_restore(stack, second);
    CHECK_EQ_SIZE(ss_stack_stats(stack).used, used);
    CHECK_VALID(stack);
  }
  memset(ss_stack_alloc(stack, 100, 1), 4, 100);
  ss_stack_restore(stack, first);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  CHECK_VALID(stack);
  ss_stack_free(stack);
  counted_end(&counted);
}

// Every amount of room left when the mark is made, then a slice that fits, just fits, or does not.
static void marks_at_every_place_of_a_chunk_work(void)
{
  static counted_backing counted;
  const ss_config config = {.initial_bytes = 1024, .backing = counted_begin(&counted, 1)};
  for (size_t below = 0; below <= 1200; below += 16) {
    for (size_t above = 0; above <= 2048; above += 128) {
      ss_stack *stack = ss_stack_new(&config);
      if (!CHECK(stack != NULL)) return;
      char *outer = memset(ss_stack_alloc(stack, below, 1), 0x51, below);
      const size_t used = ss_stack_stats(stack).used;
      const ss_mark mark = ss_stack_save(stack);
      const size_t used_with_mark = ss_stack_stats(stack).used;
      for (int turn = 0; turn < 3; turn += 1) {
        const ss_mark inner = ss_stack_save(stack);
        memset(ss_stack_alloc(stack, above, 1), 0x52, above);
        ss_stack_restore(stack, inner);
        CHECK_EQ_SIZE(ss_stack_stats(stack).used, used_with_mark);
      }
      memset(ss_stack_alloc(stack, 48, 1), 0x53, 48);
      ss_stack_restore(stack, mark);
      CHECK_EQ_SIZE(ss_stack_stats(stack).used, used);
      CHECK_FILLED(outer, 0x51, below);
      CHECK_VALID(stack);
      ss_stack_free(stack);
    }
  }
  counted_end(&counted);
}

static void a_trim_between_mark_and_restore_is_fine(void)
{
  SS_SCOPE {
    memset(ss_uninit_slice(char, 500000), 1, 500000);
  }
  const ss_mark idle = ss_save();  // in a chunk that the trim takes
  ss_trim(0);
  CHECK_LE_SIZE(ss_thread_stats().reserved, SS_DEBUG ? 256 : 0);  // a mark may have a record
  char *outer = memset(ss_uninit_slice(char, 1000), 0x61, 1000);
  const ss_mark mark = ss_save();
  memset(ss_uninit_slice(char, 300000), 2, 300000);
  const ss_mark inner = ss_save();
  ss_trim(0);
  memset(ss_uninit_slice(char, 600000), 3, 600000);
  ss_restore(inner);
  ss_trim(0);
  ss_restore(mark);
  ss_trim(0);
  CHECK_FILLED(outer, 0x61, 1000);
  memset(ss_uninit_slice(char, 100000), 4, 100000);
  CHECK_FILLED(outer, 0x61, 1000);
  CHECK_VALID(ss_thread_stack());
  ss_restore(idle);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  CHECK_VALID(ss_thread_stack());
}

// A mark made while a buffer is open and restored after it was closed, and the other way round.
static void marks_and_buffers_may_overlap(void)
{
  for (int frame = 0; frame < 3; frame += 1) {
    const ss_mark outer = ss_save();
    ss_buffer b = ss_buffer_open();
    *ss_push(int, &b) = 1;
    const ss_mark while_open = ss_save();
    *ss_push(int, &b) = 2;
    memset(ss_uninit_slice(char, 700), 1, 700);
    const ss_slice s = ss_buffer_close(&b);
    const ss_mark after = ss_save();
    memset(ss_uninit_slice(char, 700), 2, 700);
    ss_restore(after);
    CHECK_VALID(ss_thread_stack());
    ss_restore(while_open);
    memset(ss_uninit_slice(char, 7000), 3, 7000);
    CHECK_EQ_SIZE(s.size, 2 * sizeof(int));
    CHECK_EQ_INT(((int *)s.data)[0], 1);
    CHECK_EQ_INT(((int *)s.data)[1], 2);
    CHECK_VALID(ss_thread_stack());
    ss_restore(outer);
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

// The twins on a given stack do what the others do on the thread stack.
static void twins_work_on_their_own_stack(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  if (!CHECK(stack != NULL)) return;
  CHECK_EQ_PTR(ss_thread_stack(), ss_thread_stack());
  CHECK(stack != ss_thread_stack());
  const ss_mark mark = ss_stack_save(stack);
  CHECK(ss_stack_alloc(stack, 10, 1) != NULL);
  CHECK(ss_stack_try_alloc(stack, 10, 1) != NULL);
  CHECK(ss_stack_uninit_slice(stack, int, 3) != NULL);
  CHECK(ss_stack_try_uninit_slice(stack, int, 3) != NULL);
  CHECK(ss_stack_uninit(stack, double) != NULL);
  CHECK(ss_stack_try_uninit(stack, double) != NULL);
  CHECK_EQ_INT(ss_stack_zeroed_slice(stack, int, 3)[2], 0);
  CHECK_EQ_INT(ss_stack_try_zeroed_slice(stack, int, 3)[2], 0);
  CHECK_STR(ss_stack_copy_slice(stack, char, "four", 5), "four");
  CHECK_STR(ss_stack_try_copy_slice(stack, char, "five", 5), "five");
  CHECK_STR(ss_stack_format(stack, "%d", 6), "6");
  CHECK_STR(ss_stack_try_format(stack, "%d", 7), "7");
  ss_buffer a = ss_stack_buffer_open(stack);
  ss_buffer b = ss_stack_try_buffer_open(stack);
  *ss_push(int, &a) = 8;
  *ss_push(int, &b) = 9;
  CHECK_EQ_INT(*ss_buffer_at(int, &a, 0), 8);
  CHECK_EQ_INT(*ss_buffer_at(int, &b, 0), 9);
  (void)ss_buffer_close(&a);
  (void)ss_buffer_close(&b);
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
  CHECK_LE_SIZE(100, ss_stack_stats(stack).used);
  ss_stack_restore(stack, mark);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  ss_stack_trim(stack, 0);
  CHECK_EQ_SIZE(ss_stack_stats(stack).reserved, 0);
  ss_stack_free(stack);
}

TEST_GROUP(mark)
{
  RUN(a_mark_before_the_first_chunk_works);
  RUN(nested_marks_before_the_first_chunk_work);
#if !SS_DEBUG
  RUN(a_scope_that_does_nothing_reserves_nothing);
#endif
  RUN(a_mark_into_an_empty_chunk_that_was_replaced_works);
  RUN(marks_at_every_place_of_a_chunk_work);
  RUN(a_trim_between_mark_and_restore_is_fine);
  RUN(marks_and_buffers_may_overlap);
  RUN(twins_work_on_their_own_stack);
}
