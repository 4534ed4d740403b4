// SPDX-License-Identifier: MIT
// Thread exit by a pthread key. This is an archive member of its own, which only programs with
// pthreads link, because only there the header refers to it. Wasm Workers have no pthread keys;
// such a worker calls ss_thread_free itself.
#include "secondstack.h"

#if (!defined(__wasm__) && !defined(_WIN32)) || defined(__EMSCRIPTEN_PTHREADS__)
#include <pthread.h>
#include <stdatomic.h>

static pthread_key_t key;
static bool has_key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static _Atomic(ss_destructor *) end_of_thread;  // every thread passes the same function

static void make_key(void)
{
  has_key = pthread_key_create(&key, end_of_thread) == 0;
}

void ss__at_thread_exit(ss_destructor *end, void *argument)
{
  end_of_thread = end;
  (void)pthread_once(&key_once, make_key);
  if (has_key) (void)pthread_setspecific(key, argument);
}

#endif
