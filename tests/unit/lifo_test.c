// SPDX-License-Identifier: MIT
// Promise 1: restoring a mark releases all that was made since, in every lane, and runs the
// destructors registered since, last first.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

// What ran, in order.
static int ran[64];
static int ran_count;

static void note(void *arg)
{
  if (ran_count < 64) ran[ran_count] = *(const int *)arg;
  ran_count += 1;
}

static int numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

static void promise_1_restore_releases_what_any_lane_handed_out(void)
{
  for (int frame = 0; frame < 4; frame += 1) {
    const ss_mark mark = ss_save();
    ss_buffer buffers[4];
    for (int i = 0; i < 4; i += 1) buffers[i] = ss_buffer_open();
    for (int i = 0; i < 4000; i += 1) {
      *ss_push(int, &buffers[i % 4]) = i;
      if (i % 16 == 0) memset(ss_uninit_slice(char, 40), i, 40);
    }
    for (int i = 0; i < 4; i += 1) CHECK_EQ_SIZE(ss_buffer_close(&buffers[i]).size, 4000);
    CHECK_LE_SIZE(16000 + 250 * 40, ss_thread_stats().used);
    CHECK_VALID(ss_thread_stack());
    ss_restore(mark);
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
    CHECK_VALID(ss_thread_stack());
  }
}

static void promise_1_destructors_run_last_first(void)
{
  ran_count = 0;
  SS_SCOPE {
    for (int i = 0; i < 10; i += 1) {
      ss_defer(note, &numbers[i]);
      if (i % 3 == 0) (void)ss_uninit_slice(char, 10000);
    }
    CHECK_EQ_INT(ran_count, 0);
  }
  CHECK_EQ_INT(ran_count, 10);
  for (int i = 0; i < 10; i += 1) CHECK_EQ_INT(ran[i], 9 - i);
}

static void promise_1_restore_runs_only_the_destructors_since_its_mark(void)
{
  ran_count = 0;
  const ss_mark outer = ss_save();
  ss_defer(note, &numbers[1]);
  const ss_mark inner = ss_save();
  ss_defer(note, &numbers[2]);
  ss_defer(note, &numbers[3]);
  ss_restore(inner);
  CHECK_EQ_INT(ran_count, 2);
  ss_defer(note, &numbers[4]);
  ss_restore(outer);
  CHECK_EQ_INT(ran_count, 4);
  const int expected[] = {3, 2, 4, 1};
  for (int i = 0; i < 4; i += 1) CHECK_EQ_INT(ran[i], expected[i]);
}

