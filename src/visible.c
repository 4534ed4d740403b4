// SPDX-License-Identifier: MIT
// Makes the stack that another thread has used visible to the thread that takes it over.
#include "internal.h"

ss_stack *ss_stack_make_visible(ss_stack *stack)
{
  SS__SEE_GROWTH((char *)(stack + 1) - 1);
  const ss__lane *lane;
  for (unsigned i = 0; (lane = ss__lane_at(stack, i)) != NULL; i += 1) {
    for (const ss__chunk *chunk = lane->chunk; chunk; chunk = chunk->below) {
      SS__SEE_GROWTH((const char *)chunk + chunk->size_bytes - 1);
    }
  }
  return stack;
}
