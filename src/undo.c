// SPDX-License-Identifier: MIT
// The undo log: restores a scope when resetting the top is not enough.
//
// Undoing may run destructors, which use the stack and may longjmp away. Therefore the stack is
// consistent between two events, and whatever is still to be undone is on the log.
#include "internal.h"

bool ss__undo_above(ss_stack *stack, const ss__event *event, size_t version)
{
  for (;;) {
    // This may also be a buffer that a destructor left open.
    if (ss__is_in_line(stack)) ss__drop_in_line(stack);
    if (stack->undo_log == NULL || stack->undo_log == event) return stack->undo_log == event;
    stack->undo_log->undo(stack, stack->undo_log, version);
  }
}

// True: `top` lies in the active lane's newest chunk, that chunk existed at `version`, and no byte
// in it is pinned. Then restoring only moves the top.
static bool is_in_newest(const ss_stack *stack, const ss__lane *lane, const char *top,
                         size_t version)
{
  const ss__chunk *chunk = lane->chunk;
  return chunk != NULL && chunk->version <= version && chunk != stack->pin.chunk &&
         (uintptr_t)top >= (uintptr_t)ss__chunk_start(chunk) &&
         (uintptr_t)top <= (uintptr_t)stack->top;
}

void ss__undo_to(ss_stack *stack, char *top, size_t version)
{
  for (;;) {
    if (ss__is_in_line(stack)) ss__drop_in_line(stack);
    if (stack->undo_log && stack->undo_log->version > version) {
      stack->undo_log->undo(stack, stack->undo_log, version);
    } else if (version & 1) {
      ss__resolve(stack->undo_log, ss__active_lane(stack), &top, &version);
    } else {
      break;
    }
  }
  ss__lane *lane = ss__active_lane(stack);
  if (SS__LIKELY(is_in_newest(stack, lane, top, version))) {
    stack->top = top;
    ss__set_version(stack, version);
    return;
  }
  (void)ss__park(stack);
  ss__set_version(stack, ss__lower(stack, lane, top, version) ? version : version + 2);
  ss__activate(stack, lane);
}

void ss__restore(ss_stack *stack, char *top, size_t version)
{
  SS__STAY_OUT_OF_LINE(ss__restore);
  // The mark was saved after a buffer was opened in line and nothing else was made since, so there
  // is nothing to undo.
  if (ss__is_in_line(stack) && version == stack->mark_version && top == stack->top) return;
  const ss__profile *profile = stack->profile;
  if (SS__UNLIKELY(profile != NULL)) {
    profile->restore(stack, top, version);
    return;
  }
  ss__undo_to(stack, top, version);
}
