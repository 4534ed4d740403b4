// The pthread exit hook: a thread that ends gives its stack's memory back.
//
// An archive member of its own, which only programs with pthreads link: the header refers to it
// there. Wasm Workers have no pthread keys to link; such a worker calls ss_thread_detach itself.
#include "secondstack.h"

#if !defined(__wasm__) || defined(__EMSCRIPTEN_PTHREADS__)
#include <pthread.h>

static pthread_key_t key;
static bool has_key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void detach(void *stack)
{
  ss__detach((ss_stack *)stack);
}

static void make_key(void)
{
  has_key = pthread_key_create(&key, detach) == 0;
}

void ss__hook_thread_exit(ss_stack *stack)
{
#if defined(__wasm__) && defined(__PIC__)
  if (stack == ss__dynamic_thread()) return;  // whose key does the same
#endif
  (void)pthread_once(&key_once, make_key);
  if (has_key) (void)pthread_setspecific(key, stack);
}

#endif
