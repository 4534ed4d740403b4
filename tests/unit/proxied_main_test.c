// SPDX-License-Identifier: MIT
// Promise 12 under PROXY_TO_PTHREAD: main runs in a pthread, beside the thread that the runtime began
// on. Each of the two has a stack of its own.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

#include <emscripten/threading.h>
#include <pthread.h>

static counted_backing counted;

typedef struct visit {
  void (*work)(struct visit *visit);
  ss_stack *seen;
  int destroyed;
  size_t left_bytes;  // in use on that thread afterwards
} visit;

static void begin_visit(visit *v)
{
  v->seen = ss_thread_stack();
  v->work(v);
  v->left_bytes = ss_thread_stats().used;
}

static void on_the_runtime_thread(visit *v)
{
  emscripten_sync_run_in_main_runtime_thread_(EM_FUNC_SIG_VI, (void *)begin_visit, v);
}

static void count(void *arg)
{
  ((visit *)arg)->destroyed += 1;
}

static void use_own_backing(visit *v)
{
  (void)v;
  const ss_config config = {.backing = &counted.backing};
  ss_thread_configure(&config);
}

static void use_a_scope(visit *v)
{
  SS_SCOPE {
    ss_defer(count, v);
    ss_buffer pushed = ss_buffer_open();
    char *slice = memset(ss_uninit_slice(char, 100000), 7, 100000);
    for (int i = 0; i < 30000; i += 1) *ss_push(int, &pushed) = i;
    const ss_slice ints = ss_buffer_close(&pushed);
    CHECK_FILLED(slice, 7, 100000);
    CHECK_EQ_INT(((int *)ints.data)[29999], 29999);
  }
}

static void leave_a_slice(visit *v)
{
  memset(ss_uninit_slice(char, 100000), 7, 100000);
  ss_defer(count, v);
}

static void empty_stack(visit *v)
{
  (void)v;
  ss_thread_free();
}

static void promise_12_main_and_the_runtime_thread_have_a_stack_each(void)
{
  CHECK(!emscripten_is_main_runtime_thread());
  visit there = {.work = use_a_scope};
  visit here = {.work = use_a_scope};
  SS_SCOPE {
    char *slice = memset(ss_uninit_slice(char, 50000), 9, 50000);
    on_the_runtime_thread(&there);
    begin_visit(&here);
    CHECK_FILLED(slice, 9, 50000);
    CHECK_LE_SIZE(50000, here.left_bytes);
  }
  CHECK(there.seen != here.seen);
  CHECK_EQ_PTR(here.seen, ss_thread_stack());
  CHECK_EQ_SIZE(there.left_bytes, 0);
  CHECK_EQ_INT(there.destroyed, 1);
  CHECK_EQ_INT(here.destroyed, 1);
}

static void promise_10_the_runtime_thread_empties(void)
{
  (void)counted_begin(&counted, 1);
  on_the_runtime_thread(&(visit){.work = empty_stack});
  on_the_runtime_thread(&(visit){.work = use_own_backing});
  for (int i = 0; i < 10; i += 1) {
    visit leave = {.work = leave_a_slice};
    on_the_runtime_thread(&leave);
    CHECK_LE_SIZE(100000, leave.left_bytes);
    CHECK_LE_SIZE(100000, counted.live_bytes);
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);  // main's is not touched
    on_the_runtime_thread(&(visit){.work = empty_stack});
    CHECK_EQ_INT(leave.destroyed, 1);
    CHECK_EQ_SIZE(counted.live_bytes, 0);
  }
  CHECK_LE_SIZE(10, counted.acquires);
  CHECK_EQ_SIZE(counted.acquires, counted.releases);
  counted_end(&counted);
}

TEST_GROUP(proxied_main)
{
  RUN(promise_12_main_and_the_runtime_thread_have_a_stack_each);
  RUN(promise_10_the_runtime_thread_empties);
}
