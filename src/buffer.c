// Opening, growing and closing buffers.
//
// A buffer's record lies right below its first byte and moves with it:
//
//   lane   | older slices | record | data ... top | room ... | limit
//                         ^ start of what is undone          ^ end of the chunk
//
// Opening is an event: the lane is left to the buffer and another one becomes active. Closing only ends
// the growth, and the other lane stays active, so no mark is disturbed and buffers close in any order.
// Where nothing but slices was made since it opened, closing is a second event that goes back to the first
// lane, because that one is likely to have the larger chunk.
#include "internal.h"

#include <limits.h>

typedef struct buffer_record {
  ss__event opened;
  ss__event closed;  // on the trail if closing went back
  char *next_top;    // top of the lane that became active
  char *end;         // where the closed buffer ends
  unsigned lane;
  unsigned next_lane;
} buffer_record;

static const size_t record_bytes = (sizeof(buffer_record) + SS_ALIGN - 1) & ~(SS_ALIGN - 1);

static buffer_record *record_of(ss_buffer buffer)
{
  return (buffer_record *)(void *)(buffer.data - record_bytes);
}

static void undo_open(ss_stack *stack, ss__event *event, size_t version)
{
  (void)version;
  // The record goes with its chunk.
  const buffer_record record = *(buffer_record *)(void *)event;
  ss__lane *next_lane = ss__park(stack);
  ss__lane *lane = ss__lane_at(stack, record.lane);
  stack->trail = event->older;
  lane->is_open = false;
  (void)ss__lower(stack, next_lane, record.next_top, record.opened.version - 1);
  (void)ss__lower(stack, lane, (char *)event, record.opened.version - 1);
  ss__activate(stack, record.lane);
}

static void undo_close(ss_stack *stack, ss__event *event, size_t version)
{
  (void)version;
  const buffer_record *record =
      (buffer_record *)(void *)((char *)event - offsetof(buffer_record, closed));
  const unsigned next_lane = record->next_lane;
  stack->trail = event->older;
  (void)ss__lower(stack, ss__park(stack), record->end, event->version - 1);
  ss__activate(stack, next_lane);
}

ss_buffer ss__buffer_open(ss_stack *stack, const char *call)
{
  ss_buffer buffer = {NULL, NULL, NULL, NULL, 0, 0};
  ss__limit_met limit = {NULL, 0};
  const unsigned next_index = ss__free_lane(stack, &limit);
  if (next_index == UINT_MAX) {
    (void)ss__fail(call, sizeof(ss__lane_row), "bytes", limit.what, limit.bytes);
    return buffer;
  }
  buffer_record *record = (buffer_record *)ss__claim(stack, record_bytes, call);
  if (record == NULL) return buffer;
  ss__lane *lane = ss__park(stack);
  ss__lane *next_lane = ss__lane_at(stack, next_index);
  record->lane = stack->active;
  record->next_lane = next_index;
  record->next_top = next_lane->chunk ? next_lane->top : SS__NOWHERE;
  ss__push_event(stack, &record->opened, undo_open);
  ss__chunk *next_chunk = next_lane->chunk;
  if (next_chunk && next_chunk->version > stack->version) next_chunk->version = stack->version;
  lane->is_open = true;
  ss__activate(stack, next_index);
  buffer.data = buffer.top = lane->top;
  buffer.limit = lane->chunk->limit;
  buffer.stack = stack;
  buffer.lane = record->lane;
  buffer.is_open = 1;
  return buffer;
}

static void relink(ss_stack *stack, const buffer_record *old, buffer_record *moved)
{
  ss__event **link = &stack->trail;
  while (*link != &old->opened) link = &(*link)->older;
  *link = &moved->opened;
}

ss_buffer ss__buffer_grow(ss_buffer buffer, size_t size, bool is_exact, const char *call)
{
  SS__STAY_OUT_OF_LINE(ss__buffer_grow);
  ss_stack *stack = buffer.stack;
  ss__lane *lane = buffer.is_open ? ss__lane_at(stack, buffer.lane) : NULL;
  if (lane == NULL || !lane->is_open) {
    (void)ss__fail(call, size, "bytes", "the buffer is closed, its room is", 0);
    return buffer;
  }
  buffer_record *record = record_of(buffer);
  const size_t used_bytes = (size_t)(buffer.top - (char *)record);
  ss__limit_met limit = {NULL, 0};
  char *start = ss__grow_lane(stack, lane, (char *)record, used_bytes, size, is_exact,
                              record->opened.version, &limit);
  if (start == NULL) {
    (void)ss__fail(call, size, "bytes", limit.what, limit.bytes);
    return buffer;
  }
  if (start != (char *)record) relink(stack, record, (buffer_record *)(void *)start);
  buffer.data = start + record_bytes;
  buffer.top = start + used_bytes;
  buffer.limit = lane->chunk->limit;
  lane->top = buffer.data;
  return buffer;
}

void ss__buffer_close(ss_buffer buffer)
{
  ss_stack *stack = buffer.stack;
  if (stack == NULL) return;  // it never opened
  ss__lane *lane = buffer.is_open ? ss__lane_at(stack, buffer.lane) : NULL;
  if (lane == NULL || !lane->is_open) {
    (void)ss__fail("ss_buffer_close", 0, "bytes", "the buffer is closed, its room is", 0);
    return;
  }
  buffer_record *record = record_of(buffer);
  lane->is_open = false;
  ss__raise(lane, ss__align_up(buffer.top));
  if (stack->trail == &record->opened) {
    record->end = lane->top;
    ss__park(stack);
    ss__push_event(stack, &record->closed, undo_close);
    ss__activate(stack, buffer.lane);
  }
}
