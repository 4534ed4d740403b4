// SPDX-License-Identifier: MIT
// What the programs here share: they do a library's work with malloc and on a second stack by turns, compare the outputs
// byte for byte, and count allocator calls. With --time they also measure, and print a row for docs/with-libraries.md.
#pragma once
#ifdef __APPLE__
#include <malloc/malloc.h>
#define malloc_usable_size malloc_size
#else
#include <malloc.h>
#endif
#include <secondstack_adapt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// What a library has written, in order.
typedef struct with_output {
  unsigned char *bytes;
  size_t size, room;
} with_output;

static inline void with_write(with_output *out, const void *bytes, size_t size)
{
  if (out->size + size > out->room) {
    out->room = 2 * (out->size + size);
    out->bytes = (unsigned char *)realloc(out->bytes, out->room);
    if (out->bytes == NULL) abort();
  }
  if (size > 0) memcpy(out->bytes + out->size, bytes, size);
  out->size += size;
}

// malloc's calls and bytes. Nothing is counted while time is measured.
static struct {
  bool is_off;
  size_t calls, live_bytes, peak_bytes;
} with_counted;

static inline void with_count(void *freed)
{
  if (with_counted.is_off) return;
  with_counted.calls += 1;
  with_counted.live_bytes -= malloc_usable_size(freed);
}

static inline void *with_held(void *block)
{
  if (with_counted.is_off) return block;
  with_counted.live_bytes += malloc_usable_size(block);
  if (with_counted.live_bytes > with_counted.peak_bytes)
    with_counted.peak_bytes = with_counted.live_bytes;
  return block;
}

static inline void *with_realloc(void *block, size_t size)
{
  with_count(block);
  return with_held(realloc(block, size));
}

static inline void *with_malloc(size_t size)
{
  with_count(NULL);
  return with_held(malloc(size));
}

static inline void with_free(void *block)
{
  if (block != NULL) with_count(block);
  free(block);
}

// The library's work. It uses malloc if `scratch` is NULL.
typedef void with_work(with_output *out, ss_adapter *scratch);

// Returns nanoseconds.
static inline double with_once(with_work *work, with_output *out, bool is_on_stack,
                               ss_adapter *after)
{
  struct timespec begin, end;
  out->size = 0;
  timespec_get(&begin, TIME_UTC);
  if (is_on_stack) {
    SS_SCOPE {
      ss_adapter scratch = ss_adapt(ss_thread_stack());
      work(out, &scratch);
      *after = scratch;
    }
  } else {
    work(out, NULL);
  }
  timespec_get(&end, TIME_UTC);
  return (double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec);
}

static int with_compare(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Returns: the median of 41 pairs of runs: the stack's time, divided by malloc's.
static inline double with_ratio(with_work *work, with_output *out, ss_adapter *after)
{
  enum { RUNS = 41 };
  static double ratios[RUNS];
  with_counted.is_off = true;
  for (int i = 0; i < RUNS; i++) {
    const double first = with_once(work, out, i % 2 == 0, after);
    const double second = with_once(work, out, i % 2 != 0, after);
    ratios[i] = i % 2 == 0 ? first / second : second / first;
  }
  qsort(ratios, RUNS, sizeof *ratios, with_compare);
  return ratios[RUNS / 2];
}

static inline int with_main(int argc, char **argv, const char *name, with_work *work)
{
  with_output expected = {NULL, 0, 0}, made = {NULL, 0, 0};
  ss_adapter after = ss_adapt(ss_thread_stack());
  (void)with_once(work, &expected, false, &after);
  // What is made once and kept, such as a table of the C library's, has been made by now.
  memset(&with_counted, 0, sizeof with_counted);
  (void)with_once(work, &expected, false, &after);
  for (int i = 0; i < 2; i++)
    (void)with_once(work, &made, true, &after);  // the second warms nothing more
  ss_trim(SIZE_MAX / 2);                         // starts the peak anew
  const size_t warm_calls = ss_thread_stats().backing_calls;
  (void)with_once(work, &made, true, &after);
  const ss_stats stats = ss_thread_stats();
  const bool is_same =
      made.size == expected.size && memcmp(made.bytes, expected.bytes, made.size) == 0;
  if (argc > 1 && strcmp(argv[1], "--time") == 0) {
    const size_t calls = with_counted.calls, peak = with_counted.peak_bytes;
    printf("| %s | %zu | %zu | %.1f | %.2f |\n", name, calls, stats.backing_calls - warm_calls,
           (double)stats.peak / (double)peak, with_ratio(work, &made, &after));
  } else {
    printf("%s: %zu bytes, %s; %zu allocator calls with malloc, %zu on a warm stack\n", name,
           expected.size, is_same ? "the same" : "DIFFERENT", with_counted.calls,
           stats.backing_calls - warm_calls);
  }
  const bool is_right = is_same && expected.size > 0 && with_counted.live_bytes == 0 &&
                        stats.used == 0 && (SS_DEBUG || stats.backing_calls == warm_calls);
  free(expected.bytes);
  free(made.bytes);
  return is_right ? 0 : 1;
}
