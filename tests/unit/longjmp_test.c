// SPDX-License-Identifier: MIT
// Promise 1: longjmp skips the ends of scopes; the next outer restore makes up for every one.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

static jmp_buf escape;
static int ran[32];
static int ran_count;
static int numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

static void note(void *arg)
{
  if (ran_count < 32) ran[ran_count] = *(const int *)arg;
  ran_count += 1;
}

// Each level holds a scope, a destructor before and after an open buffer, and slices of its own.
static void descend(int level)
{
  SS_SCOPE {
    ss_defer(note, &numbers[2 * level]);
    ss_buffer values = ss_buffer_open();
    for (int i = 0; i < 3000; i += 1) {
      *ss_push(int, &values) = i;
      if (i % 100 == 0) memset(ss_uninit_slice(char, 64), i, 64);
    }
    ss_defer(note, &numbers[2 * level + 1]);
    if (level == 2) longjmp(escape, 1);
    descend(level + 1);
    (void)ss_buffer_close(&values);
  }
}

static void jump_out_of_three_scopes(void)
{
  if (setjmp(escape) == 0) {
    descend(0);
    CHECK_UNREACHED("it did not jump");
  }
}

static void check_that_all_ran_in_order(void)
{
  CHECK_EQ_INT(ran_count, 6);
  for (int i = 0; i < 6; i += 1) CHECK_EQ_INT(ran[i], 5 - i);
}

static void promise_1_an_outer_restore_cleans_up_after_longjmp(void)
{
  for (int frame = 0; frame < 4; frame += 1) {
    ran_count = 0;
    const ss_mark mark = ss_save();
    char *outer = memset(ss_uninit_slice(char, 300), 0x5a, 300);
    jump_out_of_three_scopes();
    CHECK_EQ_INT(ran_count, 0);
    CHECK_FILLED(outer, 0x5a, 300);
    ss_restore(mark);
    check_that_all_ran_in_order();
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
    CHECK_VALID(ss_thread_stack());
  }
  CHECK_EQ_INT(ran_count, 6);
}

static void promise_1_an_outer_scope_cleans_up_after_longjmp(void)
{
  ran_count = 0;
  SS_SCOPE {
    char *outer = memset(ss_uninit_slice(char, 300), 0x5a, 300);
    SS_SCOPE {
      jump_out_of_three_scopes();
      // The stack is usable before anything is cleaned up.
      CHECK_FILLED(memset(ss_uninit_slice(char, 9000), 0x12, 9000), 0x12, 9000);
      ss_buffer more = ss_buffer_open();
      ss_append(&more, "more", 4);
      CHECK(memcmp(ss_buffer_close(&more).data, "more", 4) == 0);
      CHECK_VALID(ss_thread_stack());
    }
    check_that_all_ran_in_order();
    CHECK_FILLED(outer, 0x5a, 300);
  }
  CHECK_EQ_INT(ran_count, 6);
}

// The outer buffer is open while the scopes above it are skipped.
static void promise_1_an_outer_buffer_survives_a_longjmp_over_inner_scopes(void)
{
  ran_count = 0;
  SS_SCOPE {
    ss_buffer growing = ss_buffer_open();
    const ss_mark mark = ss_save();
    for (int i = 0; i < 1000; i += 1) *ss_push(int, &growing) = i;
    jump_out_of_three_scopes();
    for (int i = 1000; i < 2000; i += 1) *ss_push(int, &growing) = i;
    ss_restore(mark);
    check_that_all_ran_in_order();
    for (int i = 2000; i < 9000; i += 1) *ss_push(int, &growing) = i;
    const ss_slice s = ss_buffer_close(&growing);
    if (!CHECK_EQ_SIZE(s.size, 9000 * sizeof(int))) break;
    for (int i = 0; i < 9000; i += 1) CHECK_EQ_INT(((int *)s.data)[i], i);
  }
}

static void jumps_may_repeat_before_one_restore(void)
{
  ran_count = 0;
  const ss_mark mark = ss_save();
  for (volatile int i = 0; i < 4; i += 1) jump_out_of_three_scopes();
  CHECK_EQ_INT(ran_count, 0);
  ss_restore(mark);
  CHECK_EQ_INT(ran_count, 24);
  for (int i = 0; i < 24; i += 1) CHECK_EQ_INT(ran[i], 5 - i % 6);
}

static void emptying_cleans_up_after_longjmp(void)
{
  ran_count = 0;
  jump_out_of_three_scopes();
  ss_thread_free();
  check_that_all_ran_in_order();
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
}

static jmp_buf out_of_restore;
static int jumps;

static void jump_away(void *arg)
{
  (void)arg;
  jumps += 1;
  longjmp(out_of_restore, 1);
}

// What a destructor's longjmp has left half done may be restored again, or an outer scope: the
// destructors that are left run then, each once.
static void a_restore_that_a_destructor_leaves_may_be_repeated(void)
{
  for (volatile int way = 0; way < 4; way += 1) {
    jumps = 0;
    static ss_mark outer;
    static ss_mark inner;
    outer = ss_save();
    memset(ss_uninit_slice(char, 100), 1, 100);
    inner = ss_save();
    static ss_slice made;
    made.data = memset(ss_uninit_slice(char, 100), 2, 100);
    made.size = 100;
    for (int i = 0; i < 3; i += 1) ss_defer(jump_away, NULL);
    const int way_now = way;
    if (setjmp(out_of_restore) == 0) {
      if (way_now & 1) {
        (void)ss_restore_keep(inner, made);
      } else {
        ss_restore(inner);
      }
    } else if (jumps < 3) {
      ss_restore(way & 2 ? outer : inner);
    }
    CHECK_EQ_INT(jumps, 3);
    CHECK_VALID(ss_thread_stack());
    ss_restore(outer);
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

TEST_GROUP(longjmp)
{
  RUN(promise_1_an_outer_restore_cleans_up_after_longjmp);
  RUN(promise_1_an_outer_scope_cleans_up_after_longjmp);
  RUN(promise_1_an_outer_buffer_survives_a_longjmp_over_inner_scopes);
  RUN(jumps_may_repeat_before_one_restore);
  RUN(a_restore_that_a_destructor_leaves_may_be_repeated);
  RUN(emptying_cleans_up_after_longjmp);
}
