// SPDX-License-Identifier: MIT
// Promise 12: every thread for itself. At most four threads run at once.
// Runs with SS_DEBUG: 0 1
#define _POSIX_C_SOURCE 200809L

#include "../counted_backing.h"

#include <pthread.h>

enum { THREADS = 4 };

// Nested scopes with slices and buffers, whose contents say which thread made them.
static void work(ss_stack *stack, int id, int depth, uint32_t *seed)
{
  SS_STACK_SCOPE(stack) {
    ss_buffer a = ss_stack_buffer_open(stack);
    ss_buffer b = ss_stack_buffer_open(stack);
    const size_t size = 1 + random_below(seed, 3000);
    char *slice = memset(ss_stack_alloc(stack, size, 1), id, size);
    for (uint32_t i = 0; i < 400; i += 1) {
      *ss_push(uint32_t, &a) = (uint32_t)id << 16 | i;
      *ss_push(uint32_t, &b) = (uint32_t)id << 24 | i;
    }
    if (depth > 0) work(stack, id, depth - 1, seed);
    const ss_slice second = ss_buffer_close(&b);
    if (depth > 0) work(stack, id, depth - 1, seed);
    const ss_slice first = ss_buffer_close(&a);
    size_t wrong = 0;
    for (uint32_t i = 0; i < 400; i += 1) {
      wrong += ((uint32_t *)first.data)[i] != ((uint32_t)id << 16 | i);
      wrong += ((uint32_t *)second.data)[i] != ((uint32_t)id << 24 | i);
    }
    CHECK_EQ_SIZE(wrong, 0);
    CHECK_FILLED(slice, id, size);
  }
}

// Threads that have ended leave their place to others: all have begun before one ends.
static pthread_barrier_t all_begun;

typedef struct job {
  int id;
  pthread_t thread;
  ss_stack *stack;  // NULL: the thread's own
  ss_stack *seen;
} job;

static void *run_job(void *arg)
{
  job *j = arg;
  uint32_t seed = 12345u + (uint32_t)j->id;
  j->seen = ss_thread_stack();
  (void)pthread_barrier_wait(&all_begun);
  for (int frame = 0; frame < CHECK_ROUNDS(30, 3); frame += 1) {
    work(j->stack ? j->stack : ss_thread_stack(), j->id, 3, &seed);
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  CHECK_VALID(ss_thread_stack());
  if (j->stack) CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
  return NULL;
}

static void run_at_once(job *jobs)
{
  CHECK_EQ_INT(pthread_barrier_init(&all_begun, NULL, THREADS), 0);
  for (int i = 0; i < THREADS; i += 1) {
    jobs[i].id = i + 1;
    CHECK_EQ_INT(pthread_create(&jobs[i].thread, NULL, run_job, &jobs[i]), 0);
  }
  uint32_t seed = 99;
  for (int frame = 0; frame < CHECK_ROUNDS(30, 3); frame += 1)
    work(ss_thread_stack(), 100, 3, &seed);
  for (int i = 0; i < THREADS; i += 1) CHECK_EQ_INT(pthread_join(jobs[i].thread, NULL), 0);
  CHECK_EQ_INT(pthread_barrier_destroy(&all_begun), 0);
}

static void promise_12_each_thread_has_a_stack_of_its_own(void)
{
  for (int turn = 0; turn < CHECK_ROUNDS(3, 1); turn += 1) {
    job jobs[THREADS] = {0};
    run_at_once(jobs);
    for (int i = 0; i < THREADS; i += 1) {
      CHECK(jobs[i].seen != ss_thread_stack());
      for (int k = 0; k < i; k += 1) CHECK(jobs[i].seen != jobs[k].seen);
    }
  }
}

static void promise_12_each_thread_may_use_an_owned_stack(void)
{
  job jobs[THREADS] = {0};
  for (int i = 0; i < THREADS; i += 1) jobs[i].stack = ss_stack_new(NULL);
  run_at_once(jobs);
  for (int i = 0; i < THREADS; i += 1) {
    CHECK_EQ_SIZE(ss_stack_stats(jobs[i].stack).used, 0);
    CHECK_LE_SIZE(1, ss_stack_stats(jobs[i].stack).reserved);
    ss_stack_free(jobs[i].stack);
  }
}

// One thread fills a stack, another reads it, adds to it and ends it.
typedef struct handed_over {
  ss_stack *stack;
  ss_slice slice;
  int destroyed;
} handed_over;

static void count(void *arg)
{
  *(int *)arg += 1;
}

static void *fill(void *arg)
{
  handed_over *h = arg;
  ss_buffer b = ss_stack_buffer_open(h->stack);
  for (int i = 0; i < 50000; i += 1) *ss_push(int, &b) = i;
  h->slice = ss_buffer_close(&b);
  ss_stack_defer(h->stack, count, &h->destroyed);
  return NULL;
}

static void promise_12_an_owned_stack_may_be_handed_over(void)
{
  handed_over h = {.stack = ss_stack_new(NULL)};
  if (!CHECK(h.stack != NULL)) return;
  pthread_t thread;
  CHECK_EQ_INT(pthread_create(&thread, NULL, fill, &h), 0);
  CHECK_EQ_INT(pthread_join(thread, NULL), 0);
  CHECK_EQ_SIZE(h.slice.size, 50000 * sizeof(int));
  size_t wrong = 0;
  for (int i = 0; i < 50000; i += 1) wrong += ((int *)h.slice.data)[i] != i;
  CHECK_EQ_SIZE(wrong, 0);
  memset(ss_stack_alloc(h.stack, 1000, 1), 1, 1000);
  CHECK_EQ_INT(h.destroyed, 0);  // the thread's end did not touch it
  ss_stack_free(h.stack);
  CHECK_EQ_INT(h.destroyed, 1);
}

typedef struct configured {
  counted_backing counted;
  size_t max_bytes;
  bool was_refused;
} configured;

static void *run_configured(void *arg)
{
  configured *c = arg;
  const ss_config config = {.max_bytes = c->max_bytes, .backing = &c->counted.backing};
  ss_thread_configure(&config);
  SS_SCOPE {
    memset(ss_uninit_slice(char, 1000), 1, 1000);
    c->was_refused = ss_try_alloc(500000, 1) == NULL;
    CHECK_LE_SIZE(ss_thread_stats().reserved, c->max_bytes);
  }
  return NULL;
}

static void promise_12_configuration_is_each_threads_own(void)
{
  static configured threads[2];
  pthread_t ids[2];
  for (int i = 0; i < 2; i += 1) {
    threads[i].max_bytes = i == 0 ? 100000 : 1000000;
    (void)counted_begin(&threads[i].counted, 1);
    CHECK_EQ_INT(pthread_create(&ids[i], NULL, run_configured, &threads[i]), 0);
  }
  for (int i = 0; i < 2; i += 1) {
    CHECK_EQ_INT(pthread_join(ids[i], NULL), 0);
    CHECK_LE_SIZE(1, threads[i].counted.acquires);
    counted_end(&threads[i].counted);
  }
  CHECK(threads[0].was_refused);
  CHECK(!threads[1].was_refused);
  SS_SCOPE {
    memset(ss_uninit_slice(char, 2000000), 1, 2000000);
  }
}

TEST_GROUP(threads)
{
  RUN(promise_12_each_thread_has_a_stack_of_its_own);
  RUN(promise_12_each_thread_may_use_an_owned_stack);
  RUN(promise_12_an_owned_stack_may_be_handed_over);
  RUN(promise_12_configuration_is_each_threads_own);
}
