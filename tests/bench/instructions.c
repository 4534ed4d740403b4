// SPDX-License-Identifier: MIT
// Counted by callgrind, not timed: `instructions WAY COUNT` does one thing COUNT times. exact.mjs runs it
// with two counts and divides the difference, so that starting up does not count.
#include "bench.h"

#include <secondstack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLICE_BYTES = 256 };

struct {
  char *top;
} bump;

static void destroy(void *nothing)
{
  BENCH_ESCAPE(nothing);
}

// What the loop alone costs: taken off all the others.
static void count_nothing(size_t repeat, size_t size)
{
  (void)size;
  BENCH_EIGHT_TIMES(repeat, {})
}

static void count_bump(size_t repeat, size_t size)
{
  BENCH_EIGHT_TIMES(repeat, {
    char *mark = bump.top;
    char *slice = mark;
    bump.top = slice + ((size + 15) & ~(size_t)15);
    BENCH_ESCAPE(slice);
    bump.top = mark;
  })
}

static void count_slice(size_t repeat, size_t size)
{
  BENCH_EIGHT_TIMES(repeat, {
    const ss_mark mark = ss_save();
    char *slice = ss_uninit_slice(char, size);
    BENCH_ESCAPE(slice);
    ss_restore(mark);
  })
}

static void count_scope(size_t repeat, size_t size)
{
  BENCH_EIGHT_TIMES(
      repeat, SS_SCOPE {
        char *slice = ss_uninit_slice(char, size);
        BENCH_ESCAPE(slice);
      })
}

static void count_array(size_t repeat, size_t size)
{
  (void)size;
  size_t *end = (size_t *)malloc(repeat * sizeof *end);
  if (end == NULL) abort();
  BENCH_EIGHT_TIMES(repeat, { *end++ = repeat; })
}

// One buffer that is large enough, so that nothing but pushing depends on `repeat`.
static void count_push(size_t repeat, size_t size)
{
  (void)size;
  SS_SCOPE {
    ss_buffer items = ss_buffer_open();
    ss_reserve(&items, repeat * sizeof repeat);
    BENCH_EIGHT_TIMES(repeat, { *ss_push(size_t, &items) = repeat; })
    const ss_slice slice = ss_buffer_close(&items);
    BENCH_ESCAPE(slice.data);
  }
}

static void count_buffer(size_t repeat, size_t size)
{
  (void)size;
  BENCH_EIGHT_TIMES(
      repeat, SS_SCOPE {
        ss_buffer items = ss_buffer_open();
        const ss_slice slice = ss_buffer_close(&items);
        BENCH_ESCAPE(slice.data);
      })
}

static void count_defer(size_t repeat, size_t size)
{
  (void)size;
  BENCH_EIGHT_TIMES(
      repeat, SS_SCOPE { ss_defer(destroy, NULL); })
}

static const struct {
  const char *name;
  void (*run)(size_t repeat, size_t size);
} ways[] = {{"nothing", count_nothing}, {"bump", count_bump},   {"slice", count_slice},
            {"scope", count_scope},     {"array", count_array}, {"push", count_push},
            {"buffer", count_buffer},   {"defer", count_defer}};

int main(int argc, char **argv)
{
  static char arena[SLICE_BYTES + 16];
  bump.top = arena;
  for (size_t i = 0; argc == 3 && i < sizeof ways / sizeof *ways; i++) {
    if (strcmp(ways[i].name, argv[1]) != 0) continue;
    ways[i].run(strtoul(argv[2], NULL, 10), SLICE_BYTES);
    return 0;
  }
  fprintf(stderr, "usage: instructions WAY COUNT\n");
  return 2;
}
