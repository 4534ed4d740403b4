// SPDX-License-Identifier: MIT
// The calling thread's own stack, asked for by position-independent code of a program with threads:
// what -sMAIN_MODULE and -sSIDE_MODULE are made of.
//
// Dynamic linking links all members of an archive, and Emscripten's linker displaces the data of a
// program without threads by the size of any thread-local variable in it (3.1.6 and 3.1.69 do; the
// options -sMAIN_MODULE of tests/consumers/grid.sh fail with one). So the position-independent
// archive has no thread-local variable, and finds the stack by a pthread key. Any other archive
// returns the address of its variable, for code that was compiled with -fPIC and is linked
// statically.
//
// On Windows the stack is found by a key, too: gcc's thread-local variables lie there in memory
// that is freed by a key of gcc's own while a thread ends, perhaps before the stack is emptied.
#include "internal.h"

#if SS__IS_DYNAMIC && defined(__wasm_atomics__)
#include <pthread.h>
#include <stdlib.h>

static pthread_key_t stack_key;
static pthread_once_t stack_key_once = PTHREAD_ONCE_INIT;

// Runs when the thread ends. If the destructor of another key uses the stack after this, a new
// stack is made, which ends in the next round of destructors.
static void end_stack(void *stack)
{
  ss__empty((ss_stack *)stack);
  free(stack);
}

static void make_stack_key(void)
{
  if (pthread_key_create(&stack_key, end_stack) != 0) {
    ss__fatal("secondstack: ss_thread_stack: no pthread key is left");
  }
}

ss_stack *ss__dynamic_thread(void)
{
  (void)pthread_once(&stack_key_once, make_stack_key);
  ss_stack *stack = (ss_stack *)pthread_getspecific(stack_key);
  if (stack) return stack;
  stack = (ss_stack *)malloc(sizeof *stack);
  if (stack == NULL) ss__fatal("secondstack: ss_thread_stack: no memory");
  *stack = (ss_stack)SS__THREAD_STACK_INIT(NULL);  // the key ends it
  (void)pthread_setspecific(stack_key, stack);
  return stack;
}

#elif defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <stdlib.h>
#include <windows.h>

static DWORD stack_key = FLS_OUT_OF_INDEXES;
static INIT_ONCE stack_key_once = INIT_ONCE_STATIC_INIT;
static volatile LONG is_exiting;

// Runs when the thread or the fiber ends. When the whole program ends, the system calls this for
// the main thread, whose destructors would otherwise not run.
static void WINAPI end_stack(void *stack)
{
  if (is_exiting || stack == NULL) return;
  ss__empty((ss_stack *)stack);
  free(stack);
}

static void note_exit(void)
{
  (void)InterlockedExchange(&is_exiting, 1);
}

static BOOL WINAPI make_stack_key(INIT_ONCE *once, void *parameter, void **context)
{
  (void)once;
  (void)parameter;
  (void)context;
  stack_key = FlsAlloc(end_stack);
  if (stack_key == FLS_OUT_OF_INDEXES) return FALSE;
  (void)atexit(note_exit);
  return TRUE;
}

ss_stack *ss__dynamic_thread(void)
{
  if (!InitOnceExecuteOnce(&stack_key_once, make_stack_key, NULL, NULL)) {
    ss__fatal("secondstack: ss_thread_stack: no fiber-local storage is left");
  }
  ss_stack *stack = (ss_stack *)FlsGetValue(stack_key);
  if (stack) return stack;
  stack = (ss_stack *)malloc(sizeof *stack);
  if (stack == NULL) ss__fatal("secondstack: ss_thread_stack: no memory");
  *stack = (ss_stack)SS__THREAD_STACK_INIT(NULL);  // the key ends it
  (void)FlsSetValue(stack_key, stack);
  return stack;
}

#elif defined(__EMSCRIPTEN__)

ss_stack *ss__dynamic_thread(void)
{
  return &ss__thread;
}

#endif
