// Opening, growing and closing buffers: what the header's in-line way leaves over. internal.h draws how
// a buffer lies in its lane.
//
// A buffer that becomes an event keeps its lane, and another one becomes active. Closing it only ends
// the growth and the other lane stays active, so no mark is disturbed and buffers close in any order.
// Where nothing but slices was made since, closing is a second event that goes back to the first lane,
// because that one is likely to have the larger chunk.
#include "internal.h"

ss__lane ss__unopened_lane = {.top = SS__NOWHERE, .limit = SS__NOWHERE};
ss__lane ss__closed_lane = {.top = SS__NOWHERE, .limit = SS__NOWHERE};

_Static_assert(sizeof(ss__buffer_record) == SS__BUFFER_HEAD, "the head has room for the record");
_Static_assert(SS__BUFFER_HEAD % SS_ALIGN == 0, "a buffer's first byte is aligned");

// Of a lane with an open buffer.
static ss__buffer_record *record_of(const ss__lane *lane)
{
  return (ss__buffer_record *)(void *)(lane->top - SS__BUFFER_HEAD);
}

// Takes back what was made in the other lane, and the buffer's lane from its owner.
static void end_lanes(ss_stack *stack, const ss__buffer_record *record)
{
  ss__lane *next_lane = record->next_lane;
  record->opened.lane_before->is_open = false;
  // An equal top is where it was, unless chunks came: one may have taken a released one's place.
  const bool has_grown = next_lane->chunk && next_lane->chunk->below;
  if (has_grown || next_lane->top != record->next_top) {
    (void)ss__lower(stack, next_lane, record->next_top, record->opened.version - 1);
  }
}

static void undo_open(ss_stack *stack, ss__event *event, size_t version)
{
  (void)version;
  const ss__buffer_record *record = (ss__buffer_record *)(void *)event;
  ss__lane *lane = event->lane_before;
  stack->trail = event->older;
  ss__park(stack);
  end_lanes(stack, record);
  // The record may go with its chunk.
  (void)ss__lower(stack, lane, (char *)event, event->version - 1);
  ss__activate(stack, lane);
}

static void undo_close(ss_stack *stack, ss__event *event, size_t version)
{
  const ss__buffer_record *record =
      (ss__buffer_record *)(void *)((char *)event - offsetof(ss__buffer_record, closed));
  if (version < record->opened.version) {
    // Both are undone: the lane that is active is the right one, and its top is of no account.
    stack->trail = record->opened.older;
    end_lanes(stack, record);
    return;
  }
  stack->trail = event->older;
  (void)ss__lower(stack, ss__park(stack), record->end, event->version - 1);
  ss__activate(stack, record->next_lane);
}

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
  ss__buffer_record *record = record_of(lane);
  if (stack->watch) stack->watch->unpoison(record, SS__BUFFER_HEAD);
  record->opened.older = stack->trail;
  record->opened.version = stack->mark_version;
  record->opened.undo = undo_open;
  record->opened.lane_before = lane;
  stack->trail = &record->opened;
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
  lane->is_open = true;
  ss__activate(stack, next_lane);
  return true;
}

// Whether `data` can be the first byte of a buffer that was open in line in `version`. It cannot when the
// stack was emptied since.
static bool is_there(const ss__lane *lane, const char *data, size_t version)
{
  const ss__chunk *chunk = lane->chunk;
  while (chunk && ((uintptr_t)data < (uintptr_t)ss__chunk_start(chunk) + SS__BUFFER_HEAD ||
                   (uintptr_t)data > (uintptr_t)chunk->limit)) {
    chunk = chunk->below;
  }
  return chunk && chunk->version <= version;
}

void ss__resolve(const ss__event *trail, const ss__lane *active, char **top, size_t *version)
{
  const ss__buffer_record *record = (const ss__buffer_record *)(const void *)trail;
  if (trail && trail->version == *version) {
    if (record->opened_at == *top) {
      *top = record->next_top;
      *version += 1;
      return;
    }
    active = trail->lane_before;
  }
  *version -= 1;
  *top = is_there(active, *top, *version)
             ? ((const ss__buffer_record *)(void *)(*top - SS__BUFFER_HEAD))->end
             : NULL;
}

// Makes room for the head, in a lane that no buffer has.
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
  ss__event **link = &stack->trail;
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
    ss__buffer_record *record = record_of(lane);
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
  if (stack->watch) stack->watch->uncover(lane->top, (size_t)(lane->limit - lane->top));
  return top;
}

// Returns the first byte; NULL: there was no buffer.
void *ss__buffer_close(ss_stack *stack, ss__lane *lane, char *top)
{
  SS__STAY_OUT_OF_LINE(ss__buffer_close);
  if (lane == &ss__unopened_lane) return NULL;
  if (lane == &ss__closed_lane || lane == NULL || !lane->is_open) {
    return ss__fail("ss_buffer_close", 0, "bytes", "the buffer is closed, its room is", 0);
  }
  ss__buffer_record *record = record_of(lane);
  lane->is_open = false;
  lane->top = ss__align_up(top);
  if (stack->trail == &record->opened && !ss__is_in_line(stack)) {
    record->end = lane->top;
    ss__park(stack);
    ss__push_event(stack, &record->closed, undo_close);
    ss__activate(stack, lane);
  }
  return (char *)record + SS__BUFFER_HEAD;
}
