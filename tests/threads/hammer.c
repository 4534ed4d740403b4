// SPDX-License-Identifier: MIT
// Eight threads at once, for some seconds (`hammer [SECONDS]`): each works on its own stack, on owned ones
// and on slices that it hands over to others, grows buffers so that the heap grows under all of them, gives
// its stack up in the middle of scopes, and ends anywhere; then another takes its place. Contents,
// destructors and blocks are counted, and all must come out even. Then threads come and go one by one,
// and each must find what the last one gave back.
#define _POSIX_C_SOURCE 200809L

#include "../faults/refusing_backing.h"
#include "secondstack.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef __EMSCRIPTEN__
#include <emscripten/heap.h>
#endif

enum { THREADS = 8, QUEUE = 12, GENERATIONS = 60 };

// Relaxed: ThreadSanitizer must not take a counter for an agreement between threads.
typedef atomic_size_t counter;
static counter frames, wrong_bytes, deferred, dropped, handed, received, empties, deaths;

static void add(counter *to, size_t n)
{
  (void)atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

static size_t get(counter *from)
{
  return atomic_load_explicit(from, memory_order_relaxed);
}

static uint32_t next_random(uint32_t *seed)
{
  *seed ^= *seed << 13;
  *seed ^= *seed >> 17;
  return *seed ^= *seed << 5;
}

static double now_s(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double end_s;

// -------------------------------------------------------------------------------------------------
// Contents

static void fill(uint32_t *items, size_t count, uint32_t seed)
{
  for (size_t i = 0; i < count; i += 1) items[i] = seed + (uint32_t)i * 2654435761u;
}

static void check(const uint32_t *items, size_t count, uint32_t seed)
{
  size_t wrong = 0;
  for (size_t i = 0; i < count; i += 1) wrong += items[i] != seed + (uint32_t)i * 2654435761u;
  add(&wrong_bytes, wrong);
}

static void drop(void *arg)
{
  (void)arg;
  add(&dropped, 1);
}

static void defer(ss_stack *stack)
{
  ss_stack_defer(stack, drop, NULL);
  add(&deferred, 1);
}

// -------------------------------------------------------------------------------------------------
// Work

static void nest(ss_stack *stack, int depth, uint32_t *seed)
{
  SS_STACK_SCOPE(stack) {
    const uint32_t mine = next_random(seed);
    const size_t count = 1 + next_random(seed) % 800;
    uint32_t *slice = ss_stack_uninit_slice(stack, uint32_t, count);
    fill(slice, count, mine);
    if (mine % 3 == 0) defer(stack);
    ss_buffer a = ss_stack_buffer_open(stack);
    ss_buffer b = ss_stack_buffer_open(stack);
    for (uint32_t i = 0; i < 300; i += 1) {
      *ss_push(uint32_t, &a) = mine + i * 2654435761u;
      *ss_push(uint32_t, &b) = ~mine + i * 2654435761u;
    }
    if (depth > 0) nest(stack, depth - 1, seed);
    const ss_slice second = ss_buffer_close(&b);
    const ss_slice first = ss_buffer_close(&a);
    check(slice, count, mine);
    check((uint32_t *)first.data, 300, mine);
    check((uint32_t *)second.data, 300, ~mine);
  }
}

// Larger than what is there: the heap grows while others use it.
static void grow(ss_stack *stack, uint32_t *seed)
{
  SS_STACK_SCOPE(stack) {
    const uint32_t mine = next_random(seed);
    const size_t count = 100000 + next_random(seed) % 1000000;
    ss_buffer b = ss_stack_buffer_open(stack);
    for (size_t done = 0; done < count;) {
      const size_t block = count - done < 10000 ? count - done : 10000;
      uint32_t *items = ss_extend(uint32_t, &b, block);
      fill(items, block, mine + (uint32_t)done * 2654435761u);
      done += block;
    }
    const ss_slice s = ss_buffer_close(&b);
    uint32_t *copy = ss_stack_copy_slice(stack, uint32_t, (const uint32_t *)s.data, count);
    check(copy, count, mine);
  }
}

// -------------------------------------------------------------------------------------------------
// Handing over

typedef struct parcel {
  ss_stack *stack;
  ss_slice slice;
  uint32_t seed;
} parcel;

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static parcel queue[QUEUE];
static size_t queue_count;

static bool put(parcel p)
{
  (void)pthread_mutex_lock(&queue_lock);
  const bool has_room = queue_count < QUEUE;
  if (has_room) queue[queue_count++] = p;
  (void)pthread_mutex_unlock(&queue_lock);
  return has_room;
}

static parcel take(void)
{
  parcel p = {NULL, {NULL, 0}, 0};
  (void)pthread_mutex_lock(&queue_lock);
  if (queue_count) p = queue[--queue_count];
  (void)pthread_mutex_unlock(&queue_lock);
  return p;
}

static void send(uint32_t *seed)
{
  parcel p = {ss_stack_new(NULL), {NULL, 0}, next_random(seed)};
  if (p.stack == NULL) return;
  const size_t count = 1000 + next_random(seed) % 200000;
  ss_buffer b = ss_stack_buffer_open(p.stack);
  fill(ss_extend(uint32_t, &b, count), count, p.seed);
  p.slice = ss_buffer_close(&b);
  defer(p.stack);
  if (put(p)) {
    add(&handed, 1);
  } else {
    ss_stack_free(p.stack);
  }
}

// Reads what another thread made, adds to it, copies it at once, and ends it.
static void receive(uint32_t *seed)
{
  parcel p = take();
  if (p.stack == NULL) return;
  ss_stack *stack = ss_stack_make_visible(p.stack);
  const ss_slice slice = ss_make_visible(p.slice);
  const size_t count = slice.size / sizeof(uint32_t);
  SS_SCOPE {
    check(ss_copy_slice(uint32_t, (const uint32_t *)slice.data, count), count, p.seed);
  }
  nest(stack, 1, seed);
  check((const uint32_t *)slice.data, count, p.seed);
  ss_stack_free(stack);
  add(&received, 1);
}

// -------------------------------------------------------------------------------------------------
// Threads

// Scopes that nobody ends, things that live, a buffer that is open.
static void leave_things(uint32_t *seed)
{
  ss_stack *own = ss_thread_stack();
  (void)ss_save();
  defer(own);
  fill(ss_uninit_slice(uint32_t, 5000), 5000, *seed);
  ss_buffer open = ss_buffer_open();
  memset(ss_extend(char, &open, 100000), 1, 100000);
  defer(own);
}

static void exit_in_scopes(uint32_t *seed)
{
  SS_SCOPE {
    leave_things(seed);
    SS_SCOPE {
      leave_things(seed);
      pthread_exit(NULL);
    }
  }
}

static void *run_thread(void *arg)
{
  uint32_t seed = (uint32_t)(uintptr_t)arg;
  ss_stack *owned = ss_stack_new(NULL);
  bool is_over = owned == NULL;
  while (!is_over && now_s() < end_s) {
    add(&frames, 1);
    nest(ss_thread_stack(), 3, &seed);
    nest(owned, 2, &seed);
    switch (next_random(&seed) % 24) {
      case 0:
        leave_things(&seed);
        ss_thread_free();
        add(&empties, 1);
        break;
      case 1:
      case 2:
        grow(next_random(&seed) % 2 ? owned : ss_thread_stack(), &seed);
        break;
      case 3:
        ss_trim(0);
        ss_stack_trim(owned, 0);
        break;
      case 4:
      case 5:
      case 6:
        send(&seed);
        break;
      case 7:
      case 8:
      case 9:
        receive(&seed);
        break;
      case 10:
        is_over = true;
        break;
      default:
        break;
    }
  }
  ss_stack_free(owned);
  add(&deaths, 1);
  const uint32_t way = next_random(&seed) % 3;
  if (way == 0) leave_things(&seed);
  if (way == 1) exit_in_scopes(&seed);
  return NULL;
}

static void *run_place(void *arg)
{
  uint32_t seed = (uint32_t)(uintptr_t)arg;
  while (now_s() < end_s) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_thread, (void *)(uintptr_t)next_random(&seed)) != 0) {
      add(&wrong_bytes, 1);
      break;
    }
    (void)pthread_join(thread, NULL);
  }
  return NULL;
}

