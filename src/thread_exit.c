// The pthread exit hook: a thread that ends gives its stack's memory back.
//
// The pthread functions are weak references. A program without threads, or with Wasm Workers only, links
// without them, and has no hook to set: a Wasm Worker calls ss_thread_detach itself.
#include "internal.h"

#include <pthread.h>

#pragma weak pthread_key_create
#pragma weak pthread_once
#pragma weak pthread_setspecific

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
  if (!pthread_once || !pthread_key_create || !pthread_setspecific) return;
  (void)pthread_once(&key_once, make_key);
  if (has_key) (void)pthread_setspecific(key, stack);
}
