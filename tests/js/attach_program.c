// SPDX-License-Identifier: MIT
// A program built with emcc whose stack JavaScript shares: see attach.test.mjs.
#include <emscripten.h>
#include <secondstack.h>
#include <secondstack_attach.h>
#include <stdlib.h>

#ifdef __EMSCRIPTEN_PTHREADS__
#include <pthread.h>
#endif

// In the scope of the caller, which may be JavaScript's.
EMSCRIPTEN_KEEPALIVE float *make_ramp(int count)
{
  float *ramp = ss_uninit_slice(float, (size_t)count);
  for (int i = 0; i < count; i++) ramp[i] = (float)i;
  return ramp;
}

EMSCRIPTEN_KEEPALIVE double sum(const float *values, int count)
{
  double total = 0;
  SS_SCOPE {
    double *copies = ss_uninit_slice(double, (size_t)count);
    ss_buffer grown = ss_buffer_open();
    for (int i = 0; i < count; i++) *ss_push(double, &grown) = copies[i] = values[i];
    const ss_slice all = ss_buffer_close(&grown);
    for (int i = 0; i < count; i++) total += (copies[i] + ((double *)all.data)[i]) / 2;
  }
  return total;
}

EMSCRIPTEN_KEEPALIVE double used(void)
{
  return (double)ss_thread_stats().used;
}

static void grow(size_t bytes)
{
  char *volatile block = malloc(bytes);
  block[0] = 1;
  free(block);
}

EMSCRIPTEN_KEEPALIVE void grow_here(double bytes)
{
  grow((size_t)bytes);
}

#ifdef __EMSCRIPTEN_PTHREADS__
static size_t thread_bytes;
static _Atomic int done;

static void *thread(void *unused)
{
  SS_SCOPE {
    grow(thread_bytes);
    int *mine = ss_uninit_slice(int, 1000);
    for (int i = 0; i < 1000; i++) mine[i] = i;
  }
  done = 1;
  return unused;
}

// Returns at once; is_done says when the thread has ended.
EMSCRIPTEN_KEEPALIVE int grow_in_a_thread(double bytes)
{
  pthread_t started;
  thread_bytes = (size_t)bytes;
  return pthread_create(&started, NULL, thread, NULL) || pthread_detach(started);
}

EMSCRIPTEN_KEEPALIVE int is_done(void)
{
  return done;
}
#endif
