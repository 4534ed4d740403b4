// SPDX-License-Identifier: MIT
// The undo log: restoring a scope when putting its top back is not enough.
//
// Undoing may run destructors, which use the stack and may longjmp away: between two events everything is in
// order, and what is still to be undone is on the log.
#include "internal.h"

bool ss__undo_above(ss_stack *stack, const ss__event *event, size_t version)
{
  for (;;) {
    // Also what a destructor left open.
    if (ss__is_in_line(stack)) ss__drop_in_line(stack);
    if (stack->undo_log == NULL || stack->undo_log == event) return stack->undo_log == event;
    stack->undo_log->undo(stack, stack->undo_log, version);
  }
}

// True: `top` is a place that the active lane's newest chunk had at `version`, and nothing there is pinned, so
// moving the top there is all that restoring it takes.
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
  // Saved since a buffer was opened in line, and nothing else was made meanwhile.
  if (ss__is_in_line(stack) && version == stack->mark_version && top == stack->top) return;
  ss__undo_to(stack, top, version);
}
