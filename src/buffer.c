// Opening, growing and closing buffers.
//
// A buffer's record lies right below its first byte and moves with it:
//
//   lane   | older slices | record | data ... top | room ... | limit
//                         ^ start of what is undone          ^ end of the chunk
//
// Opening is an event: the lane is left to the buffer and another one becomes active. Closing only
// ends the growth, and the other lane stays active, so no mark is disturbed and buffers close in
// any order. Where nothing but slices was made since it opened, closing is a second event that goes
// back to the first lane, because that one is likely to have the larger chunk.
#include "internal.h"

typedef struct buffer_record {
  ss__event opened;
  ss__event closed;  // on the trail if closing went back
  char *next_top;    // top of the lane that became active
  char *end;         // where the closed buffer ends
  ss__lane *lane;
  ss__lane *next_lane;
} buffer_record;

static const size_t record_bytes = (sizeof(buffer_record) + SS_ALIGN - 1) & ~(SS_ALIGN - 1);

// Of a lane with an open buffer.
static buffer_record *record_of(const ss__lane *lane)
{
  return (buffer_record *)(void *)(lane->top - record_bytes);
}

// Takes back what was made in the other lane, and the buffer's lane from its owner.
static void end_lanes(ss_stack *stack, const buffer_record *record)
{
  ss__lane *next_lane = record->next_lane;
  record->lane->is_open = false;
  // An equal top is where it was, unless chunks came: one may have taken a released one's place.
  const bool has_grown = next_lane->chunk && next_lane->chunk->below;
  if (has_grown || next_lane->top != record->next_top) {
    (void)ss__lower(stack, next_lane, record->next_top, record->opened.version - 1);
  }
}

static void undo_open(ss_stack *stack, ss__event *event, size_t version)
{
  (void)version;
  const buffer_record *record = (buffer_record *)(void *)event;
  ss__lane *lane = record->lane;
  stack->trail = event->older;
  ss__park(stack);
  end_lanes(stack, record);
  // The record may go with its chunk.
  (void)ss__lower(stack, lane, (char *)event, event->version - 1);
  ss__activate(stack, lane);
}

static void undo_close(ss_stack *stack, ss__event *event, size_t version)
{
  const buffer_record *record =
      (buffer_record *)(void *)((char *)event - offsetof(buffer_record, closed));
  if (version < record->opened.version) {
    // Both are undone: the lane that is active is the right one, and its top is of no account.
    stack->trail = record->opened.older;
    end_lanes(stack, record);
    return;
  }
  ss__lane *next_lane = record->next_lane;
  stack->trail = event->older;
  (void)ss__lower(stack, ss__park(stack), record->end, event->version - 1);
  ss__activate(stack, next_lane);
}

// All the room left in the lane's chunk, from its first byte on: growth keeps what is there.
static void give_room(ss_stack *stack, ss__lane *lane)
{
  lane->buffer_limit = lane->chunk->limit;
  if (stack->watch) stack->watch->uncover(lane->top, (size_t)(lane->buffer_limit - lane->top));
}

// Its words come one by one: a struct returned through memory is waited for.
ss__lane *ss__buffer_open(ss_stack *stack, const char *call)
{
  ss__limit_met limit = {NULL, 0};
  ss__lane *next_lane = ss__free_lane(stack, &limit);
  if (next_lane == NULL) {
    (void)ss__fail(call, sizeof(ss__lane_row), "bytes", limit.what, limit.bytes);
    return NULL;
  }
  buffer_record *record = (buffer_record *)ss__claim(stack, record_bytes, call);
  if (record == NULL) return NULL;
  ss__lane *lane = ss__park(stack);
  ss__push_event(stack, &record->opened, undo_open);
  ss__chunk *next_chunk = next_lane->chunk;
  if (next_chunk == NULL) {
    next_lane->top = SS__NOWHERE;
  } else if (next_chunk->version > stack->version) {
    next_chunk->version = stack->version;
  }
  record->lane = lane;
  record->next_lane = next_lane;
  record->next_top = next_lane->top;
  lane->is_open = true;
  ss__activate(stack, next_lane);
  give_room(stack, lane);
  return lane;
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
  ss__lane *lane = buffer.lane;
  if (lane == NULL || !lane->is_open) {
    (void)ss__fail(call, size, "bytes", "the buffer is closed, its room is", 0);
    return buffer;
  }
  buffer_record *record = record_of(lane);
  const size_t used_bytes = (size_t)(buffer.top - (char *)record);
  ss__limit_met limit = {NULL, 0};
  char *start = ss__grow_lane(stack, lane, (char *)record, used_bytes, size, is_exact,
                              record->opened.version, &limit);
  if (start == NULL) {
    (void)ss__fail(call, size, "bytes", limit.what, limit.bytes);
    return buffer;
  }
  if (start != (char *)record) relink(stack, record, (buffer_record *)(void *)start);
  lane->top = start + record_bytes;
  give_room(stack, lane);
  buffer.data = lane->top;
  buffer.top = start + used_bytes;
  buffer.limit = lane->buffer_limit;
  return buffer;
}

void ss__buffer_close(ss_stack *stack, ss__lane *lane, char *top)
{
  if (stack == NULL) return;  // it never opened
  if (lane == NULL || !lane->is_open) {
    (void)ss__fail("ss_buffer_close", 0, "bytes", "the buffer is closed, its room is", 0);
    return;
  }
  buffer_record *record = record_of(lane);
  lane->is_open = false;
  ss__raise(lane, ss__align_up(top));
  if (stack->trail == &record->opened) {
    record->end = lane->top;
    ss__park(stack);
    ss__push_event(stack, &record->closed, undo_close);
    ss__activate(stack, lane);
  }
}