static void promise_1_an_outer_restore_makes_up_for_skipped_inner_ones(void)
{
  ran_count = 0;
  const ss_mark outer = ss_save();
  for (int depth = 0; depth < 10; depth += 1) {
    (void)ss_save();
    memset(ss_uninit_slice(char, 5000), depth, 5000);
    ss_defer(note, &numbers[depth]);
  }
  ss_restore(outer);
  CHECK_EQ_INT(ran_count, 10);
  for (int i = 0; i < 10; i += 1) CHECK_EQ_INT(ran[i], 9 - i);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void promise_1_destructors_of_a_closed_buffer_see_its_items(void)
{
  ran_count = 0;
  SS_SCOPE {
    ss_buffer items = ss_buffer_open();
    ss_buffer others = ss_buffer_open();
    for (int i = 0; i < 20; i += 1) {
      *ss_push(int, &items) = i;
      *ss_push(int, &others) = 100 + i;
    }
    const ss_slice first = ss_buffer_close(&items);
    ss_defer_each(int, first.data, 20, note);
    const ss_slice second = ss_buffer_close(&others);
    ss_defer_each(int, second.data, 20, note);
  }
  CHECK_EQ_INT(ran_count, 40);
  for (int i = 0; i < 20; i += 1) {
    CHECK_EQ_INT(ran[i], 100 + i);
    CHECK_EQ_INT(ran[20 + i], i);
  }
}

// A value of its own on the stack, checked when it is destroyed.
typedef struct text {
  char *bytes;
  size_t size;
  char fill;
} text;

static int texts_alive;

// Uses the stack in every way while a scope ends.
static void destroy_text(void *arg)
{
  text *t = arg;
  texts_alive -= 1;
  CHECK_FILLED(t->bytes, t->fill, t->size);
  SS_SCOPE {
    ss_buffer copy = ss_buffer_open();
    memset(ss_uninit_slice(char, 3000), 0x11, 3000);
    ss_append(&copy, t->bytes, t->size);
    ss_reserve(&copy, 20000);
    const ss_slice s = ss_buffer_close(&copy);
    CHECK_FILLED(s.data, t->fill, t->size);
    CHECK_FILLED(t->bytes, t->fill, t->size);
  }
  // Not released by the destructor itself: the end of the ending scope does it.
  memset(ss_uninit_slice(char, 1000), 0x22, 1000);
}

static void promise_1_destructors_may_use_the_stack(void)
{
  for (int frame = 0; frame < 3; frame += 1) {
    SS_SCOPE {
      char *outer = memset(ss_uninit_slice(char, 500), 0x77, 500);
      SS_SCOPE {
        for (int i = 0; i < 30; i += 1) {
          text *t = ss_uninit(text);
          t->size = (size_t)i * 100;
          t->fill = (char)i;
          t->bytes = memset(ss_uninit_slice(char, t->size), t->fill, t->size);
          ss_defer(destroy_text, t);
          texts_alive += 1;
        }
      }
      CHECK_EQ_INT(texts_alive, 0);
      CHECK_FILLED(outer, 0x77, 500);
      CHECK_VALID(ss_thread_stack());
    }
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

static void note_and_defer_the_next(void *arg)
{
  const int *number = arg;
  note(arg);
  memset(ss_uninit_slice(char, 2000), 0x33, 2000);
  if (*number > 0) ss_defer(note_and_defer_the_next, &numbers[*number - 1]);
}

static void promise_1_destructors_may_defer_again(void)
{
  ran_count = 0;
  SS_SCOPE {
    char *kept = memset(ss_uninit_slice(char, 100), 0x44, 100);
    SS_SCOPE {
      ss_defer(note, &numbers[9]);
      ss_defer(note_and_defer_the_next, &numbers[5]);
      ss_defer(note, &numbers[8]);
    }
    CHECK_FILLED(kept, 0x44, 100);
  }
  CHECK_EQ_INT(ran_count, 8);
  const int expected[] = {8, 5, 4, 3, 2, 1, 0, 9};
  for (int i = 0; i < 8; i += 1) CHECK_EQ_INT(ran[i], expected[i]);
}

static void freeing_a_stack_runs_its_pending_destructors(void)
{
  ran_count = 0;
  ss_stack *stack = ss_stack_new(NULL);
  if (!CHECK(stack != NULL)) return;
  ss_stack_defer(stack, note, &numbers[1]);
  (void)ss_stack_save(stack);
  ss_stack_defer(stack, note, &numbers[2]);
  ss_stack_free(stack);
  CHECK_EQ_INT(ran_count, 2);
  CHECK_EQ_INT(ran[0], 2);
  CHECK_EQ_INT(ran[1], 1);
  ss_stack_free(NULL);
}

static void emptying_runs_the_threads_pending_destructors(void)
{
  ran_count = 0;
  ss_defer(note, &numbers[3]);
  memset(ss_uninit_slice(char, 100000), 1, 100000);
  ss_thread_free();
  CHECK_EQ_INT(ran_count, 1);
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
  SS_SCOPE {
    CHECK_FILLED(memset(ss_uninit_slice(char, 100), 5, 100), 5, 100);
  }
}

static void empty_stack(void *times)
{
  *(int *)times += 1;
  ss_thread_free();
  // Memory that was given back may come again at the same place.
  SS_SCOPE {
    memset(ss_uninit_slice(char, 3000), 0x66, 3000);
  }
}

// Scopes that began with a buffer open, on it and beside it; destructors one in another.
static void a_destructor_may_empty_the_stack_while_its_scope_is_left(void)
{
  for (int way = 0; way < 6; way += 1) {
    int times = 0;
    const ss_mark outer = ss_save();
    ss_buffer buffer = ss_buffer_open();
    *ss_push(int, &buffer) = 1;
    if (way & 1) memset(ss_uninit_slice(char, 100), 1, 100);
    const ss_mark mark = ss_save();
    (void)ss_buffer_close(&buffer);
    memset(ss_uninit_slice(char, 100000), 1, 100000);
    ss_defer(empty_stack, &times);
    if (way >= 2) ss_defer(empty_stack, &times);
    if (way >= 4) (void)ss_buffer_open();
#if SS_DEBUG
    if (way >= 4)
      ss_thread_free();  // a buffer that is left open is misuse, and so is the restore then
    if (way < 4) ss_restore(mark);
#else
    ss_restore(mark);
#endif
    CHECK_EQ_INT(times, way >= 2 ? 2 : 1);
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
    CHECK_VALID(ss_thread_stack());
#if !SS_DEBUG
    ss_restore(outer);
#endif
    (void)outer;
    SS_SCOPE {
      memset(ss_uninit_slice(char, 300), 2, 300);
    }
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

#if !SS_DEBUG  // for which leaving a scope that ss_thread_free has ended is misuse
static void leaving_a_scope_that_ss_thread_free_has_ended_is_nothing(void)
{
  for (int way = 0; way < 4; way += 1) {
    const ss_mark outer = ss_save();
    memset(ss_uninit_slice(char, 200), 1, 200);
    ss_buffer buffer = ss_buffer_open();
    *ss_push(int, &buffer) = 1;
    SS_SCOPE {
      if (way & 1) (void)ss_buffer_close(&buffer);
      ss_thread_free();
      if (way & 2) memset(ss_uninit_slice(char, 300), 2, 300);
    }
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
    CHECK_VALID(ss_thread_stack());
    memset(ss_uninit_slice(char, 300), 2, 300);
    ss_restore(outer);
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
    CHECK_VALID(ss_thread_stack());
  }
}
#endif

SS__UNUSED static void keep_while_a_destructor_empties(void)
{
  static int times;
  const ss_mark mark = ss_save();
  const ss_slice made = {memset(ss_uninit_slice(char, 100), 1, 100), 100};
  ss_defer(empty_stack, &times);
  (void)ss_restore_keep(mark, made);
}

// The bytes that are kept go with the stack: the call says so.
SS__UNUSED static void a_keep_fails_when_a_destructor_empties(void)
{
  static const size_t sizes[] = {0, 100, 100000};
  for (size_t i = 0; i < 3; i += 1) {
    for (int destructors = 1; destructors <= 2; destructors += 1) {
      static int times;
      times = 0;
      const ss_mark mark = ss_save();
      const ss_slice made = {memset(ss_uninit_slice(char, sizes[i]), 1, sizes[i]), sizes[i]};
      for (int d = 0; d < destructors; d += 1) ss_defer(empty_stack, &times);
      const ss_slice kept = ss_try_restore_keep(mark, made);
      CHECK_EQ_PTR(kept.data, NULL);
      CHECK_EQ_SIZE(kept.size, 0);
      CHECK_EQ_INT(times, destructors);
      CHECK_EQ_SIZE(ss_thread_stats().used, 0);
      CHECK_VALID(ss_thread_stack());
      EXPECT_FATAL(keep_while_a_destructor_empties());
      CHECK_CONTAINS(fatal_message(), "ss_restore_keep: 100 bytes");
      CHECK_CONTAINS(fatal_message(), "has emptied the stack");
      CHECK_EQ_SIZE(ss_thread_stats().used, 0);
    }
  }
}

// A coroutine: what it makes in a scope must last from one turn to the next.
typedef struct generator {
  ss_stack *stack;
  ss_mark mark;
  const char *name;
  char *line;
  int turn;
} generator;

static void resume(generator *g)
{
  if (g->turn > 0) ss_stack_restore(g->stack, g->mark);
  g->mark = ss_stack_save(g->stack);
  g->turn += 1;
  g->line = ss_stack_format(g->stack, "%s %0*d", g->name, g->turn * 40, g->turn);
}

// Their scopes are not last in, first out: each has a stack of its own.
static void coroutines_with_a_stack_each_are_resumed_by_turns(void)
{
  generator one = {.stack = ss_stack_new(NULL), .name = "one"};
  generator other = {.stack = ss_stack_new(NULL), .name = "other"};
  if (!CHECK(one.stack != NULL && other.stack != NULL)) return;
  for (int turn = 1; turn < 20; turn += 1) {
    resume(&one);
    resume(&other);
    CHECK_CONTAINS(one.line, "one 0");
    CHECK_CONTAINS(other.line, "other 0");
    CHECK_EQ_SIZE(strlen(one.line), 4 + (size_t)turn * 40);
    CHECK_EQ_SIZE(strlen(other.line), 6 + (size_t)turn * 40);
  }
  ss_stack_restore(one.stack, one.mark);
  ss_stack_restore(other.stack, other.mark);
  CHECK_EQ_SIZE(ss_stack_stats(one.stack).used + ss_stack_stats(other.stack).used, 0);
  ss_stack_free(one.stack);
  ss_stack_free(other.stack);
}

TEST_GROUP(lifo)
{
  RUN(promise_1_restore_releases_what_any_lane_handed_out);
  RUN(promise_1_destructors_run_last_first);
  RUN(promise_1_restore_runs_only_the_destructors_since_its_mark);
  RUN(promise_1_an_outer_restore_makes_up_for_skipped_inner_ones);
  RUN(promise_1_destructors_of_a_closed_buffer_see_its_items);
  RUN(promise_1_destructors_may_use_the_stack);
  RUN(promise_1_destructors_may_defer_again);
  RUN(freeing_a_stack_runs_its_pending_destructors);
  RUN(emptying_runs_the_threads_pending_destructors);
  RUN(a_destructor_may_empty_the_stack_while_its_scope_is_left);
#if !SS_DEBUG
  RUN(leaving_a_scope_that_ss_thread_free_has_ended_is_nothing);
#endif
  RUN(coroutines_with_a_stack_each_are_resumed_by_turns);
#if CHECK_FAULTS
  check_note(
      "a keep whose destructor empties: faults make a call that failed again, and its scope is "
      "gone");
#else
  RUN(a_keep_fails_when_a_destructor_empties);
#endif
}
