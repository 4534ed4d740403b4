// SPDX-License-Identifier: MIT
// Promises 10 and 12 for Wasm Workers: each has a stack of its own, and ss_thread_free gives it
// back. They have no end that the library could see.
// Runs as a program of its own
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

#include <emscripten/wasm_worker.h>
#include <malloc.h>

enum { WORKERS = 4, ROUNDS = 100, WARM_UP = 8, WORKER_STACK_BYTES = 65536 };

typedef struct worker {
  emscripten_wasm_worker_t id;
  counted_backing counted;
  ss_stack *seen;
  int destroyed;
} worker;

static worker workers[WORKERS];
static _Atomic int done_count;

// Node.js lets its main thread wait. A function of its own, since Node.js 20 spoils 64-bit variables
// of the function that does (V8's first compiler; --no-liftoff shows it).
__attribute__((noinline)) static void wait_until_done(int count)
{
  for (int done = done_count; done < count; done = done_count) {
    (void)__builtin_wasm_memory_atomic_wait32((int *)&done_count, done, -1);
  }
}

static void say_done(void)
{
  done_count += 1;
  (void)__builtin_wasm_memory_atomic_notify((int *)&done_count, 1);
}

static void start_workers(void)
{
  for (int i = 0; i < WORKERS; i += 1) {
    workers[i].id = emscripten_malloc_wasm_worker(WORKER_STACK_BYTES);
  }
  (void)atexit(emscripten_terminate_all_wasm_workers);
}

static void post_to_all(void (*work)(int))
{
  if (workers[0].id == 0) start_workers();
  done_count = 0;
  for (int i = 0; i < WORKERS; i += 1) {
    emscripten_wasm_worker_post_function_vi(workers[i].id, work, i);
  }
  wait_until_done(WORKERS);
}

// -------------------------------------------------------------------------------------------------
// What the workers do

static void count(void *arg)
{
  *(int *)arg += 1;
}

static void use_own_backing(int index)
{
  worker *w = &workers[index];
  (void)counted_begin(&w->counted, 1);
  const ss_config config = {.backing = &w->counted.backing};
  ss_thread_configure(&config);
  say_done();
}

static void use_the_platforms_backing(int index)
{
  (void)index;
  ss_thread_configure(NULL);
  say_done();
}

// Live slices, an open and a closed buffer, a scope that nobody ends; then all of it is given back.
static void leave_things_and_empty(int index)
{
  worker *w = &workers[index];
  w->seen = ss_thread_stack();
  ss_defer(count, &w->destroyed);
  char *slice = memset(ss_uninit_slice(char, 100000), index, 100000);
  (void)ss_save();
  ss_buffer open = ss_buffer_open();
  ss_buffer closed = ss_buffer_open();
  for (int i = 0; i < 5000; i += 1) {
    *ss_push(int, &open) = i;
    *ss_push(int, &closed) = index + i;
  }
  const ss_slice ints = ss_buffer_close(&closed);
  ss_defer(count, &w->destroyed);
  CHECK_FILLED(slice, index, 100000);
  CHECK_EQ_INT(((int *)ints.data)[4999], index + 4999);
  CHECK_LE_SIZE(120000, ss_thread_stats().used);
  ss_thread_free();
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
  say_done();
}

// -------------------------------------------------------------------------------------------------

static void promise_12_each_wasm_worker_has_a_stack_of_its_own(void)
{
  post_to_all(leave_things_and_empty);
  for (int i = 0; i < WORKERS; i += 1) {
    CHECK(workers[i].seen != ss_thread_stack());
    for (int k = 0; k < i; k += 1) CHECK(workers[i].seen != workers[k].seen);
  }
}

static void promise_10_a_wasm_worker_that_empties_gives_its_chunks_back(void)
{
  post_to_all(use_own_backing);
  for (int i = 0; i < WORKERS; i += 1) workers[i].destroyed = 0;
  for (int round = 1; round <= ROUNDS; round += 1) {
    post_to_all(leave_things_and_empty);
    for (int i = 0; i < WORKERS; i += 1) {
      CHECK_EQ_INT(workers[i].destroyed, 2 * round);
      CHECK_EQ_SIZE(workers[i].counted.live_bytes, 0);
    }
  }
  for (int i = 0; i < WORKERS; i += 1) {
    CHECK_LE_SIZE(ROUNDS, workers[i].counted.acquires);
    CHECK_EQ_SIZE(workers[i].counted.acquires, workers[i].counted.releases);
    counted_end(&workers[i].counted);
  }
  post_to_all(use_the_platforms_backing);
}

static void promise_10_the_heap_stays_as_large_as_wasm_workers_need_it(void)
{
  size_t warm_bytes = 0;
  for (int round = 1; round <= ROUNDS; round += 1) {
    post_to_all(leave_things_and_empty);
    if (round == WARM_UP) warm_bytes = (size_t)mallinfo().uordblks;
  }
  CHECK_EQ_SIZE((size_t)mallinfo().uordblks, warm_bytes);
}

TEST_GROUP(wasm_workers)
{
  RUN(promise_12_each_wasm_worker_has_a_stack_of_its_own);
  RUN(promise_10_a_wasm_worker_that_empties_gives_its_chunks_back);
  RUN(promise_10_the_heap_stays_as_large_as_wasm_workers_need_it);
}
