// SPDX-License-Identifier: MIT
// A whole stack: it is emptied, made and freed.
#include "internal.h"

void ss__empty(ss_stack *stack)
{
  if (ss__is_in_line(stack)) ss__drop_in_line(stack);
  // No mark saved before may look as if its top were still there.
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
  // It may be gone when the stack is used again, as a thread's is by the last destructors of its keys.
  stack->config.memory = NULL;
  if (stack->watch) stack->watch->forget(stack);
}

ss_stack *ss_stack_new(const ss_config *config)
{
  ss_stack maker;
  memset(&maker, 0, sizeof maker);
  if (config) maker.config = *config;
  maker.config.max_bytes = 0;  // bounds what the stack holds, not the stack's own few words
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
