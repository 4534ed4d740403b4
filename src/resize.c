// SPDX-License-Identifier: MIT
// Makes the newest slice larger or smaller in place.
#include "internal.h"

bool ss__resize_last(ss_stack *stack, void *data, size_t old_size, size_t new_size)
{
  char *slice = (char *)data;
  const size_t old_bytes = (old_size + SS_ALIGN - 1) & ~(SS_ALIGN - 1);
  // A buffer that is open in line may lie behind the slice.
  if (slice == NULL || ss__is_in_line(stack) || slice + old_bytes != stack->top) return false;
  ss__lane *lane = ss__park(stack);
  if (lane->chunk == NULL) return false;
  const size_t room = (size_t)(lane->chunk->limit - slice);
  if (new_size > room && !ss__grow_in_place(stack, lane->chunk, new_size - room, true))
    return false;
  ss__raise(lane, slice + ((new_size + SS_ALIGN - 1) & ~(SS_ALIGN - 1)));
  ss__activate(stack, lane);
  if (stack->watch && new_size > old_size) {
    stack->watch->unpoison(slice + old_size, new_size - old_size);
  }
  return true;
}
