// SPDX-License-Identifier: MIT
// Opening, growing and closing buffers, where the inline functions of the header cannot do it.
// internal.h draws how a buffer lies in its lane.
//
// A buffer that becomes an event keeps its lane, and another lane becomes active. Closing it only
// ends the growth and the other lane stays active, so no mark is disturbed and buffers close in any
// order. If only slices were made since the buffer was opened, closing it is a second event, which
// makes the buffer's lane active again, because that lane is likely to have the larger chunk.
#include "internal.h"

ss__lane ss__unopened_lane = {.top = SS__NOWHERE, .limit = SS__NOWHERE};
ss__lane ss__closed_lane = {.top = SS__NOWHERE, .limit = SS__NOWHERE};

// Makes room for the head of a buffer, in a lane that has no open buffer.
bool ss__buffer_prepare(ss_stack *stack, const char *call)
{
  SS__STAY_OUT_OF_LINE(ss__buffer_prepare);
  char *head = (char *)ss__refill(stack, SS__BUFFER_HEAD, SS_ALIGN, call);
  if (head == NULL) return false;
  stack->top = head;
  return true;
}

static void relink(ss_stack *stack, const ss__buffer_record *old, ss__buffer_record *moved)
{
  ss__event **link = &stack->undo_log;
  while (*link != &old->opened) link = &(*link)->older;
  *link = &moved->opened;
}

char *ss__buffer_grow(ss_stack *stack, ss__lane *lane, char *top, size_t size, bool is_exact,
                      const char *call)
{
  SS__STAY_OUT_OF_LINE(ss__buffer_grow);
  ss__limit_met limit = {"the buffer is closed, its room is", 0};
  if (lane == &ss__unopened_lane || lane == &ss__closed_lane || lane == NULL) {
    return (char *)ss__fail(call, size, "bytes", limit.what, limit.bytes);
  }
  if (size > (size_t)(lane->chunk->limit - top)) {
    ss__buffer_record *record = ss__record_of(lane);
    const size_t used_bytes = (size_t)(top - (char *)record);
    char *start = NULL;
    if (!ss__is_in_line(stack) || stack->active != lane || ss__settle(stack, &limit)) {
      start = ss__grow_lane(stack, lane, (char *)record, used_bytes, size, is_exact,
                            record->opened.version, &limit);
    }
    if (start == NULL) return (char *)ss__fail(call, size, "bytes", limit.what, limit.bytes);
    if (start != (char *)record) relink(stack, record, (ss__buffer_record *)(void *)start);
    lane->top = start + SS__BUFFER_HEAD;
    top = start + used_bytes;
  }
  char *end = ss__align_up(top + size);
  if (end > lane->limit) ss__raise_limit(lane, end);
  if (stack->watch) stack->watch->uncover(stack, lane);
  return top;
}

// Returns the buffer's first byte, or NULL if no buffer was open.
void *ss__buffer_close(ss_stack *stack, ss__lane *lane, char *top)
{
  SS__STAY_OUT_OF_LINE(ss__buffer_close);
  if (lane == &ss__unopened_lane) return NULL;
  if (lane == &ss__closed_lane || lane == NULL || !lane->is_open) {
    return ss__fail("ss_buffer_close", 0, "bytes", "the buffer is closed, its room is", 0);
  }
  ss__buffer_record *record = ss__record_of(lane);
  lane->is_open = false;
  lane->top = ss__align_up(top);
  if (stack->undo_log == &record->opened && !ss__is_in_line(stack)) {
    record->end = lane->top;
    ss__park(stack);
    ss__push_event(stack, &record->closed, ss__undo_close);
    ss__activate(stack, lane);
  }
  return (char *)record + SS__BUFFER_HEAD;
}
