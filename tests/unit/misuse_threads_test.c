// SPDX-License-Identifier: MIT
// Promise 11: using what belongs to another thread is named.
// Runs with SS_DEBUG: 1
#include "../misuse_places.h"

#include <pthread.h>

typedef struct shared {
  ss_stack *stack;
  ss_mark mark;
  ss_buffer buffer;
  int first_line;
} shared;

static int misused_line;

static void run_in_a_thread(void *(*run)(void *), shared *s)
{
  pthread_t thread;
  if (!CHECK_EQ_INT(pthread_create(&thread, NULL, run, s), 0)) return;
  CHECK_EQ_INT(pthread_join(thread, NULL), 0);
}

static void *restore_it(void *arg)
{
  shared *s = arg;
  EXPECT_FATAL(AT(misused_line) ss_stack_restore(s->stack, s->mark));
  CHECK_NAMES(s->first_line);
  CHECK_NAMES(misused_line);
  CHECK_CONTAINS(fatal_message(), "thread");
  return NULL;
}

// An owned stack: the mark says who saved it.
static void promise_11_restoring_from_another_thread(void)
{
  shared s = {.stack = ss_stack_new(NULL)};
  if (!CHECK(s.stack != NULL)) return;
  AT(s.first_line) s.mark = ss_stack_save(s.stack);
  run_in_a_thread(restore_it, &s);
  ss_stack_restore(s.stack, s.mark);
  ss_stack_free(s.stack);
}

static void *use_it(void *arg)
{
  shared *s = arg;
  EXPECT_FATAL(AT(misused_line)(void) ss_stack_uninit_slice(s->stack, int, 3));
  CHECK_NAMES(misused_line);
  CHECK_CONTAINS(fatal_message(), "thread");
  EXPECT_FATAL(AT(misused_line) s->mark = ss_stack_save(s->stack));
  CHECK_NAMES(misused_line);
  EXPECT_FATAL(AT(misused_line) ss_stack_restore(s->stack, s->mark));
  CHECK_NAMES(misused_line);
  EXPECT_FATAL(AT(misused_line) s->buffer = ss_stack_buffer_open(s->stack));
  CHECK_NAMES(misused_line);
  EXPECT_FATAL(AT(misused_line) * ss_push(int, &s->buffer) = 1);
  CHECK_NAMES(misused_line);
  CHECK_CONTAINS(fatal_message(), "thread");
  return NULL;
}

static void promise_11_using_another_threads_own_stack(void)
{
  const ss_mark outer = ss_save();
  shared s = {.stack = ss_thread_stack(), .mark = outer, .buffer = ss_buffer_open()};
  *ss_push(int, &s.buffer) = 7;
  run_in_a_thread(use_it, &s);
  CHECK_EQ_SIZE(ss_buffer_count(int, &s.buffer), 1);
  CHECK_EQ_INT(*ss_buffer_at(int, &s.buffer, 0), 7);
  (void)ss_buffer_close(&s.buffer);
  ss_restore(outer);
}

static void *restore_its_own(void *arg)
{
  shared *s = arg;
  EXPECT_FATAL(AT(misused_line) ss_restore(s->mark));  // another thread's mark, on this stack
  CHECK_NAMES(misused_line);
  return NULL;
}

static void promise_11_restoring_another_threads_mark(void)
{
  shared s = {0};
  AT(s.first_line) s.mark = ss_save();
  run_in_a_thread(restore_its_own, &s);
  ss_restore(s.mark);
}

TEST_GROUP(misuse_threads)
{
  RUN(promise_11_restoring_from_another_thread);
  RUN(promise_11_using_another_threads_own_stack);
  RUN(promise_11_restoring_another_threads_mark);
}
