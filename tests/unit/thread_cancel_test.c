// SPDX-License-Identifier: MIT
// Promise 10: a thread that is cancelled or leaves by pthread_exit in the middle of a scope gives its
// stack's memory back, and its destructors run once, last first, as when it returns.
// Runs with SS_DEBUG: 0 1
#define _DEFAULT_SOURCE

#include "../counted_backing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static counted_backing counted;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static atomic_bool is_in_scope;

// The order in which destructors ran.
static char order[16];

static void note(void *arg)
{
  const size_t length = strlen(order);
  if (CHECK_LE_SIZE(length + 2, sizeof order)) memcpy(order + length, arg, 2);
}

// -------------------------------------------------------------------------------------------------
// What leaves the inner scope, below

static void unlock(void *arg)
{
  pthread_mutex_unlock(arg);
}

static void wait_for_a_signal(void)
{
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(unlock, &mutex);
  for (;;) (void)pthread_cond_wait(&never, &mutex);
  pthread_cleanup_pop(1);
}

static void work_until_cancelled(void)
{
  for (;;) {
    SS_SCOPE {
      memset(ss_uninit_slice(char, 3000), 1, 3000);
    }
    pthread_testcancel();
  }
}

static void exit_thread(void)
{
  pthread_exit(PTHREAD_CANCELED);
}

// -------------------------------------------------------------------------------------------------

static void *leave_in_a_scope(void *leave)
{
  const ss_config config = {.initial_bytes = 4096, .backing = &counted.backing};
  ss_thread_configure(&config);
  ss_defer(note, "a");
  memset(ss_uninit_slice(char, 50000), 1, 50000);
  SS_SCOPE {
    ss_defer(note, "b");
    ss_buffer open = ss_buffer_open();
    for (int i = 0; i < 5000; i += 1) *ss_push(int, &open) = i;
    SS_SCOPE {
      ss_defer(note, "c");
      memset(ss_uninit_slice(char, 300000), 1, 300000);
      atomic_store(&is_in_scope, true);
      (*(void (**)(void))leave)();
    }
  }
  CHECK_UNREACHED("the thread went on");
  return NULL;
}

static void run_to_the_end(void (*leave)(void), bool cancel)
{
  (void)counted_begin(&counted, 1);
  memset(order, 0, sizeof order);
  atomic_store(&is_in_scope, false);
  pthread_t thread;
  void *returned = NULL;
  if (!CHECK_EQ_INT(pthread_create(&thread, NULL, leave_in_a_scope, (void *)&leave), 0)) return;
  while (!atomic_load(&is_in_scope)) usleep(1000);
  if (cancel) CHECK_EQ_INT(pthread_cancel(thread), 0);
  CHECK_EQ_INT(pthread_join(thread, &returned), 0);
  CHECK(returned == PTHREAD_CANCELED);
  CHECK_STR(order, "cba");
  CHECK_LE_SIZE(3, counted.acquires);
  CHECK_EQ_SIZE(counted.acquires, counted.releases);
  counted_end(&counted);
}

static void promise_10_a_thread_cancelled_while_it_waits_gives_back(void)
{
  for (int i = 0; i < 20; i += 1) run_to_the_end(wait_for_a_signal, true);
}

static void promise_10_a_thread_cancelled_while_it_works_gives_back(void)
{
  for (int i = 0; i < 20; i += 1) run_to_the_end(work_until_cancelled, true);
}

static void promise_10_pthread_exit_in_a_scope_gives_back(void)
{
  for (int i = 0; i < 20; i += 1) run_to_the_end(exit_thread, false);
}

// -------------------------------------------------------------------------------------------------
// The program's own key destructors run beside the library's, before or after it.

static pthread_key_t early_key, late_key;

static void use_the_stack(void *arg)
{
  (void)arg;
  SS_SCOPE {
    memset(ss_uninit_slice(char, 100000), 1, 100000);
  }
  note("k");
}

static void *end_with_keys(void *arg)
{
  const ss_config config = {.backing = &counted.backing};
  ss_thread_configure(&config);
  memset(ss_uninit_slice(char, 1000), 1, 1000);
  CHECK_EQ_INT(pthread_setspecific(early_key, arg), 0);
  CHECK_EQ_INT(pthread_setspecific(late_key, arg), 0);
  return arg;
}

static void promise_10_key_destructors_may_use_the_stack(void)
{
  (void)counted_begin(&counted, 1);
  memset(order, 0, sizeof order);
  // The first use of a thread stack, in an earlier test, has made the library's key.
  CHECK_EQ_INT(pthread_key_create(&late_key, use_the_stack), 0);
  pthread_t thread;
  int any = 0;
  CHECK_EQ_INT(pthread_create(&thread, NULL, end_with_keys, &any), 0);
  CHECK_EQ_INT(pthread_join(thread, NULL), 0);
  CHECK_STR(order, "kk");
  CHECK_LE_SIZE(2, counted.acquires);
  CHECK_EQ_SIZE(counted.acquires, counted.releases);
  counted_end(&counted);
  CHECK_EQ_INT(pthread_key_delete(late_key), 0);
}

// Before any use of a thread stack: it is smaller than the library's own key.
__attribute__((constructor)) static void make_early_key(void)
{
  if (pthread_key_create(&early_key, use_the_stack) != 0) abort();
}

TEST_GROUP(thread_cancel)
{
  RUN(promise_10_a_thread_cancelled_while_it_waits_gives_back);
  RUN(promise_10_a_thread_cancelled_while_it_works_gives_back);
  RUN(promise_10_pthread_exit_in_a_scope_gives_back);
  RUN(promise_10_key_destructors_may_use_the_stack);
}
