// SPDX-License-Identifier: MIT
// Threads that allocate at the same time: save, a slice of 256 bytes, restore, in 1, 2 and 4 threads.
//
// All threads begin together and each does the whole of `repeat`; the time is that until the last
// one is done, divided by `repeat`. With as many cores as threads and nothing shared it stays the
// same. The threads are started once, so that their stacks are warm.
#define _GNU_SOURCE
#include "bench.h"

#include <pthread.h>
#include <secondstack.h>
#include <stdlib.h>

enum { MOST_THREADS = 4, ARENA_BYTES = 4096 };

// The limit: a top of each thread's own, moved without a look at any end.
typedef struct bump {
  char *top;
} bump;
static _Thread_local bump thread_local_bump;

static void thread_bump(size_t repeat, size_t size, size_t count)
{
  (void)count;
  bump *own = &thread_local_bump;
  // Where it is, is found out once and not for each operation.
  __asm__ volatile("" : "+r"(own));
  if (own->top == NULL) own->top = (char *)malloc(ARENA_BYTES);
  BENCH_EIGHT_TIMES(repeat, {
    char *mark = own->top;
    char *slice = mark;
    own->top = slice + ((size + 15) & ~(size_t)15);
    *slice = 1;
    BENCH_ESCAPE(slice);
    own->top = mark;
  })
}

static void thread_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, {
    const ss_mark mark = ss_save();
    char *slice = ss_uninit_slice(char, size);
    *slice = 1;
    BENCH_ESCAPE(slice);
    ss_restore(mark);
  })
}

static void thread_malloc(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, {
    char *slice = (char *)malloc(size);
    *slice = 1;
    BENCH_ESCAPE(slice);
    free(slice);
  })
}

// --- The threads

static struct {
  pthread_barrier_t begin, end;
  bench_fn *run;  // NULL: the threads end
  size_t repeat, size, thread_count;
} team;

static void *work(void *index)
{
  for (;;) {
    pthread_barrier_wait(&team.begin);
    if (team.run == NULL) return NULL;
    if (*(const size_t *)index < team.thread_count) team.run(team.repeat, team.size, 1);
    pthread_barrier_wait(&team.end);
  }
}

static void run_together(bench_fn *run, size_t repeat, size_t size, size_t thread_count)
{
  team.run = run;
  team.repeat = repeat;
  team.size = size;
  team.thread_count = thread_count;
  pthread_barrier_wait(&team.begin);
  run(repeat, size, 1);
  pthread_barrier_wait(&team.end);
}

#define TOGETHER(name)                                                         \
  static void together_##name(size_t repeat, size_t size, size_t thread_count) \
  {                                                                            \
    run_together(thread_##name, repeat, size, thread_count);                   \
  }
TOGETHER(bump)
TOGETHER(secondstack)
TOGETHER(malloc)

int main(int argc, char **argv)
{
  bench_begin(argc, argv);
  static size_t indices[MOST_THREADS];
  pthread_t threads[MOST_THREADS];
  pthread_barrier_init(&team.begin, NULL, MOST_THREADS);
  pthread_barrier_init(&team.end, NULL, MOST_THREADS);
  for (size_t i = 1; i < MOST_THREADS; i++) {
    indices[i] = i;
    if (pthread_create(&threads[i], NULL, work, &indices[i]) != 0) return 1;
  }

  static const bench_variant variants[] = {{"thread-local bump", together_bump},
                                           {"secondstack", together_secondstack},
                                           {"malloc+free", together_malloc},
                                           {NULL, NULL}};
  for (size_t thread_count = 1; thread_count <= MOST_THREADS; thread_count *= 2) {
    bench_run(&(bench_case){.name = "threads",
                            .size = 256,
                            .count = thread_count,
                            .threads = thread_count,
                            .step = BENCH_STEP,
                            .is_whole = true,
                            .variants = variants});
  }

  team.run = NULL;
  pthread_barrier_wait(&team.begin);
  for (size_t i = 1; i < MOST_THREADS; i++) pthread_join(threads[i], NULL);
  return 0;
}
