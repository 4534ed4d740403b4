// SPDX-License-Identifier: MIT
// The crew on pthreads. Each worker has one mailbox: an order with a number, and counters that say
// how far the worker and the GL thread have come. The GL thread may not sleep in a browser, so it
// spins; workers sleep.
#include <emscripten/console.h>
#include <emscripten/emscripten.h>
#include <emscripten/threading.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "clock.h"
#include "crew.h"
#include "memory.h"
#include "ring.h"
#include "stacks.h"

// A worker that takes longer than this has died. The page is to report that, and not to hang.
#define PATIENCE_MS 20000.0

typedef enum order { ORDER_GENERATE, ORDER_TRIM, ORDER_DETACH, ORDER_END } order;

typedef struct worker {
  unsigned index;
  // Written by the GL thread before `ordered` rises.
  order order;
  size_t keep_bytes;
  // The numbers of the orders that were given, released and done. The worker sleeps until one of
  // the first two changes.
  _Atomic uint32_t ordered;
  _Atomic uint32_t released;
  _Atomic uint32_t done;
  _Atomic uint32_t made;  // how many batches of the current order are made
  crew_report report;
} worker;

static struct {
  worker workers[CREW_MAX];
  unsigned started;
  unsigned count;
  const scene_frame *frame;
  const scene_ops *ops;
  scene_batch *batches;
} crew;

static void sleep_while(_Atomic uint32_t *number, uint32_t value)
{
  while (atomic_load(number) == value) {
    emscripten_futex_wait((volatile void *)number, value, INFINITY);
  }
}

static void raise_number(_Atomic uint32_t *number)
{
  atomic_fetch_add(number, 1);
  emscripten_futex_wake((volatile void *)number, 1);
}

static void generate(worker *self, uint32_t number)
{
  const double before = clock_ms();
  stacks_begin(self->index + 1);
  ring_of_thread = ring_of(self->index);
  for (unsigned b = self->index; b < crew.frame->batches; b += crew.count) {
    crew.ops->generate(crew.frame, b, &crew.batches[b]);
    atomic_fetch_add_explicit(&self->made, 1, memory_order_release);
  }
  const double between = clock_ms();
  stacks_look(self->index + 1);
  sleep_while(&self->released, number - 1);

  const double released = clock_ms();
  for (unsigned end = crew.frame->batches; end > 0; end--) {
    if ((end - 1) % crew.count == self->index) crew.ops->release(&crew.batches[end - 1]);
  }
  self->report.busy_ms = between - before + clock_ms() - released;
}

static void *work(void *argument)
{
  worker *self = argument;
  for (uint32_t number = 1;; number++) {
    sleep_while(&self->ordered, number - 1);
    const order now = self->order;
    if (now == ORDER_GENERATE) generate(self, number);
    if (now == ORDER_TRIM) ss_trim(self->keep_bytes);
    if (now == ORDER_DETACH) ss_thread_free();
    const memory_counts counts = memory_counts_of_thread();
    self->report.mallocs = counts.mallocs;
    self->report.frees = counts.frees;
    self->report.stats = ss_thread_stats();
    self->report.deepest = stacks_deepest(self->index + 1);
    atomic_store_explicit(&self->done, number, memory_order_release);
    if (now == ORDER_END) return NULL;
  }
}

static void give_order(worker *to, order what)
{
  to->order = what;
  atomic_store(&to->made, 0);
  raise_number(&to->ordered);
}

// Spins until `number` is at least `wanted`.
static void spin_until(_Atomic uint32_t *number, uint32_t wanted)
{
  double since = 0;
  for (unsigned spins = 1; atomic_load_explicit(number, memory_order_acquire) < wanted; spins++) {
    if (spins % 4096 != 0) continue;
    const double now = clock_ms();
    if (since == 0) since = now;
    if (now - since < PATIENCE_MS) continue;
    emscripten_console_error("demo: a worker does not answer");
    abort();
  }
}

static void wait_idle(worker *of)
{
  spin_until(&of->done, atomic_load(&of->ordered));
}

unsigned crew_max(void)
{
  const int cores = emscripten_num_logical_cores();
  // As many as the pool has: see PTHREAD_POOL_SIZE in CMakeLists.txt.
  return cores < 4 ? 4 : cores > CREW_MAX ? CREW_MAX : (unsigned)cores;
}

static void order_all(order what, size_t keep_bytes)
{
  for (unsigned w = 0; w < crew.started; w++) {
    crew.workers[w].keep_bytes = keep_bytes;
    give_order(&crew.workers[w], what);
  }
  for (unsigned w = 0; w < crew.started; w++) wait_idle(&crew.workers[w]);
}

void crew_configure(unsigned count)
{
  while (crew.started < count) {
    worker *next = &crew.workers[crew.started];
    next->index = crew.started;
    // The threads are detached, because joining one would block the GL thread. `done` says when a
    // worker has carried out its last order.
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    const int error = pthread_create(&thread, &detached, work, next);
    pthread_attr_destroy(&detached);
    if (error != 0) {
      emscripten_console_error("demo: a thread does not start");
      abort();
    }
    crew.started++;
  }
  crew.count = count;
  order_all(ORDER_DETACH, 0);
}

unsigned crew_count(void)
{
  return crew.count;
}

void crew_post(const scene_frame *frame, const scene_ops *ops, scene_batch *batches)
{
  crew.frame = frame;
  crew.ops = ops;
  crew.batches = batches;
  for (unsigned w = 0; w < crew.count; w++) {
    // `released` now has the number of the order before this one, whatever kind of order that was.
    atomic_store(&crew.workers[w].released, atomic_load(&crew.workers[w].ordered));
    give_order(&crew.workers[w], ORDER_GENERATE);
  }
}

void crew_wait(unsigned batch)
{
  spin_until(&crew.workers[batch % crew.count].made, batch / crew.count + 1);
}

void crew_release(void)
{
  for (unsigned w = 0; w < crew.count; w++) raise_number(&crew.workers[w].released);
}

void crew_finish(void)
{
  for (unsigned w = 0; w < crew.count; w++) wait_idle(&crew.workers[w]);
}

const crew_report *crew_report_of(unsigned worker)
{
  return &crew.workers[worker].report;
}

void crew_trim(size_t keep_bytes)
{
  order_all(ORDER_TRIM, keep_bytes);
}

void crew_dispose(void)
{
  order_all(ORDER_END, 0);
  crew.started = crew.count = 0;
}
