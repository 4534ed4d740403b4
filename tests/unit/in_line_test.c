// SPDX-License-Identifier: MIT
// A lone buffer lives in the active lane until something else is made: what marks, scopes, trims and
// destructors meet meanwhile and after it is closed.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

#include <setjmp.h>

static void fill(ss_buffer *buffer, int byte, size_t size)
{
  memset(ss_extend(char, buffer, size), byte, size);
}

static void closed_in_an_inner_scope_with_nothing_made_before(void)
{
  for (int frame = 0; frame < 3; frame += 1) {
    SS_SCOPE {
      ss_buffer buffer = ss_buffer_open();
      fill(&buffer, 1, 500);
      ss_slice slice = {0};
      SS_SCOPE {
        fill(&buffer, 1, 500);
        slice = ss_buffer_close(&buffer);
        memset(ss_uninit_slice(char, 300), 2, 300);
      }
      CHECK_VALID(ss_thread_stack());
      // What comes next must not lie on it.
      memset(ss_uninit_slice(char, 2000), 3, 2000);
      CHECK_FILLED(slice.data, 1, 1000);
    }
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

// Both scopes see the same version, but not the same buffer.
static void two_closed_in_scopes_within_each_other(void)
{
  SS_SCOPE {
    ss_buffer first = ss_buffer_open();
    fill(&first, 1, 100);
    const ss_mark in_first = ss_save();
    const ss_slice one = ss_buffer_close(&first);
    ss_buffer second = ss_buffer_open();
    fill(&second, 2, 100);
    const ss_mark in_second = ss_save();
    const ss_slice two = ss_buffer_close(&second);
    memset(ss_uninit_slice(char, 100), 3, 100);
    ss_restore(in_second);
    memset(ss_uninit_slice(char, 100), 4, 100);
    CHECK_FILLED(one.data, 1, 100);
    CHECK_FILLED(two.data, 2, 100);
    ss_restore(in_first);
    CHECK_VALID(ss_thread_stack());
    memset(ss_uninit_slice(char, 500), 5, 500);
    CHECK_FILLED(one.data, 1, 100);
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

// Whatever is made in the inner scope after the close, another buffer first of all, is released at its
// end, and the closed buffer stays.
static void what_is_made_after_closing_an_outer_buffer_is_released(void)
{
  enum { WAYS = 5, ROUNDS = 3 };
  for (int way = 0; way < WAYS; way += 1) {
    SS_SCOPE {
      size_t used_bytes[ROUNDS + 1] = {ss_thread_stats().used};
      for (int round = 0; round < ROUNDS; round += 1) {
        ss_buffer outer = ss_buffer_open();
        fill(&outer, 1, 100);
        ss_slice closed = {0};
        SS_SCOPE {
          closed = ss_buffer_close(&outer);
          ss_buffer inner = ss_buffer_open();
          fill(&inner, 2, 1 << 20);
          if (way >= 1) memset(ss_uninit_slice(char, 10), 3, 10);
          if (way >= 2) fill(&inner, 2, 4 << 20);  // which moves it, or not
          if (way >= 3) (void)ss_buffer_close(&inner);
          if (way >= 4) memset(ss_uninit_slice(char, 10), 3, 10);
          SS_SCOPE {
            if (way >= 4) memset(ss_uninit_slice(char, 1000), 4, 1000);
          }
          if (way < 3) (void)ss_buffer_close(&inner);
        }
        CHECK_VALID(ss_thread_stack());
        used_bytes[round + 1] = ss_thread_stats().used;
        CHECK_LE_SIZE(used_bytes[round + 1] - used_bytes[round], 1000);
        memset(ss_uninit_slice(char, 300), 5, 300);
        CHECK_FILLED(closed.data, 1, 100);
      }
    }
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

// As above, where a result of the inner scope is kept.
static void a_keep_after_closing_an_outer_buffer_releases_the_rest(void)
{
  SS_SCOPE {
    for (int round = 0; round < 3; round += 1) {
      const size_t used_bytes = ss_thread_stats().used;
      ss_buffer outer = ss_buffer_open();
      fill(&outer, 1, 100);
      const ss_mark mark = ss_save();
      const ss_slice closed = ss_buffer_close(&outer);
      ss_buffer inner = ss_buffer_open();
      fill(&inner, 2, 1 << 20);
      const ss_slice made = {memset(ss_uninit_slice(char, 50), 3, 50), 50};
      (void)ss_buffer_close(&inner);
      const ss_slice kept = ss_restore_keep(mark, made);
      CHECK_VALID(ss_thread_stack());
      CHECK_LE_SIZE(ss_thread_stats().used - used_bytes, 1200);
      memset(ss_uninit_slice(char, 300), 5, 300);
      CHECK_FILLED(closed.data, 1, 100);
      CHECK_FILLED(kept.data, 3, 50);
    }
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static int destroyed;

static void count_destroyed(void *arg)
{
  (void)arg;
  destroyed += 1;
}

static void a_destructor_registered_after_the_close_runs_at_the_inner_end(void)
{
  destroyed = 0;
  SS_SCOPE {
    ss_buffer buffer = ss_buffer_open();
    fill(&buffer, 1, 40);
    ss_slice slice = {0};
    SS_SCOPE {
      slice = ss_buffer_close(&buffer);
      ss_defer(count_destroyed, NULL);
    }
    CHECK_EQ_INT(destroyed, 1);
    memset(ss_uninit_slice(char, 400), 2, 400);
    CHECK_FILLED(slice.data, 1, 40);
  }
  CHECK_EQ_INT(destroyed, 1);
}

// Each thing that may come first while a buffer is open in line.
static void use_stack(int what)
{
  switch (what) {
    case 0:
      memset(ss_uninit_slice(char, 100), 9, 100);
      break;
    case 1:
      ss_defer(count_destroyed, NULL);
      break;
    case 2:
      CHECK_STR(ss_format("%d", 12), "12");
      break;
    case 3: {
      ss_buffer other = ss_buffer_open();
      fill(&other, 9, 3000);
      (void)ss_buffer_close(&other);
      break;
    }
    case 4:
      memset(ss_alloc(0, 4096), 0, 0);
      break;
    case 5:
      memset(ss_uninit_slice(char, 300000), 9, 300000);
      break;
    case 6:
      ss_trim(0);
      break;
    default:
      (void)ss_thread_stats();
      break;
  }
}

static void whatever_is_made_meanwhile_and_released(void)
{
  for (int what = 0; what <= 7; what += 1) {
    for (int frame = 0; frame < 3; frame += 1) {
      SS_SCOPE {
        ss_buffer buffer = ss_buffer_open();
        fill(&buffer, 1, 64);
        for (int turn = 0; turn < 3; turn += 1) {
          SS_SCOPE {
            use_stack(what);
            CHECK_VALID(ss_thread_stack());
            fill(&buffer, 1, 64);
          }
          CHECK_VALID(ss_thread_stack());
          fill(&buffer, 1, 64);
        }
        const ss_slice slice = ss_buffer_close(&buffer);
        memset(ss_uninit_slice(char, 100), 2, 100);
        CHECK_EQ_SIZE(slice.size, 7 * 64);
        CHECK_FILLED(slice.data, 1, slice.size);
      }
      CHECK_EQ_SIZE(ss_thread_stats().used, 0);
    }
  }
}

static void a_trim_meanwhile_leaves_it_alone(void)
{
  SS_SCOPE {
    memset(ss_uninit_slice(char, 200000), 1, 200000);
  }
  SS_SCOPE {
    ss_buffer buffer = ss_buffer_open();
    fill(&buffer, 1, 5000);
    ss_trim(0);
    CHECK_VALID(ss_thread_stack());
    fill(&buffer, 1, 5000);
    const ss_slice slice = ss_buffer_close(&buffer);
    CHECK_FILLED(slice.data, 1, 10000);
  }
  ss_trim(0);
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
}

static void keep_from_a_scope_that_began_meanwhile(void)
{
  SS_SCOPE {
    ss_buffer buffer = ss_buffer_open();
    fill(&buffer, 1, 100);
    const ss_mark mark = ss_save();
    char *text = ss_uninit_slice(char, 50);
    memset(text, 2, 50);
    const ss_slice made = {text, 50};
    const ss_slice kept = ss_restore_keep(mark, made);
    fill(&buffer, 1, 100);
    const ss_slice slice = ss_buffer_close(&buffer);
    CHECK_FILLED(kept.data, 2, 50);
    CHECK_FILLED(slice.data, 1, 200);
    CHECK_VALID(ss_thread_stack());
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static jmp_buf out;

static void leave_a_buffer_open(void *arg)
{
  (void)arg;
  (void)ss_save();  // SS_DEBUG takes a buffer that is left open in the same scope for a mistake
  ss_buffer buffer = ss_buffer_open();
  fill(&buffer, 7, 10);
  longjmp(out, 1);
}

static void one_that_a_longjmp_left_open_is_dropped(void)
{
  const ss_mark outer = ss_save();
  if (setjmp(out) == 0) leave_a_buffer_open(NULL);
  ss_restore(outer);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  CHECK_VALID(ss_thread_stack());
}

static void one_that_a_destructor_left_open_is_dropped(void)
{
  const ss_mark outer = ss_save();
  memset(ss_uninit_slice(char, 100), 1, 100);
  ss_defer(leave_a_buffer_open, NULL);
  if (setjmp(out) == 0) {
    ss_restore(outer);
    CHECK_UNREACHED("the destructor did not jump");
  }
  // A second restore finishes what the first could not.
  ss_restore(outer);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  CHECK_VALID(ss_thread_stack());
}

static void a_warm_scope_with_one_buffer_leaves_no_trace(void)
{
  for (int frame = 0; frame < 3; frame += 1) {
    const ss_stats before = ss_thread_stats();
    SS_SCOPE {
      ss_buffer buffer = ss_buffer_open();
      for (int i = 0; i < 16; i += 1) *ss_push(int, &buffer) = i;
      CHECK_EQ_SIZE(ss_buffer_count(int, &buffer), 16);
      CHECK_EQ_INT(*ss_buffer_at(int, &buffer, 9), 9);
      (void)ss_buffer_close(&buffer);
    }
    if (frame > 0) CHECK_SAME_STATS(before, ss_thread_stats());
  }
}

TEST_GROUP(in_line)
{
  RUN(closed_in_an_inner_scope_with_nothing_made_before);
  RUN(two_closed_in_scopes_within_each_other);
  RUN(what_is_made_after_closing_an_outer_buffer_is_released);
  RUN(a_keep_after_closing_an_outer_buffer_releases_the_rest);
  RUN(a_destructor_registered_after_the_close_runs_at_the_inner_end);
  RUN(whatever_is_made_meanwhile_and_released);
  RUN(a_trim_meanwhile_leaves_it_alone);
  RUN(keep_from_a_scope_that_began_meanwhile);
  RUN(one_that_a_longjmp_left_open_is_dropped);
  RUN(one_that_a_destructor_left_open_is_dropped);
  RUN(a_warm_scope_with_one_buffer_leaves_no_trace);
}
