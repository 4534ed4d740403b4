// The calling thread's own stack.
#include "internal.h"

// Empty without set-up: the first slice finds no room.
SS__THREAD_LOCAL ss_stack ss__thread = {
    .top = SS__NOWHERE, .limit = SS__NOWHERE, .is_thread_stack = true};

void ss_thread_configure(const ss_config *config)
{
  ss_stack *stack = ss_thread_stack();
  const ss_stats stats = ss_stack_stats(stack);
  if (stats.used) {
    (void)ss__fail("ss_thread_configure", 0, "bytes may be live, none", "live are", stats.used);
  }
  ss__empty(stack);
  memset(&stack->config, 0, sizeof stack->config);
  if (config) stack->config = *config;
}

void ss_thread_detach(void)
{
  ss_stack *stack = ss_thread_stack();
  ss__empty(stack);
  stack->is_hooked = false;
}
