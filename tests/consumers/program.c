// SPDX-License-Identifier: MIT
// What every consumer builds, as C and as C++: it uses each part of the library, in two threads
// where there are threads, and prints a line that run.sh knows. With CONTROL=1 it does the same work
// without the library: does that fail too, it is the toolchain that cannot.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef CONTROL
#define CONTROL 0
#endif

#if !defined(__wasm__) || defined(__EMSCRIPTEN_PTHREADS__)
#include <pthread.h>
#define HAS_THREADS 1
#else
#define HAS_THREADS 0
#endif

enum { ITEM_COUNT = 90000 };

#if CONTROL

static uint64_t work(void)
{
  uint32_t *items = (uint32_t *)malloc(ITEM_COUNT * sizeof *items);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < ITEM_COUNT; i++) items[i] = i;
  for (uint32_t i = 0; i < ITEM_COUNT; i++) sum += items[i];
  free(items);
  return sum;
}

#else

#include <secondstack.h>
#if defined(__cplusplus) && __cplusplus >= 201703L
#include <secondstack.hpp>
#endif

static void add_one(void *count)
{
  *(int *)count += 1;
}

static bool next_item(void *iterator, void *item)
{
  uint32_t *next = (uint32_t *)iterator;
  if (*next == 0) return false;
  *next -= 1;
  *(uint32_t *)item = *next;
  return true;
}

// Two buffers grow at once, slices come between their pushes, a result is kept, a destructor runs.
static uint64_t work(void)
{
  uint64_t sum = 0;
  int destroyed = 0;
  if (ss_version() != SS_VERSION) abort();
  SS_SCOPE {
    ss_mark mark = ss_save();
    ss_defer(add_one, &destroyed);
    ss_buffer items = ss_buffer_open(), copies = ss_buffer_open();
    for (uint32_t i = 0; i < ITEM_COUNT; i++) {
      *ss_push(uint32_t, &items) = i;
      if (i % 3 == 0) *ss_push(uint32_t, &copies) = i;
      if (i % 10000 == 0) ss_format("slice %d", (int)i)[0] = 'S';
    }
    ss_slice dropped = ss_buffer_close(&copies), kept = ss_buffer_close(&items);
    if (dropped.size != ITEM_COUNT / 3 * sizeof(uint32_t)) abort();
    kept = ss_restore_keep(mark, kept);
    uint32_t count = ITEM_COUNT;
    ss_slice collected = ss_collect(uint32_t, next_item, &count, 0);
    if (collected.size != kept.size) abort();
    for (size_t i = 0; i < ITEM_COUNT; i++) {
      if (((uint32_t *)collected.data)[i] != ITEM_COUNT - 1 - i) abort();
      sum += ((uint32_t *)kept.data)[i];
    }
  }
  ss_stack *own = ss_stack_new(NULL);
  SS_STACK_SCOPE(own) {
    double *zeros = ss_stack_zeroed_slice(own, double, 1000);
    sum += (uint64_t)zeros[999];
  }
  ss_stack_free(own);
  if (destroyed != 1 || ss_thread_stats().used != 0) abort();
  return sum;
}

#endif

#if HAS_THREADS
static void *work_in_thread(void *sum)
{
  *(uint64_t *)sum = work();
  return NULL;
}
#endif

int main(void)
{
  uint64_t sum = work();
#if HAS_THREADS
  pthread_t thread;
  uint64_t other_sum = 0;
  if (pthread_create(&thread, NULL, work_in_thread, &other_sum) != 0) abort();
  if (pthread_join(thread, NULL) != 0 || other_sum != sum) abort();
#endif
  printf("the sum is %llu\n", (unsigned long long)sum);
  return 0;
}
