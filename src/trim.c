// SPDX-License-Identifier: MIT
// Gives idle memory back. Live slices and open buffers stay where they are.
#include "internal.h"

// Puts a chunk of about `size_bytes` in the place of an empty one. False: nothing changed.
static bool replace_empty(ss_stack *stack, ss__lane *lane, size_t size_bytes, size_t version)
{
  ss__chunk *old = lane->chunk;
  ss__limit_met limit = {NULL, 0};
  ss__chunk *chunk = ss__new_chunk(stack, 0, size_bytes, false, &limit);
  if (chunk == NULL) return false;
  chunk->below = old->below;
  chunk->version = version;
  lane->chunk = chunk;
  lane->top = lane->limit = ss__chunk_start(chunk);
  ss__release_chunk(stack, old);
  return true;
}

// Takes up to `excess_bytes` from a parked lane, but leaves it `keep_bytes` deep. True: its newest
// chunk is another one, or none.
static bool trim_lane(ss_stack *stack, ss__lane *lane, size_t excess_bytes, size_t keep_bytes,
                      size_t version)
{
  ss__chunk *chunk = lane->chunk;
  if (chunk == NULL || lane->is_open) return false;
  const bool is_empty = lane->top == ss__chunk_start(chunk);
  const size_t lower_bytes = ss__depth(lane, ss__chunk_start(chunk));
  size_t needed_bytes = (size_t)(lane->top - (char *)chunk) + SS_ALIGN;
  if (keep_bytes > lower_bytes) {
    const size_t kept_bytes = keep_bytes - lower_bytes + sizeof *chunk + 2 * SS_ALIGN;
    if (needed_bytes < kept_bytes) needed_bytes = kept_bytes;
  } else if (is_empty && chunk->below == NULL && excess_bytes >= chunk->size_bytes) {
    ss__release_chunk(stack, chunk);
    lane->chunk = NULL;
    return true;
  }
  if (needed_bytes >= chunk->size_bytes) return false;
  const size_t idle_bytes = chunk->size_bytes - needed_bytes;
  const size_t size_bytes =
      chunk->size_bytes - (idle_bytes < excess_bytes ? idle_bytes : excess_bytes);
  if (ss__resize_chunk(stack, chunk, size_bytes)) {
    if (lane->limit > chunk->limit) lane->limit = chunk->limit;
    return false;
  }
  return is_empty && !chunk->is_callers && replace_empty(stack, lane, size_bytes, version);
}

static void release_idle_rows(ss_stack *stack)
{
  for (const ss__lane_row *row = stack->more_lanes; row; row = row->next) {
    for (size_t i = 0; i < SS__ROW_LANES; i++) {
      if (row->lanes[i].chunk) return;
    }
  }
  ss__release_rows(stack);
}

// Resets the high-water mark to what is in use. A lane with an open buffer is in use up to its
// limit, since how far the buffer reaches is not known.
static void forget_peak(ss__lane *lane)
{
  lane->peak = 0;
  if (lane->chunk == NULL) return;
  if (!lane->is_open) lane->limit = lane->top;
  lane->peak = ss__depth(lane, lane->limit);
}

void ss_stack_trim(ss_stack *stack, size_t keep_bytes)
{
  // Here a destructor that ss_restore_keep runs is trimming: the room that the keep has found for
  // its result must stay.
  if (stack->pin.is_active) return;
  unsigned count = 0;
  while (ss__lane_at(stack, count)) count++;
  // The lane of a buffer that is open in line is left alone, and with it the marks of this version.
  const bool is_in_line = ss__is_in_line(stack);
  ss__lane *active = is_in_line ? stack->active : ss__park(stack);
  active->is_open = is_in_line;
  const size_t version = is_in_line ? stack->mark_version + 1 : ss__next_version(stack);
  bool is_changed = false;
  // First gives back what no lane needed since the last trim, so that frames that fit in keep_bytes
  // need no new memory.
  for (int is_last = 0; is_last <= 1; is_last++) {
    for (unsigned index = count; index-- > 0 && stack->reserved > keep_bytes;) {
      ss__lane *lane = ss__lane_at(stack, index);
      const size_t excess_bytes = stack->reserved - keep_bytes;
      is_changed |= trim_lane(stack, lane, excess_bytes, is_last ? 0 : lane->peak, version);
    }
  }
  for (unsigned index = 0; index < count; index++) forget_peak(ss__lane_at(stack, index));
  // Rows of lanes cannot be released while there are events, because events point to lanes.
  const bool has_events =
      stack->undo_log != NULL || active < stack->lanes || active >= stack->lanes + SS__INLINE_LANES;
  if (stack->reserved > keep_bytes && !has_events) release_idle_rows(stack);
  active->is_open = false;
  if (is_in_line) return;
  // A new version is needed because marks may point into a chunk that was released.
  if (is_changed) ss__set_version(stack, version);
  ss__activate(stack, active);
}
