// SPDX-License-Identifier: MIT
// Promise 10 over a program's life: threads that come and go by the thousand use the same memory.
// An argument is another number of threads, for tools that make them slow.
// Runs with SS_DEBUG: 0 1
#define _DEFAULT_SOURCE

#include "../check.h"
#include "platform.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#ifdef __EMSCRIPTEN__
#include <emscripten/heap.h>
#include <malloc.h>
#endif

enum { WARM_UP = 8, GROUP = 4 };
enum { SLICE_BYTES = 300 * 1024, PUSHES = 5000, THREAD_BYTES = SLICE_BYTES + PUSHES * 4 };

static int thread_count = 1000;

// -------------------------------------------------------------------------------------------------
// The platform's backing, counted for all threads together

static atomic_size_t acquires, releases, live_bytes;

static void *counted_acquire(void *context, size_t size_bytes)
{
  (void)context;
  void *block = ss__platform_backing.acquire(NULL, size_bytes);
  if (block == NULL) return NULL;
  atomic_fetch_add(&acquires, 1);
  atomic_fetch_add(&live_bytes, size_bytes);
  return block;
}

static bool counted_resize(void *context, void *block, size_t old_bytes, size_t new_bytes)
{
  (void)context;
  if (!ss__platform_backing.resize(NULL, block, old_bytes, new_bytes)) return false;
  atomic_fetch_add(&live_bytes, new_bytes - old_bytes);
  return true;
}

static void counted_release(void *context, void *block, size_t size_bytes)
{
  (void)context;
  ss__platform_backing.release(NULL, block, size_bytes);
  atomic_fetch_add(&releases, 1);
  atomic_fetch_sub(&live_bytes, size_bytes);
}

static const ss_backing counted = {counted_acquire, counted_resize, counted_release, NULL};

// -------------------------------------------------------------------------------------------------
// What a thread does

static pthread_barrier_t all_hold;

static void use_the_stack(int id, bool meet)
{
  const ss_config config = {.backing = &counted};
  ss_thread_configure(&config);
  SS_SCOPE {
    ss_buffer pushed = ss_buffer_open();
    char *slice = memset(ss_uninit_slice(char, SLICE_BYTES), id & 0xff, SLICE_BYTES);
    for (int i = 0; i < PUSHES; i += 1) *ss_push(int, &pushed) = id + i;
    const ss_slice ints = ss_buffer_close(&pushed);
    // In a group each has its memory at the same time as the others.
    if (meet) (void)pthread_barrier_wait(&all_hold);
    CHECK_FILLED(slice + SLICE_BYTES - 4096, id & 0xff, 4096);
    size_t wrong = 0;
    for (int i = 0; i < PUSHES; i += 1) wrong += ((int *)ints.data)[i] != id + i;
    CHECK_EQ_SIZE(wrong, 0);
  }
  CHECK_LE_SIZE(THREAD_BYTES, ss_thread_stats().reserved);
}

static void *work_alone(void *arg)
{
  use_the_stack(*(int *)arg, false);
  return NULL;
}

static void *work_in_a_group(void *arg)
{
  use_the_stack(*(int *)arg, true);
  return NULL;
}

static bool run_threads(int count, void *(*work)(void *), int first_id)
{
  pthread_t threads[GROUP];
  int ids[GROUP];
  for (int i = 0; i < count; i += 1) {
    ids[i] = first_id + i;
    // The others would wait for it at the barrier.
    if (pthread_create(&threads[i], NULL, work, &ids[i]) != 0) abort();
  }
  for (int i = 0; i < count; i += 1) CHECK_EQ_INT(pthread_join(threads[i], NULL), 0);
  return CHECK_EQ_SIZE(atomic_load(&live_bytes), 0);
}

// -------------------------------------------------------------------------------------------------
// The program's heap: exact in WebAssembly, where the chunks are part of it

typedef struct heap {
  size_t in_use;  // by malloc
  size_t top;
  size_t memory_bytes;
} heap;

static heap measure_heap(void)
{
#ifdef __EMSCRIPTEN__
  return (heap){(size_t)mallinfo().uordblks, (size_t)sbrk(0), emscripten_get_heap_size()};
#else
  return (heap){0};
#endif
}

// What the runtime keeps for a thread is freed a little after the join, and until then the next
// thread's goes elsewhere.
static void wait_until_in_use(size_t in_use)
{
  for (int i = 0; i < 100000 && measure_heap().in_use > in_use; i += 1) usleep(100);
}

// -------------------------------------------------------------------------------------------------

static void run_many(int group, void *(*work)(void *))
{
  atomic_store(&acquires, 0);
  atomic_store(&releases, 0);
  heap warm = {.in_use = SIZE_MAX};
  for (int done = 0; done < thread_count; done += group) {
    if (!run_threads(group, work, done)) return;
    wait_until_in_use(warm.in_use);
    if (done == (WARM_UP - 1) * group) {
      usleep(300000);
      warm = measure_heap();
    }
  }
  const heap end = measure_heap();
  CHECK_LE_SIZE(end.in_use, warm.in_use);
  // Threads at once take their memory in another order each time.
  CHECK_LE_SIZE(end.top, warm.top + (size_t)(group - 1) * THREAD_BYTES);
  CHECK_EQ_SIZE(end.memory_bytes, warm.memory_bytes);
  CHECK_LE_SIZE(2 * (size_t)thread_count, atomic_load(&acquires));
  CHECK_EQ_SIZE(atomic_load(&acquires), atomic_load(&releases));
}

static void promise_10_a_thousand_threads_one_after_another_use_the_same_memory(void)
{
  run_many(1, work_alone);
}

static void promise_10_a_thousand_threads_in_groups_of_four_use_the_same_memory(void)
{
  CHECK_EQ_INT(pthread_barrier_init(&all_hold, NULL, GROUP), 0);
  run_many(GROUP, work_in_a_group);
  CHECK_EQ_INT(pthread_barrier_destroy(&all_hold), 0);
}

TEST_GROUP_ALONE(thread_reuse, "it measures the heap of a whole program")
{
  thread_count = check_number_argument(thread_count);
  RUN(promise_10_a_thousand_threads_one_after_another_use_the_same_memory);
  RUN(promise_10_a_thousand_threads_in_groups_of_four_use_the_same_memory);
}
