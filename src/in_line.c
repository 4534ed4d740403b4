// SPDX-License-Identifier: MIT
// The two events of a buffer, one for opening it and one for closing it, and the buffer that is
// open in line, which is not on the undo log until something else is made. internal.h explains how.
//
// This is a file of its own, and so a member of its own in an archive, in order that a program that
// opens no buffer does not link it.
#include "internal.h"

_Static_assert(sizeof(ss__buffer_record) == SS__BUFFER_HEAD, "the head has room for the record");
_Static_assert(SS__BUFFER_HEAD % SS_ALIGN == 0, "a buffer's first byte is aligned");

// -------------------------------------------------------------------------------------------------
// A buffer's events

// Releases what was made in the lane that became active when the buffer was opened, and marks the
// buffer's lane as free again.
static void end_lanes(ss_stack *stack, const ss__buffer_record *record)
{
  ss__lane *next_lane = record->next_lane;
  record->opened.lane_before->is_open = false;
  // An equal address proves nothing if the lane has grown: a new chunk may reuse a released chunk's address.
  const bool has_grown = next_lane->chunk && next_lane->chunk->below;
  if (has_grown || next_lane->top != record->next_top) {
    (void)ss__lower(stack, next_lane, record->next_top, record->opened.version - 1);
  }
}

void ss__undo_open(ss_stack *stack, ss__event *event, size_t version)
{
  (void)version;
  const ss__buffer_record *record = (ss__buffer_record *)(void *)event;
  ss__lane *lane = event->lane_before;
  stack->undo_log = event->older;
  ss__park(stack);
  end_lanes(stack, record);
  // Lowering may release the chunk that the record lies in, so the record is not read after it.
  (void)ss__lower(stack, lane, (char *)event, event->version - 1);
  ss__activate(stack, lane);
}

void ss__undo_close(ss_stack *stack, ss__event *event, size_t version)
{
  const ss__buffer_record *record =
      (ss__buffer_record *)(void *)((char *)event - offsetof(ss__buffer_record, closed));
  // A pin may lie between the two events on the undo log.
  if (version < record->opened.version && event->older == &record->opened) {
    // Opening is undone as well: the lane that is active is the right one already, and its top does
    // not matter.
    stack->undo_log = record->opened.older;
    end_lanes(stack, record);
    return;
  }
  stack->undo_log = event->older;
  (void)ss__lower(stack, ss__park(stack), record->end, event->version - 1);
  ss__activate(stack, record->next_lane);
}

// -------------------------------------------------------------------------------------------------
// The buffer that is open in line

void ss__drop_in_line(ss_stack *stack)
{
  stack->top -= SS__BUFFER_HEAD;
  stack->limit = ss__active_lane(stack)->limit;
  ss__set_version(stack, stack->mark_version - 1);
}

bool ss__settle(ss_stack *stack, ss__limit_met *limit)
{
  ss__lane *next_lane = ss__free_lane(stack, limit);
  if (next_lane == NULL) return false;
  ss__lane *lane = stack->active;
  ss__buffer_record *record = ss__record_of(lane);
  if (stack->watch) stack->watch->unpoison(record, SS__BUFFER_HEAD);
  record->opened.older = stack->undo_log;
  record->opened.version = stack->mark_version;
  record->opened.undo = ss__undo_open;
  record->opened.lane_before = lane;
  stack->undo_log = &record->opened;
  ss__set_version(stack, stack->mark_version + 1);
  ss__chunk *next_chunk = next_lane->chunk;
  if (next_chunk == NULL) {
    next_lane->top = SS__NOWHERE;
  } else if (next_chunk->version > stack->version) {
    next_chunk->version = stack->version;
  }
  record->next_lane = next_lane;
  record->next_top = next_lane->top;
  record->opened_at = lane->top;
  record->end = NULL;
  lane->is_open = true;
  ss__activate(stack, next_lane);
  return true;
}

// Whether `data` can be the first byte of a buffer that was open in line in `version`. It cannot if
// the stack was emptied since then.
static bool is_there(const ss__lane *lane, const char *data, size_t version)
{
  const ss__chunk *chunk = lane->chunk;
  while (chunk && ((uintptr_t)data < (uintptr_t)ss__chunk_start(chunk) + SS__BUFFER_HEAD ||
                   (uintptr_t)data > (uintptr_t)chunk->limit)) {
    chunk = chunk->below;
  }
  return chunk && chunk->version <= version;
}

void ss__resolve(const ss__event *log, const ss__lane *active, char **top, size_t *version)
{
  const ss__buffer_record *record = (const ss__buffer_record *)(const void *)log;
  if (log && log->version == *version) {
    if (record->opened_at == *top) {
      *top = record->next_top;
      *version += 1;
      return;
    }
    active = log->lane_before;
  }
  *version -= 1;
  *top = is_there(active, *top, *version)
             ? ((const ss__buffer_record *)(void *)(*top - SS__BUFFER_HEAD))->end
             : NULL;
}
