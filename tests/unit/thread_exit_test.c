// SPDX-License-Identifier: MIT
// Promise 10: a thread that ends gives its stack's memory back, however it ends.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

#include <pthread.h>

static counted_backing counted;
static int destroyed;

static void count_destroyed(void *arg)
{
  (void)arg;
  destroyed += 1;
}

static void use_own_backing(void)
{
  const ss_config config = {.initial_bytes = 4096, .backing = &counted.backing};
  ss_thread_configure(&config);
}

// Live slices, an open and a closed buffer, a scope that nobody ends.
static void leave_things_behind(void)
{
  ss_defer(count_destroyed, NULL);
  memset(ss_uninit_slice(char, 50000), 1, 50000);
  (void)ss_save();
  ss_buffer open = ss_buffer_open();
  ss_buffer closed = ss_buffer_open();
  for (int i = 0; i < 5000; i += 1) {
    *ss_push(int, &open) = i;
    *ss_push(int, &closed) = i;
  }
  (void)ss_buffer_close(&closed);
  ss_defer(count_destroyed, NULL);
}

static void *return_with_an_idle_stack(void *arg)
{
  use_own_backing();
  SS_SCOPE {
    memset(ss_uninit_slice(char, 100000), 1, 100000);
  }
  CHECK_LE_SIZE(100000, counted.live_bytes);
  return arg;
}

static void *return_with_things_left(void *arg)
{
  use_own_backing();
  leave_things_behind();
  return arg;
}

static void *exit_with_things_left(void *arg)
{
  use_own_backing();
  leave_things_behind();
  pthread_exit(arg);
}

static void *empty_and_go_on(void *arg)
{
  use_own_backing();
  for (int i = 0; i < 3; i += 1) {
    leave_things_behind();
    ss_thread_free();
    CHECK_EQ_SIZE(counted.live_bytes, 0);
    CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
    CHECK_EQ_INT(destroyed, 2 * (i + 1));
  }
  leave_things_behind();  // used again: the thread's end has to give it back again
  CHECK_LE_SIZE(50000, counted.live_bytes);
  return arg;
}

static pthread_key_t last_key;

static void use_the_stack_last(void *memory)
{
  SS_SCOPE {
    const char *slice = memset(ss_uninit_slice(char, 300), 1, 300);
    CHECK(slice < (char *)memory || slice >= (char *)memory + 1000);
  }
}

// The memory is a local variable's: it is gone when the thread's stack is emptied at its end, or used by
// the destructor of another key.
static void *empty_from_own_memory(void *arg)
{
  char memory[1000];
  const ss_config config = {
      .memory = memory, .memory_bytes = sizeof memory, .backing = &counted.backing};
  ss_thread_configure(&config);
  SS_SCOPE {
    const char *slice = memset(ss_uninit_slice(char, 300), 1, 300);
    CHECK(slice >= memory && slice < memory + sizeof memory);
  }
  ss_thread_free();
  memset(memory, 0x5e, sizeof memory);
  CHECK_EQ_INT(pthread_setspecific(last_key, memory), 0);
  SS_SCOPE {
    memset(ss_uninit_slice(char, 300), 1, 300);
    CHECK_FILLED(memory, 0x5e, sizeof memory);
  }
  return arg;
}

static void *do_nothing(void *arg)
{
  return arg;
}

static void run_to_the_end(void *(*run)(void *), int expect_destroyed)
{
  (void)counted_begin(&counted, 1);
  destroyed = 0;
  pthread_t thread;
  int result = 0;
  void *returned = NULL;
  if (!CHECK_EQ_INT(pthread_create(&thread, NULL, run, &result), 0)) return;
  CHECK_EQ_INT(pthread_join(thread, &returned), 0);
  CHECK_EQ_PTR(returned, &result);
  CHECK_EQ_INT(destroyed, expect_destroyed);
  CHECK_EQ_SIZE(counted.acquires, counted.releases);
  counted_end(&counted);
}

static void promise_10_a_thread_that_returns_gives_its_chunks_back(void)
{
  run_to_the_end(return_with_an_idle_stack, 0);
  CHECK_LE_SIZE(1, counted.acquires);
}

static void promise_10_what_is_live_when_a_thread_returns_ends_with_it(void)
{
  run_to_the_end(return_with_things_left, 2);
  CHECK_LE_SIZE(2, counted.acquires);
}

static void promise_10_pthread_exit_gives_back_too(void)
{
  run_to_the_end(exit_with_things_left, 2);
}

static void promise_10_a_freed_stack_may_be_used_again(void)
{
  run_to_the_end(empty_and_go_on, 8);
}

static void a_thread_that_never_used_its_stack_ends_well(void)
{
  run_to_the_end(do_nothing, 0);
  CHECK_EQ_SIZE(counted.acquires, 0);
}

static void threads_may_come_and_go(void)
{
  for (int i = 0; i < CHECK_ROUNDS(50, 3); i += 1) run_to_the_end(return_with_things_left, 2);
}

static void promise_10_memory_of_a_local_variable_is_given_back_by_ss_thread_free(void)
{
  if (!CHECK_EQ_INT(pthread_key_create(&last_key, use_the_stack_last), 0)) return;
  run_to_the_end(empty_from_own_memory, 0);
  CHECK_EQ_INT(pthread_key_delete(last_key), 0);
}

TEST_GROUP(thread_exit)
{
  RUN(promise_10_memory_of_a_local_variable_is_given_back_by_ss_thread_free);
  RUN(promise_10_a_thread_that_returns_gives_its_chunks_back);
  RUN(promise_10_what_is_live_when_a_thread_returns_ends_with_it);
  RUN(promise_10_pthread_exit_gives_back_too);
  RUN(promise_10_a_freed_stack_may_be_used_again);
  RUN(a_thread_that_never_used_its_stack_ends_well);
  RUN(threads_may_come_and_go);
}