// -------------------------------------------------------------------------------------------------
// One after the other

typedef struct generation {
  ss_stats stats;
  size_t heap_bytes;
} generation;

static void *run_generation(void *arg)
{
  generation *g = arg;
  uint32_t seed = 77;
  nest(ss_thread_stack(), 3, &seed);
  grow(ss_thread_stack(), &seed);
  g->stats = ss_thread_stats();
#ifdef __EMSCRIPTEN__
  g->heap_bytes = emscripten_get_heap_size();
#endif
  return NULL;
}

static int passed;
static int failed;

static void expect(bool holds, const char *what)
{
  passed += holds;
  failed += !holds;
  if (!holds) printf("FAILED %s\n", what);
}

// The heap settles with the first ones; then it has the same size to the end, and all blocks come back.
static void run_generations(void)
{
  generation settled = {0};
  generation g = {0};
  size_t blocks = 0;
  bool is_same = true;
  for (int i = 0; i < GENERATIONS; i += 1) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_generation, &g) != 0) return;
    (void)pthread_join(thread, NULL);
    blocks += refusing_live_blocks();
    if (i == GENERATIONS / 3) settled = g;
    if (i > GENERATIONS / 3) is_same = is_same && g.heap_bytes == settled.heap_bytes;
  }
  printf("%d threads one by one, %zu bytes each: heap %zu bytes at a third, %zu at the end\n",
         GENERATIONS, g.stats.reserved, settled.heap_bytes, g.heap_bytes);
  expect(blocks == 0, "a thread that ends gives every block back");
  expect(is_same, "a thread finds what the one before gave back");
}

int main(int argc, char **argv)
{
  const double seconds = argc > 1 ? atof(argv[1]) : 3;
  if (!(seconds > 0)) {
    fprintf(stderr, "hammer: usage: hammer [SECONDS]\n");
    return 2;
  }
  end_s = now_s() + seconds;
  pthread_t places[THREADS];
  for (size_t i = 0; i < THREADS; i += 1) {
    if (pthread_create(&places[i], NULL, run_place, (void *)(uintptr_t)(i * 7919 + 1)) != 0)
      return 2;
  }
  for (size_t i = 0; i < THREADS; i += 1) (void)pthread_join(places[i], NULL);
  for (parcel p; (p = take()).stack != NULL;) ss_stack_free(ss_stack_make_visible(p.stack));
  printf("%zu frames, %zu threads ended, %zu empties, %zu stacks handed over, %zu received\n",
         get(&frames), get(&deaths), get(&empties), get(&handed), get(&received));
  expect(get(&frames) > THREADS, "the threads have run");
  expect(get(&wrong_bytes) == 0, "contents are whole");
  expect(get(&deferred) == get(&dropped), "each destructor runs once");
  expect(refusing_live_blocks() == 0, "all memory is given back");
  run_generations();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
