// SPDX-License-Identifier: MIT
// The calling thread's own stack. The library never asks for it: callers pass what ss_thread_stack
// gives them, which in WebAssembly depends on how the caller was compiled.
#include "internal.h"

static void end_thread_stack(void *stack);

// Position-independent code has no thread-local variable: see thread_dynamic.c.
#if !SS__IS_KEYED
SS__THREAD_LOCAL ss_stack ss__thread = SS__THREAD_STACK_INIT(end_thread_stack);
#endif

// The stack of programs without threads, when this archive is compiled for threads: see
// secondstack/config.h.
#ifdef __wasm_atomics__
extern ss_stack SS__OF_ABI(ss__only_thread);
ss_stack SS__OF_ABI(ss__only_thread) = SS__THREAD_STACK_INIT(NULL);
#endif

void ss__configure(ss_stack *stack, const ss_config *config)
{
  const ss_stats stats = ss_stack_stats(stack);
  if (stats.used) ss__fatal("secondstack: ss_thread_configure: called while something is live");
  ss__empty(stack);
  memset(&stack->config, 0, sizeof stack->config);
  if (config) stack->config = *config;
}

void ss__thread_free(ss_stack *stack)
{
  ss__empty(stack);
  // The stack may be used again, and must then be ended with the thread. In dynamic linking, and
  // where the stack is found by a key, the key's destructor ends it anyway.
  // NOLINTNEXTLINE(misc-redundant-expression): both are 0 on most platforms
  if (!SS__IS_DYNAMIC && !SS__IS_KEYED) stack->end = end_thread_stack;
}

static void end_thread_stack(void *stack)
{
  ss__thread_free((ss_stack *)stack);
}
