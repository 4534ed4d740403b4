// SPDX-License-Identifier: MIT
// Making, emptying and freeing a whole stack.
#include "internal.h"

void ss__empty(ss_stack *stack)
{
  if (ss__is_in_line(stack)) ss__drop_in_line(stack);
  // The version changes so that marks saved before are not mistaken for valid ones.
  const size_t version = ss__next_version(stack);
  ss__restore(stack, SS__NOWHERE, 0);
  ss__set_version(stack, version);
  ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index++) {
    while (lane->chunk) {
      ss__chunk *chunk = lane->chunk;
      lane->chunk = chunk->below;
      ss__release_chunk(stack, chunk);
    }
    lane->peak = 0;
    lane->is_open = lane->is_region = false;
  }
  ss__release_rows(stack);
  ss__activate(stack, stack->lanes);
  // The caller's memory may be gone when the stack is used again. The last destructors of a
  // thread's keys, for example, still use the thread's stack.
  stack->config.memory = NULL;
  if (stack->watch) stack->watch->forget(stack);
}

ss_stack *ss_stack_new(const ss_config *config)
{
  ss_stack maker;
  memset(&maker, 0, sizeof maker);
  if (config) maker.config = *config;
  maker.config.max_bytes = 0;  // max_bytes limits what the stack holds, not the ss_stack itself
  ss__limit_met limit = {NULL, 0};
  ss_stack *stack = (ss_stack *)ss__acquire(&maker, sizeof *stack, &limit);
  if (stack == NULL) return NULL;
  memset(stack, 0, sizeof *stack);
  if (config) stack->config = *config;
  ss__activate(stack, stack->lanes);
  return stack;
}

void ss_stack_free(ss_stack *stack)
{
  if (stack == NULL) return;
  ss__empty(stack);
  if (stack->is_thread_stack) return;
  stack->reserved = sizeof *stack;
  ss__release(stack, stack, sizeof *stack);
}
